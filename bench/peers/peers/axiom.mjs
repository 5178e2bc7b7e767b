// axiom-rules-engine, a Rust library, with the policy in RuleSpec: native/src/policy.yaml.
import { native } from "../native.mjs";

export const name = "axiom-rules-engine, native";
export const cannot =
  "the latest of a list (in Rust here), times within a day (as numbers), until when; unknown (what is absent is an error)";
export const { command, absent, ships } = native("axiom");
