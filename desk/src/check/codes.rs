//! The codes of what the checker finds in scripts.

use longma_core::Severity;

macro_rules! codes {
    ($($variant:ident = $name:literal, $severity:ident;)*) => {
        /// What can be wrong with a script; `rules/findings.md` has a section for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each is described by its message and its page")]
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Whether it stops a pack from being published.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    ScriptSyntax = "script-syntax", Error;
    ScriptUnclosed = "script-unclosed", Error;
    ScriptNumber = "script-number", Error;
    ScriptQuotes = "script-quotes", Error;
    ScriptDepth = "script-depth", Error;
    ScriptSize = "script-size", Error;
    ScriptHidden = "script-hidden", Error;
    ScriptLetters = "script-letters", Error;
    ScriptForbidden = "script-forbidden", Error;
    ScriptClock = "script-clock", Error;
    ScriptStatement = "script-statement", Error;
    ScriptDuplicate = "script-duplicate", Error;
    ScriptRecursion = "script-recursion", Error;
    UnknownInput = "unknown-input", Error;
    UnknownField = "unknown-field", Error;
    UnknownParam = "unknown-param", Error;
    UnknownName = "unknown-name", Error;
    UnknownFunction = "unknown-function", Error;
    UnknownLevel = "unknown-level", Error;
    UnknownColumn = "unknown-column", Error;
    EnumMember = "enum-member", Error;
    EnumIncomplete = "enum-incomplete", Warning;
    KindsCompared = "kinds-compared", Error;
    KindsCombined = "kinds-combined", Error;
    MissingUnit = "missing-unit", Error;
    WrongCount = "wrong-count", Error;
    WrongKind = "wrong-kind", Error;
    NotACondition = "not-a-condition", Error;
    NoField = "no-field", Error;
    HelperHidden = "helper-hidden", Error;
    ListIndex = "list-index", Error;
    ListNested = "list-nested", Error;
    TableRecord = "table-record", Error;
    ClosureCaptures = "closure-captures", Error;
    OptionalUntested = "optional-untested", Error;
    AbsenceNeedless = "absence-needless", Warning;
    RuleResult = "rule-result", Error;
    RuleNever = "rule-never", Warning;
    CauseNever = "cause-never", Warning;
    ConditionNever = "condition-never", Warning;
    ConditionAlways = "condition-always", Warning;
    Unreachable = "unreachable", Warning;
    ArmRepeated = "arm-repeated", Warning;
    UnusedFunction = "unused-function", Warning;
    UnusedVariable = "unused-variable", Warning;
    UnusedInput = "unused-input", Warning;
    UnusedParam = "unused-param", Warning;
    CheckLimit = "check-limit", Warning;
}
