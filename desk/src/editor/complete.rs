//! Proposes what could be written at a place.
//!
//! First the half-written word is completed: by a stand-in if nothing is written yet, or
//! by a closing quote if it is missing. The resulting script is analysed like any other,
//! and whatever fits in place of the stand-in is proposed.

use super::spot::{Binder, Spot, What as Role, comment_at};
use super::view::{View, Wanted, item, takes_first};
use super::{Card, Completion, Proposal, Unknown, card};
use longma_core::order;
use longma_core::order::Gather;
use longma_lang::analysis::Analysis;
use longma_lang::finding::Position;
use longma_lang::helpers::{self, Accepts, Signature, Written};
use longma_lang::script::Script;
use longma_lang::syntax::{Bytes, Comment, Expr, ExprKind, Function, Token, TokenKind, parse};
use longma_lang::types::{Kind, Type};
use std::collections::BTreeSet;

/// The stand-in where nothing is written yet.
const STAND_IN: &str = "zz_here";
/// The start of the comment line that names a rule's source.
const SOURCE: &str = "source:";

pub(super) fn completion(script: Unknown<'_, '_>, at: Position) -> Option<Completion> {
    let Script {
        file,
        written,
        lines,
        parsed,
        ..
    } = script.script;
    let byte = lines.byte(at);
    let (bytes, proposals) = match comment_at(&parsed.script.comments, byte) {
        Some(comment) => {
            let nothing = Analysis::default();
            in_comment(&script.with(&nothing), comment, byte)?
        }
        None => {
            let whole = whole(written, &parsed.tokens, byte)?;
            let proposals = if whole.text == **written {
                fitting(&script.known(), &whole)
            } else {
                rewritten(&script, &whole)?
            };
            (whole.replaced, proposals)
        }
    };
    Some(Completion {
        range: lines.range(file, &bytes),
        proposals,
    })
}

/// In a rule's comment, proposes keys of sources, or the word `source:` before them.
fn in_comment(
    view: &View<'_, '_>,
    comment: &Comment,
    byte: usize,
) -> Option<(Bytes, Vec<Proposal>)> {
    if !comment.doc {
        return None;
    }
    let before = view.script.text.get(comment.bytes.start..byte)?;
    let said = before.trim_start_matches('/').trim_start();
    if let Some(key) = said.strip_prefix(SOURCE) {
        let start = byte - key.trim_start().len();
        let rest = view.script.text.get(byte..comment.bytes.end)?;
        let end = byte + rest.find(char::is_whitespace).unwrap_or(rest.len());
        let packs: BTreeSet<usize> = view
            .scopes()
            .flat_map(|scope| scope.packs.iter().copied())
            .into_set();
        let packs = packs
            .iter()
            .filter_map(|index| view.world.packs.get(*index));
        let keys: BTreeSet<&str> = packs
            .flat_map(|pack| pack.source.manifest.sources.keys().map(String::as_str))
            .into_set();
        let cards = keys
            .into_iter()
            .filter_map(|key| card::of_source(view, key));
        return Some((start..end, cards.map(plain).collect()));
    }
    let begun = before.starts_with("///") && SOURCE.starts_with(said);
    begun.then(|| {
        let card = card::of_keyword(SOURCE);
        let insert = if said.is_empty() && before.ends_with('/') {
            format!(" {SOURCE} ")
        } else {
            format!("{SOURCE} ")
        };
        (byte - said.len()..byte, vec![written(card, insert)])
    })
}

/// A script with the half-written word completed.
struct Whole {
    text: String,
    /// The part of the old text that a proposal replaces.
    replaced: Bytes,
    /// The word or text in the new script.
    token: Bytes,
    /// Whether it is a quoted text.
    quoted: bool,
    /// Whether an opening bracket already follows.
    called: bool,
}

/// What fits in a script that had to be completed.
fn rewritten(old: &Unknown<'_, '_>, whole: &Whole) -> Option<Vec<Proposal>> {
    let world = old.world.rewritten(old.index, old.decision, &whole.text);
    let analysis = world.analyse(old.index, old.decision);
    let pack = world.packs.get(old.index)?;
    let view = View {
        world: &world,
        pack,
        decision: old.decision,
        script: pack.scripts.get(old.decision)?,
        analysis: &analysis,
    };
    Some(fitting(&view, whole))
}

