// The catalogue in English. Its keys are those of zh-CN.
import type { zh } from "./zh-CN";

type Texts = { [S in keyof typeof zh]: { [K in keyof (typeof zh)[S]]: string } };

export const en: Texts = {
  tabs: { code: "Code", why: "Why", services: "Services", me: "Me" },
  time: {
    longDate: "{weekday}, {day} {month} {year}",
    month1: "Jan", month2: "Feb", month3: "Mar", month4: "Apr", month5: "May", month6: "Jun",
    month7: "Jul", month8: "Aug", month9: "Sep", month10: "Oct", month11: "Nov", month12: "Dec",
    weekday0: "Sunday", weekday1: "Monday", weekday2: "Tuesday", weekday3: "Wednesday", weekday4: "Thursday", weekday5: "Friday", weekday6: "Saturday",
    day0: "yesterday {time}", day1: "today {time}", day2: "tomorrow {time}",
    date: "{day} {month}, {time}", dateYear: "{day} {month} {year}, {time}",
    tick: "{day}/{month}",
    daysHours: "{days} d {hours} h", days: "{days} d", hoursMinutes: "{hours} h {minutes} min", minutesSeconds: "{minutes} min {seconds} s", seconds: "{seconds} s",
  },
  notices: {
    close: "OK",
    sample: "Sample data: {name}. The clock runs from {time}, not from now.",
    stopped: "WeChat on this phone has no WebAssembly, so nothing can be decided. Please update WeChat, or go to a service desk.",
    stoppedLast: "The engine did not start. This is the old result of {time}, for yourself only and not to be shown.",
    clockBack: "The phone's time went backwards, so the code for now is not certain. Please let the system set the time.",
    serverTime: "The phone's time is wrong. The server's time is used instead.",
    storage: "The phone's storage is full: this is kept only until the app is closed. Please free some space in WeChat.",
    expired: "The time for keeping them is over: your facts were deleted from this phone.",
    rules: "The new rules are cut off or of another version and were not taken over. The old ones still hold.",
    captured: "A screenshot is no health code: whoever checks it looks at the running time.",
  },
  card: {
    name: "Health code", unknown: "Unknown", atLeast: "At least {level}", until: "Until {time}", valid: "Valid for {left}",
    next: "{level} in {left}", nextUnknown: "Unknown in {left}", nextNoRules: "No rules in force in {left}", steady: "The same until {time}", after: "Then: {level}", noRules: "No rules in force",
    apply: "Apply", reapply: "Apply again", timeInDoubt: "Time not certain",
    label: "{name}, {level}, {state}", qrLabel: "QR code, {level}",
  },
  code: {
    title: "Health code", starting: "Starting…", clock: "The time now", notSigned: "Not signed yet: for show only", refresh: "Refresh", refreshLabel: "Refresh: apply for the code again", refreshed: "Issued again",
    why: "Why", scan: "Scan venue", duties: "To do", badges: "My records", unknown: "Not known, for lack of facts: {names}",
    foot: "Decided on this phone by public rules. Your facts do not leave it.",
    wrong: "Something in the facts is wrong; nothing was decided", mend: "See the facts",
    hello: "A health code decided on your phone", helloText: "Public rules, stated reasons, and no network needed. Your facts are kept on this phone only, encrypted.", apply: "Apply for a code", bring: "Bring my facts", samples: "Look at samples",
  },
  why: {
    title: "Why", none: "There is no code yet", toCode: "To the code", since: "Since {time}", when: "When it will change", noChange: "By what is known, it will not change.", becomes: "{when}: {level}",
    what: "What I can do", unknown: "Why it is not known", reasons: "Reasons", noReason: "There is no reason for a yellow or a red code.", noneCertain: "No reason is certain.",
    timeline: "Timeline", now: "Now", policy: "Rules change", range0: "Episode", range7: "Week", range30: "Month", range365: "Year",
    release: "What ends it", source: "Source", rests: "Rests on", manual: "Set by hand",
    wrongTitle: "Is this wrong?", wrongText: "Reasons, rules and records are put into one text that you can hand to your community or the hotline.", appeal: "Write an appeal",
  },
  reasons: { span: "{from} — {until}", always: "ever before", open: "no end set" },
  records: { title: "{section} {number}", none: "None", yes: "Yes", no: "No", row: "{table}, row {number}", risk_areas: "List of risk areas", exposures: "List of exposure events" },
  samples: { title: "Samples", text: "All of these people are invented. Choose one, and the clock runs from the moment worth a look.", chosen: "Shown" },
  services: {
    title: "Services", decisions: "My decisions", more: "Services", policyNote: "What is listed here follows from the rules in force.", noRules: "No rules are in force now",
    venue: "Scan a venue", venueText: "Register at the door and see whether you may go in",
    checkIn: "Daily check-in", checkInText: "Temperature and symptoms; also to report yourself",
    arrival: "Coming to Gansu", arrivalText: "Report your arrival and see each deadline",
    contact: "Contact check", contactText: "Download the list and compare on the phone",
    sites: "Sampling sites", sitesText: "The nearest that are open",
    cards: "Family", cardsText: "Show the codes of the old and the young",
    care: "Health card", careText: "Shown at the hospital, with where to go",
    policy: "Rules in force", policyText: "What holds now, and what changed when",
    appeal: "Appeal", appealText: "A text for people to look into",
  },
  me: {
    title: "Me", nobody: "No facts yet", identity: "Basic information", edit: "Change and apply again", facts: "My facts", factsText: "Bring, see, delete", samples: "Sample people", samplesText: "Look around without your own facts",
    display: "Display", language: "Language", chinese: "中文", english: "English", large: "Large type", largeText: "Bigger, and fewer things", motion: "Feitian animation", motionText: "Off: the picture stands still",
    on: "On", off: "Off", privacy: "Privacy", privacyText: "Your facts are kept on this phone, encrypted, and deleted after {days} days without a change; visits after {visits} days.", erase: "Delete all my facts", erased: "Deleted",
    confirm: "Delete all your facts from this phone?", confirmYes: "Delete", confirmNo: "Keep", sampleTime: "The sample's time", earlier: "6 h earlier", later: "6 h later", nextChange: "Next change", until: "By the facts of {at}",
    about: "Longma {started}", started: "Started in {ms} ms",
  },
  values: {
    resident_id: "Resident ID", passport: "Passport", hk_macao_permit: "Hong Kong and Macao permit", taiwan_permit: "Taiwan permit", foreign_resident_id: "Foreigner's residence ID", other: "Other",
    "0": "Unknown", "1": "Male", "2": "Female", "9": "Not stated",
    mini_program: "Mini-program", app: "App", on_behalf: "On behalf",
    confirmed: "Confirmed case", asymptomatic: "Asymptomatic infection", suspected: "Suspected case", re_positive: "Positive again",
    close: "Close contact", secondary: "Contact of a contact", time_space: "Time-space companion",
    nucleic_acid: "Nucleic acid", antigen: "Antigen", negative: "Negative", positive: "Positive", inconclusive: "Inconclusive",
    CoronaVac: "CoronaVac (inactivated)", "BBIBP-CorV": "BBIBP-CorV (inactivated)", "WIBP-CorV": "WIBP-CorV (inactivated)", Convidecia: "Convidecia (Ad5 vector)", ZF2001: "ZF2001 (recombinant)",
    fever: "Fever", cough: "Cough", fatigue: "Fatigue", sore_throat: "Sore throat", loss_of_smell_or_taste: "Loss of smell or taste", nasal_congestion: "Blocked or runny nose", conjunctivitis: "Conjunctivitis", muscle_pain: "Muscle pain", diarrhoea: "Diarrhoea", shortness_of_breath: "Short of breath",
    central: "Central isolation", home: "Isolation at home", monitoring: "Monitoring at home",
    entry: "Entry into the country", close_contact: "Close contact", secondary_contact: "Contact of a contact", risk_area: "Risk area",
    mass_testing_missed: "Missed mass testing", national_high_risk: "High risk by the national code",
    on_site: "Scanned on the spot", registered: "Registered by staff", forwarded: "A forwarded code",
    none: "None", low: "Low risk", medium: "Medium risk", high: "High risk",
    child: "Child", grandchild: "Grandchild", parent: "Parent", grandparent: "Grandparent", ward: "Ward",
    household_register: "Household register", birth_certificate: "Birth certificate", guardianship_order: "Guardianship order", community_statement: "Community statement",
    code: "Health code", yellow: "Yellow", red: "Red",
  },
  fields: { kind: "Kind", last_contact: "Last contact", method: "Method", sampled_at: "Sampled", reported_at: "Reported", product: "Vaccine", dose: "Dose", number: "Document number", region: "Where you live", health_card: "Health card number", risk: "Risk of the origin", presence: "How it is known", symptoms: "Symptoms", temperature: "Temperature (°C)", contact: "Contact with a case", result: "Result", province: "Province", city: "City", county: "County", community: "Community" },
  sections: {
    identity: "Identity", issuance: "Issue", diagnoses: "Diagnosis", contacts: "Contact", stays: "Stay", entries: "Entry", tests: "Test", vaccinations: "Dose", symptoms: "Symptom", isolation: "Isolation",
    flags: "Mark", visits: "Visit", arrivals: "Arrival", check_ins: "Check-in", dependants: "Dependant", overrides: "Set by hand",
  },
  apply: {
    title: "Apply", text: "As in your document. The number is checked as you type, on this phone only.", submit: "Apply for a code", submitAgain: "Update and apply again", done: "Issued", missing: "Please fill in: {names}",
    number: "Number", checked: "The number checks", choose: "Please choose", unknownNote: "Without tests and other facts the colour is “unknown”, never green.",
  },
  decision: {
    title: "Decision", when: "What comes next", noChange: "By what is known, it will not change.", countdown: "Left", until: "Until {time}", reasons: "Rests on", noReason: "No record makes it hold.", timeline: "Timeline", records: "My records", noRecords: "No records",
    now: "Now", policy: "Rules change", release: "What comes after", source: "Source", rests: "Rests on", manual: "Set by hand", unknown: "Why it is not known", notHere: "Nothing decides this now.", policyLink: "See all rules", sites: "Sampling sites", record: "Report",
  },
  policy: {
    title: "Rules in force", at: "{region} · {time}", packs: "Rule packs in force", rules: "{count} rules", release: "What ends it", source: "Source", changes: "What changed when", pick: "See a day", today: "Now", until: "Until {time}", from: "From {time}",
    noPacks: "No rule pack is in force on this day.", own: "Rules", assumed: "The words are those of the rule packs and no legal advice.", person: "Person", venue: "Venue", area: "Area", clinic: "Clinic", open: "Open", close: "Close", levels: "Levels",
  },
  cards: {
    title: "Family", text: "Each is decided from their own facts alone.", own: "Myself", add: "Add a relative's facts", paste: "Paste a relative's facts (JSON)", take: "Add", until: "Held until {time}", noUntil: "You may hold this code",
    nobody: "There is nobody whose code you may hold. Your community registers the relation first; it comes with your facts.", refused: "Some facts were not taken over", notAllowed: "You may not hold another's code now", because: "Why",
  },
  venue: {
    title: "Scan a venue", text: "Point at the code by the door. The visit stays on the phone; the door sees the verdict only.", scan: "Scan", type: "Or type the venue's number", go: "Register", entered: "Registered {time}", leave: "I am leaving", left: "Left",
    door: "The door's answer", unknownVenue: "Nothing is known about this venue; the visit was registered only.", visits: "Visits", noVisits: "No visits", notVenue: "This is no venue code.", until: "Until {time}", presence: "How I scanned it", samples: "Sample venues",
    told: "The venue is given a pseudonym, the code's level and its times. No name, no document number.", why: "Why",
  },
  contact: {
    title: "Contact check", text: "The list has digests only, no places and no names. It is compared with your visits on the phone; nothing is sent.", run: "Download and compare", again: "Check again", checked: "{time}: {rows} rows against {visits} visits",
    noVisits: "There are no visits on this phone, so nothing can be found: “nothing found” does not mean no contact.", reasons: "Rests on", release: "What to do", source: "Source", rests: "Rests on", manual: "By hand", failed: "The list could not be had; the last one is used.",
  },
  record: {
    title: "Report", choose: "Please choose", check_ins: "Daily check-in", arrivals: "Coming to Gansu", check_insText: "Choose nothing if you have no symptoms. They only tell you where to be seen and colour nobody.", arrivalsText: "Please report soon after you arrive.", submit: "Report", done: "Reported", missing: "Please fill in: {names}", before: "Reported before", none: "Nothing reported yet", deadlines: "Deadlines", advice: "Advice now", sections: "Records", at: "Time of the report", symptoms: "Symptoms", temperature: "Temperature (°C)",
  },
  care: {
    title: "Health card", card: "Electronic health card", number: "Card number", noNumber: "Not fused with the code yet", link: "Enter the number", route: "Where to be seen", noRoute: "There is no guidance now.", show: "Show this at the hospital", until: "Until {time}", why: "Why", release: "When it ends", duties: "Also to do", call: "Call {number}",
  },
  sites: {
    title: "Sampling sites", text: "Your position stays on the phone.", locate: "Use my position", denied: "No position was given; listed from the centre of Chengguan.", open: "Open", closed: "Closed", closes: "Until {time}", opens: "Opens {time}", queue: "About {minutes} min queue", all: "Show closed ones too", metres: "{metres} m", kilometres: "{kilometres} km", always: "Day and night", go: "Directions", none: "No site nearby is open.", map: "Map of sampling sites",
  },
  facts: {
    title: "My facts", text: "You decide where facts come from. They are kept on this phone, encrypted.", paste: "Paste JSON", take: "Bring in", scan: "Scan", fetch: "Update from the server", noServer: "No server is set", kept: "What is kept", records: "{count}", notKnown: "Not known", empty: "None", erase: "Delete all", imported: "Brought in",
    tooLarge: "These facts are too large and were not taken over. Is it the right file?", notJson: "This is no JSON and was not taken over. Please copy the whole text and paste again.", unreachable: "No connection, and nothing from before. Please check the network.", refused: "The server refused. Please try later or ask the hotline.", problems: "{count} problems; nothing was taken over", confirm: "Delete all your facts from this phone?", confirmYes: "Delete", confirmNo: "Keep", erased: "Deleted",
  },
  appeal: {
    title: "Appeal", text: "Check the text, add what you want to say, copy it and hand it to your community, the CDC or the hotline.", mine: "What I say", minePlace: "Such as: I was not there that day; I have the ticket.", preview: "The text", copy: "Copy all", copied: "Copied", call: "Call {number}", none: "There is nothing to appeal against now.",
    head: "Appeal against a health code", who: "Applicant: {name} ({document})", when: "Decided for: {time}", level: "Result: {name}: {level}", reason: "Reason {number}: {caption}", span: "From and until: {span}", source: "Source: {source}", rule: "Rule: {rule}", rests: "Rests on: {records}", unknown: "Not known: {because}", says: "What I say: {text}", asks: "Please look into these records, and correct or lift them if they are wrong.",
  },
};
