//! The names of what can be wrong. Their words are in `messages/`.

use longma_core::{Args, Localized};

longma_core::messages!();

longma_core::codes! {
    /// What is wrong with SQL over a population.
    pub enum Code {
        QuestionForm = "query-question-form",
        QuestionEmpty = "query-question-empty",
        QuestionTwice = "query-question-twice",
        QuestionInstant = "query-question-instant",
        QuestionTime = "query-question-time",
        QuestionWindow = "query-question-window",
        QuestionLiteral = "query-question-literal",
        PacksUnknown = "query-packs-unknown",
        PacksUnnamed = "query-packs-unnamed",
        FactsStruct = "query-facts-struct",
        ColumnType = "query-column-type",
        ColumnUnknown = "query-column-unknown",
        ColumnUnknownNear = "query-column-unknown-near",
        ColumnNear = "query-column-near",
        ColumnTaken = "query-column-taken",
        ColumnsMissing = "query-columns-missing",
        Argument = "query-argument",
        ArgumentMissing = "query-argument-missing",
        TableUnknown = "query-table-unknown",
        PathMissing = "query-path-missing",
        FolderEmpty = "query-folder-empty",
        FolderMixed = "query-folder-mixed",
        FileUnread = "query-file-unread",
        FileOther = "query-file-other",
        Engine = "query-engine",
        Io = "query-io",
    }
}

/// Words of the catalogue.
pub(crate) fn words(key: &str) -> Localized {
    messages().say(key, &Args::NONE)
}

/// Names in backticks; `none` if there are none.
pub(crate) fn known<'a>(names: impl IntoIterator<Item = &'a str>) -> Localized {
    let names = names.into_iter().map(|name| match name {
        "" => words("packs-without-name"),
        name => Localized::same(format!("`{name}`")),
    });
    let joined = names.reduce(|all, name| {
        Localized::new(
            format!("{}、{}", all.zh_cn, name.zh_cn),
            format!("{}, {}", all.en, name.en),
        )
    });
    joined.unwrap_or_else(|| words("none"))
}
