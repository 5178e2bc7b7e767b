/** What can fail is answered, never thrown: look at `ok` first. */
export type Result<T> = ({ ok: true } & T) | { ok: false; problems: Problem[] };

/** A rule pack as a reader lists it. */
export interface PackInfo {
  /** `<region>/<date>` or `<region>/<series>-<date>`. */
  id: string;
  version: string;
  title: Texts;
  /** RFC 3339; `null` when open. */
  from: string | null;
  until: string | null;
}
