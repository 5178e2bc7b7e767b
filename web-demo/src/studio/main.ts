import { createApp } from "vue";
import Studio from "./Studio.vue";
import { followLanguage } from "./words";
import "../base.css";
import "./studio.css";

followLanguage();
createApp(Studio).mount("#studio");
