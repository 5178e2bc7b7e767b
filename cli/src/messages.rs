//! The command's own words, in two languages.
//!
//! They stand in `messages/`, one line a message, as core's do; code names them
//! by [`Key`], so that a message that is missing or no longer used shows when
//! the crate is built or tested. Words of the help, which belong to arguments
//! and not to code, are looked up by name ([`Words::find`]).

use longma_core::{CodeName, Family, Lang, Localized, Messages, Place, Problem, Severity};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::OnceLock;

type Catalogue = BTreeMap<&'static str, &'static str>;

/// The command's words in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    lang: Lang,
}

impl Words {
    pub(crate) fn new(lang: Lang) -> Self {
        Self { lang }
    }

    pub(crate) fn lang(self) -> Lang {
        self.lang
    }

    /// A text that core or a pack gives in every language.
    pub(crate) fn of(self, text: &Localized) -> &str {
        text.get(self.lang)
    }

    /// The message as it stands.
    pub(crate) fn say(self, key: Key) -> &'static str {
        self.find(key.name()).unwrap_or_else(|| key.name())
    }

    /// The message with its `{name}`s filled in.
    pub(crate) fn fill(self, key: Key, args: &[(&str, &dyn Display)]) -> String {
        fill(self.say(key), |name| {
            let (_, value) = args.iter().find(|(arg, _)| *arg == name)?;
            Some(value.to_string())
        })
    }

    /// The items as a list in words; empty for none.
    pub(crate) fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> String {
        let mut items = items.into_iter();
        let first = items
            .next()
            .map(|item| item.to_string())
            .unwrap_or_default();
        items.fold(first, |left, right| {
            self.fill(Key::ListJoin, &[("left", &left), ("right", &right)])
        })
    }

    /// The message called `name`, where there is one.
    pub(crate) fn find(self, name: &str) -> Option<&'static str> {
        static ZH_CN: OnceLock<Catalogue> = OnceLock::new();
        static EN: OnceLock<Catalogue> = OnceLock::new();
        let catalogue = match self.lang {
            Lang::ZhCn => ZH_CN.get_or_init(|| read(include_str!("../messages/zh-CN.txt"))),
            Lang::En => EN.get_or_init(|| read(include_str!("../messages/en.txt"))),
        };
        catalogue.get(name).copied()
    }
}

/// A problem in the command's own words, in every language; its code is the key's name.
pub(crate) fn problem(key: Key, help: Key, args: &[(&str, &dyn Display)]) -> Problem {
    let say = |key: Key| Localized::build(|lang: Lang| Words::new(lang).fill(key, args));
    Problem {
        severity: Severity::Error,
        code: CodeName::of(key),
        message: say(key),
        help: Some(say(help)),
        place: Place::None,
        expected: None,
        found: None,
        rule: None,
    }
}

fn read(file: &'static str) -> Catalogue {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| (key.trim(), text.trim()))
        .collect()
}

