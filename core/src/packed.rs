//! Compiled packs as bytes: everything that decisions are made from, except facts and
//! reference data.
//!
//! A file begins with [`MAGIC`], the version of the format and a checksum of the rest.
//! Only the exact version is read. The reader trusts nothing: what it returns has
//! operations that only use earlier ones, numbers that lead somewhere, and sizes within
//! the limits; anything else is a problem with a name. The places of rules in their
//! scripts are a part of their own, which a device can do without.

use crate::catalogue::{Catalogue, Contents, Corrections, Pack};
use crate::columns::Texts;
use crate::id::PackId;
use crate::limits;
use crate::machine::{CONDITIONS, Compiled};
use crate::order::map_of;
use crate::plan::{Decision, Level, Plan, Read, Rule};
use crate::policy::{Descent, Part};
use crate::problem::{Code, Place, Problem, Problems};
use crate::program::{Id, NONE, Op, Program, Site, Take};
use crate::role::Roles;
use crate::schema::{Field, Object, Order, Pattern, Schema, TextType, Type};
use crate::text::Localized;
use crate::time::Offset;
use crate::timeline::Citation;
use crate::value::{Temperature, Value};
use crate::when::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The first bytes of a file.
pub const MAGIC: &[u8; 7] = b"longma\n";
/// The version of the format. Any change of an operation or of this module changes it.
pub const VERSION: u32 = 1;

/// How deeply operations may nest: what the stack of every target can take.
const DEPTH: u32 = 600;
/// Most operations, cells and slots.
const SIZE: usize = 1_000_000;

/// A catalogue in the form that is written.
#[derive(Serialize, Deserialize)]
struct Packed {
    texts: Vec<Arc<str>>,
    objects: Vec<PackedObject>,
    /// Schemas and tables: a name, and the position of its object.
    schemas: Vec<(String, u32)>,
    tables: Vec<(String, u32)>,
    citations: Vec<Citation>,
    plans: Vec<PackedPlan>,
    packs: Vec<PackedPack>,
    program: Program,
}

/// The places of operations in scripts, and the names that they tell.
type Places = (Vec<(Id, Site)>, Vec<String>);

/// An object of a schema. Objects come before those that hold them.
#[derive(Serialize, Deserialize, PartialEq)]
struct PackedObject {
    title: Option<String>,
    fields: Vec<PackedField>,
    span: Option<(String, String)>,
    key: Vec<u32>,
    identity: Vec<u32>,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct PackedField {
    name: Arc<str>,
    /// Lists of lists of …: how many, with their least and greatest lengths.
    lists: Vec<(u64, u64)>,
    kind: PackedType,
    required: bool,
    order: Option<(String, bool)>,
    past: bool,
}

#[derive(Serialize, Deserialize, PartialEq)]
enum PackedType {
    Bool,
    Int(i64, i64),
    Text(u64, u64, Option<String>),
    Enum(Vec<Arc<str>>),
    Instant,
    Date,
    Temperature(i64, i64),
    Object(u32),
}

#[derive(Serialize, Deserialize)]
struct PackedPlan {
    subject: String,
    offset: i32,
    decisions: Vec<PackedDecision>,
}

#[derive(Serialize, Deserialize)]
struct PackedDecision {
    name: Arc<str>,
    declared_by: Arc<str>,
    roles: Roles,
    caption: Localized,
    levels: Vec<Level>,
    rules: Vec<PackedRule>,
}

#[derive(Serialize, Deserialize)]
struct PackedRule {
    function: String,
    reads: Vec<PackedRead>,
    citation: u32,
    file: Arc<str>,
    entry: u32,
}

#[derive(Serialize, Deserialize)]
enum PackedRead {
    Params,
    Section(String),
    Table(String),
    Earlier(String),
}

#[derive(Serialize, Deserialize)]
struct PackedPack {
    id: String,
    version: String,
    title: Localized,
    effective: (i64, i64),
    offset: i32,
    corrections: Option<Corrections>,
    descents: Vec<PackedDescent>,
}

#[derive(Serialize, Deserialize)]
struct PackedDescent {
    span: (i64, i64),
    own: (Vec<String>, u32),
    above: Option<(Vec<String>, u32)>,
}

/// Writes a catalogue whose rules are compiled. `places` says whether to write the
/// places of rules in their scripts.
///
/// # Errors
/// If a rule is not compiled.
pub fn write(catalogue: &Catalogue, program: &Program, places: bool) -> Result<Vec<u8>, Problem> {
    let mut writing = Writing::default();
    let schemas = catalogue.schemas_named().map(|(name, schema)| {
        let object = writing.object(schema.root());
        (name.to_owned(), object)
    });
    let schemas = schemas.collect();
    let tables = catalogue.tables_named().map(|(name, schema)| {
        let object = writing.object(schema.root());
        (name.to_owned(), object)
    });
    let tables = tables.collect();
    let mut packs = Vec::new();
    for pack in catalogue.contents() {
        packs.push(writing.pack(pack)?);
    }
    let mut program = program.clone();
    let (sites, names) = (
        std::mem::take(&mut program.sites),
        std::mem::take(&mut program.names),
    );
    let packed = Packed {
        texts: program.texts.as_slice().to_vec(),
        objects: writing.objects,
        schemas,
        tables,
        citations: writing.citations,
        plans: writing.plans,
        packs,
        program,
    };
    let places = places.then_some((sites, names));
    let body = postcard::to_stdvec(&(packed, places));
    let body = body.map_err(|_| Problem::new(Code::PackedBroken, Place::None))?;
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
    let taken = postcard::take_from_bytes::<(Packed, Option<Places>)>(body);
    match taken {
        Ok(((packed, places), [])) => Ok(Reading::read(packed, places).ok_or_else(broken)?),
        _ => Err(broken().into()),
    }
}

fn problem(code: Code) -> Problem {
    Problem::new(code, Place::None)
}

fn broken() -> Problem {
    problem(Code::PackedBroken)
}

/// FNV-1a: finds damage, not forgery.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[derive(Default)]
struct Writing {
    objects: Vec<PackedObject>,
    citations: Vec<Citation>,
    plans: Vec<PackedPlan>,
    /// The plans so far, by address.
    known: BTreeMap<usize, u32>,
}

impl Writing {
    fn object(&mut self, object: &Object) -> u32 {
        let fields = object
            .fields
            .iter()
            .map(|field| self.field(field))
            .collect();
        let positions = |of: &[usize]| of.iter().map(|at| size(*at)).collect();
        let packed = PackedObject {
            title: object.title.clone(),
            fields,
            span: object.span.clone(),
            key: positions(&object.key),
            identity: positions(&object.identity),
        };
        let known = self.objects.iter().position(|known| *known == packed);
        size(known.unwrap_or_else(|| {
            self.objects.push(packed);
            self.objects.len() - 1
        }))
    }

