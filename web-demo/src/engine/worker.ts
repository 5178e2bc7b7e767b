// The engine's worker. Rules run only here, so the page stays responsive however long they take.
// It holds one engine and the latest outcome.
/// <reference lib="webworker" />
import init, { Engine, qrSvg } from "longma-device";
import type { Result } from "../types";
import type { Answers, Kind, Request, Requests, Response } from "./protocol";

type Evaluated = Extract<ReturnType<Engine["evaluate"]>, { ok: true }>["outcome"];

let engine: Engine | undefined;
let outcome: Evaluated | undefined;

function started(): Engine {
  if (engine === undefined) throw new Error("the engine was asked before it was loaded");
  return engine;
}

const handlers: { [K in Kind]: (payload: Requests[K]) => Result<Answers[K]> | Promise<Result<Answers[K]>> } = {
  async load({ packs }) {
    const [answer] = await Promise.all([fetch(packs), init()]);
    if (!answer.ok) throw new Error(`${packs}: HTTP ${answer.status}`);
    const loaded = Engine.load(new Uint8Array(await answer.arrayBuffer()));
    if (!loaded.ok) return loaded;
    engine?.free();
    engine = loaded.engine;
    return { ok: true };
  },
  addReference: ({ name, csv }) => started().addReference(name, csv),
  evaluate({ facts, region }) {
    const evaluated = started().evaluate(facts, region);
    if (!evaluated.ok) return evaluated;
    outcome?.free();
    outcome = evaluated.outcome;
    return { ok: true, outcome: outcome.value(), roles: outcome.roles() };
  },
  at({ seconds }) {
    if (outcome === undefined) throw new Error("a look-up was asked before anything was decided");
    const looked = outcome.at(seconds);
    if (!looked.ok) return looked;
    const drawn = outcome.card(seconds);
    return drawn.ok ? { ok: true, statuses: looked.statuses, card: drawn.card } : drawn;
  },
  qr: ({ text }) => qrSvg(text),
};

async function answer(request: Request): Promise<Response> {
  try {
    // Each handler takes its own kind's payload, but TypeScript cannot follow a union through the table.
    const handle = handlers[request.kind] as (payload: Request["payload"]) => Result<Answers[Kind]> | Promise<Result<Answers[Kind]>>;
    return { id: request.id, result: await handle(request.payload) };
  } catch (error) {
    return { id: request.id, broken: error instanceof Error ? error.message : String(error) };
  }
}

self.addEventListener("message", (event: MessageEvent<Request>) => {
  void answer(event.data).then((response) => self.postMessage(response));
});
