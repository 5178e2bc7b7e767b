// The text in the QR code: format 1 of docs/qr.md. It is not signed, so a verifier must not trust it yet.
import { rfc3339, type Instant } from "./time";

export interface QrContent {
  /** The level of the decision `code`. */
  level: string;
  /** When the code was last issued; absent if never. */
  issued?: Instant | undefined;
  /** The first instant at which the level or its validity ends; absent if unknown. */
  until?: Instant | undefined;
  /** The pack that decided; absent if none is in force. */
  pack?: string | undefined;
}

export function qrText({ level, issued, until, pack }: QrContent): string {
  const time = (t: Instant | undefined): string => (t === undefined ? "-" : rfc3339(t));
  return ["LONGMA1", level, time(issued), time(until), pack ?? "-"].join("|");
}
