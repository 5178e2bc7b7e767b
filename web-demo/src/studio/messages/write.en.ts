// The words of writing without code, in English, with the same keys as zh-CN.
import type { FileKind } from "../model/files";
import { writeZhCN } from "./write.zh-CN";

const nameRules: Record<FileKind, string> = {
  case: "A case file's name has no / and does not begin or end with a dot or a space, such as contacts.",
  decision: "A decision's name has small letters, digits and underscores, and begins with a letter, such as code.",
  shared: "The file of shared functions is called shared.rhai.",
  notice: "A source's name has letters, digits, hyphens and underscores, and is that of a source in the manifest.",
};

export const writeEn: typeof writeZhCN = {
  phrases: {},
  mends: {
    mend: "Mend: ",
    none: "This finding is gone already, so there is nothing to mend.",
  },
  files: {
    button: "Files",
    title: (pack) => `Files of the pack ${pack}`,
    notice: (key) => `notice: ${key}`,
    there: "Files that are there",
    rename: "Rename",
    renameLabel: (name) => `Rename ${name}`,
    newName: "New name",
    ok: "Apply",
    cancel: "Cancel",
    remove: "Delete",
    removeLabel: (name) => `Delete ${name}`,
    removePack: "Delete this pack",
    removePackHelp: "Deletes all its files. They can be brought back.",
    removed: (name) => `${name} is deleted.`,
    removedPack: (pack) => `The pack ${pack} is deleted.`,
    bringBack: "Bring back",
    add: "New file",
    kind: "Kind",
    kinds: { case: "Cases", decision: "A decision's script", shared: "Shared functions", notice: "A notice's text" },
    name: "Name",
    create: "Create",
    readOnly: "This work can only be read here: no file can be made, renamed or deleted.",
    fault(kind, fault, name) {
      switch (fault) {
        case "empty":
          return "There is no name yet. Write one.";
        case "exists":
          return kind === "shared" ? "This pack has shared functions already. Open them to change them." : `There is a file ${name} already. Choose another name.`;
        case "long":
          return "The name is too long, or has an empty part. Make it shorter.";
        case "control":
          return "There is an invisible control character in the name. Type it again.";
        case "above":
        case "absolute":
        case "backslash":
        case "name":
          return nameRules[kind];
      }
    },
    template: writeZhCN.files.template,
  },
  notice: {
    text: "Text of the notice",
    count: (pinned, all) => (all === 0 ? "The text has no whole sentence" : `${pinned} of ${all} ${all === 1 ? "sentence has" : "sentences have"} a rule`),
    leads: (rules) => `Rule: ${rules.join(", ")}`,
    lost: "Passages that are not in the text",
    lostOne: (words) => `These words are not in the text: “${words}”.`,
    toRule: (rule) => `Show the rule ${rule}`,
    rule: "Rule",
    pin: "Pin to this rule",
    pinHelp: "Select words in the text, then pin them to a rule.",
    selected: (words) => `Selected: “${words.length > 60 ? `${words.slice(0, 60)} …` : words}”`,
    pinTo: (rule) => `Pin to ${rule}`,
    pinLabel: (words, rule) => `Pin “${words}” to ${rule}`,
    pinned: (rule) => `Pinned to ${rule}`,
    bare: (n) => (n === 1 ? "One sentence has no rule" : `${n} sentences have no rule`),
    noRule: "No rule cites this source yet. Write “/// source:” and the source's name above a rule, and passages can be pinned to it.",
    edit: "Change the text",
    paste: "Paste the notice's text",
    pasteHelp: "Then each sentence can be pinned to its rule, and you see which have none.",
    keep: "Keep the text",
  },
};
