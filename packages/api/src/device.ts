// The engine in WebAssembly as its glue gives it to us. Nothing outside of this folder sees it.
import type { Card, CardPart, FoundSite, OutcomeJson, PackInfo, Policy, Problem, Role, Wallet } from "../generated/data.js";

/** An answer of the engine: it never throws for bad input. */
export type Answer<T> = ({ ok: true } & T) | { ok: false; problems: Problem[] };

export interface DeviceOutcome {
  value(): OutcomeJson;
  offset(): number;
  roles(): Record<Role, string[]>;
  card(seconds: number): Answer<{ card: Card }>;
  present(venue: string, person: string, seconds: number, presence: string): Answer<{ facts: string }>;
  verdict(seconds: number): Answer<{ verdict: CardPart | null }>;
  free(): void;
}

export interface Window {
  from?: number;
  until?: number;
}

export interface DeviceEngine {
  addReference(name: string, csv: string): Answer<{ rows: number }>;
  tablesRead(decisions?: string[]): Record<string, string[]>;
  evaluate(facts: string, region?: string, decisions?: string[], window?: Window): Answer<{ outcome: DeviceOutcome }>;
  decide(facts: string, received: number, region?: string, decisions?: string[], window?: Window): Answer<{ outcome: DeviceOutcome }>;
  inspect(facts: string, received: number): Answer<{ found: Problem[] }>;
  wallet(holder: string, dependants: string[], seconds: number): Answer<{ wallet: Wallet }>;
  policy(region: string, seconds: number): Answer<{ policy: Policy }>;
  packs(): PackInfo[];
  free(): void;
}

export interface DeviceSites {
  nearest(latitude: string, longitude: string, seconds: number, open: boolean, count: number): Answer<{ found: FoundSite[] }>;
  free(): void;
}

/** What the glue exports. */
export interface Device {
  Engine: { load(packs: Uint8Array): Answer<{ engine: DeviceEngine }> };
  Sites: { read(csv: string, holidays: string[]): Answer<{ sites: DeviceSites; problems: Problem[] }> };
  enter(facts: string, venue: string, seconds: number, presence: string): Answer<{ facts: string }>;
  leave(facts: string, venue: string, seconds: number): Answer<{ facts: string }>;
  venueOf(scanned: string): Answer<{ venue: string }>;
  venueQrText(venue: string): string;
  withDigests(facts: string, salt: string): Answer<{ facts: string }>;
  utf8(bytes: Uint8Array): Answer<{ text: string }>;
  qrSvg(text: string): Answer<{ svg: string }>;
  qrModules(text: string): Answer<{ size: number; modules: string }>;
}

/** The glue before it has its engine: what the engine calls, and where its exports go. */
export interface Glue extends Device {
  __wbg_set_wasm(exports: object): void;
}

/** What differs between browsers, Node and mini-programs. */
export interface Platform {
  /** The engine, started from `wasm`, or from where this package keeps it. */
  start(wasm: unknown): Promise<Device>;
  /** The bytes at a path or an address. */
  bytes(source: string): Promise<Uint8Array>;
}
