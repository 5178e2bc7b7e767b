// Invented persons to try the app with. A province leaves this page out.
import { definePage, go, type Tap } from "../../lib/page";
import { chooseSample, read } from "../../lib/state";
import { persons } from "../../sources/samples";

definePage({
  texts: "samples",
  view(state) {
    const { lang } = state.settings;
    const chosen = state.holding.sample?.name["zh-CN"];
    return { persons: persons.map(({ name, look }, index) => ({ index: String(index), name: name[lang], look: look[lang], on: name["zh-CN"] === chosen })) };
  },
  async pick(event: Tap<{ index: string }>) {
    const sample = persons[Number(event.currentTarget.dataset.index)];
    if (sample === undefined) return;
    // Documents of those whom this person may hold a code for, if the samples have them.
    const numbers = (sample.facts.dependants ?? []).map((it) => it.document.number);
    const dependants = persons.filter(({ facts }) => numbers.indexOf(facts.identity.document.number) >= 0).map(({ facts }) => facts);
    await chooseSample(sample, dependants);
    if (read().phase === "ready") go("/pages/code/code");
  },
});