/// What fits in place of the word or text.
fn fitting(view: &View<'_, '_>, whole: &Whole) -> Vec<Proposal> {
    let spot = view.spot(&whole.token);
    if whole.quoted {
        texts(view, &spot, "")
    } else {
        words(view, &spot, whole)
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Completes the word or text at `byte`; `None` if neither can be written there.
fn whole(text: &str, tokens: &[Token], byte: usize) -> Option<Whole> {
    let (before, after) = text.split_at_checked(byte)?;
    if let Some(quoted) = tokens
        .iter()
        .find(|token| token.bytes.start < byte && byte <= token.bytes.end)
        .filter(|token| is_inside_text(text, token, byte))
    {
        return whole_text(text, quoted, byte);
    }
    let word = before.rfind(|c| !is_word(c)).map_or(0, |at| {
        at + before
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8)
    });
    let begun = before.get(word..)?;
    if begun.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (written, end) = if begun.is_empty() {
        (STAND_IN.to_owned(), byte)
    } else {
        let end = byte + after.find(|c| !is_word(c)).unwrap_or(after.len());
        (text.get(word..end)?.to_owned(), end)
    };
    let rest = text.get(end..)?;
    let separator = if rest.starts_with(is_word) { " " } else { "" };
    let start = text.get(..word)?;
    Some(Whole {
        token: word..word + written.len(),
        text: format!("{start}{written}{separator}{rest}"),
        replaced: word..end,
        quoted: false,
        called: rest.trim_start_matches(' ').starts_with('('),
    })
}

fn is_inside_text(text: &str, token: &Token, byte: usize) -> bool {
    let written = text.get(token.bytes.clone()).unwrap_or_default();
    let quoted = written.starts_with(['"', '\'', '`']);
    match token.kind {
        TokenKind::Text(_) | TokenKind::Interpolated(_) => byte < token.bytes.end,
        TokenKind::Unclosed => quoted,
        _ => false,
    }
}

/// A text ends at its closing quote if only a name lies between. Otherwise its end is not
/// written yet and a later quote was taken for it, so the text ends at the cursor.
fn whole_text(text: &str, token: &Token, byte: usize) -> Option<Whole> {
    let quote = text.get(token.bytes.start..)?.chars().next()?;
    if quote == '`' {
        return None;
    }
    let start = token.bytes.start + quote.len_utf8();
    let is_name = |c: char| is_word(c) || c == '-';
    let closed = matches!(token.kind, TokenKind::Text(_))
        && text.get(byte..token.bytes.end - 1)?.chars().all(is_name);
    if closed {
        return Some(Whole {
            text: text.to_owned(),
            replaced: start..token.bytes.end - 1,
            token: token.bytes.clone(),
            quoted: true,
            called: false,
        });
    }
    let (before, after) = text.split_at_checked(byte)?;
    Some(Whole {
        text: format!("{before}{quote}{after}"),
        replaced: start..byte,
        token: token.bytes.start..byte + quote.len_utf8(),
        quoted: true,
        called: false,
    })
}

/// What a text at this place can stand for, each enclosed in `quote`.
fn texts(view: &View<'_, '_>, spot: &Spot<'_>, quote: &str) -> Vec<Proposal> {
    let taken = labels(spot);
    let mut proposals: Vec<Proposal> = Vec::new();
    for wanted in wanted(view, spot) {
        for name in names(view, &wanted) {
            let fresh = proposals.iter().all(|known| known.card.label != name);
            if fresh
                && !taken.contains(&name.as_str())
                && let Some(card) = card::of_name(view, &wanted, &name)
            {
                proposals.push(written(card, format!("{quote}{name}{quote}")));
            }
        }
    }
    proposals
}

fn wanted(view: &View<'_, '_>, spot: &Spot<'_>) -> Vec<Wanted> {
    match (spot.what, spot.path.last()) {
        // Between the arms of a `switch`, where the label is not part of an arm yet.
        (Role::Expr(expr), Some(last))
            if expr.id == last.id && matches!(expr.kind, ExprKind::Switch { .. }) =>
        {
            view.wanted_label(expr)
        }
        _ => view.wanted(&spot.path),
    }
}

/// The other labels of the enclosing `switch`.
fn labels<'s>(spot: &Spot<'s>) -> Vec<&'s str> {
    let mut nearest = spot.path.iter().rev().take(2);
    let switch = nearest.find_map(|expr| match &expr.kind {
        ExprKind::Switch { subject, arms } if !holds(subject, &spot.bytes) => Some(arms),
        _ => None,
    });
    let labels = switch.into_iter().flatten().flat_map(|arm| &arm.labels);
    labels
        .filter(|label| label.bytes != spot.bytes)
        .filter_map(|label| match &label.kind {
            ExprKind::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn holds(expr: &Expr, bytes: &Bytes) -> bool {
    expr.bytes.start <= bytes.start && bytes.end <= expr.bytes.end
}

fn names(view: &View<'_, '_>, wanted: &Wanted) -> Vec<String> {
    match wanted {
        Wanted::Member { all, .. } => all.clone(),
        Wanted::Values(values) => values.clone(),
        Wanted::Level(decision) => {
            let levels = view.levels(decision).into_iter();
            levels.map(str::to_owned).collect()
        }
        Wanted::Column(table) => {
            let row = view.world.common.tables.get(table);
            let key = row.into_iter().flat_map(|row| row.key_names());
            key.map(str::to_owned).collect()
        }
    }
}

/// What a word at this place can be.
fn words(view: &View<'_, '_>, spot: &Spot<'_>, whole: &Whole) -> Vec<Proposal> {
    match spot.what {
        Role::Part(expr) => match &expr.kind {
            ExprKind::Field { of, .. } | ExprKind::Method { of, .. } => {
                members(view, spot, &view.type_of(of), whole.called)
            }
            _ => expressions(view, spot, whole),
        },
        Role::Expr(expr) => match &expr.kind {
            ExprKind::Name(_) if spot.function.is_none() => beginnings(),
            ExprKind::Name(_) => expressions(view, spot, whole),
            ExprKind::Switch { .. } => texts(view, spot, "\""),
            _ => Vec::new(),
        },
        Role::Binding(local) => match local.by {
            Binder::Function(function, _) if !function.private => {
                let names = function.parameters.iter().filter(|it| **it != *local.name);
                parameters(view, &names.map(|it| it.text.as_str()).collect::<Vec<_>>())
            }
            _ => Vec::new(),
        },
        Role::Function(function) if !function.private => rules(view, &function.name.text),
        Role::Function(_) | Role::Nothing => Vec::new(),
    }
}

/// A proposal that inserts its own label.
fn plain(card: Card) -> Proposal {
    let insert = card.label.clone();
    written(card, insert)
}

/// A proposal that inserts `insert` and puts the cursor after it.
fn written(card: Card, insert: String) -> Proposal {
    Proposal {
        card,
        caret: insert.chars().count(),
        insert,
    }
}

/// A call, with the cursor at the first argument; only the name if a bracket already
/// follows.
fn called(card: Card, name: &str, arguments: Option<&str>, called: bool) -> Proposal {
    match arguments {
        _ if called => written(card, name.to_owned()),
        None => written(card, format!("{name}()")),
        Some(begun) => Proposal {
            card,
            caret: name.chars().count() + 1 + begun.chars().count(),
            insert: format!("{name}({begun})"),
        },
    }
}

/// What can follow a point: fields, then methods.
fn members(view: &View<'_, '_>, spot: &Spot<'_>, of: &Type, bracket: bool) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    for kind in of.kinds() {
        let Kind::Record(record) = kind else { continue };
        for name in record.names() {
            let card = match &record.fields {
                longma_lang::types::Fields::Params(_) => Some(card::of_param(view, name)),
                longma_lang::types::Fields::Schema(_) => card::of_field(record, name),
            };
            let known = |known: &Proposal| known.insert == name;
            if let Some(card) = card
                && !proposals.iter().any(known)
            {
                proposals.push(written(card, name.to_owned()));
            }
        }
    }
    let fitting = helpers::HELPERS
        .iter()
        .filter(|helper| helper.written == Written::Method && takes_first(helper, of));
    for (name, ways) in grouped(fitting) {
        let Some(card) = card::of_helper(&ways) else {
            continue;
        };
        let arguments = begun(&ways, spot, of);
        proposals.push(called(card, name, arguments.as_deref(), bracket));
    }
    proposals
}

/// Ways to call helpers, grouped by name, the ones that rules use most first.
fn grouped<'h>(
    helpers: impl Iterator<Item = &'h Signature>,
) -> Vec<(&'static str, Vec<&'static Signature>)> {
    let names: BTreeSet<&'static str> = helpers.map(|helper| helper.name).into_set();
    let all = helpers::HELPERS.iter().enumerate();
    let mut ranked: Vec<(bool, usize, &'static str)> = all
        .filter(|(_, helper)| names.contains(helper.name))
        .map(|(index, helper)| (!takes_closure(helper), index, helper.name))
        .collect();
    order::sort(&mut ranked);
    let mut groups: Vec<(&'static str, Vec<&'static Signature>)> = Vec::new();
    for (_, index, name) in ranked {
        let Some(helper) = helpers::HELPERS.get(index) else {
            continue;
        };
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, ways)) => ways.push(helper),
            None => groups.push((name, vec![helper])),
        }
    }
    groups
}