    fn field(&mut self, field: &Field) -> PackedField {
        let mut lists = Vec::new();
        let mut kind = &field.kind;
        while let Type::List { item, least, most } = kind {
            lists.push((*least as u64, *most as u64));
            kind = item;
        }
        PackedField {
            name: Arc::clone(&field.name),
            lists,
            kind: match kind {
                // The loop above has gone through all lists.
                Type::Bool | Type::List { .. } => PackedType::Bool,
                Type::Int { least, most } => PackedType::Int(*least, *most),
                Type::Text(text) => {
                    let pattern = text.pattern.as_ref().map(|it| it.source().to_owned());
                    PackedType::Text(text.least as u64, text.most as u64, pattern)
                }
                Type::Enum(names) => PackedType::Enum(names.to_vec()),
                Type::Instant => PackedType::Instant,
                Type::Date => PackedType::Date,
                Type::Temperature { least, most } => {
                    PackedType::Temperature(least.in_tenths(), most.in_tenths())
                }
                Type::Object(object) => PackedType::Object(self.object(object)),
            },
            required: field.required,
            order: field
                .order
                .as_ref()
                .map(|order| (order.sibling.clone(), order.strict)),
            past: field.past,
        }
    }

    fn pack(&mut self, pack: &Pack) -> Result<PackedPack, Problem> {
        let mut descents = Vec::new();
        for descent in &pack.descents {
            descents.push(PackedDescent {
                span: descent.span.bounds(),
                own: self.part(&descent.own)?,
                above: descent
                    .above
                    .as_ref()
                    .map(|above| self.part(above))
                    .transpose()?,
            });
        }
        Ok(PackedPack {
            id: pack.id.to_string(),
            version: pack.version.clone(),
            title: pack.title.clone(),
            effective: pack.effective.bounds(),
            offset: pack.offset.minutes(),
            corrections: pack.corrections,
            descents,
        })
    }

    fn part(&mut self, part: &Part) -> Result<(Vec<String>, u32), Problem> {
        let address = Arc::as_ptr(&part.plan).addr();
        let number = match self.known.get(&address) {
            Some(known) => *known,
            None => {
                let plan = self.plan(&part.plan)?;
                self.plans.push(plan);
                let number = size(self.plans.len() - 1);
                self.known.insert(address, number);
                number
            }
        };
        Ok((part.packs.to_vec(), number))
    }

