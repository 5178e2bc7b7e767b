import { createApp } from "vue";
import "../base.css";
import Monitor from "./Monitor.vue";
import "./monitor.css";
import { followLanguage } from "../speak";
import { words } from "./words";

followLanguage(words);
createApp(Monitor).mount("#monitor");
