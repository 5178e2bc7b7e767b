//! What differs between two sets of rules: rules that were added, dropped or changed,
//! params, captions and scales.
//!
//! A set of rules is one line of descent per series: a pack and what it inherits. Two
//! sets are compared by what holds in the end, in whichever pack it is written. The
//! effect on persons is left to [`compare`](crate::compare).

use crate::rule::RuleText;
use longma_compile::world::{Given, Scope, World};
use longma_compile::{Param, RuleCaptions, Scale};
use longma_core::order::Gather;
use longma_core::{Localized, fill};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The differences, by decision and name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Difference {
    /// The rules that differ.
    pub rules: Vec<RuleChange>,
    /// The params that differ.
    pub params: Vec<ParamChange>,
    /// The decisions whose scales differ.
    pub decisions: Vec<DecisionChange>,
}

/// How one rule differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// Its decision.
    pub decision: String,
    /// Its name.
    pub rule: String,
    /// The rule before; `None` if it was added.
    pub before: Option<RuleSide>,
    /// The rule after; `None` if it was dropped.
    pub after: Option<RuleSide>,
    /// Whether its code differs, apart from comments and layout.
    pub text: bool,
    /// The params that it uses and that differ.
    pub params: Vec<String>,
    /// The manifest's reason for the override or drop.
    pub reason: Option<String>,
}

/// A rule on one side of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSide {
    /// The pack that defines it.
    pub pack: String,
    /// Why the level holds, with params filled in.
    pub caption: Localized,
    /// What ends it, with params filled in.
    pub release: Localized,
    /// The title of the document it cites.
    pub source: Option<Localized>,
    /// The text of its comment.
    pub words: Localized,
}

/// How one param differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamChange {
    /// Its name.
    pub name: String,
    /// The param before; `None` if it was added.
    pub before: Option<ParamSide>,
    /// The param after; `None` if it was dropped.
    pub after: Option<ParamSide>,
    /// The manifest's reason for the override.
    pub reason: Option<String>,
}

/// A param on one side of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamSide {
    /// The pack that defines it.
    pub pack: String,
    /// Its value with its unit.
    pub value: Localized,
    /// Whether it is assumed.
    pub assumed: bool,
    /// The title of the document it comes from.
    pub source: Option<Localized>,
}

/// How one decision differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionChange {
    /// Its name.
    pub decision: String,
    /// Its levels before, lowest first; `None` if the decision was added.
    pub before: Option<Vec<String>>,
    /// Its levels after, lowest first; `None` if the decision was dropped.
    pub after: Option<Vec<String>>,
}

impl Difference {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.params.is_empty() && self.decisions.is_empty()
    }
}

/// Something in a line of descent, with that line.
type Standing<'s, T> = (&'s Scope<'s>, Given<T>);

/// What differs between two sets of rules, each with one line of descent per series. If
/// two series define a param of the same name, the first one counts.
///
/// ```
/// use longma_compile::{ParamValue, world::World};
/// use longma_desk::difference::difference;
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let mut bundle = read(&texts).bundle;
/// let mut longer = bundle.packs[0].clone();
/// longer.id = "62/validity-2021-01-01".to_owned();
/// longer.manifest.params.get_mut("validity").unwrap().value = ParamValue::Int(48);
/// bundle.packs.push(longer);
///
/// let world = World::new(&bundle);
/// let scopes: Vec<_> = world.scopes().collect();
/// let found = difference(&world, &scopes[..1], &scopes[1..]);
/// let sides = [&found.params[0].before, &found.params[0].after];
/// assert_eq!(sides.map(|side| &*side.as_ref().unwrap().value.en), ["24 hours", "48 hours"]);
/// assert_eq!(found.rules[0].params, ["validity"]);
/// ```
#[must_use]
pub fn difference(world: &World<'_>, before: &[&Scope<'_>], after: &[&Scope<'_>]) -> Difference {
    let params = params(world, before, after);
    let altered: BTreeSet<&str> = params.iter().map(|change| change.name.as_str()).into_set();
    Difference {
        rules: rules(world, before, after, &altered),
        decisions: decisions(before, after),
        params,
    }
}

/// Everything of one kind in the lines, by name.
fn gathered<'s, K: Ord + Copy + 's, T: Copy + 's>(
    scopes: &[&'s Scope<'s>],
    of: impl Fn(&'s Scope<'s>) -> &'s BTreeMap<K, Given<T>>,
) -> BTreeMap<K, Standing<'s, T>> {
    let mut found = BTreeMap::new();
    for scope in scopes.iter().copied() {
        for (name, given) in of(scope) {
            found.entry(*name).or_insert((scope, *given));
        }
    }
    found
}

/// The keys of two maps, each with its value on either side.
fn joined<K: Ord + Copy, V: Copy>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
) -> Vec<(K, Option<V>, Option<V>)> {
    let keys: BTreeSet<K> = before.keys().chain(after.keys()).copied().into_set();
    let find = |side: &BTreeMap<K, V>, key| side.get(&key).copied();
    keys.into_iter()
        .map(|key| (key, find(before, key), find(after, key)))
        .collect()
}

