// A peer that runs: a process that answers one request after another.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts a peer's program. */
export function start([program, ...given]) {
  const child = spawn(program, given, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let failed;
  child.on("error", (error) => (failed = error));
  child.stdin.on("error", () => {}); // It has ended, which the missing answer tells.

  async function asked(request) {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw failed ?? new Error("it ended without an answer");
    return JSON.parse(value);
  }
  return {
    /** The levels of each of `persons`, each at its own of `nows`. */
    answers: async (persons, nows) => (await asked({ persons, nows })).answers,
    /** Keeps persons under a name; `seconds` then decides about all of them, over and over. */
    keep: (name, persons) => asked({ keep: name, persons }),
    seconds: async (name, now, rounds) => (await asked({ of: name, now, rounds })).seconds,
    /** Lets it end, and waits for it. */
    async end() {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await new Promise((ended) => child.on("close", ended));
    },
  };
}
