//! Compiled packs as bytes: everything that decisions are made from, except facts and
//! reference data.
//!
//! A file begins with [`MAGIC`], the version of the format and a checksum of the rest.
//! Only the exact version is read. The reader trusts nothing: what it returns has
//! operations that only use earlier ones, numbers that lead somewhere, and sizes within
//! the limits; anything else is a problem with a name. The places of rules in their
//! scripts are a part of their own, which a device can do without.

mod bytes;
mod graph;
mod places;

use crate::catalogue::{Catalogue, Contents, Corrections, Pack};
use crate::id::PackId;
use crate::limits;
use crate::machine::{CONDITIONS, Compiled};
use crate::order::Gather;
use crate::places::Places;
use crate::plan::{Decision, Level, Plan, Read, Rule};
use crate::policy::{Descent, Part};
use crate::problem::{Code, Place, Problem, Problems};
use crate::program::{Id, NONE, Op, Program, Take};
use crate::role::{Role, Roles};
use crate::schema::{Field, Object, Order, Pattern, Schema, TextType, Type};
use crate::text::Localized;
use crate::time::Offset;
use crate::timeline::Citation;
use crate::value::{Temperature, Value};
use crate::when::Span;
use bytes::{Pool, Reader, Writer};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The first bytes of a file.
pub const MAGIC: &[u8; 7] = b"longma\n";
/// The version of the format. Any change of an operation or of this module changes it.
pub const VERSION: u32 = 7;

/// How deeply operations may nest: what the stack of every target can take.
const DEPTH: u32 = 600;
/// Most operations, cells and slots.
const SIZE: usize = 1_000_000;

/// Writes a catalogue whose rules are compiled. `places` says whether to write the
/// places of rules in their scripts.
///
/// # Errors
/// If a rule is not compiled, or the program is not sound.
pub fn write(catalogue: &Catalogue, program: &Program, places: bool) -> Result<Vec<u8>, Problem> {
    let mut to = Writer::default();
    let schemas: Vec<_> = catalogue.schemas_named().collect();
    let tables: Vec<_> = catalogue.tables_named().collect();
    for named in [schemas, tables] {
        to.list(named, |to, (name, schema)| {
            to.name(name);
            write_object(to, schema.root());
        });
    }
    to.some(catalogue.places(), |to, table| {
        places::write(to, table.rows());
    });
    let mut plans: Vec<&Arc<Plan>> = Vec::new();
    let mut number = |plan| {
        let known = plans.iter().position(|known| Arc::ptr_eq(known, plan));
        known.unwrap_or_else(|| {
            plans.push(plan);
            plans.len() - 1
        })
    };
    let mut packs = Vec::new();
    for pack in catalogue.contents() {
        let mut lines = Vec::new();
        for line in &pack.descents {
            let above = line.above.as_ref().map(|part| (part, number(&part.plan)));
            lines.push((line.span, (&line.own, number(&line.own.plan)), above));
        }
        packs.push((pack, lines));
    }
    to.list(&plans, |to, plan| write_plan(to, plan));
    to.list(packs, |to, (pack, lines)| {
        to.name(pack.id.as_str());
        to.name(&pack.version);
        to.words(&pack.title);
        write_span(to, pack.effective);
        to.int(pack.offset.number());
        to.some(pack.corrections, |to, from| {
            to.flag(from == Corrections::Correction);
        });
        to.list(&pack.signers, |to, name| to.name(name));
        to.list(lines, |to, (span, own, above)| {
            write_span(to, span);
            write_part(to, own);
            to.some(above, write_part);
        });
    });
    let compiled = plans.iter().flat_map(|plan| &plan.decisions);
    let mut rules = compiled.flat_map(|decision| &decision.rules);
    let sound = rules.all(|rule| rule.body.key().is_some());
    let program = sound.then(|| graph::write(&mut to, program, places));
    program.flatten().ok_or_else(broken)?;
    let body = to.finish();
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&checksum(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// Reads a catalogue that [`write`] has written.
///
/// # Errors
/// If the bytes are not such a file, are of another version, or are damaged.
pub fn read(bytes: &[u8]) -> Result<Catalogue, Problems> {
    if bytes.len() > limits::BUNDLE_BYTES {
        return Err(problem(Code::PackedSize)
            .with("limit", limits::BUNDLE_BYTES)
            .into());
    }
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| problem(Code::PackedMagic))?;
    let (version, rest) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(problem(Code::PackedVersion)
            .with("found", version)
            .with("expected", VERSION)
            .into());
    }
    let (sum, body) = rest.split_first_chunk::<8>().ok_or_else(broken)?;
    if u64::from_le_bytes(*sum) != checksum(body) {
        return Err(broken().into());
    }
    Ok(read_body(body).ok_or_else(broken)?)
}

