import { createApp } from "vue";
import "../base.css";
import Gate from "./Gate.vue";
import "./gate.css";
import { followLanguage } from "../speak";
import { words } from "./words";

followLanguage(words);
createApp(Gate).mount("#gate");

// So that the page opens without a network. Its scope is this page and its workers, whose names begin alike, and none of
// the other pages. In development Vite serves the files.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  // Where it is refused, the page works with a network.
  navigator.serviceWorker.register("./gate-keeper.js", { scope: "./gate" }).catch(() => undefined);
}
