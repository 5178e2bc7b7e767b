// A gate from its documents: the order in which the engine takes them, for every front end with the engine of wasm/gate.

/** Documents by their names: `root.cbor`, `root.2.cbor`, `tables/risk_areas.csv`. */
export type Files = Record<string, Uint8Array>;

export type Told<T, P> = ({ ok: true } & T) | { ok: false; problems: P[] };

/** What the engine's gate has for this. */
export interface Loadable<P> {
  addReference(name: string, csv: string): Told<object, P>;
  setRevoked(document: Uint8Array, seconds: number): Told<object, P>;
  setVenue(facts: string): Told<object, P>;
  free(): void;
}

/** The engine's class of gates. */
export interface Loader<G, P> {
  load(roots: Uint8Array[], timestamp: Uint8Array, release: Uint8Array, packs: Uint8Array, seen: string, seconds: number, samples: boolean): Told<{ gate: G }, P>;
}

/** What kept documents from being taken. */
export interface Refusal<P> {
  /** The file; empty if the release as a whole was refused. */
  file: string;
  problems: P[];
}

export interface How {
  /** What was seen of versions, as the engine gave it. */
  seen: string;
  /** Now, in seconds. */
  seconds: number;
  samples: boolean;
  /** Whether a gate may lack tables, list or venue; else it takes all or nothing. */
  partly: boolean;
}

const NONE = new Uint8Array(0);

function roots(files: Files): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let file = files["root.cbor"]; file !== undefined; file = files[`root.${all.length + 1}.cbor`]) all.push(file);
  return all;
}

/** A gate made of these documents, if the engine takes them, and what it refused. `text` reads UTF-8. */
export function loadGate<G extends Loadable<P>, P>(engine: Loader<G, P>, files: Files, { seen, seconds, samples, partly }: How, text: (bytes: Uint8Array) => string): { gate?: G; refused: Refusal<P>[] } {
  const file = (name: string): Uint8Array => files[name] || NONE;
  const loaded = engine.load(roots(files), file("timestamp.cbor"), file("release.cbor"), file("packs.longma"), seen, seconds, samples);
  if (!loaded.ok) return { refused: [{ file: "", problems: loaded.problems }] };
  const { gate } = loaded;
  const refused: Refusal<P>[] = [];
  const take = (name: string, told: Told<object, P>): void => {
    if (!told.ok) refused.push({ file: name, problems: told.problems });
  };
  for (const name of Object.keys(files)) {
    const [, table] = /^tables\/(.+)\.csv$/.exec(name) || [];
    if (table !== undefined) take(name, gate.addReference(table, text(file(name))));
  }
  if (files["revoked.cbor"] !== undefined) take("revoked.cbor", gate.setRevoked(files["revoked.cbor"], seconds));
  if (files["venue.json"] !== undefined) take("venue.json", gate.setVenue(text(files["venue.json"])));
  if (refused.length > 0 && !partly) {
    gate.free();
    return { refused };
  }
  return { gate, refused };
}
