// Longma beside what else a policy could be written in: one simplified policy for all.
//
//   node bench/peers/run.mjs          prints a table
//   node bench/peers/run.mjs --json   prints all measurements as JSON
//
// The policy: a code is red, yellow or green by infections, contacts, stays and colours set
// by hand, and a negative test releases; it is valid for 24 hours after it is issued; it is
// gold while it is green and vaccination is complete. Each peer is a file in peers/ with
//
//   name, cannot             for the table; `cannot` says what the peer has no way to say
//   prepare()                once
//   decide(json, now)        the levels of code, validity and gold at an instant
//
// or, in place of the last two, `command`: a program that answers as serve.mjs does. Where a
// peer needs them it has `absent()`, why it cannot run; `ships()`, files that it needs beside
// its bundle; `atLeast`, persons in a turn. Each runs in a process of its own.
//
// First come the answers: all peers decide about the persons of the native benchmark, at
// instants where something may change, and one that differs from the policy in plain
// JavaScript is told and not timed. No figure passes or fails. `cargo xtask bench --peers`
// builds and installs what is read here.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { start } from "./asked.mjs";
import * as byHand from "./peers/by-hand.mjs";

/** In the order of the table. */
const PEERS = [
  "longma",
  "reading",
  "by-hand",
  "json-logic",
  "json-logic-compiled",
  "cel",
  "json-rules-engine",
  "zen",
  "cedar",
  "regorus",
  "axiom",
  "openfisca",
];
/** The most and the fewest turns of each peer with each size of person. */
const TURNS = 41;
const FEWEST_TURNS = 7;
/** In milliseconds: the least time per turn, the time after which measuring ends early, and
 * how long each peer runs before: the JavaScript engine recompiles hot code. */
const TURN = 20;
const ALL_TURNS = 60_000;
const WARM_UP = 1000;
/** Fresh processes of each peer; the median is reported. */
const STARTS = 11;
/** Bytes above which compressing takes longer than everything else here. */
const COMPRESSED = 32e6;
/** The span of Longma's pack, in seconds since the Unix epoch. */
const SPAN = { from: seconds("2022-01-01T00:00:00+08:00"), until: seconds("2023-01-01T00:00:00+08:00") };

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = (...path) => join(root, ...path);
const WORK = here("target/bench/peers");
const told = [];

