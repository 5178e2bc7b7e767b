// Each side's documents are verified by the library here, and opened by longma-seal in ../interop.rs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Algorithms } from "@auth0/cose";
import { open, read, sign } from "./cose.mjs";

const sides = { "longma-seal": await read("ours.txt"), "this library": await read("theirs.txt") };

for (const [side, documents] of Object.entries(sides)) {
  test(`what ${side} signed is verified`, async () => {
    assert.ok(documents.length > 0);
    for (const { kind, purpose, payload, document, keys } of documents) {
      assert.deepEqual(Buffer.from(await open(kind, document, purpose, keys)), payload, `${kind} ${purpose}`);
    }
  });

  test(`what ${side} signed is refused with any one byte changed`, async () => {
    for (const { kind, purpose, document, keys } of documents) {
      for (const at of document.keys()) {
        const changed = Buffer.from(document);
        changed[at] ^= 1;
        await assert.rejects(async () => open(kind, changed, purpose, keys), `${kind} ${purpose}, byte ${at}`);
      }
    }
  });

  test(`what ${side} signed with Ed25519 is what this library makes`, async () => {
    const ed25519 = documents.filter(({ keys }) => keys.every((key) => key.algorithm === Algorithms.EdDSA));
    assert.ok(ed25519.length > 0);
    for (const { kind, purpose, payload, document, keys } of ed25519) {
      assert.equal((await sign(kind, purpose, payload, keys)).toString("hex"), document.toString("hex"), `${kind} ${purpose}`);
    }
  });
}
