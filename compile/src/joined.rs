//! Compares the plans of a region, and reports what is wrong only between them.

use crate::code::Code;
use longma_core::plan::{Decision, Level, Read, Rule};
use longma_core::{Catalogue, PackId, Part, Place, Policy, Problem, Role};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The problems between the series of each region, by region and in time order.
pub(crate) fn problems(catalogue: &Catalogue) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (_, policies) in catalogue.regions() {
        for policy in policies {
            problems.extend(offsets(policy));
            problems.extend(declared_twice(policy.parts()));
            problems.extend(roles_taken_twice(policy.parts()));
            problems.extend(circle(policy));
        }
        problems.extend(scales_agree(policies));
        problems.extend(roles_agree(policies));
    }
    problems
}

/// Series in force at the same time must have the same offset.
fn offsets(policy: &Policy) -> Vec<Problem> {
    let Some((first, rest)) = policy.parts().split_first() else {
        return Vec::new();
    };
    let others = rest.iter().filter(|it| it.plan.offset != first.plan.offset);
    let told = others.map(|other| {
        let place = Place::key(&manifest_of(other), ["offset"]);
        Problem::new(Code::PackSubject, place).with("parent", own_pack(first))
    });
    told.collect()
}

fn own_pack(part: &Part) -> &str {
    part.packs.first().map_or("", String::as_str)
}

fn manifest_of(part: &Part) -> String {
    PackId::read(own_pack(part)).file("pack.toml")
}

/// Only one series may declare a decision about one kind of subject.
fn declared_twice(parts: &[Part]) -> Vec<Problem> {
    let mut known: BTreeMap<(&str, &str), &Part> = BTreeMap::new();
    let mut problems = Vec::new();
    for part in parts {
        for decision in &part.plan.decisions {
            let key = (part.plan.subject.as_str(), &*decision.name);
            match known.get(&key) {
                Some(other) => {
                    let place = Place::key(&manifest_of(part), ["decisions", &decision.name]);
                    problems.push(
                        Problem::new(Code::DecisionRedeclared, place)
                            .with("decision", &decision.name)
                            .with("other", own_pack(other)),
                    );
                }
                None => drop(known.insert(key, part)),
            }
        }
    }
    problems
}

/// At any time, only one decision about a kind of subject may have a single role such
/// as the face.
fn roles_taken_twice(parts: &[Part]) -> Vec<Problem> {
    let mut taken: BTreeMap<(&str, Role), &Decision> = BTreeMap::new();
    let mut problems = Vec::new();
    for part in parts {
        for decision in &part.plan.decisions {
            for role in decision.roles.iter().filter(|role| role.is_single()) {
                match taken.get(&(part.plan.subject.as_str(), role)) {
                    // Declared twice; `declared_twice` reports it.
                    Some(other) if other.name == decision.name => {}
                    Some(other) => {
                        let place = roles_of(decision);
                        problems.push(
                            Problem::new(Code::RoleTwice, place)
                                .with("decision", &decision.name)
                                .with("role", role.name())
                                .with("other", &other.name)
                                .with("pack", &other.declared_by),
                        );
                    }
                    None => drop(taken.insert((&part.plan.subject, role), decision)),
                }
            }
        }
    }
    problems
}

/// The `roles` key of a decision, in the manifest that declares it.
fn roles_of(decision: &Decision) -> Place {
    let file = PackId::read(&*decision.declared_by).file("pack.toml");
    Place::key(&file, ["decisions", &decision.name, "roles"])
}

/// Decisions that read each other in a cycle, reported at one that closes it.
fn circle(policy: &Policy) -> Option<Problem> {
    if policy.is_ordered() {
        return None;
    }
    let all = policy.parts().iter().flat_map(|part| {
        let decisions = part.plan.decisions.iter();
        decisions.map(move |decision| (part, decision))
    });
    let is_ordered = |part: &Part, decision: &Decision| {
        let mut ordered = policy.decisions(&part.plan.subject);
        ordered.any(|(_, known)| known.name == decision.name)
    };
    let later: Vec<(&Part, &Decision)> = all
        .filter(|(part, decision)| !is_ordered(part, decision))
        .collect();
    let names: Vec<&str> = later.iter().map(|(_, decision)| &*decision.name).collect();
    let (part, decision) = later.first()?;
    // Report a cycle at the rule's own pack, so that all heirs report the same place.
    let closes = |rule: &&Rule| rule.reads.iter().any(|it| matches!(it, Read::Earlier(_)));
    let rule = decision.rules.iter().find(closes);
    let id = rule
        .and_then(|rule| PackId::split(&rule.file))
        .map(|(id, _)| id);
    let file = id.map_or_else(
        || manifest_of(part),
        |id| PackId::read(id).file("pack.toml"),
    );
    let place = Place::key(&file, ["decisions", &decision.name]);
    Some(Problem::new(Code::DecisionCycle, place).with("names", names.join(" ⇄ ")))
}

/// A decision keeps one scale through a region's history: a timeline has one set of
/// levels.
fn scales_agree(policies: &[Policy]) -> Vec<Problem> {
    let mut known: BTreeMap<(&str, &str), (&[Level], &Part)> = BTreeMap::new();
    let mut problems = Vec::new();
    let names = |levels: &[Level]| -> Vec<Arc<str>> {
        levels.iter().map(|level| Arc::clone(&level.name)).collect()
    };
    for part in policies.iter().flat_map(Policy::parts) {
        for decision in &part.plan.decisions {
            let key = (part.plan.subject.as_str(), &*decision.name);
            match known.get(&key) {
                Some((levels, other)) if names(levels) != names(&decision.levels) => {
                    let path = ["decisions", &decision.name, "scale"];
                    let place = Place::key(&manifest_of(part), path);
                    problems.push(
                        Problem::new(Code::DecisionRedeclared, place)
                            .with("decision", &decision.name)
                            .with("other", own_pack(other)),
                    );
                }
                Some(_) => {}
                None => drop(known.insert(key, (&decision.levels, part))),
            }
        }
    }
    problems
}

/// A decision keeps its roles through a region's history: an outcome has one set of
/// roles.
fn roles_agree(policies: &[Policy]) -> Vec<Problem> {
    let mut known: BTreeMap<(&str, &str), &Decision> = BTreeMap::new();
    let mut problems = Vec::new();
    for part in policies.iter().flat_map(Policy::parts) {
        for decision in &part.plan.decisions {
            match known.get(&(part.plan.subject.as_str(), &*decision.name)) {
                Some(other) if other.roles != decision.roles => {
                    let place = roles_of(decision);
                    problems.push(
                        Problem::new(Code::RoleDiffers, place)
                            .with("decision", &decision.name)
                            .with("other", &other.declared_by),
                    );
                }
                Some(_) => {}
                None => drop(known.insert((&part.plan.subject, &decision.name), decision)),
            }
        }
    }
    problems
}
