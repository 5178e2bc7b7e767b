// Measures the time from nothing to the first status, part by part, in Node and in the
// browser. `load` supplies what differs between them. This file imports nothing, so that
// loading the hand-written rules counts as part of their start.

/** The decisions that are also written by hand; only these are requested. */
export const BY_HAND = ["code", "validity", "gold"];

/** What a front end asks about: the present and what follows. */
export const fromNow = (now) => ({ from: now });

/** Longma: its module, its packs, a list, an evaluation, a look-up. */
export async function startLongma(load, facts, now) {
  const watch = stopwatch();
  const { longma, packs, csv, within } = await load();
  watch.lap("module and files", within);
  const engine = good(longma.Engine.load(packs), "engine");
  watch.lap("packs");
  good(engine.addReference("risk_areas", csv), "rows");
  watch.lap("list");
  const outcome = good(engine.evaluate(facts, undefined, BY_HAND, fromNow(now)), "outcome");
  const statuses = good(outcome.at(now), "statuses");
  watch.lap("first status");
  return { level: statuses.code.level, ...watch.stop() };
}

/** The hand-written rules: their module, a list, an evaluation, a look-up. */
export async function startByHand(load, facts, now) {
  const watch = stopwatch();
  const { byHand, csv } = await load();
  watch.lap("module and files");
  const areas = byHand.readAreas(csv);
  watch.lap("list");
  const level = byHand.at(byHand.decide(facts, areas).code, now);
  watch.lap("first status");
  return { level: byHand.SCALES.code[level], ...watch.stop() };
}

/** Milliseconds, part by part. */
function stopwatch() {
  const begun = performance.now();
  let last = begun;
  const parts = {};
  return {
    /** A part, less those within it that were measured by themselves. */
    lap(name, within = {}) {
      const now = performance.now();
      const known = Object.values(within).reduce((sum, part) => sum + part, 0);
      Object.assign(parts, within, { [name]: now - last - known });
      last = now;
    },
    stop: () => ({ ...parts, total: last - begun }),
  };
}

/** A member of a successful answer; anything else ends the measurement. */
export function good(result, member) {
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result[member];
}

/** An engine with compiled packs and one list of risk areas. */
export function engineOf(longma, packs, csv) {
  const engine = good(longma.Engine.load(packs), "engine");
  good(engine.addReference("risk_areas", csv), "rows");
  return engine;
}
