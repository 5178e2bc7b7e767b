// The one clock. The time shown is the phone's, or the server's where the phone's went backwards, or an instant that a
// sample chose. Nothing else reads `Date.now()`.
import { config } from "../config";

interface Base {
  /** The time shown at `since`. */
  at: number;
  /** The phone's clock at that moment. */
  since: number;
}

let base: Base | null = null;
let highest = 0;
let back = false;

/** Now, in milliseconds since 1970. */
export function now(): number {
  const phone = Date.now();
  return base === null ? phone : base.at + (phone - base.since);
}

/** The highest time that the phone's clock has shown, to keep between starts. */
export function highestSeen(): number {
  return highest;
}

/** Looks at the phone's clock; true if it is before a time that it already showed. */
export function wentBack(kept = 0): boolean {
  const phone = Date.now();
  highest = Math.max(highest, kept);
  if (phone >= highest) highest = phone;
  back = phone < highest - config.clockTolerance;
  return back;
}

/** Shows this instant from now on, running at the phone's pace; null for the real time. */
export function showFrom(at: number | null): void {
  base = at === null ? null : { at, since: Date.now() };
}

/** Takes the server's time over: the phone's clock gives only the pace. */
export function trust(server: number): void {
  const phone = Date.now();
  highest = phone;
  back = false;
  if (base === null) base = { at: server, since: phone };
  else base = { at: base.at + Math.max(0, highest - base.since), since: phone };
}

/** Calls `work` just after each full second of the time shown, until the function that it returns is called. */
export function eachSecond(work: () => void): () => void {
  let timer: number | undefined;
  const next = (): void => {
    timer = setTimeout(() => {
      work();
      next();
    }, 1000 - (((now() % 1000) + 1000) % 1000) + 5) as unknown as number;
  };
  next();
  return () => {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
  };
}
