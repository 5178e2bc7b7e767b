// 我的资料: where facts come from, what is kept, and deleting it.
import { config } from "../../config";
import { say } from "../../lib/i18n";
import { definePage, type PageThis, type Tap } from "../../lib/page";
import { recordView } from "../../lib/records";
import { forget, read, takeFacts } from "../../lib/state";
import { now } from "../../lib/clock";
import { fromHttp } from "../../sources/http";
import type { Source } from "../../sources/source";
import { fromText } from "../../sources/text";
import schema = require("../../generated/schema");

async function take(page: PageThis, source: Source): Promise<void> {
  const answer = await takeFacts(source);
  const { lang } = read().settings;
  if (typeof answer === "string") return page.choose({ error: say(lang, `facts.${answer}`), problems: [] });
  const problems = (answer ?? []).map(({ message, place, help }, index) => ({ key: String(index), message: message[lang], where: place.kind === "facts" ? place.pointer : "", help: help?.[lang] ?? "" }));
  page.choose({ error: problems.length === 0 ? "" : say(lang, "facts.problems", { count: problems.length }), problems, text: problems.length === 0 ? "" : page.input["text"] });
  if (problems.length === 0) wx.showToast({ title: say(lang, "facts.imported"), icon: "none" });
}

definePage({
  texts: "facts",
  input: { text: "", error: "", problems: [], open: "" },
  view(state, input) {
    const { lang } = state.settings;
    const facts = state.facts as unknown as Record<string, unknown> | null;
    const open = input["open"] as string;
    const sections = Object.keys(schema.properties ?? {}).filter((name) => name !== "subject" && name !== "identity");
    return {
      text: input["text"],
      error: input["error"],
      problems: input["problems"],
      server: config.factsUrl !== "",
      // A section that is not known and one that is known to be empty never look the same.
      sections:
        facts === null
          ? []
          : sections.map((name) => {
              const list = facts[name] as Record<string, unknown>[] | undefined;
              const tone = list === undefined ? "unknown" : list.length === 0 ? "grey" : "blue";
              const words = list === undefined ? say(lang, "facts.notKnown") : list.length === 0 ? say(lang, "facts.empty") : say(lang, "facts.records", { count: list.length });
              return { name, title: say(lang, `sections.${name}`), words, tone, open: open === name, records: open === name ? (list ?? []).map((record, index) => recordView(name, index, record, now(), lang)) : [] };
            }),
    };
  },
  typed(this: PageThis, event: Tap<object, { value: string }>) {
    this.choose({ text: event.detail.value });
  },
  take(this: PageThis) {
    void take(this, fromText(this.input["text"] as string));
  },
  scan(this: PageThis) {
    wx.scanCode({ scanType: ["qrCode"], success: ({ result }) => void take(this, fromText(result)) });
  },
  fetch(this: PageThis) {
    if (config.factsUrl !== "") void take(this, fromHttp(config.factsUrl));
  },
  toggle(this: PageThis, event: Tap<{ name: string }>) {
    const { name } = event.currentTarget.dataset;
    this.choose({ open: this.input["open"] === name ? "" : name });
  },
  erase() {
    const { lang } = read().settings;
    wx.showModal({
      content: say(lang, "facts.confirm"),
      confirmText: say(lang, "facts.confirmYes"),
      cancelText: say(lang, "facts.confirmNo"),
      success: ({ confirm }) => {
        if (confirm) void forget().then(() => wx.showToast({ title: say(lang, "facts.erased"), icon: "none" }));
      },
    });
  },
});
