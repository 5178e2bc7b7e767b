// 申领: who the person is, from the schema; the number is checked as it is typed; then a code is issued.
import { LongmaError } from "longma-miniprogram";
import { now } from "../../lib/clock";
import { config } from "../../config";
import { changed, fieldsOf, missing, pathsOf, recordOf, valuesOf, type Field, type Values } from "../../lib/form";
import { listed, say } from "../../lib/i18n";
import { definePage, go, type PageThis, type Tap } from "../../lib/page";
import { apply, read } from "../../lib/state";
import { dayText } from "../../lib/time";
import type { Person } from "longma-miniprogram";

const paths = pathsOf(["identity"]);
const NUMBER = "identity/document/number";

/** What the engine says of the fields so far, by path. */
function problems(values: Values): Record<string, string> {
  const { engine, settings } = read();
  const found: Record<string, string> = {};
  if (engine === null) return found;
  const identity = recordOf(paths, values, 1);
  try {
    for (const { place, message } of engine.inspect({ subject: "person", identity }, now())) {
      if (place.kind === "facts") found[place.pointer.slice(1)] ??= message[settings.lang];
    }
  } catch (error) {
    if (!(error instanceof LongmaError)) throw error;
    // Fields that are still empty are no mistake yet.
    for (const { place, message } of error.problems) {
      const path = place.kind === "facts" ? place.pointer.slice(1) : "";
      if ((values[path] ?? "") !== "") found[path] ??= message[settings.lang];
    }
  }
  return found;
}

/** A number is judged once it is as long as numbers of its kind are. */
const complete = (values: Values): boolean => (values[NUMBER] ?? "").length >= (values["identity/document/type"] === "resident_id" ? 18 : 5);

definePage({
  texts: "apply",
  input: { values: null, tried: false },
  view(state, input) {
    const { lang } = state.settings;
    const values = (input["values"] ?? initial()) as Values;
    const errors = problems(values);
    const judged = complete(values) || input["tried"] === true;
    if (!judged) delete errors[NUMBER];
    const fields = fieldsOf(paths, values, errors, lang, dayText(now()));
    for (const field of fields) if (field.path === NUMBER && judged && field.error === "" && values["identity/document/type"] === "resident_id") field.good = say(lang, "apply.checked");
    const lacks = input["tried"] === true ? missing(fields) : [];
    return {
      fields,
      lacks: lacks.length === 0 ? "" : say(lang, "apply.missing", { names: listed(lang, lacks) }),
      submit: say(lang, state.facts === null ? "apply.submit" : "apply.submitAgain"),
      bare: state.holding.source === "",
    };
  },
  change(this: PageThis, event: Tap<object, { path: string; value: string | number }>) {
    const values = (this.input["values"] ?? initial()) as Values;
    this.choose({ values: changed(values, event.detail.path, event.detail.value) });
  },
  async submit(this: PageThis) {
    this.choose({ tried: true });
    const fields = this.data["fields"] as Field[];
    if (missing(fields).length > 0 || fields.some(({ error }) => error !== "")) return;
    const values = (this.input["values"] ?? initial()) as Values;
    await apply(recordOf(paths, values, 1) as unknown as Person["identity"]);
    wx.showToast({ title: say(read().settings.lang, "apply.done"), icon: "none" });
    go("/pages/code/code");
  },
});

function initial(): Values {
  const { facts } = read();
  return facts === null ? { "identity/document/type": "resident_id", "identity/region": config.region } : valuesOf(paths, facts.identity, 1);
}