fn problem(code: Code) -> Problem {
    Problem::new(code, Place::None)
}

fn broken() -> Problem {
    problem(Code::PackedBroken)
}

/// The checksum of what follows it in a file, FNV-1a: it finds damage, not forgery.
///
/// ```
/// use longma_core::packed::checksum;
/// assert_ne!(checksum(b"a program"), checksum(b"A program"));
/// ```
#[must_use]
#[inline(never)]
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn write_span(to: &mut Writer, span: Span) {
    let (from, until) = span.bounds();
    to.int(from);
    to.int(until);
}

fn write_part(to: &mut Writer, (part, plan): (&Part, usize)) {
    to.list(part.packs.iter(), |to, pack| to.name(pack));
    to.size(plan);
}

/// An object of a schema, after those that it holds.
fn write_object(to: &mut Writer, object: &Object) {
    to.pooled(Pool::Object, |to| {
        to.some(object.title.as_ref(), |to, title| to.name(title));
        to.list(&object.fields, write_field);
        to.some(object.span.as_ref(), |to, (from, until)| {
            to.name(from);
            to.name(until);
        });
        to.list(&object.key, |to, at| to.size(*at));
        to.size(object.places);
        to.list(&object.identity, |to, at| to.size(*at));
    });
}

fn write_field(to: &mut Writer, field: &Field) {
    to.name(&field.name);
    to.flag(field.required);
    to.flag(field.past);
    to.some(field.order.as_ref(), |to, order| {
        to.name(&order.sibling);
        to.flag(order.strict);
    });
    write_type(to, &field.kind);
}

fn write_type(to: &mut Writer, kind: &Type) {
    match kind {
        Type::Bool => to.uint(0),
        Type::Int { least, most } => {
            to.uint(1);
            to.int(*least);
            to.int(*most);
        }
        Type::Text(text) => {
            to.uint(2);
            to.bound(text.least);
            to.bound(text.most);
            let pattern = text.pattern.as_ref();
            to.some(pattern, |to, pattern| to.name(pattern.source()));
            to.flag(text.number);
        }
        Type::Enum(names) => {
            to.uint(3);
            to.list(names.iter(), |to, name| to.name(name));
        }
        Type::Instant => to.uint(4),
        Type::Date => to.uint(5),
        Type::Temperature { least, most } => {
            to.uint(6);
            to.int(least.in_tenths());
            to.int(most.in_tenths());
        }
        Type::Object(object) => {
            to.uint(7);
            write_object(to, object);
        }
        Type::List { item, least, most } => {
            to.uint(8);
            to.bound(*least);
            to.bound(*most);
            write_type(to, item);
        }
    }
}

fn write_plan(to: &mut Writer, plan: &Plan) {
    to.name(&plan.subject);
    to.int(plan.offset.number());
    to.list(&plan.decisions, |to, decision| {
        to.pooled(Pool::Decision, |to| {
            to.name(&decision.name);
            to.name(&decision.declared_by);
            let roles: Vec<Role> = decision.roles.iter().collect();
            to.list(roles, |to, role| to.name(role.name()));
            let place = decision.roles.place();
            to.some(place, |to, place| to.uint(place.into()));
            to.words(&decision.caption);
            to.list(&decision.levels, |to, level| {
                to.name(&level.name);
                to.words(&level.caption);
                to.name(&level.colour);
            });
            to.list(&decision.rules, write_rule);
        });
    });
}

