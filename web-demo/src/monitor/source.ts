// Where a feed comes from: a file of the device, or an address at the page's own origin that is read as it comes in. One way
// of reading serves a plain file, a response that keeps growing, and Server-Sent Events. What is lost is asked for again, ever
// more slowly; a response that ended as it should is asked for again after a minute, since a file may be written anew.
import { eventLine, Lines, type Line } from "./model/lines";

/** How long to wait before asking again, in milliseconds: doubled each time, from the first to the last. */
const WAITS = { first: 1_000, last: 60_000 };
/** How long after its end a file is asked for again, in milliseconds. */
const AGAIN = 60_000;
/** After so long without a byte an open connection is taken for dead, in milliseconds. */
export const DEAD = 300_000;

export type Why = { what: "status"; status: number } | { what: "page" } | { what: "network" } | { what: "dead" } | { what: "file" };

/** How it stands. Instants are milliseconds since the Unix epoch. */
export type Link =
  | { state: "asking" }
  | { state: "reading" }
  /** Read to its end. `next`: when it is asked for again, if ever. */
  | { state: "read"; next: number | undefined }
  | { state: "lost"; why: Why; since: number; next: number };

export interface Listener {
  /** A connection or file begins: its lines are counted from 1. */
  began(): void;
  /** Bytes came, with these lines, which may be none. */
  heard(lines: readonly Line[]): void;
  changed(link: Link): void;
}

class Lost extends Error {
  constructor(readonly why: Why) {
    super(why.what);
  }
}

async function readAll(stream: ReadableStream<Uint8Array>, listener: Listener, isEvents: boolean, alive: () => void): Promise<void> {
  const lines = new Lines();
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  const told = (some: readonly Line[]): void => listener.heard(isEvents ? some.flatMap((line) => eventLine(line) ?? []) : some);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    alive();
    told(lines.take(decoder.decode(value, { stream: true })));
  }
  told([...lines.take(decoder.decode()), ...lines.finish()]);
}

/** Reads a file of the device. Returns when it is read. */
export async function readFile(file: Blob, listener: Listener): Promise<void> {
  listener.began();
  listener.changed({ state: "reading" });
  await readAll(file.stream(), listener, false, () => undefined);
  listener.changed({ state: "read", next: undefined });
}

/** The address of `?feed=`; `undefined` if it is not at this origin. */
export function ownAddress(text: string, here: string): URL | undefined {
  try {
    const address = new URL(text, here);
    return address.origin === new URL(here).origin ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Follows an address until it is told to stop. `once`: a file that does not change. Returns how to stop. */
export function follow(address: URL, listener: Listener, once = false): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = WAITS.first;
  let lostSince: number | undefined;
  let isOver = false;
  let connection = new AbortController();

  const later = (delay: number): number => {
    timer = setTimeout(() => void ask(), delay);
    return Date.now() + delay;
  };

  async function ask(): Promise<void> {
    if (lostSince === undefined) listener.changed({ state: "asking" });
    connection = new AbortController();
    let watch: ReturnType<typeof setTimeout> | undefined;
    let isDead = false;
    const { signal } = connection;
    const alive = (): void => {
      clearTimeout(watch);
      watch = setTimeout(() => {
        isDead = true;
        connection.abort();
      }, DEAD);
    };
    try {
      alive();
      const response = await fetch(address, { cache: "no-cache", signal, headers: { accept: "application/x-ndjson, text/event-stream, */*;q=0.5" } });
      if (!response.ok || response.body === null) throw new Lost({ what: "status", status: response.status });
      const type = response.headers.get("content-type") ?? "";
      if (type.startsWith("text/html")) throw new Lost({ what: "page" });
      const isEvents = type.startsWith("text/event-stream");
      lostSince = undefined;
      listener.began();
      listener.changed({ state: "reading" });
      await readAll(response.body, listener, isEvents, () => {
        wait = WAITS.first;
        alive();
      });
      // Events have no end of their own.
      if (isEvents) throw new Lost({ what: "network" });
      if (!isOver) listener.changed({ state: "read", next: once ? undefined : later(AGAIN) });
    } catch (error) {
      if (isOver) return;
      lostSince ??= Date.now();
      const why: Why = isDead ? { what: "dead" } : error instanceof Lost ? error.why : { what: "network" };
      listener.changed({ state: "lost", why, since: lostSince, next: later(wait) });
      wait = Math.min(WAITS.last, wait * 2);
    } finally {
      clearTimeout(watch);
    }
  }

  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
    connection.abort();
  };
}
