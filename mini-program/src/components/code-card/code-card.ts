// The code as the holder shows it. It draws what it is given: no level, time or reason is made up here.
import { read } from "../../lib/state";

interface Canvas {
  width: number;
  height: number;
  getContext(kind: "2d"): {
    fillStyle: string;
    fillRect(x: number, y: number, width: number, height: number): void;
    clearRect(x: number, y: number, width: number, height: number): void;
  };
}

/** Modules of quiet zone around the code. */
const QUIET = 2;

Component({
  properties: {
    card: { type: Object, value: { overlays: [] } },
    t: { type: Object, value: {} },
    /** What the QR code says; empty where none may be shown. */
    qr: { type: String, value: "" },
    /** Dark enough on white to be scanned in every tone. */
    ink: { type: String, value: "#000" },
    moves: { type: Boolean, value: true },
    /** Whether the code can be issued anew from here. */
    issues: { type: Boolean, value: true },
  },
  observers: {
    "qr, ink"(this: { draw(): void; ready?: boolean }) {
      if (this.ready === true) this.draw();
    },
  },
  lifetimes: {
    attached(this: { draw(): void; ready?: boolean }) {
      wx.nextTick(() => {
        this.ready = true;
        this.draw();
      });
    },
  },
  methods: {
    draw() {
      const text = this.data["qr"] as string;
      const { engine } = read();
      if (text === "" || engine === null) return;
      const { size, modules } = engine.qrModules(text);
      const ink = this.data["ink"] as string;
      wx.createSelectorQuery()
        .in(this)
        .select(".qr-canvas")
        .fields({ node: true, size: true })
        .exec((found) => {
          const canvas = (found[0] as { node?: Canvas } | null)?.node;
          if (canvas === undefined) return;
          // Whole pixels for each module: a blurred edge is hard to scan.
          const cell = Math.max(2, Math.floor(720 / (size + 2 * QUIET)));
          canvas.width = canvas.height = cell * (size + 2 * QUIET);
          const context = canvas.getContext("2d");
          context.fillStyle = "#fff";
          context.fillRect(0, 0, canvas.width, canvas.height);
          context.fillStyle = ink;
          for (let at = 0; at < modules.length; at++) {
            if (modules[at] === "1") context.fillRect(((at % size) + QUIET) * cell, (Math.floor(at / size) + QUIET) * cell, cell, cell);
          }
        });
    },
    refresh() {
      this.triggerEvent("refresh");
    },
  },
});
