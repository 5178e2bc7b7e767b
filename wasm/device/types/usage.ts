// The README's example, type-checked: a page that decides a code on the device.
import init, { Engine, qrSvg, type OutcomeJson, type Person, type Problem, type Status, type TimeWindow } from "../pkg-web/longma_device.js";

export async function decide(packs: Uint8Array, areas: string, person: Person): Promise<Status | Problem[]> {
  await init();
  const loaded = Engine.load(packs);
  if (!loaded.ok) return loaded.problems;
  const { engine } = loaded;
  const table = engine.addReference("risk_areas", areas);
  if (!table.ok) return table.problems;
  const evaluated = engine.evaluate(JSON.stringify(person), "620102");
  if (!evaluated.ok) return evaluated.problems;
  const coming: TimeWindow = { from: Date.now() / 1000 };
  const shorter = engine.evaluate(JSON.stringify(person), "620102", ["code"], coming);
  if (!shorter.ok) return shorter.problems;
  const { outcome } = evaluated;
  const found = outcome.at(Date.now() / 1000);
  if (!found.ok) return found.problems;
  const code = found.statuses["code"];
  if (code === undefined) return [];
  const whole: OutcomeJson = outcome.value();
  const reasons: string[] = code.causes.map((cause) => `${cause.caption["zh-CN"]} ${cause.until ?? ""}`);
  const drawn = qrSvg(`LONGMA1|${code.level}|${whole.region}|${reasons.length}`);
  if (!drawn.ok) return drawn.problems;
  return code;
}
