// Writes theirs.txt anew: `npm run record`. The payloads and purposes are those of ours.txt, signed by the library.
import { readFileSync, writeFileSync } from "node:fs";
import { key, sign } from "./cose.mjs";

const lines = [
  "# Signed by @auth0/cose in Node (record.mjs), for longma-seal to open. The private keys are 32 bytes of 7, which anybody can guess.",
  "# A line that begins with { is a key; `one` is signed by the last key above it, `several` by all of them.",
  "# Then the purpose, the payload and the document, in hexadecimal; - is nothing.",
];
const keys = [];
for (const line of readFileSync(new URL("ours.txt", import.meta.url), "utf8").trim().split("\n")) {
  if (line.startsWith("#")) continue;
  if (line.startsWith("{")) {
    keys.push(await key(JSON.parse(line)));
    lines.push(line);
    continue;
  }
  const [kind, purpose, payload] = line.split(" ");
  const signers = kind === "one" ? keys.slice(-1) : keys;
  const document = await sign(kind, purpose, payload === "-" ? Buffer.alloc(0) : Buffer.from(payload, "hex"), signers);
  lines.push([kind, purpose, payload, document.toString("hex")].join(" "));
}
writeFileSync(new URL("theirs.txt", import.meta.url), `${lines.join("\n")}\n`);
