//! 政策: what is in force in a region at an instant, in the packs' own words.

use longma_core::{Catalogue, Citation, Instant, Localized, Offset, PackInfo, Role, Stamp};
use serde::Serialize;

/// What is in force in a region at an instant. [`policy`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// The instant.
    pub at: Stamp,
    /// The packs in force: of each series the own one, then those that it inherits.
    pub packs: Vec<PackInfo>,
    /// What they decide, in the order in which decisions read each other.
    pub decisions: Vec<Decided>,
    /// The instants at which anything changed or will change in this region, earliest first.
    pub changes: Vec<Stamp>,
}

/// A decision that a policy makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// Its name, such as `code`.
    pub decision: String,
    /// Its name for readers.
    pub name: Localized,
    /// The kind of subject.
    pub subject: String,
    /// What it is for.
    pub roles: Vec<&'static str>,
    /// Its levels, lowest first.
    pub levels: Vec<LevelWords>,
    /// Its rules, in words.
    pub rules: Vec<Citation>,
}

/// A level of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelWords {
    /// Its name, such as `red`.
    pub level: String,
    /// Its name for readers.
    pub words: Localized,
    /// The tone that it is shown in.
    pub tone: String,
}

/// What is in force in `region` at an instant.
///
/// ```
/// use longma_core::{Catalogue, Contents, Instant};
/// use longma_passes::policy::policy;
///
/// // Without packs nothing is in force, and nothing ever changes.
/// let at = Instant::parse("2022-07-08T21:00:00+08:00").unwrap();
/// let found = policy(&Catalogue::new(Contents::default()), "620102", at);
/// assert!(found.packs.is_empty() && found.decisions.is_empty() && found.changes.is_empty());
/// ```
#[must_use]
pub fn policy(catalogue: &Catalogue, region: &str, at: Instant) -> InForce {
    let policies = catalogue.policies(region);
    let now = policies.iter().find(|policy| policy.span().contains(at));
    let parts = now.map(longma_core::Policy::parts).unwrap_or_default();
    let offset = parts.first().map_or(Offset::CHINA, |part| part.plan.offset);
    let all = catalogue.packs();
    let named = |id: &String| all.iter().find(|pack| pack.id == *id).cloned();
    let decisions = parts.iter().flat_map(|part| {
        let decisions = part.plan.decisions.iter();
        decisions.map(|decision| Decided {
            decision: decision.name.to_string(),
            name: decision.caption.clone(),
            subject: part.plan.subject.clone(),
            roles: roles(|role| decision.roles.has(role)),
            levels: decision
                .levels
                .iter()
                .map(|level| LevelWords {
                    level: level.name.to_string(),
                    words: level.caption.clone(),
                    tone: level.colour.clone(),
                })
                .collect(),
            rules: decision
                .rules
                .iter()
                .map(|rule| Citation::clone(&rule.citation))
                .collect(),
        })
    });
    let changes = policies.iter().filter_map(|policy| policy.span().from());
    InForce {
        at: Stamp::at(offset)(at),
        packs: now.map_or_else(Vec::new, |now| {
            now.packs().iter().filter_map(named).collect()
        }),
        decisions: decisions.collect(),
        changes: changes.map(Stamp::at(offset)).collect(),
    }
}

fn roles(has: impl Fn(Role) -> bool) -> Vec<&'static str> {
    let held = Role::ALL.into_iter().filter(|role| has(*role));
    held.map(Role::name).collect()
}
