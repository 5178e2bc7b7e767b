// What the language server says each word of a script is, unpacked.

export interface Token {
  line: number;
  character: number;
  length: number;
  /** The kind's name in the server's legend, and those of its modifiers. */
  kind: string;
  modifiers: readonly string[];
}

export interface Legend {
  tokenTypes: readonly string[];
  tokenModifiers: readonly string[];
}

/** Tokens come as five numbers each, the places relative to the token before. A part of five is left out. */
export function tokensOf(data: readonly number[], { tokenTypes, tokenModifiers }: Legend): Token[] {
  const found: Token[] = [];
  let [line, character] = [0, 0];
  for (let i = 0; i + 5 <= data.length; i += 5) {
    const [lines = 0, characters = 0, length = 0, kind = 0, bits = 0] = data.slice(i, i + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    const name = tokenTypes[kind];
    if (name !== undefined) found.push({ line, character, length, kind: name, modifiers: tokenModifiers.filter((_, bit) => (bits & (1 << bit)) !== 0) });
  }
  return found;
}
