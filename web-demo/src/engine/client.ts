// The page's side of the engine: promises over the worker's messages. Answers arrive in the order of the requests.
import type { Result } from "../types";
import type { Answers, Kind, Requests, Response } from "./protocol";

/** The engine itself failed (it could not be loaded, or it stopped), as opposed to an answer with problems. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";
}

interface Waiting {
  resolve: (result: Result<Answers[Kind]>) => void;
  reject: (failure: EngineFailure) => void;
}

export class EngineClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #failure: EngineFailure | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "longma-engine" });
    this.#worker.addEventListener("message", (event: MessageEvent<Response>) => this.#settle(event.data));
    // A worker whose script does not load sends an event without a message.
    this.#worker.addEventListener("error", (event) => this.#fail(event.message || "the worker did not start"));
    this.#worker.addEventListener("messageerror", () => this.#fail("an answer could not be read"));
  }

  /** Asks the worker; rejects with `EngineFailure` only. */
  ask<K extends Kind>(kind: K, payload: Requests[K]): Promise<Result<Answers[K]>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      // The worker answers a request of kind K with an answer of kind K.
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.#worker.postMessage({ id, kind, payload });
    });
  }

  #settle(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ("broken" in response) waiting?.reject(new EngineFailure(response.broken));
    else waiting?.resolve(response.result);
  }

  #fail(message: string): void {
    this.#failure = new EngineFailure(message);
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
