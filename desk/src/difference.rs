//! What differs between two sets of rules that are in force: rules that are
//! added, dropped or changed, params, captions and scales.
//!
//! A set of rules is a line of descent: a pack and what it inherits, as the
//! rules of a region hold together. Two lines are compared by what holds in the
//! end, wherever it is written. What a difference does to persons is not said
//! here: that is for a comparison of outcomes.

use crate::rule::RuleText;
use longma_compile::world::{Given, Scope, World};
use longma_compile::{Param, RuleCaptions, Scale};
use longma_core::Localized;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What differs, by decision and name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Difference {
    /// Rules.
    pub rules: Vec<RuleChange>,
    /// Params.
    pub params: Vec<ParamChange>,
    /// Decisions, whose scales are what differs.
    pub decisions: Vec<DecisionChange>,
}

/// How one rule differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// Its decision.
    pub decision: String,
    /// Its name.
    pub rule: String,
    /// How it was; `None` for a rule that is added.
    pub before: Option<RuleSide>,
    /// How it is; `None` for a rule that is dropped.
    pub after: Option<RuleSide>,
    /// Whether what it does is written differently.
    pub text: bool,
    /// The params it names whose values differ.
    pub params: Vec<String>,
    /// The reason that the manifest gives for the override or the drop.
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
    /// The title of the document that it cites.
    pub source: Option<Localized>,
    /// What its comment says.
    pub words: Localized,
}

/// How one param differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamChange {
    /// Its name.
    pub name: String,
    /// How it was; `None` for one that is added.
    pub before: Option<ParamSide>,
    /// How it is; `None` for one that is dropped.
    pub after: Option<ParamSide>,
    /// The reason that the manifest gives for the override.
    pub reason: Option<String>,
}

/// A param on one side of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamSide {
    /// The pack that gives it.
    pub pack: String,
    /// Its value with its unit.
    pub value: Localized,
    /// Whether it is assumed.
    pub assumed: bool,
    /// The title of the document that it is from.
    pub source: Option<Localized>,
}

/// How one decision differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionChange {
    /// Its name.
    pub decision: String,
    /// Its levels before, lowest first; `None` for one that is added.
    pub before: Option<Vec<String>>,
    /// Its levels after; `None` for one that is dropped.
    pub after: Option<Vec<String>>,
}

impl Difference {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.params.is_empty() && self.decisions.is_empty()
    }
}

/// Where something stands: the line of descent, and what of it.
type Standing<'s, T> = (&'s Scope<'s>, Given<T>);

/// What differs between two sets of rules, each of one line of descent a series.
/// Two series that give one name to two params are told by the first of them.
#[must_use]
pub fn difference(world: &World<'_>, before: &[&Scope<'_>], after: &[&Scope<'_>]) -> Difference {
    let params = params(world, before, after);
    let altered: BTreeSet<&str> = params.iter().map(|change| change.name.as_str()).collect();
    Difference {
        rules: rules(world, before, after, &altered),
        decisions: decisions(before, after),
        params,
    }
}

/// Everything of one kind that stands in the lines, by name.
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

/// The keys of two maps, each with what it has on both sides.
fn joined<K: Ord + Copy, V: Copy>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
) -> Vec<(K, Option<V>, Option<V>)> {
    let keys: BTreeSet<K> = before.keys().chain(after.keys()).copied().collect();
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

/// A rule of a line of descent, read.
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
    /// Whether a reader is told the same, wherever it is written.
    fn says_as(&self, other: &Self) -> bool {
        self.caption == other.caption
            && self.release == other.release
            && self.source == other.source
            && self.words == other.words
    }
}

/// The captions of a rule that the pack at `pack` defines, with the params of
/// the line filled in; empty ones where there are none.
pub(crate) fn captions(
    world: &World<'_>,
    scope: &Scope<'_>,
    decision: &str,
    rule: &str,
    pack: usize,
) -> RuleCaptions {
    let captions = world.packs.get(pack).and_then(|pack| {
        let decision = pack.source.captions.get(decision)?;
        decision.rules.get(rule)
    });
    let value = |name: &str| Some(scope.params.get(name)?.what.words());
    let filled = |text: Option<&Localized>| text.map(|text| text.filled(value)).unwrap_or_default();
    RuleCaptions {
        caption: filled(captions.map(|captions| &captions.caption)),
        release: filled(captions.map(|captions| &captions.release)),
    }
}

/// A document that the pack at `pack` cites: it sees its own and those of what
/// it inherits along the line.
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

/// The reason for an override or a drop that the nearest pack gives.
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
