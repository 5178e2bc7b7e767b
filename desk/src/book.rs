//! The rule book: packs as a document that a lawyer can read.
//!
//! Each chapter is a pack: its rules with condition, caption, release and source, its
//! params with units and marks, its cases as pictures, and the changes against the
//! rules before it and against what it inherits. The book is data first ([`Book`]),
//! then a page ([`page`]) or Markdown ([`markdown`]) in one language. It does not
//! record when or where it was made; the versions of the packs identify the rules.
//!
//! Only packs that the core accepts have a book.

mod cases;
mod markdown;
mod page;
mod rules;
mod words;

pub use cases::{CaseView, LevelTold, Look, Picture, PictureRow, PictureStretch};
pub use markdown::markdown;
pub use page::page;
pub use rules::{Citation, DecisionView, InheritedRule, LevelView, ParamView, RuleView, Told};

use crate::case::Case;
use crate::difference::{Difference, difference};
use crate::text::bilingual;
use longma_compile::Bundle;
use longma_compile::Lineage;
use longma_compile::world::{Scope, World};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::{Catalogue, Localized, Offset, PackId, Problems, Span};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;

/// A book of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Book {
    /// The packs in it and those they inherit.
    pub editions: Vec<Edition>,
    /// The rules by region.
    pub regions: Vec<Region>,
}

/// A pack and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// `<region>/<date>`.
    pub id: String,
    /// Its version.
    pub version: String,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives fields by reference"
)]
fn written<S: Serializer>(offset: &Offset, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(offset)
}

/// The rules of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Region {
    /// `cn`, or its GB/T 2260 code.
    pub region: String,
    /// The offset of its times, such as `+08:00`.
    #[serde(serialize_with = "written")]
    pub offset: Offset,
    /// What is in force when, earliest first. It covers all time.
    pub history: Vec<Reign>,
    /// Its packs, earliest first.
    pub chapters: Vec<Chapter>,
}

/// A stretch of time over which the same packs are in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reign {
    /// Its span.
    pub span: Ends,
    /// The packs by series, each own first, then what it inherits; empty if no pack is
    /// in force.
    pub parts: Vec<Vec<String>>,
    /// The difference from the reign before; `None` up to and including the first reign
    /// with packs.
    pub changes: Option<Difference>,
}

/// The ends of a span, in Unix seconds; `None` for an open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ends {
    /// Its first second.
    pub from: Option<i64>,
    /// The first second after it.
    pub until: Option<i64>,
}

/// One pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// `<region>/<date>`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// The authority responsible for it.
    pub authority: Localized,
    /// When it is in force.
    pub span: Ends,
    /// The offset of its days, such as `+08:00`.
    #[serde(serialize_with = "written")]
    pub offset: Offset,
    /// How its dates are known, or assumed.
    pub note: Option<Localized>,
    /// The id of the pack it inherits, or the region whose plan in force it inherits.
    pub inherits: Option<String>,
    /// Its lines of descent, each with its span.
    pub lines: Vec<Descent>,
    /// The documents it cites.
    pub sources: Vec<Citation>,
    /// Its own and inherited decisions.
    pub decisions: Vec<DecisionView>,
    /// Its own params, then inherited ones.
    pub params: Vec<ParamView>,
    /// Inherited rules and params that it overrides, by name, each with the reason.
    pub overrides: Vec<(String, Localized)>,
    /// Inherited rules that it drops, by name, each with the reason.
    pub drops: Vec<(String, Localized)>,
    /// The laws it declares.
    pub laws: Vec<LawView>,
    /// Its cases.
    pub cases: Vec<CaseView>,
}

/// A line of descent: the packs that apply together over a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Descent {
    /// Its span.
    pub span: Ends,
    /// The packs, own first.
    pub packs: Vec<String>,
    /// The difference from the inherited rules alone; `None` if it inherits nothing.
    pub changes: Option<Difference>,
}

/// A law of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LawView {
    /// Its name.
    pub name: String,
    /// The law in words.
    pub words: Localized,
    /// The rules known to break it, each with the ground.
    pub breaches: Vec<(String, Localized)>,
}

impl From<Span> for Ends {
    fn from(span: Span) -> Self {
        Self {
            from: span.from().map(longma_core::Instant::unix),
            until: span.until().map(longma_core::Instant::unix),
        }
    }
}

impl Reign {
    /// Whether the pack `id` is itself in force, not only inherited.
    fn rules(&self, id: &str) -> bool {
        self.parts
            .iter()
            .any(|packs| packs.first().is_some_and(|own| own == id))
    }
}

impl Ends {
    /// All of time.
    pub const OPEN: Self = Self {
        from: None,
        until: None,
    };
}

