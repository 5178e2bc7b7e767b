// 服务: the decisions on the card, and what else is offered while the rules that it rests on are in force.
import { now } from "../../lib/clock";
import { config, services, type When } from "../../config";
import { say } from "../../lib/i18n";
import { definePage, go, goTapped, type Tap } from "../../lib/page";
import { inForce } from "../../lib/policy";
import { cardNow, type State } from "../../lib/state";
import { partView } from "../../lib/views";

function offered(state: Readonly<State>, when: When | undefined): boolean {
  if (when === undefined) return true;
  if (when.address !== undefined) return config[when.address] !== "";
  const found = inForce(state, now());
  if (when.role !== undefined) return found.some(({ roles }) => roles.some((role) => role === when.role));
  if (when.decision !== undefined) return found.some(({ decision }) => decision === when.decision);
  const readers = state.engine?.tables()[when.table ?? ""] ?? [];
  return found.some(({ decision }) => readers.indexOf(decision) >= 0);
}

definePage({
  texts: "services",
  view(state) {
    const { lang } = state.settings;
    const card = cardNow();
    const at = now();
    const parts = card === null ? [] : [...card.overlays, ...card.duties, ...card.badges].map((part) => partView(part, at, lang));
    const more = services
      .filter(({ when }) => offered(state, when))
      .map(({ name, path, icon }) => ({ name, path, icon, title: say(lang, `services.${name}`), text: say(lang, `services.${name}Text`) }));
    return { parts, more, norules: inForce(state, at).length === 0 };
  },
  open(event: Tap<{ decision: string }>) {
    go(`/pages/decision/decision?name=${event.currentTarget.dataset.decision}`);
  },
  go: goTapped,
});
