// Called by run.mjs in the page: the same as in Node, but everything is fetched.
import { startByHand, startLongma } from "./start.mjs";

const text = async (address) => (await fetch(address)).text();
const bytes = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());

async function longma() {
  const glue = await import("/wasm/longma_device.js");
  await glue.default();
  return glue;
}

const loads = {
  async longma() {
    const [glue, packs, csv] = await Promise.all([longma(), bytes("/rules.longma"), text("/list/sample")]);
    return { longma: glue, packs, csv };
  },
  async byHand() {
    const [byHand, csv] = await Promise.all([import("./by-hand.mjs"), text("/list/sample")]);
    return { byHand, csv };
  },
};

/** One fresh start, in a page opened for it. */
export const start = (which, facts, now) =>
  ({ longma: startLongma, byHand: startByHand })[which](loads[which], facts, now);

/** Everything else that is measured. */
export async function measureAll({ now, worlds }) {
  const { measured } = await import("./measure.mjs");
  for (const [name, world] of Object.entries(worlds)) world.csv = await text(`/list/${name}`);
  return measured(await longma(), { packs: await bytes("/rules.longma"), now, worlds });
}