    fn plan(&mut self, plan: &Plan) -> Result<PackedPlan, Problem> {
        let mut decisions = Vec::new();
        for decision in &plan.decisions {
            let mut rules = Vec::new();
            for rule in &decision.rules {
                rules.push(self.rule(rule)?);
            }
            decisions.push(PackedDecision {
                name: Arc::clone(&decision.name),
                declared_by: Arc::clone(&decision.declared_by),
                roles: decision.roles.clone(),
                caption: decision.caption.clone(),
                levels: decision.levels.clone(),
                rules,
            });
        }
        Ok(PackedPlan {
            subject: plan.subject.clone(),
            offset: plan.offset.minutes(),
            decisions,
        })
    }

    fn rule(&mut self, rule: &Rule) -> Result<PackedRule, Problem> {
        let read = |read: &Read| match read {
            Read::Params => PackedRead::Params,
            Read::Section(name, _) => PackedRead::Section(name.clone()),
            Read::Table(name) => PackedRead::Table(name.clone()),
            Read::Earlier(name) => PackedRead::Earlier(name.clone()),
        };
        let known = self
            .citations
            .iter()
            .position(|known| *known == *rule.citation);
        let citation = known.unwrap_or_else(|| {
            self.citations.push((*rule.citation).clone());
            self.citations.len() - 1
        });
        Ok(PackedRule {
            function: rule.function.clone(),
            reads: rule.reads.iter().map(read).collect(),
            citation: size(citation),
            file: Arc::clone(&rule.file),
            entry: size(rule.body.key().ok_or_else(broken)?),
        })
    }
}

struct Reading {
    objects: Vec<Arc<Object>>,
    /// How many objects and fields each object has in it.
    weights: Vec<usize>,
    citations: Vec<Arc<Citation>>,
    plans: Vec<Arc<Plan>>,
    program: Arc<OnceLock<Program>>,
    entries: usize,
}

impl Reading {
    /// The catalogue; `None` if anything in it leads nowhere.
    fn read(packed: Packed, places: Option<Places>) -> Option<Catalogue> {
        let Packed {
            texts,
            objects,
            schemas,
            tables,
            citations,
            plans,
            packs,
            mut program,
        } = packed;
        if !texts.is_sorted() || packs.len() > limits::PACKS {
            return None;
        }
        if let Some((sites, names)) = places {
            program.sites = sites;
            program.names = names;
        }
        program.texts = Arc::new(Texts::new(texts.clone()));
        is_sound(&program).then_some(())?;
        let entries = program.entries.len();
        let mut reading = Self {
            objects: Vec::new(),
            weights: Vec::new(),
            citations: citations.into_iter().map(Arc::new).collect(),
            plans: Vec::new(),
            program: Arc::new(OnceLock::from(program)),
            entries,
        };
        for object in objects {
            reading.object(object)?;
        }
        let schema = |(name, at): (String, u32)| {
            let object = reading.objects.get(at as usize)?;
            Some((name, Schema::of(Arc::clone(object))))
        };
        let schemas: BTreeMap<String, Schema> = map_of(
            schemas
                .into_iter()
                .map(schema)
                .collect::<Option<Vec<_>>>()?,
        );
        let tables: BTreeMap<String, Schema> =
            map_of(tables.into_iter().map(schema).collect::<Option<Vec<_>>>()?);
        for plan in plans {
            let plan = reading.plan(plan, &schemas)?;
            reading.plans.push(Arc::new(plan));
        }
        let packs = packs
            .into_iter()
            .map(|pack| reading.pack(pack))
            .collect::<Option<_>>()?;
        Some(Catalogue::new(Contents {
            schemas,
            tables,
            packs,
            texts,
        }))
    }

    fn object(&mut self, packed: PackedObject) -> Option<()> {
        let mut weight = 1;
        let mut fields = Vec::with_capacity(packed.fields.len().min(1_000));
        for field in packed.fields {
            let (kind, inner) = self.kind(field.kind)?;
            weight += 1 + inner;
            (field.lists.len() <= 2).then_some(())?;
            let lists = field.lists.iter().rev();
            let kind = lists.fold(kind, |item, (least, most)| Type::List {
                item: Box::new(item),
                least: usize::try_from(*least).unwrap_or(usize::MAX),
                most: usize::try_from(*most).unwrap_or(usize::MAX),
            });
            fields.push(Field {
                name: field.name,
                kind,
                required: field.required,
                order: field
                    .order
                    .map(|(sibling, strict)| Order { sibling, strict }),
                past: field.past,
                words: Localized::default(),
            });
        }
        let sorted = fields.is_sorted_by(|a: &Field, b: &Field| a.name < b.name);
        (sorted && weight <= limits::SCHEMA_TYPES).then_some(())?;
        let count = fields.len();
        let positions = |of: Vec<u32>| -> Option<Vec<usize>> {
            let at = |at: u32| Some(at as usize).filter(|at| *at < count);
            of.into_iter().map(at).collect()
        };
        let object = Object {
            title: packed.title,
            key: positions(packed.key)?,
            identity: positions(packed.identity)?,
            span: packed.span,
            fields,
            ..Object::default()
        };
        self.objects.push(Arc::new(object));
        self.weights.push(weight);
        Some(())
    }

