// The one engine of the app. Nobody else makes one: it has its memory for as long as the app runs.
import { createEngine, type Engine } from "longma-miniprogram";
import rules = require("longma-miniprogram/rules/gansu");
import { tables } from "../sources/tables";

let made: Promise<Engine> | undefined;

/** The engine, started at the first call. It fails where the phone has no WebAssembly. */
export function engine(): Promise<Engine> {
  made ??= tables().then((found) => createEngine({ rules, tables: found }));
  // A start that failed may be tried again.
  made.catch(() => (made = undefined));
  return made;
}