fn write_rule(to: &mut Writer, rule: &Rule) {
    to.pooled(Pool::Rule, |to| {
        to.name(&rule.function);
        to.list(&rule.reads, |to, read| {
            let (kind, name) = match read {
                Read::Params => (0, None),
                Read::Section(name, _) => (1, Some(name)),
                Read::Table(name) => (2, Some(name)),
                Read::Earlier(name) => (3, Some(name)),
            };
            to.uint(kind);
            if let Some(name) = name {
                to.name(name);
            }
        });
        to.pooled(Pool::Citation, |to| {
            let citation = &rule.citation;
            to.name(&citation.rule);
            for words in [&citation.caption, &citation.release, &citation.source] {
                to.words(words);
            }
            to.flag(citation.shows_facts);
        });
        to.name(&rule.file);
        // That it has one was seen before.
        to.size(rule.body.key().unwrap_or(usize::MAX));
    });
}

/// The catalogue; `None` if anything in it leads nowhere.
//
// A WebAssembly engine compiles a function when it is first called: small ones start sooner.
#[inline(never)]
fn read_body(body: &[u8]) -> Option<Catalogue> {
    let mut from = Reader::new(body)?;
    let mut named = || {
        let schemas = from.list(|from| {
            let name = from.name()?;
            Some((name, Schema::of(read_object(from)?.0)))
        });
        schemas.map(|it| it.into_iter().into_map())
    };
    let (schemas, tables) = (named()?, named()?);
    let places = from.some(|from| places::read(from).map(Places::of))?;
    // Plans name the operations of the program, which comes last.
    let program = Arc::new(OnceLock::new());
    let citations = from.len(Pool::Citation);
    let mut plans = Plans {
        schemas: &schemas,
        program: &program,
        citations: vec![None; citations],
        entries: 0,
    };
    let all = from.list(|from| plans.plan(from).map(Arc::new))?;
    let entries = plans.entries;
    let packs = from.list(|from| read_pack(from, &all))?;
    let read = graph::read(&mut from)?;
    let sound = from.is_at_end()
        && is_sound(&read)
        && entries <= read.entries.len()
        && packs.len() <= limits::PACKS;
    sound.then_some(())?;
    let texts = read.texts.as_slice().to_vec();
    program.set(read).ok()?;
    Some(Catalogue::new(Contents {
        schemas,
        tables,
        places,
        packs,
        texts,
    }))
}

/// An object, and how many objects and fields it has in it.
fn read_object(from: &mut Reader<'_>) -> Option<(Arc<Object>, usize)> {
    from.pooled(Pool::Object, |from| {
        let title = from.some(Reader::name)?;
        let mut weight = 1;
        let fields = from.list(|from| {
            let (field, inner) = read_field(from)?;
            weight += 1 + inner;
            (weight <= limits::SCHEMA_TYPES).then_some(field)
        })?;
        let sorted = fields.is_sorted_by(|a, b| a.name < b.name);
        sorted.then_some(())?;
        let span = from.some(|from| Some((from.name()?, from.name()?)))?;
        let position = |from: &mut Reader<'_>| from.size().filter(|at| *at < fields.len());
        let object = Object {
            title,
            span,
            key: from.list(position)?,
            places: from.size()?,
            identity: from.list(position)?,
            fields,
            ..Object::default()
        };
        Some((Arc::new(object), weight))
    })
}

fn read_field(from: &mut Reader<'_>) -> Option<(Field, usize)> {
    let name = from.shared_name()?;
    let (required, past) = (from.flag()?, from.flag()?);
    let order = from.some(|from| {
        Some(Order {
            sibling: from.name()?,
            strict: from.flag()?,
        })
    })?;
    let (kind, weight) = read_type(from, 0)?;
    let field = Field {
        name,
        kind,
        required,
        order,
        past,
        words: Localized::default(),
    };
    Some((field, weight))
}

