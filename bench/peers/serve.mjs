// A peer in JavaScript, in a process of its own: so the engine's guesses about hot code stay
// its own too. Reads a request from each line of standard input and writes an answer on one
// line; run.mjs asks. What it takes is timed here, so that the pipe costs nobody anything.
import { createInterface } from "node:readline";

const peer = await import(process.argv[2]);
const kept = new Map();
await peer.prepare();

async function secondsOf(persons, now, rounds) {
  const begun = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const json of persons) {
      const answer = peer.decide(json, now);
      // Waiting for what is there already would cost the others a turn of the event loop.
      if (answer instanceof Promise) await answer;
    }
  }
  return (performance.now() - begun) / 1000;
}

async function answered(persons, nows) {
  const answers = [];
  for (const [index, json] of persons.entries()) answers.push(await peer.decide(json, nows[index]));
  return answers;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { keep, of, persons, nows, now, rounds } = JSON.parse(line);
  const answer = {};
  if (keep !== undefined) kept.set(keep, persons);
  else if (rounds !== undefined) answer.seconds = await secondsOf(kept.get(of), now, rounds);
  else answer.answers = await answered(persons, nows);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
