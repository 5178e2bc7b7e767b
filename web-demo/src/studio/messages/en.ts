// The studio's own words in English, with the same keys as zh-CN.
import type { NameFault } from "../model/names";
import type { Fault } from "../model/zip";
import type { Words } from "../words";
import { publishing } from "./publishing.en";
import { trying } from "./try.en";
import { writeEn } from "./write.en";

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

const num = (n: number): string => n.toLocaleString("en");
const persons = (n: number): string => `${num(n)} person${n === 1 ? "" : "s"}`;

const nameFaults: Record<NameFault, string> = {
  absolute: "is an absolute path",
  above: "contains . or .. as a folder",
  backslash: "contains a backslash",
  control: "contains an invisible control character",
  long: "is too long, or has an empty part",
};

function refused(name: string, fault: Fault): string {
  const head = name === "" ? "Not opened: " : `${name} was not opened: `;
  switch (fault.what) {
    case "not-zip":
      return `${head}this is not a zip. Choose a zip that was exported here or made from a folder of rules.`;
    case "cut":
      return `${head}the file is not complete. Get it again and try once more.`;
    case "empty":
      return `${head}there are no packs in it. Choose a folder or zip that holds packs/.`;
    case "zip-size":
      return `${head}it is larger than 16 MB. Pack only packs, schema and reference.`;
    case "files":
      return `${head}it has more than 4,000 files. Pack only packs, schema and reference.`;
    case "total":
      return `${head}it would be larger than 32 MB when unpacked. Pack only packs, schema and reference.`;
    case "name":
      return `${head}the file name ${JSON.stringify(fault.file)} ${nameFaults[fault.why]}. Rename the file and pack it again.`;
    case "size":
      return `${head}${fault.file} is larger than 2 MB. Leave it out and pack again.`;
    case "twice":
      return `${head}${fault.file} is in it twice. Keep one and pack again.`;
    case "locked":
      return `${head}${fault.file} has a password. Pack again without one.`;
    case "method":
      return `${head}${fault.file} is compressed in an unknown way. Pack again as an ordinary zip.`;
    case "link":
      return `${head}${fault.file} is a link and not a file. Put the file in its place and pack again.`;
    case "damaged":
      return `${head}${fault.file} is damaged. Get the zip again and try once more.`;
    case "not-text":
      return `${head}${fault.file} is not text. Save it as UTF-8.`;
  }
}

