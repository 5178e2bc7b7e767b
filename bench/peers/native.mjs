// The peers that are Rust libraries: their programs are in native/.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../target/bench/peers/native/release/", import.meta.url));

/** What run.mjs needs of the program `which`. */
export function native(which) {
  const program = `${FOLDER}${which}${process.platform === "win32" ? ".exe" : ""}`;
  return {
    command: [program],
    absent: () => (existsSync(program) ? undefined : "it is not built; cargo xtask bench --peers builds it"),
    ships: () => [program],
  };
}
