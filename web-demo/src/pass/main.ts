import { createApp } from "vue";
import "../base.css";
import "../gate/gate.css";
import Pass from "./Pass.vue";
import "./pass.css";
import { opensOffline } from "../gate/offline";
import { followLanguage } from "../speak";
import { words } from "./words";

followLanguage(words);
createApp(Pass).mount("#pass");
opensOffline();
