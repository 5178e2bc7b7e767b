//! Computes the lines of descent of each pack: what it inherits, and when.
//!
//! Linking and the desk share this computation. It is lenient: if a parent is missing
//! or dates cannot be read, it returns what there is, together with the problems.
//! Linking uses only packs without problems.

use crate::code::Code;
use crate::pack::Pack;
use longma_core::order;
use longma_core::{Args, Problem, Span, When, limits};
use std::collections::BTreeSet;

/// A line of descent over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    /// Positions of packs: the own pack first, then its ancestors, nearest first.
    pub packs: Vec<usize>,
    /// When it holds. `None` if dates could not be read.
    pub span: Option<Span>,
}

/// Whether the region, dates, offset or subject of the pack, or of one it may inherit,
/// could not be read.
pub(crate) fn drifts<S>(packs: &[Pack<'_, S>], index: usize, seen: &mut BTreeSet<usize>) -> bool {
    let Some(pack) = packs.get(index) else {
        return false;
    };
    if pack.adrift || !seen.insert(index) {
        return pack.adrift;
    }
    let Some(parent) = &pack.source.manifest.inherits else {
        return false;
    };
    let mut parents = packs.iter().enumerate();
    parents.any(|(position, other)| other.id.is_named(parent) && drifts(packs, position, seen))
}

/// The lines of descent of a pack in time order, and why some are missing.
pub(crate) fn lineages<S>(packs: &[Pack<'_, S>], index: usize) -> (Vec<Lineage>, Vec<Problem>) {
    let mut descent = Descent {
        packs,
        above: Vec::new(),
        problems: Vec::new(),
    };
    let span = packs.get(index).and_then(|pack| pack.effective);
    let found = descent.of(index, span);
    (found, descent.problems)
}

/// A walk from a pack to its ancestors.
struct Descent<'p, 'a, S> {
    packs: &'p [Pack<'a, S>],
    /// The path from the starting pack to here.
    above: Vec<usize>,
    problems: Vec<Problem>,
}

impl<S> Descent<'_, '_, S> {
    /// The lines of descent of the pack at `index` over `span`. `None` stands for an
    /// unknown span.
    fn of(&mut self, index: usize, span: Option<Span>) -> Vec<Lineage> {
        let packs = self.packs;
        let Some(pack) = packs.get(index) else {
            return Vec::new();
        };
        let alone = || Lineage {
            packs: vec![index],
            span,
        };
        if self.above.contains(&index) || self.above.len() >= limits::INHERITANCE_DEPTH {
            let above = self.above.iter().filter_map(|index| packs.get(*index));
            let ids: Vec<&str> = above.map(|pack| pack.id.as_str()).collect();
            self.refuse(pack, Code::PackCycle, &Args::of("path", ids.join(" → ")));
            return vec![alone()];
        }
        let Some(parent) = &pack.source.manifest.inherits else {
            return vec![alone()];
        };
        self.above.push(index);
        let mut found = Vec::new();
        for (position, candidate) in packs.iter().enumerate() {
            for reach in reach(pack, candidate, parent, span) {
                for mut line in self.of(position, reach) {
                    line.packs.insert(0, index);
                    found.push(line);
                }
            }
        }
        self.above.pop();
        self.gap(pack, parent, span, &found);
        order::sort_by_key(&mut found, |line| line.span.map(Span::bounds));
        found
    }

    /// Reports when no pack is in force to inherit from.
    fn gap(&mut self, pack: &Pack<'_, S>, parent: &str, span: Option<Span>, found: &[Lineage]) {
        let covered: Option<Vec<Span>> = found.iter().map(|line| line.span).collect();
        let (Some(span), Some(covered)) = (span, covered) else {
            return;
        };
        let gap = When::of([span]).difference(&When::of(covered));
        if let Some(span) = gap.spans().first() {
            let open = || "…".to_owned();
            let from = span.from().map_or_else(open, |t| t.to_rfc3339(pack.offset));
            let until = span
                .until()
                .map_or_else(open, |t| t.to_rfc3339(pack.offset));
            self.refuse(
                pack,
                Code::PackInherits,
                &Args::of("parent", parent)
                    .with("from", &from)
                    .with("until", &until),
            );
        }
    }

    fn refuse(&mut self, pack: &Pack<'_, S>, code: Code, args: &Args) {
        let problem = Problem::new(code, pack.key(["inherits"])).with_all(args);
        self.problems.push(problem);
    }
}

/// The parts of `span` in which the pack inherits from `candidate`. Named by id, the
/// parent holds whenever the child does; named by region, only while the parent itself
/// is in force.
fn reach<S>(
    pack: &Pack<'_, S>,
    candidate: &Pack<'_, S>,
    parent: &str,
    span: Option<Span>,
) -> Vec<Option<Span>> {
    if candidate.id.as_str() == parent {
        return vec![span];
    }
    if candidate.id.region() != parent || candidate.id.series() != pack.id.series() {
        return Vec::new();
    }
    match span.zip(candidate.effective) {
        Some((span, theirs)) => {
            let both = When::of([theirs]).within(span);
            both.spans().iter().copied().map(Some).collect()
        }
        None => vec![None],
    }
}
