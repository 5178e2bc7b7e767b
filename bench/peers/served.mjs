// A peer in a program of its own. It reads a request from each line of its standard input
// and writes an answer on one line; what it takes it times itself, so that the pipe costs
// nobody anything.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The parts of a peer that `program` and its arguments answer for. */
export function served(program, ...given) {
  let child, answers;

  async function asked(request) {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`${program} ended without an answer`);
    return JSON.parse(value);
  }
  const decideAll = async (persons, nows) => (await asked({ persons, nows })).answers;

  return {
    prepare() {
      child = spawn(program, given, { stdio: ["pipe", "pipe", "inherit"] });
      answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    },
    decideAll,
    decide: async (json, now) => (await decideAll([json], [now]))[0],
    /** Keeps persons under a name; `seconds` then decides about all of them, over and over. */
    keep: (size, persons) => asked({ keep: size, persons }),
    seconds: async (size, now, rounds) => (await asked({ of: size, now, rounds })).seconds,
    end: () => child.stdin.end(),
  };
}