/// Makes the book of the packs whose id or region is in `only`, or of all packs if
/// `only` is empty, with their cases among `cases`.
///
/// ```
/// use longma_desk::book::book;
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
/// let bundle = read(&texts).bundle;
/// let book = book(&bundle, &[], &[]).unwrap();
/// let chapter = &book.regions[0].chapters[0];
/// assert_eq!(chapter.params[0].value.en, "24 hours");
/// ```
///
/// # Errors
/// All problems of the packs.
pub fn book(bundle: &Bundle, cases: &[Case], only: &[String]) -> Result<Book, Problems> {
    let mut bundle = bundle.clone();
    // The same packs make the same book, in whatever order they come.
    order::sort_by(&mut bundle.packs, |a, b| a.id.cmp(&b.id));
    let catalogue = longma_oracle::load(&bundle)?;
    let world = World::new(&bundle);
    let chosen = |id: &PackId| only.is_empty() || only.iter().any(|name| id.is_named(name));
    let packs = catalogue.packs().into_iter();
    let ids: Vec<PackId> = packs.map(|pack| PackId::read(pack.id)).collect();
    let chosen: Vec<&PackId> = ids.iter().filter(|id| chosen(id)).collect();
    let regions: BTreeSet<&str> = chosen.iter().map(|id| id.region()).into_set();
    // National rules first: the others inherit from them.
    let mut regions: Vec<&str> = regions.into_iter().collect();
    order::sort_by_key(&mut regions, |region| {
        region.chars().all(|c| c.is_ascii_digit())
    });
    let maker = Maker {
        world: &world,
        catalogue: &catalogue,
        cases,
    };
    let regions: Vec<Region> = regions
        .into_iter()
        .map(|region| {
            let own = chosen.iter().filter(|id| id.region() == region);
            let chapters = own.filter_map(|id| maker.chapter(id.as_str()));
            let chapters: Vec<Chapter> = chapters.collect();
            let offset = chapters.last().map(|chapter| chapter.offset);
            Region {
                region: region.to_owned(),
                offset: offset.unwrap_or_default(),
                history: maker.history(region),
                chapters,
            }
        })
        .collect();
    Ok(Book {
        editions: maker.editions(&regions),
        regions,
    })
}

/// The inputs of a book.
struct Maker<'a> {
    world: &'a World<'a>,
    catalogue: &'a Catalogue,
    cases: &'a [Case],
}

impl<'a> Maker<'a> {
    /// The packs of the chapters and those they inherit.
    fn editions(&self, regions: &[Region]) -> Vec<Edition> {
        let chapters = regions.iter().flat_map(|region| &region.chapters);
        let lines = chapters.flat_map(|chapter| &chapter.lines);
        let ids: BTreeSet<&String> = lines.flat_map(|line| &line.packs).into_set();
        let packs = ids.into_iter().filter_map(|id| {
            let pack = self.world.packs.get(self.world.position(id)?)?;
            Some(Edition {
                id: id.clone(),
                version: pack.source.manifest.version.clone(),
            })
        });
        packs.collect()
    }

    /// What holds along a line of packs, own first.
    fn scope(&self, packs: &[String]) -> Option<&'a Scope<'a>> {
        let packs: Option<Vec<usize>> = packs.iter().map(|id| self.world.position(id)).collect();
        self.world.scope(&Lineage {
            packs: packs?,
            span: None,
        })
    }

    fn scopes(&self, parts: &[Vec<String>]) -> Vec<&'a Scope<'a>> {
        let scopes = parts.iter().filter_map(|packs| self.scope(packs));
        scopes.collect()
    }

    fn history(&self, region: &str) -> Vec<Reign> {
        let mut reigns: Vec<Reign> = Vec::new();
        for policy in self.catalogue.policies(region) {
            let parts: Vec<Vec<String>> = policy
                .parts()
                .iter()
                .map(|part| part.packs.to_vec())
                .collect();
            let before = reigns.last().map(|reign| self.scopes(&reign.parts));
            let ruled = reigns.iter().any(|reign| !reign.parts.is_empty());
            let changes = before.filter(|_| ruled).map(|before| {
                let after = self.scopes(&parts);
                difference(self.world, &before, &after)
            });
            reigns.push(Reign {
                span: policy.span().into(),
                parts,
                changes,
            });
        }
        reigns
    }

    fn chapter(&self, id: &str) -> Option<Chapter> {
        let position = self.world.position(id)?;
        let pack = self.world.packs.get(position)?;
        let manifest = &pack.source.manifest;
        let reasons = |table: &std::collections::BTreeMap<String, String>| {
            let reasons = table.iter();
            reasons
                .map(|(name, reason)| (name.clone(), bilingual(reason)))
                .collect()
        };
        let cases = cases::views(self, id);
        let rules = rules::Reader::new(self, position);
        Some(Chapter {
            id: id.to_owned(),
            version: manifest.version.clone(),
            title: manifest.title.clone(),
            authority: manifest.authority.clone(),
            span: pack.effective.map_or(Ends::OPEN, Ends::from),
            offset: pack.offset,
            note: manifest.effective.note.as_deref().map(bilingual),
            inherits: manifest.inherits.clone(),
            lines: pack
                .lineages
                .iter()
                .map(|line| self.descent(line))
                .collect(),
            sources: rules.sources(),
            decisions: rules.decisions(&cases),
            params: rules.params(),
            overrides: reasons(&manifest.overrides),
            drops: reasons(&manifest.drops),
            laws: manifest
                .laws
                .iter()
                .map(|(name, law)| LawView {
                    name: name.clone(),
                    words: law.words.clone(),
                    breaches: law
                        .breaches
                        .iter()
                        .map(|(rule, ground)| (rule.clone(), ground.clone()))
                        .collect(),
                })
                .collect(),
            cases,
        })
    }

    fn descent(&self, line: &Lineage) -> Descent {
        let ids = line
            .packs
            .iter()
            .filter_map(|index| self.world.packs.get(*index));
        let packs: Vec<String> = ids.map(|pack| pack.source.id.clone()).collect();
        let inherited = packs.get(1..).filter(|rest| !rest.is_empty());
        let changes = inherited.map(|rest| {
            let scopes = [rest, &packs].map(|packs| self.scope(packs));
            let [before, after] = scopes.map(|scope| scope.into_iter().collect::<Vec<_>>());
            difference(self.world, &before, &after)
        });
        Descent {
            span: line.span.map_or(Ends::OPEN, Ends::from),
            packs,
            changes,
        }
    }
}
