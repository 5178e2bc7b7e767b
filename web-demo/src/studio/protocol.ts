// What the page and the worker of the language server say to each other.

/** To the worker. */
export type Ask =
  /** Begins anew with these texts. */
  | { kind: "start"; base: string; texts: Record<string, string>; lang: string }
  /** A message of the Language Server Protocol. */
  | { kind: "lsp"; message: string };

/** From the worker. */
export type Told =
  | { kind: "lsp"; message: string }
  /** The server is gone: it could not be loaded, or it broke. */
  | { kind: "failed"; detail: string };
