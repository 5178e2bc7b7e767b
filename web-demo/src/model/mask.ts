// What of a person's identity the card shows: enough to recognise oneself, not enough to be copied.

const HAN = /\p{Script=Han}/u;
const stars = (count: number): string => "*".repeat(Math.max(0, count));

/**
 * A Chinese name of three or more characters keeps its first and last, of two its first ("张*三", "李*");
 * any other name keeps the first letter of each word.
 */
export function maskName(name: string): string {
  const trimmed = name.trim();
  if (!HAN.test(trimmed)) return trimmed.split(/\s+/).map(maskWord).join(" ");
  const letters = [...trimmed];
  const first = letters[0] ?? "";
  if (letters.length < 3) return first + stars(letters.length - 1);
  return first + stars(letters.length - 2) + (letters.at(-1) ?? "");
}

function maskWord(word: string): string {
  const letters = [...word];
  return (letters[0] ?? "") + stars(Math.max(1, letters.length - 1));
}

/** A document number keeps its ends: three and four of a long one, one and two of a short one. */
export function maskNumber(number: string): string {
  const letters = [...number.trim()];
  const [head, tail] = letters.length >= 12 ? [3, 4] : letters.length >= 6 ? [1, 2] : [1, 0];
  return letters.map((letter, i) => (i < head || i >= letters.length - tail ? letter : "*")).join("");
}
