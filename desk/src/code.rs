//! The codes of the desk's findings outside scripts, and of the reasons for not
//! creating a pack.

use crate::text::messages;
use longma_core::Severity;

longma_core::codes! {
    /// What can be wrong with packs and cases apart from what stops them from loading,
    /// and with a request for a new pack.
    pub enum Code {
        PackDate = "pack-date",
        RegionNobody = "region-nobody",
        PlanSkipped = "plan-skipped",
        PlanFallsBack = "plan-falls-back",
        OverrideReaches = "override-reaches",
        LawUnread = "law-unread",
        SourceLater = "source-later",
        PackWithoutCase = "pack-without-case",
        ChangeWithoutCase = "change-without-case",
        CoverageWithoutCase = "coverage-without-case",
        ApprovalOld = "approval-old",
        ApprovalWords = "approval-words",
        ApprovalTime = "approval-time",
        ApprovalTwice = "approval-twice",
        ApprovalFile = "approval-file",
        NoticeUnknown = "notice-unknown",
        PassageMissing = "passage-missing",
        PackVersion = "pack-version",
        PackCountry = "pack-country",
        PackRegion = "pack-region",
        EffectiveGap = "effective-gap",
        TextDirection = "text-direction",
        TextLanguage = "text-language",
        TextSame = "text-same",
        TextForeign = "text-foreign",
        TextTwice = "text-twice",
        TextParam = "text-param",
        TextNumber = "text-number",
        TextTyped = "text-typed",
        TextDays = "text-days",
        TextLevel = "text-level",
        TextAssumed = "text-assumed",
        TextColour = "text-colour",
        ReleaseForeign = "release-foreign",
        LevelCaption = "level-caption",
        LevelNever = "level-never",
        EvidenceNone = "evidence-none",
        EvidenceForeign = "evidence-foreign",
        EvidenceWide = "evidence-wide",
        SectionUnread = "section-unread",
        SectionLost = "section-lost",
        UnreadVoid = "unread-void",
        SourceDate = "source-date",
        SourceGrade = "source-grade",
        SourceName = "source-name",
        UnusedSource = "unused-source",
        BackgroundCited = "background-cited",
        ParamSource = "param-source",
        ParamGrade = "param-grade",
        ParamUnmarked = "param-unmarked",
        ParamNotFound = "param-not-found",
        LevelColour = "level-colour",
        ParamAssumed = "param-assumed",
        RuleWithoutCase = "rule-without-case",
        CaseDecision = "case-decision",
        CaseLevel = "case-level",
        CaseRule = "case-rule",
        CaseTime = "case-time",
        CaseFailed = "case-failed",
        CaseExpectsNothing = "case-expects-nothing",
        PackWaits = "pack-waits",
        RuleLimit = "rule-limit",
        NewDecision = "new-decision",
        NewDecisionNone = "new-decision-none",
        NewDecisionTaken = "new-decision-taken",
        NewExample = "new-example",
        NewExists = "new-exists",
        NewInherits = "new-inherits",
        NewInheritsEnds = "new-inherits-ends",
        NewInheritsItself = "new-inherits-itself",
        NewInheritsNone = "new-inherits-none",
        NewInheritsNotInForce = "new-inherits-not-in-force",
        NewLater = "new-later",
        NewLike = "new-like",
        NewLikeNone = "new-like-none",
        NewLikeUnread = "new-like-unread",
        NewName = "new-name",
        NewNoCode = "new-no-code",
        NewOrder = "new-order",
        NewOverlap = "new-overlap",
        NewOverlapOpen = "new-overlap-open",
        NewRegionSchema = "new-region-schema",
        NewRegion = "new-region",
        NewRegionMissing = "new-region-missing",
        NewSubjectInherits = "new-subject-inherits",
        NewSubjectSections = "new-subject-sections",
        NewTime = "new-time",
        NewUnedited = "new-unedited",
    }
}

impl Code {
    /// The codes that [`check`](crate::check) reports; `rules/findings.md` has a
    /// section for each.
    pub const OF_CHECK: &'static [Self] = &[
        Self::PackDate,
        Self::RegionNobody,
        Self::PlanSkipped,
        Self::PlanFallsBack,
        Self::OverrideReaches,
        Self::LawUnread,
        Self::SourceLater,
        Self::PackWithoutCase,
        Self::ChangeWithoutCase,
        Self::CoverageWithoutCase,
        Self::ApprovalOld,
        Self::NoticeUnknown,
        Self::PassageMissing,
        Self::PackVersion,
        Self::PackCountry,
        Self::PackRegion,
        Self::EffectiveGap,
        Self::TextDirection,
        Self::TextLanguage,
        Self::TextSame,
        Self::TextForeign,
        Self::TextTwice,
        Self::TextParam,
        Self::TextNumber,
        Self::TextTyped,
        Self::TextDays,
        Self::TextLevel,
        Self::TextAssumed,
        Self::TextColour,
        Self::ReleaseForeign,
        Self::LevelCaption,
        Self::LevelNever,
        Self::EvidenceNone,
        Self::EvidenceForeign,
        Self::EvidenceWide,
        Self::SectionUnread,
        Self::SectionLost,
        Self::UnreadVoid,
        Self::SourceDate,
        Self::SourceGrade,
        Self::SourceName,
        Self::UnusedSource,
        Self::BackgroundCited,
        Self::ParamSource,
        Self::ParamGrade,
        Self::ParamUnmarked,
        Self::ParamNotFound,
        Self::LevelColour,
        Self::ParamAssumed,
        Self::RuleWithoutCase,
        Self::CaseDecision,
        Self::CaseLevel,
        Self::CaseRule,
        Self::CaseTime,
        Self::CaseExpectsNothing,
        Self::PackWaits,
        Self::RuleLimit,
    ];

    /// How severe it is. An error stops a pack from being published.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::ParamAssumed
            | Self::SectionUnread
            | Self::OverrideReaches
            | Self::ChangeWithoutCase => Severity::Info,
            Self::PackDate
            | Self::PackVersion
            | Self::RegionNobody
            | Self::PlanSkipped
            | Self::PlanFallsBack
            | Self::LawUnread
            | Self::SourceLater
            | Self::ApprovalOld
            | Self::NoticeUnknown
            | Self::PassageMissing
            | Self::PackWithoutCase
            | Self::PackCountry
            | Self::PackRegion
            | Self::EffectiveGap
            | Self::TextLanguage
            | Self::TextSame
            | Self::TextForeign
            | Self::TextTwice
            | Self::TextParam
            | Self::TextNumber
            | Self::TextTyped
            | Self::TextDays
            | Self::TextLevel
            | Self::TextAssumed
            | Self::TextColour
            | Self::ReleaseForeign
            | Self::LevelCaption
            | Self::LevelNever
            | Self::EvidenceNone
            | Self::EvidenceForeign
            | Self::EvidenceWide
            | Self::SectionLost
            | Self::UnreadVoid
            | Self::SourceDate
            | Self::SourceGrade
            | Self::SourceName
            | Self::UnusedSource
            | Self::BackgroundCited
            | Self::ParamSource
            | Self::ParamGrade
            | Self::ParamUnmarked
            | Self::ParamNotFound
            | Self::LevelColour
            | Self::PackWaits
            | Self::RuleLimit
            | Self::RuleWithoutCase => Severity::Warning,
            _ => Severity::Error,
        }
    }
}
