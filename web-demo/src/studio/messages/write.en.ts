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
    pinLabel: (words, rule) => `Pin to ${rule}: “${words}”`,
    pinned: (rule) => `Pinned to ${rule}`,
    bare: (n) => (n === 1 ? "One sentence has no rule" : `${n} sentences have no rule`),
    noRule: "No rule cites this source yet. Write “/// source:” and the source's name above a rule, and passages can be pinned to it.",
    edit: "Change the text",
    paste: "Paste the notice's text",
    pasteHelp: "Then each sentence can be pinned to its rule, and you see which have none.",
    keep: "Keep the text",
  },
  guide: {
    title: (done, all) => `From the notice to the pack: ${done} of ${all} steps are done`,
    done: "done",
    open: "not done yet",
    steps: {
      cases: "Cases first: as the notice says, in place of the examples",
      numbers: "The manifest: dates, sources and numbers",
      rule: "Write the rule",
      captions: "Write what citizens read",
      check: "No errors and no warnings",
      green: "All cases pass",
      compare: "Compare who changes colour",
      review: "Review before publishing",
    },
    questions: "To be asked of the authors:",
    end: "Do not show these steps any more",
  },
  wizard: {
    button: "New from a notice",
    title: "A new pack from a notice",
    steps: { notice: "Notice", marks: "Marks", pack: "Pack", summary: "Confirm" },
    heads: { notice: "Which notice is it?", marks: "Read it with a pencil", pack: "Where and when is it in force?", summary: "This will be made" },
    noticeTitle: "Title and number of the notice, in Chinese",
    noticeTitleEn: "Title in English (may be left out)",
    noticeDate: "Date of issue",
    grade: "Grade",
    noticeText: "Text of the notice",
    noTitle: "There is no title yet. Write the notice's title: it becomes the source of the rules.",
    noDate: "There is no date yet. Write the day on which the notice was issued.",
    noText: "No text was pasted, so nothing can be marked. Go back to paste it, or go on: then all six are listed as questions.",
    marksHelp: "Select words in the text, then press what they say. What you cannot mark is not to be guessed: it is listed as a question to the authors.",
    selectFirst: "Select words in the text first.",
    marks: { who: "Who", colour: "Which colour", from: "From when", until: "Until when", ends: "What ends it earlier", holds: "When the notice holds" },
    questions: {
      who: "The notice does not say who is meant.",
      colour: "The notice does not say which colour.",
      from: "The notice does not say from when the colour changes.",
      until: "The notice does not say until when.",
      ends: "The notice does not say what ends it earlier.",
      holds: "The notice does not say when it holds.",
    },
    marked: (mark, words) => `${mark}: “${words}”`,
    unmark: "Remove",
    unmarkLabel: (words) => `Remove “${words}”`,
    fields: {
      region: "Region (cn for the country, else its code)",
      from: "First day in force",
      until: "First day no longer in force (may be left out)",
      like: "Carries on an earlier pack",
      inherits: "Stands on",
      decision: "Decision (the health code if left out)",
      subject: "About",
      title: "Title of the pack, in Chinese",
      title_en: "Title of the pack, in English",
    },
    untilHelp: "“Until 30 June, 24:00” is written as 1 July.",
    fresh: "None: begin anew",
    fitting: "What fits: the wider region's rules in force",
    inheritsNone: "No other rules",
    planOf: (region) => `The rules in force of ${region}`,
    subjects: { person: "a person", venue: "a venue", area: "an area", clinic: "a clinic", passenger: "a passenger", campus_visitor: "a visitor to a campus", forest_visitor: "a visitor to a forest" },
    closePrevious: "Have the pack before end when the new one begins",
    asking: "Making the pack and running its cases …",
    id: "Pack: ",
    files: "New files",
    textToo: "the notice's text",
    changes: "Files that change with it",
    remarks: "Good to know",
    back: "Back",
    next: "Next",
    create: "Create",
    startOver: "Start over",
    kept: "What you fill in stays on this device: close this and go on later.",
    made: (pack) => `The pack ${pack} is made. Write the cases first.`,
    takeBack: "Take it away again",
  },
};
