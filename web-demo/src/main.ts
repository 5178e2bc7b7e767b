import { createApp } from "vue";
import App from "./App.vue";
import { messages } from "./i18n";
import { followLanguage } from "./speak";
import "./vant";
import "./base.css";
import "./style.css";

followLanguage(messages);
createApp(App).mount("#app");