async function main() {
  mkdirSync(WORK, { recursive: true });
  const { now, persons, compared } = people();
  pack();
  let peers = await agreeing(await present(), now, [...Object.values(persons).flat(), ...compared]);
  const times = {};
  for (const [size, all] of Object.entries(persons)) {
    console.error(`measuring ${peers.length} peers, ${size} persons …`);
    times[size] = await timed(peers, size, all, now);
    peers = [...times[size].keys()];
  }
  const starts = await started(peers, persons.typical[0], now);
  const rows = [];
  for (const peer of peers) {
    const of = (size) => times[size].get(peer);
    rows.push({
      name: peer.name,
      cannot: peer.cannot,
      times: Object.fromEntries(Object.keys(times).map((size) => [size, of(size)])),
      first: starts.get(peer),
      bytes: await bytes(peer),
    });
  }
  for (const { process } of peers) process.end();
  const machine = `${cpus()[0].model.trim()}, ${availableParallelism()} cores, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  if (process.argv.includes("--json")) console.log(JSON.stringify({ date, machine, rows, told }, null, 1));
  else print(rows, `${date}, ${machine}`);
}

/** The persons of the native benchmark, who stayed at places of the invented list. */
function people() {
  const file = here("target/bench/persons.json");
  if (!existsSync(file)) throw new Error("target/bench/persons.json is not there: run `cargo xtask bench --peers`");
  const { now, worlds } = JSON.parse(readFileSync(file, "utf8"));
  const { persons, compared } = worlds.find(({ name }) => name === "sample");
  return { now, compared, persons: Object.fromEntries(persons.map(({ name, facts }) => [name, facts])) };
}

/** Writes Longma's compiled packs of the policy. The command reads schemas from beside the packs. */
function pack() {
  const command = process.env.LONGMA ?? here("target/debug/longma");
  const packs = join(WORK, "packs.longma");
  rmSync(packs, { force: true });
  if (!existsSync(command)) return;
  const house = join(WORK, "rules");
  rmSync(house, { recursive: true, force: true });
  for (const folder of ["schema", "reference"]) cpSync(here("rules", folder), join(house, folder), { recursive: true });
  cpSync(here("bench/peers/longma/packs"), join(house, "packs"), { recursive: true });
  execFileSync(command, ["bundle", "--packs", join(house, "packs"), "--out", packs], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The peers that this machine has. */
async function present() {
  const peers = [];
  for (const id of PEERS) {
    const file = here(`bench/peers/peers/${id}.mjs`);
    try {
      const peer = {
        command: [process.execPath, here("bench/peers/serve.mjs"), file],
        ...(await import(pathToFileURL(file))),
        file,
      };
      const why = peer.absent?.();
      if (why) told.push(`skipped: ${peer.name}: ${why}`);
      else peers.push(peer);
    } catch (error) {
      told.push(`skipped: ${id}: ${error.message.split("\n")[0]}`);
    }
  }
  return peers;
}

/** Seconds since the Unix epoch; not a number if there is no such time. */
function seconds(text) {
  return Date.parse(text) / 1000;
}

// ---- answers ---------------------------------------------------------------

/** The peers that answer as the policy in plain JavaScript does; the others are told. */
async function agreeing(peers, now, persons) {
  const asked = persons.flatMap((json) => instants(json, now).map((instant) => [json, instant]));
  const expected = asked.map(([json, instant]) => byHand.decide(json, instant).join());
  const found = [];
  for (const peer of peers) {
    console.error(`comparing ${peer.name} …`);
    peer.process = start(peer.command);
    const difference = await differs(peer, asked, expected).catch((error) => error.message);
    if (difference === undefined) found.push(peer);
    else drop(peer, difference);
  }
  const levels = ["red", "yellow", "green", "valid", "gold"];
  const counts = levels.map(
    (level) => `${expected.filter((answer) => answer.split(",").includes(level)).length} ${level}`,
  );
  told.push(`same answers from all above: ${persons.length} persons, ${asked.length} questions (${counts.join(", ")})`);
  return found;
}

/** How a peer's answers differ from what is expected, if they do. */
async function differs(peer, asked, expected) {
  if (peer.decides === false) return undefined;
  const [persons, nows] = [0, 1].map((part) => asked.map((question) => question[part]));
  const answers = await peer.process.answers(persons, nows);
  const wrong = answers.flatMap((answer, index) => (answer.join() === expected[index] ? [] : [index]));
  if (wrong.length === 0) return undefined;
  const [first] = wrong;
  return (
    `${wrong.length} of ${asked.length} answers differ; the first is ${answers[first].join()} and not ` +
    `${expected[first]} at ${nows[first]} for ${persons[first]}`
  );
}

/** Leaves a peer out of the table and says why. */
function drop(peer, why) {
  told.push(`not timed: ${peer.name}: ${why}`);
  peer.process.end();
}

/** `now`, and both sides of some instants at which something may change for the person. */
function instants(json, now) {
  const [HOUR, DAY] = [3600, 86_400];
  const times = [...json.matchAll(/"(\d{4}-\d\d-\d\dT[^"]+)"/g)].map(([, text]) => seconds(text));
  const { contacts, issuance, vaccinations } = JSON.parse(json);
  const edges = [times[3], times[times.length >> 1], times.at(-2)];
  edges.push(seconds(contacts[0]?.last_contact) + 7 * DAY, seconds(issuance[0]?.issued_at) + 24 * HOUR);
  edges.push(seconds(`${vaccinations.at(-1)?.at}T00:00:00+08:00`) + 14 * DAY);
  const both = edges.flatMap((edge) => [edge - 1, edge]);
  return [now, ...both.filter((instant) => SPAN.from <= instant && instant < SPAN.until)];
}

// ---- times -----------------------------------------------------------------

/** Microseconds a person of each peer, least and median. The peers take turns, so that other
 * load on the machine affects all. */
async function timed(peers, size, all, now) {
  const state = new Map();
  const asked = async (peer, task) => {
    try {
      await task();
    } catch (error) {
      state.delete(peer);
      drop(peer, error.message);
    }
  };
  for (const peer of peers) await asked(peer, async () => state.set(peer, await warmed(peer, size, all, now)));
  const end = performance.now() + ALL_TURNS;
  for (let turn = 0; turn < TURNS && (turn < FEWEST_TURNS || performance.now() < end); turn++) {
    for (const [peer, it] of [...state]) await asked(peer, async () => it.found.push(await it.turn()));
  }
  const summed = ([peer, { found }]) => {
    found.sort((a, b) => a - b);
    return [peer, { least: found[0], median: median(found), turns: found.length }];
  };
  return new Map([...state].map(summed));
}

/** A peer that knows the persons and has run for a while; a turn takes at least `TURN`. */
async function warmed(peer, size, all, now) {
  const count = Math.max(all.length, peer.atLeast ?? 0);
  const persons = Array.from({ length: count }, (_, index) => all[index % all.length]);
  await peer.process.keep(size, persons);
  const warm = performance.now() + WARM_UP;
  let rounds = 1;
  for (;;) {
    const took = (await peer.process.seconds(size, now, rounds)) * 1000;
    if (took < TURN) rounds *= 2;
    else if (performance.now() >= warm) break;
  }
  const turn = async () => (1e6 * (await peer.process.seconds(size, now, rounds))) / rounds / count;
  return { turn, found: [] };
}

/** Milliseconds from starting a process to its first answer, the runtime's own start included. */
async function started(peers, json, now) {
  const expected = byHand.decide(json, now).join();
  const found = new Map(peers.map((peer) => [peer, []]));
  for (let turn = 0; turn < STARTS; turn++) {
    for (const peer of peers) {
      const begun = performance.now();
      const fresh = start(peer.command);
      const [answer] = await fresh.answers([json], [now]);
      found.get(peer).push(performance.now() - begun);
      // The next process must not start while this one still ends.
      await fresh.end();
      if (peer.decides !== false && answer.join() !== expected)
        throw new Error(`${peer.name} answers otherwise in a fresh process`);
    }
  }
  return new Map([...found].map(([peer, all]) => [peer, median(all.sort((a, b) => a - b))]));
}

// ---- bytes -----------------------------------------------------------------

/** What a user of the peer ships, policy included: the bundle, and files that it reads. */
async function bytes(peer) {
  const files = (peer.ships?.() ?? []).flatMap(filesIn).map((file) => readFileSync(file));
  if (peer.command.at(-1) === peer.file) files.push(await bundled(peer.file));
  const raw = files.reduce((sum, { length }) => sum + length, 0);
  if (raw > COMPRESSED) return { raw };
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return { raw, brotli: files.reduce((sum, file) => sum + brotliCompressSync(file, { params }).length, 0) };
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== "__pycache__")
    .flatMap((name) => filesIn(join(path, name)));
}

async function bundled(file) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    format: "esm",
    logLevel: "error",
    external: ["*.node", "@gorules/zen-engine-*"],
  });
  return outputFiles[0].contents;
}

// ---- the table -------------------------------------------------------------

const median = (sorted) => sorted[(sorted.length - 1) >> 1];
const whole = (number) => Math.round(number).toLocaleString("en");
const short = (number) => (number < 100 ? number.toPrecision(2).replace(/\.0$/, "") : whole(number));

function print(rows, where) {
  console.log(`\n${where}\n`);
  const heads = ["", "decisions a second", "µs a typical person, median (least)", "an empty one", "a heavy one"];
  heads.push("ms from starting a process to its first answer", "bytes shipped", "in brotli", "what it cannot say");
  console.log(`| ${heads.join(" | ")} |\n|${"---|".repeat(heads.length)}`);
  const pair = ({ median, least }) => `${short(median)} (${short(least)})`;
  for (const { name, cannot, times, first, bytes } of rows) {
    const cells = [name, whole(1e6 / times.typical.median), pair(times.typical), pair(times.empty), pair(times.heavy)];
    cells.push(
      whole(first),
      whole(bytes.raw),
      bytes.brotli === undefined ? "not measured" : whole(bytes.brotli),
      cannot,
    );
    console.log(`| ${cells.join(" | ")} |`);
  }
  console.log(`\n${told.join("\n")}`);
}

await main();
