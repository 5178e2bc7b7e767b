//! What a decision is used for outside the rules: on a card, at a door, in a list.
//!
//! A pack's manifest gives its decisions their roles. Code for cards and doors asks
//! for a role and never for a decision by name, so an organisation's own subject
//! gets a card without a line of Rust. Rules do not see roles: roles change what is
//! shown, not what is decided.

use crate::catalogue::Catalogue;
use crate::order::{sort_by, sorted};
use crate::outcome::Outcome;
use crate::time::Instant;

/// A use of a decision.
///
/// ```
/// use longma_core::Role;
///
/// assert_eq!(Role::named("badge"), Some(Role::Badge));
/// assert_eq!(Role::Badge.name(), "badge");
/// // A card has one colour, but any number of badges.
/// assert!(Role::Face.is_single() && !Role::Badge.is_single());
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Role {
    /// The card's colour. One at a time.
    Face,
    /// Whether the card is valid: its top level means yes. One at a time.
    Validity,
    /// Drawn over the face if above its lowest level.
    Overlay,
    /// Drawn next to the face if above its lowest level.
    Badge,
    /// Something the holder must still do, if above its lowest level.
    Duty,
    /// Its levels are shown to a venue at the door.
    Presented,
    /// Whether a venue admits the person at its door. One at a time.
    Admission,
    /// Whose cards the holder may carry: each cause rests on one dependant. One at a time.
    Proxy,
    /// How soon somebody on a list is called. One at a time.
    Urgency,
}

impl Role {
    /// All roles.
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

    /// The role's name in a manifest.
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

    /// The role with this name in a manifest.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether only one decision of a subject can have this role at a time.
    #[must_use]
    pub fn is_single(self) -> bool {
        match self {
            Self::Face | Self::Validity | Self::Admission | Self::Proxy | Self::Urgency => true,
            Self::Overlay | Self::Badge | Self::Duty | Self::Presented => false,
        }
    }
}

/// The roles of one decision, and its place among others with the same role.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Roles {
    roles: Vec<Role>,
    place: Option<u32>,
}

impl Roles {
    /// `place` sorts decisions with the same role, lowest first; a decision without a
    /// place comes last. Decisions with the same place are sorted by name.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>, place: Option<u32>) -> Self {
        Self {
            roles: sorted(roles),
            place,
        }
    }

    /// Whether the decision has `role`.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().copied()
    }

    /// Its place among decisions with the same role.
    pub(crate) fn place(&self) -> Option<u32> {
        self.place
    }

    /// The sort key among decisions with one role.
    fn order<'a>(&self, name: &'a str) -> (u32, &'a str) {
        (self.place.unwrap_or(u32::MAX), name)
    }
}

impl Outcome {
    /// The decisions with a role, in display order.
    #[must_use]
    pub fn in_role(&self, role: Role) -> Vec<&str> {
        let decisions = self.decisions().iter();
        ordered(
            decisions.map(|(name, decision)| (name.as_str(), decision.roles())),
            role,
        )
    }

    /// The decision with a [single](Role::is_single) role: the first one that a pack
    /// decides at `at`, else the first of all.
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
    /// time, in display order.
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
    sort_by(&mut found, |(a, left), (b, right)| {
        left.order(a).cmp(&right.order(b))
    });
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