fn takes_closure(helper: &Signature) -> bool {
    let mut slots = helper.takes.iter();
    slots.any(|slot| matches!(slot.accepts, Accepts::Test | Accepts::Each))
}

/// What to put in the brackets of a method call: the start of a closure or nothing; `None`
/// if the call takes no further argument.
fn begun(ways: &[&'static Signature], spot: &Spot<'_>, of: &Type) -> Option<String> {
    let most = ways.iter().map(|way| way.takes.len()).max().unwrap_or(0);
    if most < 2 {
        return None;
    }
    Some(if ways.iter().any(|way| takes_closure(way)) {
        format!("|{}| ", item_name(spot, of))
    } else {
        String::new()
    })
}

/// A name for one item of a list: the first letter of its record's title, or the whole
/// title if that letter is in use.
fn item_name(spot: &Spot<'_>, of: &Type) -> String {
    let held = item(of);
    let title = match held.only() {
        Some(Kind::Record(record)) => record.title.to_lowercase(),
        _ => String::new(),
    };
    let letter: String = title.chars().take(1).collect();
    let candidates = [letter, title, "it".to_owned()];
    let used = |name: &String| spot.locals.iter().any(|local| local.name.text == *name);
    let fitting = |name: &&String| !name.is_empty() && !used(name);
    let chosen = candidates.iter().find(fitting).cloned();
    chosen.unwrap_or_else(|| "it".to_owned())
}

/// What can stand where a value is expected.
fn expressions(view: &View<'_, '_>, spot: &Spot<'_>, whole: &Whole) -> Vec<Proposal> {
    let mut proposals = texts(view, spot, "\"");
    let mut known = BTreeSet::new();
    for local in spot.locals.iter().rev() {
        if local.name.bytes != spot.bytes && known.insert(local.name.text.as_str()) {
            let card = card::of_local(view, local, &view.type_of_local(local));
            proposals.push(written(card, local.name.text.clone()));
        }
    }
    for function in &view.script.parsed.script.functions {
        let itself = spot.function.is_some_and(|it| it.bytes == function.bytes);
        if function.private && !itself {
            let card = card::of_function(view, function);
            let arguments = (!function.parameters.is_empty()).then_some("");
            let name = &function.name.text;
            proposals.push(called(card, name, arguments, whole.called));
        }
    }
    for text in &view.pack.source.shared {
        let shared = parse(text).script;
        let uncalled = |function: &&Function| view.script.function(&function.name.text).is_none();
        if let Some(function) = shared.functions.first().filter(uncalled) {
            let arguments = (!function.parameters.is_empty()).then_some("");
            let name = &function.name.text;
            proposals.push(called(
                card::of_shared(function),
                name,
                arguments,
                whole.called,
            ));
        }
    }
    for level in view.levels(view.decision) {
        let card = card::of_constructor(view, level);
        proposals.push(called(card, level, Some(""), whole.called));
    }
    let helpers = helpers::HELPERS.iter();
    let calls = helpers.filter(|helper| helper.written == Written::Call);
    for (name, ways) in grouped(calls) {
        if let Some(card) = card::of_helper(&ways) {
            let takes = ways.iter().any(|way| !way.takes.is_empty());
            let arguments = takes.then_some("");
            proposals.push(called(card, name, arguments, whole.called));
        }
    }
    let first: &[&str] = if spot.begins { &["let", "return"] } else { &[] };
    let everywhere = ["if", "switch", "true", "false"];
    let keywords = first.iter().chain(&everywhere);
    proposals.extend(keywords.map(|word| plain(card::of_keyword(word))));
    proposals
}

/// What can stand outside functions.
fn beginnings() -> Vec<Proposal> {
    let words = ["fn", "private fn"].iter();
    words.map(|word| plain(card::of_keyword(word))).collect()
}

/// Parameters that a rule can add to those it already has.
fn parameters(view: &View<'_, '_>, taken: &[&str]) -> Vec<Proposal> {
    let mut names: Vec<&str> = Vec::new();
    for scope in view.scopes() {
        for name in scope.names.readable(view.decision) {
            if !names.contains(&name) && !taken.contains(&name) {
                names.push(name);
            }
        }
    }
    let cards = names.into_iter().filter_map(|name| {
        let (source, kinds) = view.read(name)?;
        Some(card::of_read(view, name, &source, &kinds))
    });
    cards.map(plain).collect()
}

/// Names that a rule can have: those with a caption but no function yet, and inherited
/// rules, which it would override.
fn rules(view: &View<'_, '_>, written_already: &str) -> Vec<Proposal> {
    let functions = &view.script.parsed.script.functions;
    let missing =
        |name: &str| name == written_already || functions.iter().all(|it| it.name.text != name);
    let captions = view.pack.source.captions.get(view.decision);
    let captioned = captions.into_iter().flat_map(|it| it.rules.keys());
    let inherited = view.scopes().flat_map(|scope| scope.rules.keys());
    let inherited = inherited.filter(|(decision, _)| *decision == view.decision);
    let names = captioned
        .map(String::as_str)
        .chain(inherited.map(|(_, name)| *name))
        .filter(|name| *name != STAND_IN && missing(name));
    let names: BTreeSet<&str> = names.into_set();
    let cards = names.into_iter().map(|name| card::of_rule(view, name));
    cards.map(plain).collect()
}
