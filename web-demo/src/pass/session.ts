// One visit to the page with a holder's code: the phone's key, the code that it holds, and what it signs now.
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import packs from "../../../target/rules.longma?url";
import init, { Phone, type HeldPass, type Problem } from "../../../wasm/gate/pkg-web/longma_gate_web.js";
import { challengeOf } from "../gate/sign";
import { value } from "../gate/value";
import { instantOf, type Instant } from "../model/time";
import { phoneKey, type PhoneKey } from "./key";
import { keep, read, remove } from "./store";

/** How often the code is signed anew, in seconds; a signature counts for a minute. */
export const EACH = 20;
/** How long a gate's sign is signed along, in seconds: it changes every minute, and the one before still counts. */
const SIGN_LASTS = 120;
const NO_CHALLENGE = new Uint8Array();

/** Why there is nothing to show: no keys at this address, nothing can be kept, the engine did not start. */
export type Lack = { what: "crypto" | "storage" } | { what: "engine"; detail: string };

/** Why what came in was not taken. */
export type Refusal = { what: "other" | "any" | "expired" | "first" | "notKept" } | { what: "text"; problem: Problem };

export interface Shown {
  /** The text of the QR code. */
  text: string;
  /** When it was signed. */
  at: Instant;
}

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const clock = (): Instant => Math.floor(Date.now() / 1000);

async function startPhone(jwk: string): Promise<Phone> {
  const [response] = await Promise.all([fetch(new URL(packs, document.baseURI)), init()]);
  if (!response.ok) throw new Error(`${packs}: ${response.status}`);
  return value(Phone.load(jwk, new Uint8Array(await response.arrayBuffer()))).phone;
}

export function usePass() {
  const ready = ref(false);
  const lack = shallowRef<Lack>();
  const jwk = ref("");
  const now = ref(clock());

  const pass = ref<string>();
  const held = shallowRef<HeldPass>();
  const isOver = computed(() => held.value !== undefined && instantOf(held.value.expires) <= now.value);
  const shown = shallowRef<Shown>();
  const refusal = shallowRef<Refusal>();
  /** What a gate asks to be signed, and since when. */
  const asked = shallowRef<{ challenge: Uint8Array; at: Instant }>();
  const isAlong = computed(() => asked.value !== undefined);
  /** Seconds until the code is signed anew. */
  const left = computed(() => (shown.value === undefined ? 0 : Math.min(EACH, Math.max(0, shown.value.at + EACH - now.value))));

  let key: PhoneKey;
  let phone: Phone;
  let last = 0;

  /** Signs the code as it is to be shown now. */
  async function sign(): Promise<void> {
    const of = pass.value;
    if (of === undefined) return;
    const [mine, at, challenge] = [++last, clock(), asked.value?.challenge ?? NO_CHALLENGE];
    held.value = value(phone.held(of, at)).held;
    const { message } = value(phone.presenceMessage(of, challenge, at));
    const { code } = value(phone.presentedCode(of, challenge, at, await key.sign(message)));
    // A later one has the page.
    if (mine === last) shown.value = { text: code, at };
  }

  async function renew(): Promise<void> {
    try {
      await sign();
    } catch (error) {
      lack.value = { what: "engine", detail: detailOf(error) };
    }
  }

  function tick(): void {
    now.value = clock();
    if (asked.value !== undefined && now.value >= asked.value.at + SIGN_LASTS) askAlone();
    // A clock that was set back must not leave an old signature on the page.
    else if (shown.value !== undefined && Math.abs(now.value - shown.value.at) >= EACH && !isOver.value) void renew();
  }

  /** Signs the time alone again. */
  function askAlone(): void {
    asked.value = undefined;
    void renew();
  }

  /** Why a code is not taken; nothing if it is one for this phone that counts. */
  function refused(text: string): Refusal | undefined {
    const told = phone.held(text, clock());
    if (!told.ok) return { what: "text", problem: told.problems[0] as Problem };
    if (told.held.phone !== "own") return { what: told.held.phone };
    return instantOf(told.held.expires) <= clock() ? { what: "expired" } : undefined;
  }

  /** Takes a code that was issued, or a gate's sign. */
  async function take(text: string): Promise<void> {
    const trimmed = text.trim();
    if (!ready.value || trimmed === "") return;
    const challenge = challengeOf(trimmed);
    if (challenge !== undefined) {
      refusal.value = pass.value === undefined ? { what: "first" } : undefined;
      if (pass.value !== undefined) asked.value = { challenge, at: clock() };
    } else {
      refusal.value = refused(trimmed);
      if (refusal.value !== undefined) return;
      try {
        await keep("pass", trimmed);
      } catch {
        refusal.value = { what: "notKept" };
        return;
      }
      pass.value = trimmed;
      asked.value = undefined;
    }
    await renew();
  }

  async function drop(): Promise<void> {
    last += 1;
    pass.value = held.value = shown.value = asked.value = refusal.value = undefined;
    await remove("pass");
  }

  async function start(): Promise<void> {
    if (!("subtle" in crypto)) {
      lack.value = { what: "crypto" };
      return;
    }
    try {
      key = await phoneKey();
      pass.value = await read("pass");
    } catch {
      lack.value = { what: "storage" };
      return;
    }
    jwk.value = key.jwk;
    try {
      phone = await startPhone(key.jwk);
      await sign();
      ready.value = true;
    } catch (error) {
      lack.value = { what: "engine", detail: detailOf(error) };
    }
  }

  const timer = setInterval(tick, 1000);
  // A phone that slept shows what it signed before.
  document.addEventListener("visibilitychange", tick);
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  });

  return { ready, lack, jwk, now, held, isOver, shown, left, isAlong, refusal, start, take, drop, askAlone };
}

export type PassSession = ReturnType<typeof usePass>;
