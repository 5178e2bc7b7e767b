// The seam through which facts come in. A province writes one of these and sets it in `sources/index.ts`.

/** A source that could not be read, with words for why (a key of the catalogue). */
export class SourceError extends Error {
  constructor(readonly key: "tooLarge" | "notJson" | "unreachable" | "refused") {
    super(key);
  }
}

export interface Source {
  /** The document as text: JSON by rules/schema/person.schema.json. */
  read(): Promise<string>;
}
