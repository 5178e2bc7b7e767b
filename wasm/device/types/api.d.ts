/** Failures are returned, never thrown. Check `ok` first. */
export type Result<T> = ({ ok: true } & T) | { ok: false; problems: Problem[] };

/** A rule pack, for a list. */
export interface PackInfo {
  /** `<region>/<date>` or `<region>/<series>-<date>`. */
  id: string;
  version: string;
  title: Texts;
  /** RFC 3339. `null` if open-ended. */
  from: string | null;
  until: string | null;
}
