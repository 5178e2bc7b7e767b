// Runs in Node and in the browser: compares the two answers, then times both in turns,
// so that other load on the machine affects both.
import * as byHand from "./by-hand.mjs";
import { BY_HAND, engineOf, fromNow, good } from "./start.mjs";

/** The most and the fewest turns. */
const TURNS = 41;
const FEWEST_TURNS = 7;
/** In milliseconds: the least time per turn, and the total after which measuring ends early. */
const TURN = 20;
const ALL_TURNS = 8000;
/** How long both run before measuring, in milliseconds: the JavaScript engine recompiles hot code. */
const WARM_UP = 1500;

/** Compares both answers for every person and throws at the first difference. */
export function compare(engine, areas, persons) {
  for (const facts of persons) {
    const outcome = good(engine.evaluate(facts, undefined, BY_HAND), "outcome");
    const theirs = outcome.value();
    outcome.free();
    const ours = byHand.decide(facts, areas);
    for (const [name, scale] of Object.entries(byHand.SCALES)) {
      const longma = JSON.stringify(levelsOf(theirs.decisions[name].timeline));
      const hand = JSON.stringify(ours[name].map(({ from, until, level }) => ({ from, until, level: scale[level] })));
      if (longma === hand) continue;
      throw new Error(
        `${name} differs; where a pack has changed, change bench/src/by_hand.rs and bench/wasm/by-hand.mjs with it\n` +
          `Longma:  ${longma}\nby hand: ${hand}\nfacts:   ${facts}`,
      );
    }
  }
}

/** Longma's segments also end when causes change. Here only the level counts. */
function levelsOf(timeline) {
  const { SPAN } = byHand;
  const levels = [];
  for (const segment of timeline) {
    const from = Math.max(segment.from === null ? -Infinity : Date.parse(segment.from) / 1000, SPAN.from);
    const until = Math.min(segment.until === null ? Infinity : Date.parse(segment.until) / 1000, SPAN.until);
    const last = levels.at(-1);
    if (from >= until) continue;
    if (last?.level === segment.level) last.until = until;
    else levels.push({ from, until, level: segment.level });
  }
  return levels;
}

/** Evaluations per second and their ratios, by size of person. */
export function evaluations(engine, areas, persons, now, rust) {
  const found = {};
  const status = (facts) => {
    const outcome = good(engine.evaluate(facts, undefined, BY_HAND, fromNow(now)), "outcome");
    good(outcome.at(now), "statuses");
    outcome.free();
  };
  const segments = (facts) => {
    const outcome = good(engine.evaluate(facts, undefined, BY_HAND), "outcome");
    outcome.value();
    outcome.free();
  };
  const segmentsByHand = (facts) => byHand.decide(facts, areas);
  const statusByHand = (facts) => Object.values(byHand.decide(facts, areas)).map((found) => byHand.at(found, now));
  for (const [size, all] of Object.entries(persons)) {
    // One call goes through all persons, so that every turn does the same work.
    const round = (one) => () => all.forEach((facts) => one(facts));
    found[size] = {
      segments: takenInTurns(round(segmentsByHand), round(segments), all.length),
      status: takenInTurns(round(statusByHand), round(status), all.length),
      rust: rust && takenInTurns(round(rust), round(status), all.length),
    };
  }
  return found;
}

/** Look-ups per second in one outcome, and their ratio. */
export function lookUps(engine, areas, facts, now) {
  const outcome = good(engine.evaluate(facts, undefined, BY_HAND), "outcome");
  const decided = byHand.decide(facts, areas);
  const found = takenInTurns(
    () => Object.keys(byHand.SCALES).map((name) => byHand.at(decided[name], now)),
    () => good(outcome.at(now), "statuses"),
  );
  outcome.free();
  return found;
}

/** How often per second the list is read, and the ratio. */
export function listReadings(engine, csv) {
  return takenInTurns(
    () => byHand.readAreas(csv),
    () => good(engine.addReference("risk_areas", csv), "rows"),
  );
}

/** Items per second for both, at `each` items per call, and how many times as long `longma` takes. */
function takenInTurns(hand, longma, each = 1) {
  const [hands, longmas] = [callsATurn(hand), callsATurn(longma)];
  const turns = [];
  const end = performance.now() + ALL_TURNS;
  while (turns.length < FEWEST_TURNS || (turns.length < TURNS && performance.now() < end)) {
    const [mine, other] = [secondsACall(hand, hands), secondsACall(longma, longmas)];
    turns.push({ hand: each / mine, longma: each / other, ratio: other / mine });
  }
  const sorted = (of) => turns.map((turn) => turn[of]).sort((a, b) => a - b);
  return { ratio: quartiles(sorted("ratio")), longma: median(sorted("longma")), hand: median(sorted("hand")) };
}

function callsATurn(call) {
  let calls = 1;
  const warm = performance.now() + WARM_UP;
  for (;;) {
    const took = secondsACall(call, calls) * calls * 1000;
    if (took < TURN) calls *= 2;
    else if (performance.now() >= warm) return calls;
  }
}

function secondsACall(call, calls) {
  const begun = performance.now();
  for (let i = 0; i < calls; i++) call();
  return (performance.now() - begun) / 1000 / calls;
}

export const median = (sorted) => sorted[(sorted.length - 1) >> 1];

const quartiles = (sorted) =>
  [2, 1, 3].map((part) => sorted[Math.floor(((sorted.length - 1) * part) / 4)]);

/** The rules by hand in Rust, where that is compiled; they must say what JavaScript's say. */
function rustByHand(rust, areas, csv, { persons, now }) {
  if (rust === undefined) return undefined;
  const list = rust.readAreas(csv);
  const levels = (facts) => rust.levels(facts, list, now);
  for (const facts of Object.values(persons).flat()) {
    const decided = byHand.decide(facts, areas);
    const theirs = Object.keys(byHand.SCALES).map((name) => byHand.at(decided[name], now) ?? -1);
    if (String(theirs) !== String([...levels(facts)])) throw new Error(`by hand, Rust and JavaScript differ: ${facts}`);
  }
  return levels;
}

/** All measurements in Node or in the browser, for each list that exists. */
export function measured(longma, { packs, now, worlds, rust }) {
  const found = {};
  for (const [name, { csv, persons, compared }] of Object.entries(worlds)) {
    const engine = engineOf(longma, packs, csv);
    const areas = byHand.readAreas(csv);
    compare(engine, areas, [...Object.values(persons).flat(), ...compared]);
    found[name] = {
      compared: Object.values(persons).flat().length + compared.length,
      evaluations: evaluations(engine, areas, persons, now, rustByHand(rust, areas, csv, { persons, now })),
      lookUp: lookUps(engine, areas, persons.typical[0], now),
      list: listReadings(engine, csv),
    };
    engine.free();
  }
  return found;
}
