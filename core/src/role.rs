//! What a decision is for outside of rules: on a card, at a door, in a list.
//!
//! A pack's manifest gives its decisions their roles. Whoever draws a card or
//! stands at a door asks for a role and never for a decision by name, so that an
//! organisation's own subject gets a card without a line of Rust. Rules know
//! nothing of roles: they change what is shown, not what is decided.

use crate::catalogue::Catalogue;
use crate::outcome::Outcome;
use crate::time::Instant;
use std::collections::BTreeSet;

/// What a decision can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The card's colour. One at a time.
    Face,
    /// Whether the card counts: its top level says yes. One at a time.
    Validity,
    /// Drawn over the face when above its lowest level.
    Overlay,
    /// Drawn beside the face when above its lowest level.
    Badge,
    /// What the holder must still do, when above its lowest level.
    Duty,
    /// Its level is told to a venue at the door.
    Presented,
    /// Whether a venue admits the person at its door. One at a time.
    Admission,
    /// Whose cards the holder may hold: each cause rests on one dependant. One at a time.
    Proxy,
    /// How soon somebody on a list is called. One at a time.
    Urgency,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Face,
        Self::Validity,
        Self::Overlay,
        Self::Badge,
        Self::Duty,
        Self::Presented,
        Self::Admission,
        Self::Proxy,
        Self::Urgency,
    ];

    /// Its name in a manifest.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Face => "face",
            Self::Validity => "validity",
            Self::Overlay => "overlay",
            Self::Badge => "badge",
            Self::Duty => "duty",
            Self::Presented => "presented",
            Self::Admission => "admission",
            Self::Proxy => "proxy",
            Self::Urgency => "urgency",
        }
    }

    /// The role that a manifest calls `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether of one subject only one decision at a time can have it.
    #[must_use]
    pub fn is_single(self) -> bool {
        match self {
            Self::Face | Self::Validity | Self::Admission | Self::Proxy | Self::Urgency => true,
            Self::Overlay | Self::Badge | Self::Duty | Self::Presented => false,
        }
    }
}

/// The roles of one decision, and where it stands among others of the same role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles {
    roles: BTreeSet<Role>,
    place: Option<u32>,
}

impl Roles {
    /// `place` counts from the front; without one a decision comes after those that
    /// have one. Decisions of the same place stand in the order of their names.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>, place: Option<u32>) -> Self {
        Self {
            roles: roles.into_iter().collect(),
            place,
        }
    }

    /// Whether `role` is among them.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Each once, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().copied()
    }

    /// Sorts decisions of one role.
    fn order<'a>(&self, name: &'a str) -> (u32, &'a str) {
        (self.place.unwrap_or(u32::MAX), name)
    }
}

impl Outcome {
    /// The decisions of a role, in the order in which they are shown.
    #[must_use]
    pub fn in_role(&self, role: Role) -> Vec<&str> {
        let decisions = self.decisions().iter();
        ordered(
            decisions.map(|(name, decision)| (name.as_str(), decision.roles())),
            role,
        )
    }

    /// The decision of a role that one decision at a time has: the one that a pack
    /// decides at `at`, else the first.
    #[must_use]
    pub fn the_one_in(&self, role: Role, at: Instant) -> Option<&str> {
        let all = self.in_role(role);
        let in_force = |name: &&str| {
            let status = self.at(name, at);
            status.is_some_and(|status| !status.packs().is_empty())
        };
        let found = all.iter().copied().find(in_force);
        found.or_else(|| all.first().copied())
    }
}

impl Catalogue {
    /// The decisions about a kind of subject that have a role in `region` at any
    /// time, in the order in which they are shown.
    #[must_use]
    pub fn in_role(&self, region: &str, subject: &str, role: Role) -> Vec<&str> {
        let policies = self.policies(region).iter();
        let decisions = policies.flat_map(|policy| policy.decisions(subject));
        let mut names = ordered(
            decisions.map(|(_, decision)| (&*decision.name, &decision.roles)),
            role,
        );
        names.dedup();
        names
    }
}

fn ordered<'a>(decisions: impl Iterator<Item = (&'a str, &'a Roles)>, role: Role) -> Vec<&'a str> {
    let mut found: Vec<(&str, &Roles)> = decisions.filter(|(_, roles)| roles.has(role)).collect();
    found.sort_by_key(|(name, roles)| roles.order(name));
    found.into_iter().map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::{Role, Roles, ordered};

    #[test]
    fn a_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::named(role.name()), Some(role));
        }
        assert_eq!(Role::named("faces"), None);
    }

    #[test]
    fn decisions_of_a_role_stand_by_place_then_by_name_and_last_without_a_place() {
        let badge = |place| Roles::new([Role::Badge, Role::Presented], place);
        let all = [
            ("a", badge(None)),
            ("b", badge(Some(2))),
            ("c", badge(Some(1))),
            ("d", badge(Some(1))),
            ("e", Roles::new([Role::Duty], Some(0))),
        ];
        let names = ordered(all.iter().map(|(name, roles)| (*name, roles)), Role::Badge);
        assert_eq!(names, ["c", "d", "b", "a"]);
    }
}
