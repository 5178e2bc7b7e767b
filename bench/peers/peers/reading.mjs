// Only what all peers in JavaScript do first. What a peer takes itself is the difference.
import { read } from "../facts.mjs";

export const name = "reading the facts alone, JavaScript";
export const cannot = "";
/** It decides nothing that could be compared. */
export const decides = false;

export function prepare() {}

export function decide(json) {
  read(json);
  return [];
}
