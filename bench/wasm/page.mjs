// Called by run.mjs in the page: the same as in Node, but everything is fetched.
import { startByHand, startLongma } from "./start.mjs";

const text = async (address) => (await fetch(address)).text();

async function longma() {
  const glue = await import("/wasm/longma_device.js");
  await glue.default();
  return glue;
}

const loads = {
  async longma() {
    const [glue, bundle, csv] = await Promise.all([longma(), text("/bundle.json"), text("/list/sample")]);
    return { longma: glue, bundle, csv };
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
  return measured(await longma(), { bundle: await text("/bundle.json"), now, worlds });
}