fn read_type(from: &mut Reader<'_>, lists: u32) -> Option<(Type, usize)> {
    let kind = match from.uint()? {
        0 => Type::Bool,
        1 => Type::Int {
            least: from.int()?,
            most: from.int()?,
        },
        2 => Type::Text(TextType {
            least: from.bound()?,
            most: from.bound()?,
            pattern: match from.some(Reader::name)? {
                Some(pattern) => Some(Pattern::read(&pattern)?),
                None => None,
            },
            number: from.flag()?,
        }),
        3 => Type::Enum(from.list(Reader::shared_name)?.into()),
        4 => Type::Instant,
        5 => Type::Date,
        6 => Type::Temperature {
            least: Temperature::tenths(from.int()?),
            most: Temperature::tenths(from.int()?),
        },
        7 => {
            let (object, weight) = read_object(from)?;
            return Some((Type::Object(object), weight));
        }
        8 if lists < 2 => {
            let (least, most) = (from.bound()?, from.bound()?);
            let (item, weight) = read_type(from, lists + 1)?;
            let item = Box::new(item);
            return Some((Type::List { item, least, most }, weight));
        }
        _ => return None,
    };
    Some((kind, 0))
}

/// What plans are read with.
struct Plans<'a> {
    schemas: &'a BTreeMap<String, Schema>,
    program: &'a Arc<OnceLock<Program>>,
    citations: Vec<Option<Arc<Citation>>>,
    /// One more than the last of the program's entries that a rule names.
    entries: usize,
}

impl Plans<'_> {
    #[inline(never)]
    fn plan(&mut self, from: &mut Reader<'_>) -> Option<Plan> {
        let subject = from.name()?;
        let schema = self.schemas.get(&subject)?;
        let offset = read_offset(from)?;
        let decisions = from.list(|from| {
            from.pooled(Pool::Decision, |from| {
                Some(Decision {
                    name: from.shared_name()?,
                    declared_by: from.shared_name()?,
                    roles: Roles::new(
                        from.list(|from| Role::named(&from.name()?))?,
                        from.some(Reader::number)?,
                    ),
                    caption: from.words()?,
                    levels: from.list(|from| {
                        Some(Level {
                            name: from.shared_name()?,
                            caption: from.words()?,
                            colour: from.name()?,
                        })
                    })?,
                    rules: from
                        .list(|from| from.pooled(Pool::Rule, |from| self.rule(from, schema)))?,
                })
            })
        })?;
        Some(Plan {
            subject,
            offset,
            // Params are constants in compiled rules.
            params: Value::Bool(false),
            decisions,
        })
    }

    #[inline(never)]
    fn rule(&mut self, from: &mut Reader<'_>, schema: &Schema) -> Option<Rule> {
        let function = from.name()?;
        let reads = from.list(|from| {
            Some(match from.uint()? {
                0 => Read::Params,
                1 => {
                    let name = from.name()?;
                    let field = schema.root().position(&name)?;
                    Read::Section(name, field)
                }
                2 => Read::Table(from.name()?),
                3 => Read::Earlier(from.name()?),
                _ => return None,
            })
        })?;
        let citation = self.citation(from)?;
        let file = from.shared_name()?;
        let entry = from.size()?;
        self.entries = self.entries.max(entry.checked_add(1)?);
        Some(Rule {
            function,
            reads,
            citation,
            file,
            body: Arc::new(Compiled::new(Arc::clone(self.program), entry)),
        })
    }

    #[inline(never)]
    fn citation(&mut self, from: &mut Reader<'_>) -> Option<Arc<Citation>> {
        let number = from.size()?;
        let known = self.citations.get_mut(number)?;
        if let Some(known) = known {
            return Some(Arc::clone(known));
        }
        let read = from.at(Pool::Citation, number, |from| {
            let citation = Citation {
                rule: from.name()?,
                caption: from.words()?,
                release: from.words()?,
                source: from.words()?,
                shows_facts: from.flag()?,
            };
            // Each cause has texts of its own if they show its facts.
            let fits = !citation.shows_facts || citation.bytes() <= limits::TEXT_BYTES;
            fits.then_some(citation)
        })?;
        Some(Arc::clone(known.insert(Arc::new(read))))
    }
}

