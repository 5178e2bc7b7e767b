// The phone's key pair: made by the browser, which signs with it and gives the private key to no script.
import { begin, read, type Kept } from "./store";

/** The phone's key, with the public one as a JSON Web Key. */
export interface PhoneKey {
  jwk: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Ed25519 where the browser has it. */
const WANTED = [{ name: "Ed25519" }, { name: "ECDSA", namedCurve: "P-256" }] as const;
const HASH = "SHA-256";

async function pair(): Promise<CryptoKeyPair> {
  const [first, second] = WANTED;
  const make = (algorithm: Algorithm): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]) as Promise<CryptoKeyPair>;
  return make(first).catch(() => make(second));
}

async function made(): Promise<Kept["key"]> {
  const { privateKey, publicKey } = await pair();
  // What the key is and nothing else: `undefined` is not written.
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { jwk: JSON.stringify({ kty, crv, x, y }), privateKey };
}

/** The key of this phone, made at the first visit. Fails if it cannot be kept. */
export async function phoneKey(): Promise<PhoneKey> {
  const { jwk, privateKey } = (await read("key")) ?? (await begun());
  const algorithm = { name: privateKey.algorithm.name, hash: HASH };
  return { jwk, sign: async (message) => new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, message as BufferSource)) };
}

async function begun(): Promise<Kept["key"]> {
  const key = await made();
  try {
    await begin("key", key);
    return key;
  } catch (error) {
    // Another tab may have been first.
    const first = await read("key");
    if (first === undefined) throw error;
    return first;
  }
}
