// Starts the engine and what was kept. The pages show the state and are drawn again when it changes.
import { begin } from "./lib/state";

App({
  onLaunch() {
    void begin();
  },
});
