//! The codes of the script checker's findings.

use crate::messages;
use longma_core::Severity;

longma_core::codes! {
    /// The mistakes that a script can have. `rules/findings.md` has a section for each.
    #[derive(PartialOrd, Ord)]
    pub enum Code {
        ScriptSyntax = "script-syntax",
        ScriptUnclosed = "script-unclosed",
        ScriptNumber = "script-number",
        ScriptQuotes = "script-quotes",
        ScriptDepth = "script-depth",
        ScriptSize = "script-size",
        ScriptHidden = "script-hidden",
        ScriptLetters = "script-letters",
        ScriptForbidden = "script-forbidden",
        ScriptClock = "script-clock",
        ScriptStatement = "script-statement",
        ScriptDuplicate = "script-duplicate",
        ScriptRecursion = "script-recursion",
        UnknownInput = "unknown-input",
        UnknownField = "unknown-field",
        UnknownParam = "unknown-param",
        UnknownName = "unknown-name",
        UnknownFunction = "unknown-function",
        UnknownLevel = "unknown-level",
        UnknownColumn = "unknown-column",
        EnumMember = "enum-member",
        EnumIncomplete = "enum-incomplete",
        KindsCompared = "kinds-compared",
        KindsCombined = "kinds-combined",
        MissingUnit = "missing-unit",
        WrongCount = "wrong-count",
        WrongKind = "wrong-kind",
        NotACondition = "not-a-condition",
        NoField = "no-field",
        HelperHidden = "helper-hidden",
        ListIndex = "list-index",
        ListNested = "list-nested",
        ListRepeats = "list-repeats",
        TableRecord = "table-record",
        TableKey = "table-key",
        OptionalUntested = "optional-untested",
        AbsenceNeedless = "absence-needless",
        RuleResult = "rule-result",
        RuleNever = "rule-never",
        CauseNever = "cause-never",
        ConditionNever = "condition-never",
        ConditionAlways = "condition-always",
        Unreachable = "unreachable",
        ArmRepeated = "arm-repeated",
        UnusedFunction = "unused-function",
        UnusedVariable = "unused-variable",
        UnusedInput = "unused-input",
        UnusedParam = "unused-param",
        CheckLimit = "check-limit",
    }
}

impl Code {
    /// Errors stop a pack from being published; warnings do not.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::EnumIncomplete
            | Self::AbsenceNeedless
            | Self::ListRepeats
            | Self::RuleNever
            | Self::CauseNever
            | Self::ConditionNever
            | Self::ConditionAlways
            | Self::Unreachable
            | Self::ArmRepeated
            | Self::UnusedFunction
            | Self::UnusedVariable
            | Self::UnusedInput
            | Self::UnusedParam
            | Self::CheckLimit => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::messages;
    use longma_core::{Args, Family};

    #[test]
    fn every_code_has_a_message_and_a_help() {
        for code in Code::ALL {
            for key in [code.name().to_owned(), format!("{}.help", code.name())] {
                assert!(messages().get(&key, &Args::NONE).is_some(), "no text {key}");
            }
        }
    }
}