    fn kind(&self, packed: PackedType) -> Option<(Type, usize)> {
        let text = |least: u64, most: u64, pattern: Option<Pattern>| TextType {
            least: usize::try_from(least).unwrap_or(usize::MAX),
            most: usize::try_from(most).unwrap_or(usize::MAX),
            pattern,
        };
        let kind = match packed {
            PackedType::Bool => Type::Bool,
            PackedType::Int(least, most) => Type::Int { least, most },
            PackedType::Text(least, most, None) => Type::Text(text(least, most, None)),
            PackedType::Text(least, most, Some(pattern)) => {
                Type::Text(text(least, most, Some(Pattern::read(&pattern)?)))
            }
            PackedType::Enum(names) => Type::Enum(names.into()),
            PackedType::Instant => Type::Instant,
            PackedType::Date => Type::Date,
            PackedType::Temperature(least, most) => Type::Temperature {
                least: Temperature::tenths(least),
                most: Temperature::tenths(most),
            },
            PackedType::Object(at) => {
                let object = Arc::clone(self.objects.get(at as usize)?);
                return Some((Type::Object(object), *self.weights.get(at as usize)?));
            }
        };
        Some((kind, 0))
    }

    fn plan(&self, packed: PackedPlan, schemas: &BTreeMap<String, Schema>) -> Option<Plan> {
        let schema = schemas.get(&packed.subject)?;
        let decision = |it: PackedDecision| {
            let rules = it.rules.into_iter().map(|rule| self.rule(rule, schema));
            Some(Decision {
                name: it.name,
                declared_by: it.declared_by,
                roles: it.roles,
                caption: it.caption,
                levels: it.levels,
                rules: rules.collect::<Option<_>>()?,
            })
        };
        let decisions = packed.decisions.into_iter().map(decision);
        Some(Plan {
            subject: packed.subject.clone(),
            offset: Offset::of_minutes(packed.offset)?,
            // Params are constants in compiled rules.
            params: Value::Bool(false),
            decisions: decisions.collect::<Option<_>>()?,
        })
    }

    fn rule(&self, packed: PackedRule, schema: &Schema) -> Option<Rule> {
        let read = |read: PackedRead| {
            Some(match read {
                PackedRead::Params => Read::Params,
                PackedRead::Section(name) => {
                    let field = schema.root().position(&name)?;
                    Read::Section(name, field)
                }
                PackedRead::Table(name) => Read::Table(name),
                PackedRead::Earlier(name) => Read::Earlier(name),
            })
        };
        let entry = packed.entry as usize;
        (entry < self.entries).then_some(())?;
        Some(Rule {
            function: packed.function,
            reads: packed.reads.into_iter().map(read).collect::<Option<_>>()?,
            citation: Arc::clone(self.citations.get(packed.citation as usize)?),
            file: packed.file,
            body: Arc::new(Compiled::new(Arc::clone(&self.program), entry)),
        })
    }

    fn pack(&self, packed: PackedPack) -> Option<Pack> {
        let span = |(from, until): (i64, i64)| Span::of_bounds(from, until);
        let part = |(packs, plan): (Vec<String>, u32)| {
            Some(Part {
                packs: packs.into(),
                plan: Arc::clone(self.plans.get(plan as usize)?),
            })
        };
        let descent = |it: PackedDescent| {
            Some(Descent {
                span: span(it.span)?,
                own: part(it.own)?,
                above: match it.above {
                    Some(above) => Some(part(above)?),
                    None => None,
                },
            })
        };
        Some(Pack {
            id: PackId::read(packed.id),
            version: packed.version,
            title: packed.title,
            effective: span(packed.effective)?,
            offset: Offset::of_minutes(packed.offset)?,
            corrections: packed.corrections,
            descents: packed
                .descents
                .into_iter()
                .map(descent)
                .collect::<Option<_>>()?,
        })
    }
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

fn size(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
