// The built pages served with feeds beside them: files, and streams that the test goes on with, ends and breaks.
import { createReadStream, existsSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json", ".ndjson": "application/x-ndjson", ".wasm": "application/wasm" };

/** One connection of a page to a stream. */
export class Connection {
  readonly #response: ServerResponse;
  constructor(response: ServerResponse) {
    this.#response = response;
  }
  /** Sends text or bytes as they are. */
  send(some: string | Buffer): void {
    this.#response.write(some);
  }
  /** Ends as it should. */
  end(): void {
    this.#response.end();
  }
  /** Breaks off in the middle. */
  cut(): void {
    this.#response.destroy();
  }
}

export interface FeedServer {
  address: string;
  /** Serves this text as a file. */
  files: Map<string, string>;
  /** Answers this path with a status instead. */
  refused: Map<string, number>;
  /** The next connection to a stream of this path. */
  connection(path: string): Promise<Connection>;
  /** How often a path was asked for. */
  asked(path: string): number;
  end(): Promise<void>;
}

/** Streams are what begins with `/stream`; those that begin with `/stream-events` are Server-Sent Events. */
export async function serveFeeds(): Promise<FeedServer> {
  const files = new Map<string, string>();
  const refused = new Map<string, number>();
  const waiting = new Map<string, ((connection: Connection) => void)[]>();
  const arrived = new Map<string, Connection[]>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const status = refused.get(path);
    if (status !== undefined) {
      response.writeHead(status, { "content-type": "text/plain" }).end();
      return;
    }
    const text = files.get(path);
    if (text !== undefined) {
      response.writeHead(200, { "content-type": "application/x-ndjson" }).end(text);
      return;
    }
    if (path.startsWith("/stream")) {
      response.writeHead(200, { "content-type": path.startsWith("/stream-events") ? "text/event-stream" : "application/x-ndjson" });
      response.flushHeaders();
      const connection = new Connection(response);
      const taker = waiting.get(path)?.shift();
      if (taker === undefined) arrived.set(path, [...(arrived.get(path) ?? []), connection]);
      else taker(connection);
      return;
    }
    const file = dist + normalize(path);
    if (!existsSync(file) || extname(file) === "") {
      response.writeHead(404, { "content-type": "text/plain" }).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files,
    refused,
    connection(path) {
      const first = arrived.get(path)?.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((take) => waiting.set(path, [...(waiting.get(path) ?? []), take]));
    },
    asked: (path) => asked.get(path) ?? 0,
    end: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