export const en: Words = {
  page: {
    title: "Longma · rule studio",
    name: "Rule studio",
    language: "Language",
    card: "Health code",
    skip: "Skip to the editor",
    loading: "Loading the rule packs …",
    failed: "The rule packs could not be loaded. Reload the page.",
    detail: "Technical detail: ",
  },
  panes: {
    label: "Panes",
    tree: "Packs",
    editor: "Editor",
    sources: "Sources",
    findings: "Findings",
    cases: "Cases",
  },
  work: {
    names: {
      shipped: () => "The shipped packs",
      zip: (name) => `Zip: ${name}`,
      folder: (name) => `Folder: ${name}`,
      link: () => "A share link",
    },
    changed: (n) => `${count(n, "file")} changed`,
    unchanged: "nothing changed",
  },
  keep: {
    kept: "Kept on this device",
    keeping: "Keeping …",
    full: "No room: not kept",
    failed: "Could not be kept",
    off: "Not kept",
    reading: "Read only",
    savedHere: "Saved; all packs are being checked",
    exported: (n, folder) => `${count(n, "file")} written into ${folder}`,
    notOver: (files) => `Not written, because other files of these names are there already: ${files.join(", ")}. Choose an empty folder.`,
    written: (n) => (n === 0 ? "Nothing to write back" : `${count(n, "file")} written back`),
    fullNotice: "The device has no room left: what you change stays in this page only and is lost when it closes. Export a zip.",
    failedNotice: "The browser did not store your changes: they stay in this page only and are lost when it closes. Export a zip.",
    offNotice: "This browser cannot keep work on the device: what you change is lost when the page closes. Export a zip.",
  },
  hold: {
    other: "This work is open in another tab. Here it can only be read.",
    take: "Take over here",
  },
  open: {
    button: "Open",
    title: "Open rule packs",
    close: "Close",
    recent: "Work on this device",
    current: "open now",
    opened: (work) => `Last opened ${new Date(work.opened).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}`,
    resume: "Go on",
    remove: "Delete",
    removeLabel: (name) => `Delete ${name} from this device`,
    removeSure: "Delete for good?",
    shipped: "The shipped packs",
    shippedHelp: "The rules that come with this page: national, Gansu, Lanzhou, Beijing and others.",
    folder: "A folder",
    folderHelp: "Edit a folder of this device; saving writes to it.",
    noFolder: "This browser cannot open folders. Use a zip.",
    zip: "A zip",
    zipHelp: "A zip that was exported here or made from a folder of rules.",
    chooseZip: "Choose a zip …",
    chooseFolder: "Choose a folder …",
    private: "Files are opened on this device and sent nowhere.",
    exportZip: "Export zip",
    schemasAdded: "There is no schema/ in it: the shipped fields and tables are used.",
    folderGone: (name) => `The reload cut the connection to the folder ${name}: this is what it held. To write to it, open it again, or export a zip.`,
    changedThere: (files) => `Not written, because these files in the folder were changed elsewhere since: ${files.join(", ")}`,
    older: (files) => `The shipped packs are newer; these files are still your changes on an older edition: ${files.join(", ")}`,
    writeAnyway: "Write anyway",
    failed: (name, detail) => `${name} was not opened: ${detail}`,
  },
  refused,
  share: {
    button: "Share",
    title: "Share link",
    help: "The link carries the files that you changed, so that others see what you see. They stand behind the #, which no server is sent.",
    link: "Link",
    copy: "Copy",
    copied: "Copied",
    same: "Nothing is changed yet, so there is nothing to share.",
    tooLarge: "There are too many changes for a link. Export a zip.",
    tooLargeIn: "The share link is too long and was not opened. Ask for a zip.",
    broken: "The share link is cut or damaged and was not opened. Copy the whole link again.",
    otherEdition: "The link was made on another edition of the shipped packs: files that it does not change may differ.",
  },
  tree: {
    label: "Rule packs by region and series",
    filter: "Filter packs",
    none: "No pack fits.",
    regions: { cn: "China", "11": "Beijing", "62": "Gansu", "6201": "Lanzhou" },
    main: "main series",
    span: (from, until) => `from ${from} until ${until}`,
    open: "open",
    edited: "changed",
      },
  counts: (found) =>
    [
      found.error > 0 ? count(found.error, "error") : "",
      found.warning > 0 ? count(found.warning, "warning") : "",
      found.info > 0 ? count(found.info, "note") : "",
    ]
      .filter((part) => part !== "")
      .join(", "),
  editor: {
    tabs: "Files of the pack",
    label: (file) => `Text of ${file}`,
    files: { "pack.toml": "manifest", "captions.toml": "captions", "approvals.toml": "approvals", "shared.rhai": "shared" },
    cases: (name) => `cases: ${name}`,
    keys: "Ctrl+Space completes, F12 goes to the definition, F8 to the next finding, Ctrl+. mends, Ctrl+S saves, F6 changes panes",
    starting: "Checking all packs …",
    ready: "Checked as you write",
    stopped: "Checks have stopped",
    none: "Choose a pack.",
    phrases: {},
  },
  findings: {
    title: "Findings",
    scope: "Scope",
    pack: "This pack",
    house: "All packs",
    info: "Notes too",
    none: "No findings.",
    noneHere: "No findings in this pack.",
    severity: { error: "Error", warning: "Warning", info: "Note" },
    place: (file, line) => `${file}, line ${line}`,
  },
  cases: {
    title: "Cases",
    tally: (passed, failed) => (failed === 0 ? `${passed} passed` : `${failed} failed, ${passed} passed`),
    passed: "passed",
    failed: "failed",
    waiting: "Running the cases …",
    none: "This pack has no cases.",
    unloadable: "The packs have errors and cannot be loaded, so no case was run.",
    toFindings: "Show findings",
    onlyFailed: "Only failed",
    allPassed: "All cases passed.",
    line: (line) => `line ${line}`,
    lower: "Panes below the editor",
  },
  sources: {
    title: "Sources",
    none: "This pack names no sources.",
    date: "Date",
    grade: "Grade",
    grades: { V: "published text, read", W: "known from elsewhere", A: "assumed" },
    inherited: (pack) => `in ${pack}`,
    unknown: "no pack names this source",
    citedBy: "Rules and params that cite it",
    notCited: "no rule cites it",
    show: "Show in the manifest: ",
  },
  views: {
    label: "Views of the studio",
    write: "Write",
    try: "Try",
    compare: "Compare",
    publish: "Publish",
  },
  publish: {
    title: "Review before publishing",
    pack: "Rule pack",
    version: "Version",
    noVersion: "the manifest names no version",
    effective: "In force",
    authority: "Authority",
    severity: { error: "Errors", warning: "Warnings", info: "Notes" },
    assumed: "Assumed params",
    units: { minutes: "minutes", hours: "hours", days: "days", celsius: "°C" },
    noneAssumed: "This pack assumes no params.",
    noNote: "no reason is given",
    noGrade: "without a grade",
    files: "Files",
    filesHelp: "Each is made of all packs, not only of the one above.",
    book: "Rule book",
    bookHelp: "One HTML file in the page's language, to read and to print.",
    compiled: "Compiled packs",
    compiledHelp: "A .longma file that the engine loads.",
    zip: "Sources of the packs",
    zipHelp: "Scripts, manifests, captions and cases.",
    folder: "The same as a folder",
    folderHelp: "Into a folder of this device. What is in it already is not written over.",
    noFolder: "This browser cannot write folders. The zip holds the same.",
    save: "Save",
    making: "Making the file …",
    made: (name) => `${name} is made`,
  },
  compare: {
    title: "Who changes colour",
    about: {
      shipped: "Compares the shipped packs with your packs as they are, on invented persons.",
      zip: "Compares the zip as it was opened with your packs as they are, on invented persons.",
      folder: "Compares the packs in the folder with your packs as they are, on invented persons.",
      link: "Compares the shipped packs with the packs of this link, on invented persons.",
    },
    region: "Region",
    everywhere: "All regions",
    persons: "How many persons",
    unit: "persons",
    start: "Compare",
    stop: "Stop",
    page: "Save as a page",
    progressLabel: "Persons compared",
    preparing: "Loading the packs of both sides …",
    progress: {
      counting: (n, of) => `${num(n)} of ${num(of)} persons compared`,
      stopping: (n, of) => `Stopping: ${num(n)} of ${num(of)} persons`,
      stopped: (n, of) => `Stopped: ${num(n)} of ${num(of)} persons compared`,
      done: (n, _of) => `Done: ${num(n)} persons compared`,
    },
    stale: "The rules were changed since the comparison began. These results are older.",
    unloadable: { before: "The earlier packs have errors and cannot be compared:", after: "Your packs have errors. Mend them first:" },
    refusedAll: "This cannot go on:",
    broke: "The computation broke off. Start it again.",
    nobody: (n) => `Nobody changes among ${num(n)} persons.`,
    somebody: "Decisions that change",
    same: (names) => `No change: ${names.join(", ")}`,
    alone: [(names) => `Decisions only before: ${names.join(", ")}`, (names) => `Decisions only after: ${names.join(", ")}`],
    refused: (n) => `The facts of ${persons(n)} were refused.`,
    changed: (n, days) => `${persons(n)} with a change, ${num(days)} person-days in all`,
    amount: (n, days) => `${persons(n)}, ${num(days)} person-days`,
    people: (n) => persons(n),
    byLevel: "Persons and person-days by level",
    level: "Level",
    before: "Before",
    after: "After",
    matrix: "From which level to which",
    corner: "before ↓ after →",
    rules: "Rules responsible",
    noRules: "No rule holds on one side alone.",
    only: ["holds only before", "holds only after"],
    kinds: "Kinds of change",
    becomes: "becomes",
    more: (n) => `${persons(n)} more have other kinds of change.`,
    example: "Smallest example",
    differs: "Differs: ",
    and: "; ",
    facts: "The example's facts (JSON)",
    tables: "Tables that the example uses",
    span: (from, until) => (from === null ? (until === null ? "always" : `until ${until}`) : until === null ? `from ${from}` : `${from} until ${until}`),
    first: "At the first instant of a pack",
    firstHelp: "Persons who change at the very moment a pack comes into force, because of older facts.",
    blind: (n) => `Blind: ${count(n, "rule")} not reached`,
    blindHelp: "These rules held for no invented person, so the comparison says nothing about them.",
    noRule: (rule) => `The packs of now have no ${rule}.`,
  },
  server: {
    stopped: (detail) => `Checking has stopped; you can still edit and export. (${detail})`,
    restart: "Start checking again",
  },
  notices: { label: "Messages", dismiss: "Dismiss" },
  tour: {
    label: "Tour",
    step: (n, of) => `Step ${n} of ${of}`,
    next: "Next",
    done: "Start",
    skip: "Skip the tour",
    steps: [
      { title: "Packs", text: "Packs stand by region and series; the bars show when each is in force. Filter them by name." },
      { title: "The script", text: "Each decision is a script. The tabs above it are the captions, the manifest and the cases of the same pack. Above each rule stand its words and its source." },
      { title: "Checked while you write", text: "Mistakes are underlined. A dot lists the fields, a word under the pointer explains itself, F12 leads to its definition, such as a param in the manifest." },
      { title: "Findings and sources", text: "Findings lists what to mend; a click leads to the place. Sources lists what each rule cites." },
      { title: "Your work stays here", text: "What you change is kept on this device and sent nowhere. Export a zip, or share a link." },
    ],
  },
  try: trying,
  publishing,
  write: writeEn,
};
