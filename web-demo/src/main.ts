import { createApp } from "vue";
import App from "./App.vue";
import { followLanguage } from "./i18n";
import "./vant";
import "./base.css";
import "./style.css";

followLanguage();
createApp(App).mount("#app");
