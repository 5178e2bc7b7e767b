import { createApp } from "vue";
import Studio from "./Studio.vue";
import { followLanguage } from "../speak";
import { words } from "./words";
import "../base.css";
import "./studio.css";

followLanguage(words);
createApp(Studio).mount("#studio");
