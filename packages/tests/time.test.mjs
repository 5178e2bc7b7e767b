// Instants as text at an offset with summer time, held against the platform's own zones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("../api/src/time.ts", import.meta.url));
const built = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", loader: { ".json": "json" } });
const { write } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);

/** The engine's number of an offset, as core/src/time/zone.rs documents its bits. */
function number(winter, ahead, ...turns) {
  const parts = [[winter + 1024, 2048], [ahead, 16]];
  for (const [month, week, weekday, quarter] of turns) parts.push([month, 16], [week, 8], [weekday, 8], [quarter, 256]);
  return parts.reduceRight((whole, [part, sides]) => whole * sides + part, 0);
}

const ZONES = {
  "Europe/Berlin": number(60, 4, [3, 5, 7, 8], [10, 5, 7, 8]),
  "America/New_York": number(-300, 4, [3, 2, 7, 8], [11, 1, 7, 4]),
  "Australia/Sydney": number(600, 4, [10, 1, 7, 8], [4, 1, 7, 8]),
  "Australia/Lord_Howe": number(630, 2, [10, 1, 7, 8], [4, 1, 7, 6]),
};

/** The platform's text, by its database of zones. */
function platform(zone) {
  const parts = ["year", "month", "day", "hour", "minute", "second"].map((name) => [name, "2-digit"]);
  const format = new Intl.DateTimeFormat("en", { ...Object.fromEntries(parts), timeZone: zone, hourCycle: "h23", year: "numeric", timeZoneName: "longOffset" });
  return (instant) => {
    const at = Object.fromEntries(format.formatToParts(instant * 1000).map(({ type, value }) => [type, value]));
    return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}:${at.second}${at.timeZoneName.slice(3)}`;
  };
}

for (const [zone, offset] of Object.entries(ZONES)) {
  test(`${zone} is written as the platform writes it`, () => {
    const expected = platform(zone);
    const [start, end] = [Date.UTC(2022, 0), Date.UTC(2030, 0)].map((time) => time / 1000);
    for (let instant = start; instant < end; instant += 29_989) assert.equal(write(instant, offset), expected(instant));
  });
}

test("a fixed offset is written as it is", () => {
  assert.equal(write(1_657_285_200, 480), "2022-07-08T21:00:00+08:00");
  assert.equal(write(1_657_285_200, -210), "2022-07-08T09:30:00-03:30");
});