fn rules(
    world: &World<'_>,
    before: &[&Scope<'_>],
    after: &[&Scope<'_>],
    altered: &BTreeSet<&str>,
) -> Vec<RuleChange> {
    let [old, new] = [before, after].map(|scopes| gathered(scopes, |scope| &scope.rules));
    let pairs = joined(&old, &new).into_iter();
    pairs
        .filter_map(|((decision, rule), old, new)| {
            let read = |(scope, given): Standing<usize>| Read::new(world, scope, decision, given);
            let (old, new) = (old.and_then(read), new.and_then(read));
            let mut change = RuleChange {
                decision: decision.to_owned(),
                rule: rule.to_owned(),
                reason: reason(world, after, &format!("{decision}.{rule}")),
                before: None,
                after: None,
                text: false,
                params: Vec::new(),
            };
            if let (Some(old), Some(new)) = (&old, &new) {
                change.text = old.text.printed() != new.text.printed();
                let named = new.text.params().into_iter();
                let named = named.filter(|name| altered.contains(name));
                change.params = named.map(str::to_owned).collect();
                if !change.text && change.params.is_empty() && old.side.says_as(&new.side) {
                    return None;
                }
            }
            change.before = old.map(|read| read.side);
            change.after = new.map(|read| read.side);
            Some(change)
        })
        .collect()
}

/// A rule of a line of descent, with its text and words.
struct Read<'a> {
    text: RuleText<'a>,
    side: RuleSide,
}

impl<'a> Read<'a> {
    fn new(
        world: &'a World<'_>,
        scope: &Scope<'_>,
        decision: &str,
        given: Given<usize>,
    ) -> Option<Self> {
        let pack = world.packs.get(given.pack)?;
        let text = RuleText::new(pack.scripts.get(decision)?, given.what)?;
        let captions = captions(world, scope, decision, &text.function.name.text, given.pack);
        let source = text
            .source()
            .and_then(|key| source(world, scope, given.pack, key));
        let side = RuleSide {
            pack: pack.source.id.clone(),
            caption: captions.caption,
            release: captions.release,
            source: source.map(|source| source.title.clone()),
            words: text.words(),
        };
        Some(Self { text, side })
    }
}

impl RuleSide {
    /// Whether both sides say the same to readers; the defining pack may differ.
    fn says_as(&self, other: &Self) -> bool {
        self.caption == other.caption
            && self.release == other.release
            && self.source == other.source
            && self.words == other.words
    }
}

/// The captions of a rule defined by the pack at `pack`, with the line's params filled
/// in; empty if it has none.
pub(crate) fn captions(
    world: &World<'_>,
    scope: &Scope<'_>,
    decision: &str,
    rule: &str,
    pack: usize,
) -> RuleCaptions {
    let pack = world.packs.get(pack).map(|pack| pack.source);
    let captions = pack.and_then(|pack| pack.captions.get(decision)?.rules.get(rule));
    let in_words = |tag: &str, text: &str| {
        let tag = pack.map_or(tag, |pack| pack.manifest.language(tag));
        fill(text, |name| {
            Some(scope.params.get(name)?.what.words_in(tag))
        })
    };
    let filled = |text: Option<&Localized>| text.map(|it| it.map(&in_words)).unwrap_or_default();
    RuleCaptions {
        caption: filled(captions.map(|captions| &captions.caption)),
        release: filled(captions.map(|captions| &captions.release)),
    }
}

/// A document cited by the pack at `pack`, looked up in that pack and in those it
/// inherits along the line.
pub(crate) fn source<'a>(
    world: &World<'a>,
    scope: &Scope<'_>,
    pack: usize,
    key: &str,
) -> Option<&'a longma_compile::Source> {
    let line = scope.packs.iter().skip_while(|index| **index != pack);
    line.filter_map(|index| world.packs.get(*index))
        .find_map(|pack| pack.source.manifest.sources.get(key))
}

/// The nearest pack's reason for an override or drop.
fn reason(world: &World<'_>, scopes: &[&Scope<'_>], name: &str) -> Option<String> {
    let packs = scopes.iter().flat_map(|scope| &scope.packs);
    let mut reasons = packs.filter_map(|index| {
        let manifest = &world.packs.get(*index)?.source.manifest;
        let overrides = manifest.overrides.get(name);
        overrides.or_else(|| manifest.drops.get(name))
    });
    reasons.next().cloned()
}

fn params(world: &World<'_>, before: &[&Scope<'_>], after: &[&Scope<'_>]) -> Vec<ParamChange> {
    let [old, new] = [before, after].map(|scopes| gathered(scopes, |scope| &scope.params));
    let side = |(scope, given): Standing<&Param>| {
        let key = given.what.source.as_deref();
        let source = key.and_then(|key| source(world, scope, given.pack, key));
        Some(ParamSide {
            pack: world.packs.get(given.pack)?.source.id.clone(),
            value: given.what.words(),
            assumed: given.what.assumed,
            source: source.map(|source| source.title.clone()),
        })
    };
    let said = |(_, given): Standing<&Param>| {
        let param = given.what;
        (param.value.clone(), param.unit.clone(), param.assumed)
    };
    let pairs = joined(&old, &new).into_iter();
    pairs
        .filter(|(_, old, new)| old.map(said) != new.map(said))
        .map(|(name, old, new)| ParamChange {
            name: name.to_owned(),
            before: old.and_then(side),
            after: new.and_then(side),
            reason: reason(world, after, &format!("params.{name}")),
        })
        .collect()
}

fn decisions(before: &[&Scope<'_>], after: &[&Scope<'_>]) -> Vec<DecisionChange> {
    let [old, new] = [before, after].map(|scopes| gathered(scopes, |scope| &scope.decisions));
    let levels = |(_, given): Standing<&Scale>| given.what.scale.clone();
    let pairs = joined(&old, &new).into_iter();
    pairs
        .map(|(name, old, new)| DecisionChange {
            decision: name.to_owned(),
            before: old.map(levels),
            after: new.map(levels),
        })
        .filter(|change| change.before != change.after)
        .collect()
}
