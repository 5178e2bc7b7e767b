//! The codes of problems with packs and their texts.

use longma_core::CodeName;

longma_core::messages!();

longma_core::codes! {
    /// Every kind of problem that packs can have.
    pub enum Code {
        BundleSyntax = "bundle-syntax",
        BundleCompiled = "bundle-compiled",
        BundleFormat = "bundle-format",
        BundleSize = "bundle-size",
        TomlSyntax = "toml-syntax",
        ShapeMissing = "shape-missing",
        ShapeUnknown = "shape-unknown",
        ShapeType = "shape-type",
        ShapeParam = "shape-param",
        ShapeOther = "shape-other",
        ShapeLanguage = "shape-language",
        PackFile = "pack-file",
        PackId = "pack-id",
        PackDuplicate = "pack-duplicate",
        PlacesMissing = "places-missing",
        PackOffset = "pack-offset",
        ZoneUnknown = "zone-unknown",
        ZoneRules = "zone-rules",
        ZoneYears = "zone-years",
        ZoneOffset = "zone-offset",
        PackTime = "pack-time",
        PackSpan = "pack-span",
        PackOverlap = "pack-overlap",
        PackSubject = "pack-subject",
        PackInherits = "pack-inherits",
        PackCycle = "pack-cycle",
        PackText = "pack-text",
        RequiresSection = "requires-section",
        RequiresNobody = "requires-nobody",
        ParamUnit = "param-unit",
        ParamValue = "param-value",
        ParamNote = "param-note",
        SourceUnknown = "source-unknown",
        ScaleLevels = "scale-levels",
        ScaleColours = "scale-colours",
        RoleUnknown = "role-unknown",
        RoleTwice = "role-twice",
        RoleDiffers = "role-differs",
        DecisionRedeclared = "decision-redeclared",
        DecisionUndeclared = "decision-undeclared",
        DecisionNoScript = "decision-no-script",
        DecisionCycle = "decision-cycle",
        DecisionShared = "decision-shared",
        SharedRule = "shared-rule",
        SharedAgain = "shared-again",
        SharedDiffers = "shared-differs",
        OverrideUndeclared = "override-undeclared",
        OverrideVoid = "override-void",
        DropParam = "drop-param",
        ScriptSize = "script-size",
        ScriptSyntax = "script-syntax",
        ScriptForbidden = "script-forbidden",
        ScriptStatement = "script-statement",
        ScriptDuplicate = "script-duplicate",
        ScriptProfile = "script-profile",
        RuleParameter = "rule-parameter",
        RuleSource = "rule-source",
        RuleCaption = "rule-caption",
        CaptionVoid = "caption-void",
        CaptionPlaceholder = "caption-placeholder",
        CaptionEvidence = "caption-evidence",
        TextSize = "text-size",
    }
}

/// The codes with which texts, packs and schemas can be refused, except those that a
/// checker reports under a code of its own.
#[must_use]
pub fn refusals() -> Vec<CodeName> {
    let schemas = longma_core::schema::Code::ALL;
    let packs = [
        Code::TomlSyntax,
        Code::ShapeMissing,
        Code::ShapeUnknown,
        Code::ShapeType,
        Code::ShapeParam,
        Code::ShapeOther,
        Code::ShapeLanguage,
        Code::PackId,
        Code::PackOffset,
        Code::PackTime,
        Code::ZoneUnknown,
        Code::ZoneRules,
        Code::ZoneYears,
        Code::ZoneOffset,
        Code::PackSpan,
        Code::PackOverlap,
        Code::PackSubject,
        Code::PackInherits,
        Code::PackCycle,
        Code::PackText,
        Code::RequiresSection,
        Code::RequiresNobody,
        Code::ParamUnit,
        Code::ParamValue,
        Code::ParamNote,
        Code::SourceUnknown,
        Code::ScaleLevels,
        Code::ScaleColours,
        Code::RoleUnknown,
        Code::RoleTwice,
        Code::RoleDiffers,
        Code::DecisionRedeclared,
        Code::DecisionUndeclared,
        Code::DecisionNoScript,
        Code::DecisionCycle,
        Code::DecisionShared,
        Code::SharedRule,
        Code::SharedAgain,
        Code::SharedDiffers,
        Code::OverrideUndeclared,
        Code::OverrideVoid,
        Code::DropParam,
        Code::ScriptSize,
        Code::ScriptSyntax,
        Code::ScriptForbidden,
        Code::ScriptStatement,
        Code::ScriptDuplicate,
        Code::ScriptProfile,
        Code::RuleSource,
        Code::RuleCaption,
        Code::CaptionVoid,
        Code::CaptionPlaceholder,
        Code::CaptionEvidence,
        Code::TextSize,
    ];
    let schemas = schemas.iter().map(|code| CodeName::of(*code));
    schemas.chain(packs.into_iter().map(CodeName::of)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Code, messages};
    use longma_core::{Args, Family};

    #[test]
    fn every_code_has_a_message_and_a_help() {
        for code in Code::ALL {
            for key in [code.name().to_owned(), format!("{}.help", code.name())] {
                assert!(
                    messages().get(&key, &Args::NONE).is_some(),
                    "no message `{key}`"
                );
            }
        }
    }
}
