// regorus, a Rust library, with the policy in Rego: native/src/policy.rego.
import { native } from "../native.mjs";

export const name = "Rego, regorus, native";
export const cannot = "reasons, until when; unknown (what is absent is undefined)";
export const { command, absent, ships } = native("regorus");
