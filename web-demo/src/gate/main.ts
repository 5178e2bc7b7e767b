import { createApp } from "vue";
import "../base.css";
import Gate from "./Gate.vue";
import "./gate.css";
import { followLanguage } from "../speak";
import { opensOffline } from "./offline";
import { words } from "./words";

followLanguage(words);
createApp(Gate).mount("#gate");
opensOffline();
