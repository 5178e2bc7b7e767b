//! The reader of compiled packs, and the machine on what it accepts.
//!
//! The first byte says what the others are: the body of a file, whose head and checksum are
//! made here; or a program alone, which is put into the catalogue of a kept pack; or the
//! pieces of a program, which is mended so that the reader accepts it and the machine runs
//! operations that no compiler would put together.

use super::pieces;
use crate::scripts::{Choices, Example, TABLE, facts, rows};
use longma_core::program::{Entry, NONE, Program};
use longma_core::{Catalogue, Instant, References, Request, packed};
use std::sync::LazyLock;

/// The seed of the kept pack: its rules use records, tables and both decisions.
const KEPT: u64 = 5;
/// How many kinds of input there are.
const KINDS: u8 = 3;
/// How many drawn packs are seeds.
const SEEDS: u64 = 12;
/// Most regions of one catalogue in which facts are decided.
const REGIONS: usize = 2;

/// A pack with its program.
struct Kept {
    catalogue: Catalogue,
    program: Program,
}

static KEPT_PACK: LazyLock<Kept> = LazyLock::new(|| match kept(KEPT) {
    Some(kept) => kept,
    None => panic!("the kept pack does not compile"),
});

/// What accepted packs are asked about: for each, facts and table.
static DOCUMENTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let drawn = (0..6).map(|seed| {
        let choices = &mut Choices::of_seed(seed);
        (facts(choices).to_string(), rows(choices))
    });
    drawn.collect()
});

fn kept(seed: u64) -> Option<Kept> {
    let example = Example::draw(&mut Choices::of_seed(seed));
    let read = longma_compile::texts::read(&example.texts);
    let (catalogue, program) = longma_compile::compile(&read.bundle).ok()?;
    let program = program.get()?.clone();
    Some(Kept { catalogue, program })
}

/// Whatever the bytes are, the reader refuses them or returns packs that decide within the
/// limits, twice alike.
///
/// ```
/// let _ = longma_tests::fuzz::packed(b"\0no pack");
/// ```
///
/// # Panics
/// If reading or deciding does, or if two evaluations differ.
#[must_use]
pub fn packed(bytes: &[u8]) -> bool {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let file = match kind % KINDS {
        0 => Some(file(rest)),
        1 => postcard::take_from_bytes(rest)
            .ok()
            .and_then(|(program, _)| with_program(program)),
        _ => with_program(pieces::program(rest)),
    };
    let Some(catalogue) = file.and_then(|file| packed::read(&file).ok()) else {
        return false;
    };
    let which = usize::from(kind / KINDS) % DOCUMENTS.len();
    if let Some((facts, rows)) = DOCUMENTS.get(which) {
        decide(&catalogue, facts, rows);
    }
    true
}

fn decide(catalogue: &Catalogue, facts: &str, rows: &str) {
    let Ok(facts) = catalogue.read_facts_partly(facts, &[]) else {
        return;
    };
    let mut references = References::none();
    if let Ok(table) = catalogue.read_reference(TABLE, rows) {
        references.insert(table);
    }
    let regions: Vec<String> = catalogue
        .regions()
        .take(REGIONS)
        .map(|(region, _)| region.to_owned())
        .collect();
    for region in &regions {
        let decided = || {
            let request = Request {
                region: Some(region),
                references: Some(&references),
                ..Request::default()
            };
            catalogue.decide(&facts, request)
        };
        let (Ok(first), Ok(second)) = (decided(), decided()) else {
            continue;
        };
        // An hour in the time of the facts, and the beginning of time.
        for at in [1_641_571_200, 0]
            .into_iter()
            .filter_map(Instant::from_unix)
        {
            let _ = first.all_at(at).len();
        }
        assert_eq!(first.json(), second.json(), "decided twice");
    }
}

/// The bytes as the body of a file.
fn file(body: &[u8]) -> Vec<u8> {
    let mut file = packed::MAGIC.to_vec();
    file.extend_from_slice(&packed::VERSION.to_le_bytes());
    file.extend_from_slice(&packed::checksum(body).to_le_bytes());
    file.extend_from_slice(body);
    file
}

/// A file of the kept pack with another program.
fn with_program(mut program: Program) -> Option<Vec<u8>> {
    let Kept {
        catalogue,
        program: own,
    } = &*KEPT_PACK;
    program.texts.clone_from(&own.texts);
    // Each rule has an entry, or the reader would look no further.
    let ops = u32::try_from(program.ops.len()).ok()?;
    let led = |id: u32| (id != NONE).then(|| id.checked_rem(ops)).flatten();
    let entry = |own: &Entry| Entry {
        fast: led(own.fast).unwrap_or(NONE),
        exact: led(own.exact).unwrap_or(NONE),
        ..own.clone()
    };
    let missing = own.entries.iter().skip(program.entries.len()).map(entry);
    program.entries.extend(missing);
    packed::write(catalogue, &program, true).ok()
}

/// Drawn packs: as whole files, their programs, and those in pieces.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, mut kept) in (0..SEEDS).filter_map(kept).enumerate() {
        // Without places a file is half as long.
        kept.program.sites.clear();
        kept.program.names.clear();
        let file = packed::write(&kept.catalogue, &kept.program, false).ok();
        let bodies = [
            file.as_deref().and_then(body).map(<[u8]>::to_vec),
            postcard::to_stdvec(&kept.program).ok(),
            Some(pieces::of(&kept.program)),
        ];
        for (kind, body) in (0..KINDS).zip(bodies) {
            let document = u8::try_from(number % DOCUMENTS.len()).unwrap_or(0);
            let first = [document * KINDS + kind];
            seeds.extend(body.map(|body| [first.as_slice(), &body].concat()));
        }
    }
    seeds
}

/// What follows the head of a file.
fn body(file: &[u8]) -> Option<&[u8]> {
    file.get(packed::MAGIC.len() + size_of_val(&packed::VERSION) + size_of::<u64>()..)
}
