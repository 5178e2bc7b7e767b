//! The keys of `pack.toml` and `captions.toml`, and the values allowed at each.
//!
//! Add each new key of a type in `manifest.rs` here as well. The bundle's JSON needs no
//! change.

use crate::code::Code;
use crate::manifest::{
    Captions, DecisionCaptions, Effective, Law, LawKind, Manifest, Minimum, Param, ParamValue,
    Requires, RuleCaptions, Scalar, Scale, Signed, Source, usual_languages,
};
use crate::shape::{Kind, Value};
use longma_core::{Args, Corrections, Family};

/// The kinds of laws, as a manifest names them.
pub const LAW_KINDS: &[(&str, LawKind)] = &[
    ("never_raises", LawKind::NeverRaises),
    ("never_lowers", LawKind::NeverLowers),
    ("overlay", LawKind::Overlay),
    ("not_stricter", LawKind::NotStricter),
];

const CORRECTIONS: &[(&str, Corrections)] = &[
    ("record", Corrections::Record),
    ("correction", Corrections::Correction),
];

const REQUIRES: &[(&str, Requires)] = &[("signed", Requires::Signed)];

pub(super) fn manifest(top: Value<'_>) -> Manifest {
    top.table(|keys| Manifest {
        // First, for it says in which languages the others stand.
        languages: keys
            .may("languages")
            .map_or_else(usual_languages, Value::languages),
        subject: keys.need("subject").text(),
        version: keys.need("version").text(),
        title: keys.need("title").localized(),
        authority: keys.need("authority").localized(),
        inherits: keys.may("inherits").map(Value::text),
        offset: keys.may("offset").map(Value::text),
        zone: keys.may("zone").map(Value::text),
        effective: effective(keys.need("effective")),
        sources: keys.or_default("sources", |it| it.map(source)),
        params: keys.or_default("params", |it| it.map(param)),
        decisions: keys.or_default("decisions", |it| it.map(scale)),
        overrides: keys.or_default("overrides", |it| it.map(Value::text)),
        drops: keys.or_default("drops", |it| it.map(Value::text)),
        unread: keys.or_default("unread", |it| it.map(Value::text)),
        corrections: keys.may("corrections").map(|it| it.choice(CORRECTIONS)),
        facts: keys.or_default("facts", |it| it.map(signed)),
        laws: keys.or_default("laws", |it| it.map(law)),
        coverage: keys.or_default("coverage", minimum),
    })
}

fn effective(value: Value<'_>) -> Effective {
    value.table(|keys| {
        let [from, until, note] =
            ["from", "until", "note"].map(|name| keys.may(name).map(Value::text));
        // A misspelt key may be meant as a date, so no date can be trusted.
        let from = if keys.has_others() {
            Some(String::new())
        } else {
            from
        };
        Effective { from, until, note }
    })
}

fn source(value: Value<'_>) -> Source {
    value.table(|keys| Source {
        title: keys.need("title").localized(),
        date: keys.may("date").map(Value::text),
        grade: keys.need("grade").text(),
        background: keys.or_default("background", Value::truth),
    })
}

fn param(value: Value<'_>) -> Param {
    value.table(|keys| Param {
        value: param_value(keys.need("value")),
        unit: keys.need("unit").text(),
        source: keys.may("source").map(Value::text),
        assumed: keys.or_default("assumed", Value::truth),
        note: keys.may("note").map(Value::localized),
    })
}

fn param_value(value: Value<'_>) -> ParamValue {
    match value.kind() {
        None | Some(Kind::Whole) => ParamValue::Int(value.whole()),
        Some(Kind::Text | Kind::Time) => ParamValue::Text(value.text()),
        Some(Kind::List) => ParamValue::List(value.list(param_value)),
        Some(_) => {
            value.tell(Code::ShapeParam, Code::ShapeParam.name(), &Args::NONE);
            ParamValue::Int(0)
        }
    }
}

fn scale(value: Value<'_>) -> Scale {
    value.table(|keys| Scale {
        scale: keys.need("scale").texts(),
        colours: keys.need("colours").texts(),
        roles: keys.or_default("roles", Value::texts),
        place: keys.may("place").map(Value::whole),
    })
}

fn signed(value: Value<'_>) -> Signed {
    value.table(|keys| Signed {
        requires: keys.need("requires").choice(REQUIRES),
        by: keys.need("by").texts(),
        corrected_by: keys.may("corrected_by").map(Value::texts),
    })
}

fn law(value: Value<'_>) -> Law {
    value.table(|keys| Law {
        kind: keys.need("kind").choice(LAW_KINDS),
        words: keys.need("words").localized(),
        decision: keys.need("decision").text(),
        section: keys.may("section").map(Value::text),
        record: keys.or_default("record", |it| it.map(scalar)),
        overlay: keys.may("overlay").map(Value::text),
        from: keys.may("from").map(Value::text),
        breaches: keys.or_default("breaches", |it| it.map(Value::localized)),
    })
}

fn scalar(value: Value<'_>) -> Scalar {
    match value.kind() {
        Some(Kind::Truth) => Scalar::Bool(value.truth()),
        Some(Kind::Whole) => Scalar::Int(value.whole()),
        None | Some(Kind::Text | Kind::Time) => Scalar::Text(value.text()),
        Some(_) => {
            value.misfit(Kind::Scalar);
            Scalar::Text(String::new())
        }
    }
}

fn minimum(value: Value<'_>) -> Minimum {
    value.table(|keys| Minimum {
        rules: keys.may("rules").map(Value::whole),
        functions: keys.may("functions").map(Value::whole),
        branches: keys.may("branches").map(Value::whole),
        releases: keys.may("releases").map(Value::whole),
        captions: keys.may("captions").map(Value::whole),
    })
}

pub(super) fn captions(top: Value<'_>, languages: &[String]) -> Captions {
    if languages != usual_languages() {
        top.in_languages(languages);
    }
    top.map(|decision| {
        decision.table(|keys| DecisionCaptions {
            name: keys.may("name").map(Value::localized),
            levels: keys.or_default("levels", |it| it.map(Value::localized)),
            rules: keys.or_default("rules", |it| it.map(rule)),
        })
    })
}

fn rule(value: Value<'_>) -> RuleCaptions {
    value.table(|keys| RuleCaptions {
        caption: keys.need("caption").localized(),
        release: keys.need("release").localized(),
    })
}
