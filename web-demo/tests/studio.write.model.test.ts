// The pure parts of writing without code: what the server says of words, new files and their names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { en } from "../src/studio/messages/en";
import { zhCN } from "../src/studio/messages/zh-CN";
import { caseFileName, caseHead, fileFault, newPath } from "../src/studio/model/files";
import { isOfHouse, languageOf } from "../src/studio/model/names";
import { tokensOf } from "../src/studio/model/tokens";

const shipped = new Map(Object.entries(JSON.parse(readFileSync(fileURLToPath(new URL("../public/generated/house.json", import.meta.url)), "utf8")) as Record<string, string>));

describe("tokens", () => {
  const legend = { tokenTypes: ["namespace", "event"], tokenModifiers: ["declaration", "readonly"] };
  it("count from the token before: on one line by characters, on a new line from its beginning", () => {
    // The protocol's own example of relative places, with two kinds.
    assert.deepEqual(tokensOf([2, 5, 3, 1, 0b01, 0, 5, 4, 0, 0b10, 3, 2, 7, 1, 0b11], legend), [
      { line: 2, character: 5, length: 3, kind: "event", modifiers: ["declaration"] },
      { line: 2, character: 10, length: 4, kind: "namespace", modifiers: ["readonly"] },
      { line: 5, character: 2, length: 7, kind: "event", modifiers: ["declaration", "readonly"] },
    ]);
  });
  it("leave out a kind that the legend lacks, and keep the places after it", () => {
    assert.deepEqual(tokensOf([0, 4, 1, 9, 0, 0, 3, 2, 0, 0], legend), [{ line: 0, character: 7, length: 2, kind: "namespace", modifiers: [] }]);
  });
});

describe("new files", () => {
  const there = ["packs/62/2022-03-07/cases/contacts.toml", "packs/62/2022-03-07/code.rhai", "packs/62/2022-03-07/shared.rhai"];
  for (const [kind, name, fault] of [
    ["case", "密接", undefined],
    ["case", "contacts", "exists"],
    ["case", "Contacts", "exists"],
    ["case", "", "empty"],
    ["case", "  ", "empty"],
    ["case", "a/../b", "above"],
    ["case", "a/b", "name"],
    ["case", "a\\b", "backslash"],
    ["case", ".hidden", "name"],
    ["case", "ends ", "name"],
    ["case", "a\u202eb", "control"],
    ["case", "x".repeat(200), "long"],
    ["decision", "gold", undefined],
    ["decision", "code", "exists"],
    ["decision", "Code", "name"],
    ["decision", "2nd", "name"],
    ["decision", "shared", "name"],
    ["shared", "", "exists"],
    ["notice", "gansu-2022-03-08", undefined],
    ["notice", "甘肃", "name"],
  ] as const) {
    it(`${kind} ${JSON.stringify(name.slice(0, 20))}: ${fault ?? "taken"}`, () => {
      assert.equal(fileFault("62/2022-03-07", kind, name, there), fault);
      if (fault === undefined) assert.ok(isOfHouse(newPath("62/2022-03-07", kind, name)));
      else for (const words of [zhCN, en]) assert.match(words.write.files.fault(kind, fault, name), /[.。]$/);
    });
  }
  it("a notice's text is of the house and is text; other text files are not", () => {
    assert.ok(isOfHouse("packs/62/2022-03-07/sources/notice.txt"));
    assert.ok(!isOfHouse("packs/62/2022-03-07/notice.txt"));
    assert.ok(!isOfHouse("packs/62/2022-03-07/sources/a/b.txt"));
    assert.equal(languageOf("packs/62/2022-03-07/sources/notice.txt"), "text");
    assert.equal(languageOf("reference/places.csv"), "csv");
  });
  it("a file of cases begins with what holds for all cases of another", () => {
    const other = shipped.get("packs/62/2022-03-07/cases/change.toml") as string;
    const head = caseHead(other, "person");
    assert.ok(head.startsWith("[base]") && head.includes('region = "620102"') && head.includes("[base_reference]"));
    assert.ok(!head.includes("[[case]]"));
    assert.equal(caseHead(undefined, "venue"), '[base]\nsubject = "venue"\n\n');
    assert.equal(caseFileName("packs/62/2022-03-07/cases/change.toml"), "change");
    assert.equal(caseFileName("packs/62/2022-03-07/pack.toml"), undefined);
  });
});
