//! Resolves the names A and B: each is a pack, a folder of packs, or a bundle.

use super::Arguments;
use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::packs::{catalogue, loaded};
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use longma_compile::Bundle;
use longma_core::{Args, Catalogue, Offset, References};
use longma_desk::compare::{Begin, Side};
use std::path::{Path, PathBuf};

/// Loaded packs, with the files they were read from.
pub(super) struct House {
    pub(super) bundle: Bundle,
    pub(super) catalogue: Catalogue,
    pub(super) sources: Sources,
}

/// The rules that one of the two names refers to.
pub(super) struct Meant {
    pub(super) name: String,
    /// Index into the houses.
    pub(super) house: usize,
    /// Whether the name is one pack rather than all of them.
    pub(super) pack: bool,
}

/// Loads what the two names refer to. What both refer to is loaded once.
pub(super) fn houses(
    arguments: &Arguments,
    words: Words,
) -> Result<(Vec<House>, Vec<Meant>), Refusal> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut meant = Vec::new();
    for name in [&arguments.a, &arguments.b] {
        let inside = Path::new(name)
            .strip_prefix(&arguments.packs.path)
            .unwrap_or(Path::new(name));
        let id = inside.to_string_lossy().trim_end_matches('/').to_owned();
        let pack =
            !Path::new(name).exists() || arguments.packs.path.join(&id).join("pack.toml").is_file();
        let (name, path) = if pack {
            (id, arguments.packs.path.clone())
        } else {
            (name.clone(), PathBuf::from(name))
        };
        let known = paths.iter().position(|known| *known == path);
        let house = known.unwrap_or_else(|| {
            paths.push(path);
            paths.len() - 1
        });
        meant.push(Meant { name, house, pack });
    }
    let mut houses = Vec::new();
    for path in &paths {
        let packs = loaded(path, words)?;
        let sources = Sources {
            files: packs.files,
            ..Sources::default()
        };
        houses.push(House {
            catalogue: catalogue(&packs.bundle, &sources, words)?,
            bundle: packs.bundle,
            sources,
        });
    }
    for meant in meant.iter().filter(|meant| meant.pack) {
        let Some(house) = houses.get(meant.house) else {
            continue;
        };
        let ids: Vec<&str> = house
            .bundle
            .packs
            .iter()
            .map(|pack| pack.id.as_str())
            .collect();
        if !ids.contains(&meant.name.as_str()) {
            let shown =
                Diagnostic::error(&words.fill(Key::PackUnknown, &Args::of("name", &meant.name)));
            let known = words.list(ids);
            let shown = shown.help(&words.fill(Key::PackUnknownHelp, &Args::of("known", &known)));
            return Err(Refusal::new(Exit::Usage, shown));
        }
    }
    Ok((houses, meant))
}

pub(super) fn side<'a>(
    meant: &Meant,
    house: &'a House,
    arguments: &Arguments,
    references: References,
) -> Side<'a> {
    let history = house.catalogue.history_of(&meant.name);
    Side {
        name: meant.name.clone(),
        catalogue: &house.catalogue,
        history: history.filter(|_| meant.pack),
        region: arguments.region.code.clone().filter(|_| !meant.pack),
        references,
        decisions: (!arguments.decisions.names.is_empty())
            .then(|| arguments.decisions.names.clone()),
        begins: Vec::new(),
    }
}

/// The first instants of the packs that the second name stands for and the first one lacks:
/// one pack, or all new ones of a folder.
pub(super) fn begins(houses: &[House], meant: &[Meant]) -> Vec<Begin> {
    let [first, second] = meant else {
        return Vec::new();
    };
    let has = |meant: &Meant, id: &str| {
        let house = houses.get(meant.house);
        let packs = house.into_iter().flat_map(|house| &house.bundle.packs);
        let mut named = packs.filter(|pack| !meant.pack || pack.id == meant.name);
        named.any(|pack| pack.id == id)
    };
    let house = houses.get(second.house).into_iter();
    let packs = house.flat_map(|house| house.catalogue.packs());
    let new = packs.filter(|pack| has(second, &pack.id) && !has(first, &pack.id));
    let begins = new.filter_map(|pack| {
        Some(Begin {
            at: pack.from?.instant,
            pack: pack.id,
        })
    });
    begins.collect()
}

/// The offset at which days begin: that of the first rules that are compared, else China's.
pub(super) fn offset(houses: &[House], meant: &[Meant], region: Option<&str>) -> Offset {
    let found = meant.first().and_then(|meant| {
        let House {
            bundle, catalogue, ..
        } = houses.get(meant.house)?;
        let mut parts = region.into_iter().flat_map(|region| {
            let policies = catalogue.policies(region);
            policies.iter().flat_map(longma_core::Policy::parts)
        });
        if !meant.pack
            && let Some(part) = parts.next()
        {
            return Some(part.plan.offset);
        }
        let named = bundle.packs.iter();
        let mut named = named.filter(|pack| !meant.pack || pack.id == meant.name);
        Some(named.next()?.offset())
    });
    found.unwrap_or(Offset::CHINA)
}