/// Replaces each `{name}` by what `value` gives for it; a name without a value stays.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let named = tail.split_once('}');
        match named.and_then(|(name, after)| Some((value(name)?, after))) {
            Some((text, after)) => {
                out.push_str(&text);
                rest = after;
            }
            None => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

macro_rules! keys {
    ($($variant:ident = $name:literal,)*) => {
        /// Every message that code names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key { $($variant,)* }

        impl Key {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in `messages/`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

longma_core::messages!();

impl Family for Key {
    fn name(self) -> &'static str {
        self.name()
    }

    fn messages() -> &'static Messages {
        messages()
    }
}

impl From<Key> for CodeName {
    fn from(key: Key) -> Self {
        Self::of(key)
    }
}

longma_core::codes! {
    /// What keeps files and folders from being read as packs and cases.
    pub enum Code {
        Io = "io",
        Encoding = "encoding",
                                    Coverage = "coverage",
    }
}

keys! {
    PageWritten = "page-written",
    WindowInvalid = "window-invalid",
    WindowInvalidHelp = "window-invalid.help",
    OutTwice = "out-twice",
    OutTwiceHelp = "out-twice.help",
    CompareNoRules = "compare-no-rules",
    CompareNoRulesHelp = "compare-no-rules.help",
    CompareFailed = "compare-failed",
    LawsTotal = "laws-total",
    LawsTried = "laws-tried",
    LawsUncertain = "laws-uncertain",
    LawsDeclared = "laws-declared",
    LawsBreach = "laws-breach",
    LawsBreachGone = "laws-breach-gone",
    LawsBroken = "laws-broken",
    LawsAdded = "laws-added",
    LawsBefore = "laws-before",
    LawsAfter = "laws-after",
    NowHeading = "now-heading",
    HeaderRegion = "header-region",
    HeaderRules = "header-rules",
    HeaderRulesNone = "header-rules-none",
    ToneGreen = "tone-green",
    ToneYellow = "tone-yellow",
    ToneRed = "tone-red",
    ToneGold = "tone-gold",
    ToneGrey = "tone-grey",
    ToneBlue = "tone-blue",
    Unknown = "unknown",
    UnknownAtLeast = "unknown-at-least",
    LevelToned = "level-toned",
    LabelSince = "label-since",
    LabelUntil = "label-until",
    LabelNext = "label-next",
    LabelReasons = "label-reasons",
    LabelUnknown = "label-unknown",
    SinceAlways = "since-always",
    UntilNever = "until-never",
    TimeWithNote = "time-with-note",
    SinceAgo = "since-ago",
    NextChange = "next-change",
    ReasonsNone = "reasons-none",
    ReasonSpan = "reason-span",
    SpanOpenFrom = "span-open-from",
    SpanOpenUntil = "span-open-until",
    ReasonRelease = "reason-release",
    ReasonSource = "reason-source",
    ReasonRule = "reason-rule",
    ReasonFacts = "reason-facts",
    EvidenceAt = "evidence-at",
    DurationDaysOne = "duration-days-one",
    DurationDays = "duration-days",
    DurationHoursOne = "duration-hours-one",
    DurationHours = "duration-hours",
    DurationMinutesOne = "duration-minutes-one",
    DurationMinutes = "duration-minutes",
    DurationSecondsOne = "duration-seconds-one",
    DurationSeconds = "duration-seconds",
    DurationTwo = "duration-two",
    ListJoin = "list-join",
    NoPackNow = "no-pack-now",
    NoPackCovered = "no-pack-covered",
    NoPackCoveredDecision = "no-pack-covered-decision",
    NoPackAt = "no-pack-at",
    NoPackRegion = "no-pack-region",
    SpanFromUntil = "span-from-until",
    SpanFrom = "span-from",
    SpanUntil = "span-until",
    SpanAlways = "span-always",
    UseReference = "use-reference",
    UseReferenceFlag = "use-reference-flag",
    TimelinesHeading = "timelines-heading",
    TimelinesRules = "timelines-rules",
    TimelinesNoPack = "timelines-no-pack",
    ChangesHeading = "changes-heading",
    ChangesWhen = "changes-when",
    ChangesWhat = "changes-what",
    ChangesBecomes = "changes-becomes",
    ChangesWhy = "changes-why",
    ChangesAsked = "changes-asked",
    ProblemsHeading = "problems-heading",
    Error = "error",
    Warning = "warning",
    Info = "info",
    Help = "help",
    Note = "note",
    ExpectedFound = "expected-found",
    Expected = "expected",
    Found = "found",
    AtPointer = "at-pointer",
    AtRule = "at-rule",
    ProblemsCount = "problems-count",
    Stdin = "stdin",
    IoNotFound = "io-not-found",
    IoPermission = "io-permission",
    IoDirectory = "io-directory",
    IoOther = "io-other",
    PacksNotFoundHelp = "packs-not-found.help",
    FactsNotFoundHelp = "facts-not-found.help",
    WriteFailed = "write-failed",
    Encoding = "encoding",
    EncodingHelp = "encoding.help",
    PacksEmpty = "packs-empty",
    PacksEmptyHelp = "packs-empty.help",
    UsageUnknownArgument = "usage-unknown-argument",
    UsageUnknownCommand = "usage-unknown-command",
    UsageDidYouMean = "usage-did-you-mean",
    UsageMissing = "usage-missing",
    UsageNoCommand = "usage-no-command",
    UsageNoValue = "usage-no-value",
    UsageInvalidValue = "usage-invalid-value",
    UsageInvalidValueHelp = "usage-invalid-value.help",
    UsageTwice = "usage-twice",
    UsageOther = "usage-other",
    UsageSee = "usage-see",
    UsageKnownCommands = "usage-known-commands",
    AtInvalid = "at-invalid",
    AtInvalidHelp = "at-invalid.help",
    DayInvalidHelp = "day-invalid.help",
    AtNoOffset = "at-no-offset",
    AtNoOffsetHelp = "at-no-offset.help",
    AtFraction = "at-fraction",
    AtFractionHelp = "at-fraction.help",
    AtRange = "at-range",
    AtRangeHelp = "at-range.help",
    ClockInvalid = "clock-invalid",
    ClockInvalidHelp = "clock-invalid.help",
    RegionFlagHelp = "region-flag.help",
    ReferenceFlag = "reference-flag",
    ReferenceFlagHelp = "reference-flag.help",
    ReferenceTwice = "reference-twice",
    ReferenceTwiceHelp = "reference-twice.help",
    WidthInvalid = "width-invalid",
    WidthInvalidHelp = "width-invalid.help",
    PackUnknown = "pack-unknown",
    PackUnknownHelp = "pack-unknown.help",
    CheckCountErrors = "check-errors",
    CheckCountErrorsOne = "check-errors-one",
    CheckCountWarnings = "check-warnings",
    CheckCountWarningsOne = "check-warnings-one",
    CheckCountInfos = "check-infos",
    CheckCountInfosOne = "check-infos-one",
    CheckTotal = "check-total",
    CheckTotalOne = "check-total-one",
    CheckSee = "check-see",
    CheckInfoHeading = "check-info-heading",
    TestPack = "test-pack",
    TestTotal = "test-total",
    TestNone = "test-none",
    TestNoneHelp = "test-none.help",
    TestLevel = "test-level",
    TestLevelLabel = "test-level-label",
    TestLevelAtLeast = "test-level-at-least",
    TestRules = "test-rules",
    TestRulesLabel = "test-rules-label",
    TestRulesNone = "test-rules-none",
    TestNoDecision = "test-no-decision",
    TestNoDecisionHelp = "test-no-decision.help",
    TestTime = "test-time",
    TestTimeHelp = "test-time.help",
    TestAccepted = "test-accepted",
    TestAcceptedLabel = "test-accepted-label",
    TestRefused = "test-refused",
    TestRefusedLabel = "test-refused-label",
    TestRefusedNone = "test-refused-none",
    MergeFlag = "merge-flag",
    MergeFlagHelp = "merge-flag.help",
    MergeNone = "merge-none",
    MergeNoneHelp = "merge-none.help",
    MergeOf = "merge-of",
    MergeDone = "merge-done",
    MergeVariant = "merge-variant",
    MergeNowhere = "merge-nowhere",
    MergeBy = "merge-by",
    MergeSuperseded = "merge-superseded",
    MergeBecame = "merge-became",
    MergeGone = "merge-gone",
    AppealHeading = "appeal-heading",
    AppealNothing = "appeal-nothing",
    AppealRow = "appeal-row",
    AppealStates = "appeal-states",
    AppealCorrected = "appeal-corrected",
    AppealWas = "appeal-was",
    AppealOtherwise = "appeal-otherwise",
    AppealWays = "appeal-ways",
    LedgerInvalid = "ledger-invalid",
    LedgerInvalidHelp = "ledger-invalid.help",
    ExplainHeading = "explain-heading",
    ExplainHolds = "explain-holds",
    ExplainToCome = "explain-to-come",
    ExplainOver = "explain-over",
    ExplainElsewhen = "explain-elsewhen",
    ExplainNever = "explain-never",
    ExplainUnknown = "explain-unknown",
    ExplainFailed = "explain-failed",
    ExplainWhy = "explain-why",
    ExplainWhyNot = "explain-why-not",
    ExplainPossible = "explain-possible",
    ExplainCertain = "explain-certain",
    ExplainMaybe = "explain-maybe",
    ExplainHeldUp = "explain-held-up",
    ExplainHeldUntil = "explain-held-until",
    ExplainHeldOpen = "explain-held-open",
    ExplainNearestToCome = "explain-nearest-to-come",
    ExplainNearestOver = "explain-nearest-over",
    ExplainNone = "explain-none",
    ExplainNoRule = "explain-no-rule",
    ExplainEmpty = "explain-empty",
    ExplainTrue = "explain-true",
    ExplainFalse = "explain-false",
    ExplainNoRows = "explain-no-rows",
    ExplainNeverBegins = "explain-never-begins",
    ExplainValue = "explain-value",
    ExplainValues = "explain-values",
    ExplainMore = "explain-more",
    ExplainDropped = "explain-dropped",
    ExplainReplaced = "explain-replaced",
    CoverageHeading = "coverage-heading",
    CoverageCases = "coverage-cases",
    CoverageBelowHelp = "coverage-below.help",
    TestCase = "test-case",
    TestInstant = "test-instant",
    TestCauses = "test-causes",
    TestCausesNone = "test-causes-none",
    TestCause = "test-cause",
    TestProblem = "test-problem",
    TestProblemAt = "test-problem-at",
    TestShuffled = "test-shuffled",
    BatchOnlyMany = "batch-only-many",
    BatchOnlyManyHelp = "batch-only-many.help",
    BatchOnlyOne = "batch-only-one",
    BatchOnlyOneHelp = "batch-only-one.help",
    BatchNoMapping = "batch-no-mapping",
    BatchNoMappingHelp = "batch-no-mapping.help",
    BatchMapping = "batch-mapping",
    BatchMappingHelp = "batch-mapping.help",
    BatchResumeOut = "batch-resume-out",
    BatchResumeOutHelp = "batch-resume-out.help",
    BatchId = "batch-id",
    BatchIdHelp = "batch-id.help",
    BatchSameFile = "batch-same-file",
    BatchSameFileHelp = "batch-same-file.help",
    BatchBusy = "batch-busy",
    BatchBusyHelp = "batch-busy.help",
    BatchNoFile = "batch-no-file",
    BatchNoFileHelp = "batch-no-file.help",
    BatchForeign = "batch-foreign",
    BatchForeignHelp = "batch-foreign.help",
    BatchUnfinished = "batch-unfinished",
    BatchUnfinishedHelp = "batch-unfinished.help",
    BatchNoJournal = "batch-no-journal",
    BatchNoJournalHelp = "batch-no-journal.help",
    BatchOther = "batch-other",
    BatchOtherHelp = "batch-other.help",
    BatchChanged = "batch-changed",
    BatchChangedHelp = "batch-changed.help",
    BatchMore = "batch-more",
    BatchBar = "batch-bar",
    BatchSpinner = "batch-spinner",
    BatchSoFar = "batch-so-far",
    BatchDone = "batch-done",
    EncodingRow = "encoding-row",
    EncodingRowHelp = "encoding-row.help",
    CsvQuote = "csv-quote",
    CsvQuoteHelp = "csv-quote.help",
    CsvWidth = "csv-width",
    CsvWidthHelp = "csv-width.help",
    CsvEmpty = "csv-empty",
    CsvEmptyHelp = "csv-empty.help",
    CsvColumn = "csv-column",
    CsvColumnHelp = "csv-column.help",
    CsvColumnTwice = "csv-column-twice",
    CsvColumnTwiceHelp = "csv-column-twice.help",
    CsvUnused = "csv-unused",
    CsvValue = "csv-value",
    CsvValueHelp = "csv-value.help",
    CsvTime = "csv-time",
    CsvTimeHelp = "csv-time.help",
    CsvDiffers = "csv-differs",
    CsvDiffersHelp = "csv-differs.help",
    CsvBeside = "csv-beside",
    CsvBesideHelp = "csv-beside.help",
    CsvOwner = "csv-owner",
    CsvOwnerHelp = "csv-owner.help",
    CsvOrder = "csv-order",
    CsvOrderHelp = "csv-order.help",
    MappingSubject = "mapping-subject",
    MappingSubjectHelp = "mapping-subject.help",
    MappingDelimiter = "mapping-delimiter",
    MappingDelimiterHelp = "mapping-delimiter.help",
    MappingOffset = "mapping-offset",
    MappingOffsetHelp = "mapping-offset.help",
    MappingFormat = "mapping-format",
    MappingFormatHelp = "mapping-format.help",
    MappingEmpty = "mapping-empty",
    MappingEmptyHelp = "mapping-empty.help",
    MappingPlace = "mapping-place",
    MappingPlaceHelp = "mapping-place.help",
    MappingInside = "mapping-inside",
    MappingInsideHelp = "mapping-inside.help",
    MappingTwice = "mapping-twice",
    MappingTwiceHelp = "mapping-twice.help",
    MappingValue = "mapping-value",
    MappingValueHelp = "mapping-value.help",
    NewFolder = "new-folder",
    NewFolderHelp = "new-folder.help",
    NewExists = "new-exists",
    NewExistsHelp = "new-exists.help",
    NewWritten = "new-written",
    NewChanged = "new-changed",
    NewRemarks = "new-remarks",
    NewNext = "new-next",
    NewNextWrite = "new-next-write",
    NotADay = "not-a-day",
    NotADayHelp = "not-a-day.help",
    CardHeld = "card-held",
    CardUntil = "card-until",
    CardNotKnown = "card-not-known",
    CardChanges = "card-changes",
    SitesPoint = "sites-point",
    SitesPointHelp = "sites-point.help",
    SitesNone = "sites-none",
    SitesMetres = "sites-metres",
    SitesOpen = "sites-open",
    SitesOpenUntil = "sites-open-until",
    SitesOpens = "sites-opens",
    SitesClosed = "sites-closed",
    SitesQueue = "sites-queue",
    RollupLine = "rollup-line",
    RollupLineHelp = "rollup-line.help",
    RollupCounts = "rollup-counts",
    RollupMissing = "rollup-missing",
    ScreenCounts = "screen-counts",
    ScreenUnused = "screen-unused",
    ScreenLines = "screen-lines",
    ScreenLeast = "screen-least",
    ScreenDue = "screen-due",
    ScreenRemark = "screen-remark",
    ScreenBack = "screen-back",
    ScreenBackLine = "screen-back-line",
    ScreenSame = "screen-same",
    ScreenSameHelp = "screen-same.help",
    HeadingUsage = "heading-usage",
    HeadingOptions = "heading-options",
    HeadingArguments = "heading-arguments",
    HeadingCommands = "heading-commands",
    HeadingExamples = "heading-examples",
    HeadingExit = "heading-exit",
    HeadingEnvironment = "heading-environment",
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const LANGUAGES: [Words; 2] = [Words { lang: Lang::ZhCn }, Words { lang: Lang::En }];

    /// Each message's name with the names in braces that it holds.
    fn shape(file: &'static str) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        read(file)
            .into_iter()
            .map(|(key, text)| {
                let names = text.split('{').skip(1);
                let names = names.filter_map(|tail| Some(tail.split_once('}')?.0));
                (key, names.collect())
            })
            .collect()
    }

    #[test]
    fn both_files_hold_the_same_messages_with_the_same_placeholders() {
        let zh_cn = shape(include_str!("../messages/zh-CN.txt"));
        let en = shape(include_str!("../messages/en.txt"));
        assert_eq!(zh_cn, en);
    }

    #[test]
    fn no_message_is_given_twice() {
        for file in [
            include_str!("../messages/zh-CN.txt"),
            include_str!("../messages/en.txt"),
        ] {
            let given = file.lines().filter(|line| !line.starts_with('#'));
            let given = given.filter(|line| line.contains(" = ")).count();
            assert_eq!(given, read(file).len());
        }
    }

    #[test]
    fn every_key_that_code_names_has_words() {
        for words in LANGUAGES {
            for key in Key::ALL {
                assert!(words.find(key.name()).is_some(), "no words for {key:?}");
            }
        }
    }

    #[test]
    fn every_message_is_named_by_code_or_belongs_to_the_help() {
        let help = [
            "help.",
            "usage.",
            "about.",
            "option.",
            "example.",
            "exit.",
            "environment.",
        ];
        let named: BTreeSet<&str> = Key::ALL.iter().map(|key| key.name()).collect();
        for key in read(include_str!("../messages/en.txt")).into_keys() {
            let of_help = help.iter().any(|prefix| key.starts_with(prefix));
            assert!(of_help || named.contains(key), "nobody says {key}");
        }
    }

    #[test]
    fn a_name_without_a_value_stays_and_so_does_a_lone_brace() {
        let filled = fill("{a} {b} {…} {", |name| {
            (name == "a").then(|| "1".to_owned())
        });
        assert_eq!(filled, "1 {b} {…} {");
    }
}