#[inline(never)]
fn read_pack(from: &mut Reader<'_>, plans: &[Arc<Plan>]) -> Option<Pack> {
    let part = |from: &mut Reader<'_>| {
        Some(Part {
            packs: from.list(Reader::name)?.into(),
            plan: Arc::clone(plans.get(from.size()?)?),
        })
    };
    Some(Pack {
        id: PackId::read(from.name()?),
        version: from.name()?,
        title: from.words()?,
        effective: read_span(from)?,
        offset: read_offset(from)?,
        corrections: from.some(|from| {
            Some(if from.flag()? {
                Corrections::Correction
            } else {
                Corrections::Record
            })
        })?,
        signers: from.list(Reader::name)?,
        descents: from.list(|from| {
            Some(Descent {
                span: read_span(from)?,
                own: part(from)?,
                above: from.some(part)?,
            })
        })?,
    })
}

fn read_span(from: &mut Reader<'_>) -> Option<Span> {
    Span::of_bounds(from.int()?, from.int()?)
}

fn read_offset(from: &mut Reader<'_>) -> Option<Offset> {
    Offset::of_number(from.int()?)
}

/// Whether every number in a program leads somewhere, operations only use earlier ones,
/// and none nests too deeply.
fn is_sound(program: &Program) -> bool {
    let ops = program.ops.len();
    let sizes = [program.cells, program.slots, program.locals].map(|size| size as usize);
    if ops > SIZE || sizes.iter().any(|size| *size > SIZE) {
        return false;
    }
    let [cells, slots, locals] = sizes;
    let within = |start: u32, len: usize, of: usize| {
        (start as usize)
            .checked_add(len)
            .is_some_and(|end| end <= of)
    };
    let mut depths: Vec<u32> = Vec::with_capacity(ops);
    for (at, op) in program.ops.iter().enumerate() {
        let leads = match *op {
            Op::List(start, len) => within(start, len as usize, program.lists.len()),
            Op::Items(start, len) => within(start, len as usize, program.operands.len()),
            Op::Call(function, start) => within(start, function.arity(), program.operands.len()),
            Op::Slot(slot) | Op::Item(slot, _) | Op::Scan { slot, .. } => {
                (slot as usize) < slots + 2
            }
            Op::Local(local) | Op::Let(local, ..) => (local as usize) < locals,
            Op::Memo { cell, slot, .. } => (cell as usize) < cells && (slot as usize) < slots + 2,
            Op::Kernel(kernel) => program.kernels.get(kernel as usize).is_some_and(|kernel| {
                let (start, len) = kernel.conditions;
                len as usize <= CONDITIONS
                    && within(start, len as usize, program.conditions.len())
                    && (kernel.slot as usize) < slots + 2
                    && kernel.take != Take::Op(NONE)
            }),
            _ => true,
        };
        let mut earlier = true;
        let mut depth = 0;
        program.each_operand(*op, |operand| {
            earlier &= (operand as usize) < at;
            depth = depth.max(depths.get(operand as usize).copied().unwrap_or(0));
        });
        if !leads || !earlier || depth >= DEPTH {
            return false;
        }
        depths.push(depth + 1);
    }
    let known = |id: Id| (id as usize) < ops;
    let entries = program.entries.iter();
    let mut entries =
        entries.map(|entry| known(entry.exact) && (entry.fast == NONE || known(entry.fast)));
    entries.all(|sound| sound) && program.sites.is_sorted_by_key(|(id, _)| *id)
}
