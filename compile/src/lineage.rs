//! What each pack inherits, and when: its lines of descent.

use crate::code::Code;
use crate::pack::Pack;
use longma_core::{Problem, Span, When, limits};
use std::collections::BTreeSet;
use std::fmt::Display;

/// The lines of descent of one pack: over each span within its own the positions
/// of packs, own first, then what it inherits.
pub(crate) type Lines = Vec<(Span, Vec<usize>)>;

/// Whether the place of the pack, or of one that it may inherit, is not known.
pub(crate) fn drifts(packs: &[Pack], index: usize, seen: &mut BTreeSet<usize>) -> bool {
    let Some(pack) = packs.get(index) else {
        return false;
    };
    if pack.adrift || !seen.insert(index) {
        return pack.adrift;
    }
    let Some(parent) = &pack.manifest.inherits else {
        return false;
    };
    let parents = packs.iter().enumerate();
    parents
        .filter(|(_, other)| other.id.as_str() == parent || other.id.region() == parent)
        .any(|(position, _)| drifts(packs, position, seen))
}

/// The lines of descent of a pack: own position first, then what it inherits,
/// over the spans within `effective`.
pub(crate) fn lines(
    packs: &[Pack],
    index: usize,
    effective: Span,
    above: &mut Vec<usize>,
) -> Result<Lines, Box<Problem>> {
    let Some(pack) = packs.get(index) else {
        return Ok(Vec::new());
    };
    let refuse = |code, args: &[(&str, &dyn Display)]| {
        Box::new(Problem::new(code, pack.key(["inherits"]), args))
    };
    if above.contains(&index) || above.len() >= limits::INHERITANCE_DEPTH {
        let ids: Vec<&str> = above
            .iter()
            .filter_map(|i| packs.get(*i))
            .map(|p| p.id.as_str())
            .collect();
        return Err(refuse(Code::PackCycle, &[("path", &ids.join(" → "))]));
    }
    let Some(parent) = &pack.manifest.inherits else {
        return Ok(vec![(effective, vec![index])]);
    };
    above.push(index);
    let mut found = Vec::new();
    for (position, candidate) in packs.iter().enumerate() {
        let by_id = candidate.id.as_str() == parent;
        let by_region =
            candidate.id.region() == parent && candidate.id.series() == pack.id.series();
        if !by_id && !by_region {
            continue;
        }
        // By id the parent's rules hold whenever the child does; by region
        // only while the parent is itself in force.
        let reach = if by_id {
            When::of([effective])
        } else {
            When::of([candidate.effective]).within(effective)
        };
        for reach in reach.spans() {
            for (span, line) in lines(packs, position, *reach, above)? {
                let mut own = vec![index];
                own.extend(&line);
                found.push((span, own));
            }
        }
    }
    above.pop();
    let covered = When::of(found.iter().map(|(span, _)| *span));
    let gap = When::of([effective]).difference(&covered);
    if let Some(span) = gap.spans().first() {
        let open = || "…".to_owned();
        let from = span.from().map_or_else(open, |t| t.to_rfc3339(pack.offset));
        let until = span
            .until()
            .map_or_else(open, |t| t.to_rfc3339(pack.offset));
        return Err(refuse(
            Code::PackInherits,
            &[("parent", parent), ("from", &from), ("until", &until)],
        ));
    }
    found.sort_by_key(|(span, _)| span.bounds());
    Ok(found)
}
