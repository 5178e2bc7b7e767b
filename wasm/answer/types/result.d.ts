/** Failures are returned, never thrown. Check `ok` first. */
export type Result<T> = ({ ok: true } & T) | { ok: false; problems: Problem[] };
