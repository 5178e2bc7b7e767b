// Signed documents of our one form, made and verified by @auth0/cose; thumbprints by jose. What is written here by hand is
// only what our form asks for and the library leaves to its caller.
import { Algorithms, Headers, ProtectedHeaders, Sign, Sign1, UnprotectedHeaders } from "@auth0/cose";
import { calculateJwkThumbprint } from "jose";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";

/** The type in a header (RFC 9596); the library has no name for it. */
const TYPE = 16;
const ALGORITHMS = { Ed25519: Algorithms.EdDSA, "P-256": Algorithms.ES256 };
/** Of each private key here: 32 bytes of 7. Anybody can guess them; nothing else is signed with them. */
const GUESSABLE = Buffer.alloc(32, 7);
/** The order of P-256 (SEC 2, section 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

/** Of the two signatures that anybody can make of one, the lower: ours takes no other, and the library gives either. */
function low(signature) {
  const s = number(signature.subarray(32));
  if (s <= ORDER / 2n) return signature;
  return Buffer.concat([signature.subarray(0, 32), Buffer.from((ORDER - s).toString(16).padStart(64, "0"), "hex")]);
}

/** A key of a file: what it is as the library takes it, the id that headers carry, and its algorithm. */
export async function key(jwk) {
  const id = Buffer.from(await calculateJwkThumbprint(jwk), "base64url").subarray(0, 8);
  return {
    id,
    algorithm: ALGORITHMS[jwk.crv],
    public: createPublicKey({ key: jwk, format: "jwk" }),
    private: createPrivateKey({ key: { ...jwk, d: GUESSABLE.toString("base64url") }, format: "jwk" }),
  };
}

const header = (key, purpose) => new ProtectedHeaders([[Headers.Algorithm, key.algorithm], [Headers.KeyID, key.id], [TYPE, purpose]]);
const lowOf = (key, signature) => (key.algorithm === Algorithms.ES256 ? low(signature) : signature);

/** A document that `keys` sign: `COSE_Sign1` for one, `COSE_Sign` for several. */
export const sign = (kind, purpose, payload, keys) => (kind === "one" ? signOne(purpose, payload, keys[0]) : signSeveral(purpose, payload, keys));

async function signOne(purpose, payload, key) {
  const nothing = new UnprotectedHeaders([]);
  const made = await Sign1.sign(header(key, purpose), nothing, payload, key.private);
  return Buffer.from(new Sign1(made.encodedProtectedHeaders, made.unprotectedHeaders, payload, lowOf(key, made.signature)).encode());
}

/** The header of a document without signers' own: no bytes at all (RFC 9052, section 3), where the library would write an empty map. */
class NoHeader extends ProtectedHeaders {
  encode() {
    return new Uint8Array();
  }
}

async function signSeveral(purpose, payload, keys) {
  const signers = keys.map((key) => ({ key: key.private, protectedHeaders: header(key, purpose), unprotectedHeaders: [] }));
  const made = await Sign.sign(new NoHeader([]), [], payload, signers);
  // Written as it is, the library would give each signer's header as a map instead of the bytes that were signed.
  const signatures = made.signatures.map((one, at) => ({
    protectedHeaders: one.encodedProtectedHeaders,
    unprotectedHeaders: one.unprotectedHeaders,
    signature: lowOf(keys[at], one.signature),
  }));
  return Buffer.from(new Sign(new Uint8Array(), made.unprotectedHeaders, payload, signatures).encode());
}

/** What the library opens, if each of `keys` signed it for `purpose`. */
export async function open(kind, document, purpose, keys) {
  if (kind === "one") {
    const message = Sign1.decode(document);
    await message.verify((it) => fitting(it, purpose, keys).public);
    return message.payload;
  }
  const message = Sign.decode(document);
  if (message.signatures.length !== keys.length) throw new Error(`${message.signatures.length} signatures`);
  // The library is content with one signature that verifies; ours are all looked at.
  for (const one of message.signatures) await one.verify(fitting(one, purpose, keys).public, message.encodedProtectedHeaders, message.payload);
  return message.payload;
}

/** The key that a header names, if the rest of the header is of our form. */
function fitting(signature, purpose, keys) {
  const { protectedHeaders: header, unprotectedHeaders: beside } = signature;
  const named = keys.find((key) => key.id.equals(signature.kid));
  if (!named) throw new Error("another key");
  if (header.size !== 3 || beside.size !== 0) throw new Error("another form");
  if (header.get(Headers.Algorithm) !== named.algorithm || header.get(TYPE) !== purpose) throw new Error("another algorithm or purpose");
  return named;
}

/** The documents of a file beside this one. A line that begins with { is a key of those after it. */
export async function read(name) {
  const documents = [];
  const keys = [];
  for (const line of readFileSync(new URL(name, import.meta.url), "utf8").trim().split("\n")) {
    if (line.startsWith("#")) continue;
    if (line.startsWith("{")) {
      keys.push(await key(JSON.parse(line)));
      continue;
    }
    const [kind, purpose, payload, document] = line.split(" ");
    const signers = kind === "one" ? keys.slice(-1) : [...keys];
    documents.push({ kind, purpose, payload: bytes(payload), document: bytes(document), keys: signers });
  }
  return documents;
}

const bytes = (hex) => (hex === "-" ? Buffer.alloc(0) : Buffer.from(hex, "hex"));
