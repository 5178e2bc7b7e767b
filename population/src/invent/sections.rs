//! The columns of each section, and how they become the columns of the schema.

use super::columns::{
    Ends, Known, Made, Optional, Texts, Values, days, empty, keys, numbers, optional_bools,
    optional_times, record, temperatures, times,
};
use super::like::PRODUCTS;
use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;

pub(super) const DOCUMENTS: [&str; 1] = ["other"];
pub(super) const SEXES: [&str; 2] = ["1", "2"];
pub(super) const CHANNELS: [&str; 3] = ["mini_program", "app", "on_behalf"];
pub(super) const DIAGNOSES: [&str; 3] = ["confirmed", "asymptomatic", "suspected"];
pub(super) const CONTACTS: [&str; 3] = ["close", "secondary", "time_space"];
pub(super) const METHODS: [&str; 2] = ["nucleic_acid", "antigen"];
pub(super) const RESULTS: [&str; 3] = ["negative", "positive", "inconclusive"];
pub(super) const SYMPTOMS: [&str; 4] = ["fever", "cough", "fatigue", "sore_throat"];
pub(super) const ISOLATIONS: [&str; 3] = ["central", "home", "monitoring"];
pub(super) const REASONS: [&str; 3] = ["entry", "close_contact", "secondary_contact"];
pub(super) const FLAGS: [&str; 2] = ["mass_testing_missed", "national_high_risk"];
pub(super) const PRESENCES: [&str; 3] = ["on_site", "registered", "forwarded"];
pub(super) const RISKS: [&str; 4] = ["none", "low", "medium", "high"];
pub(super) const SUBJECTS: [&str; 1] = ["person"];

#[derive(Debug, Default)]
pub(super) struct Identities {
    pub(super) name: Texts,
    pub(super) number: Texts,
    pub(super) sex: Values<i32>,
    pub(super) birth_date: Values<i32>,
    pub(super) region: Texts,
}

#[derive(Debug, Default)]
pub(super) struct Issues {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) issued_at: Values<i64>,
    pub(super) channel: Values<i32>,
}

#[derive(Debug, Default)]
pub(super) struct Diagnoses {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) kind: Values<i32>,
    pub(super) diagnosed_at: Values<i64>,
    pub(super) resolved_at: Optional<i64>,
    pub(super) discharged_at: Optional<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Contacts {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) kind: Values<i32>,
    pub(super) last_contact: Values<i64>,
    pub(super) identified_at: Values<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Stays {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) province: Texts,
    pub(super) city: Texts,
    pub(super) county: Texts,
    pub(super) community: Texts,
    pub(super) arrived: Values<i64>,
    pub(super) left: Optional<i64>,
    pub(super) key_area: Optional<bool>,
}

#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) entered_at: Values<i64>,
    pub(super) country: Texts,
}

#[derive(Debug, Default)]
pub(super) struct Tests {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) method: Values<i32>,
    pub(super) sampled_at: Values<i64>,
    pub(super) reported_at: Values<i64>,
    pub(super) result: Values<i32>,
    pub(super) pool_size: Values<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Vaccinations {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) product: Values<i32>,
    pub(super) dose: Values<i64>,
    pub(super) at: Values<i32>,
}

#[derive(Debug, Default)]
pub(super) struct Symptoms {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) kind: Values<i32>,
    pub(super) onset: Values<i64>,
    pub(super) ended_at: Optional<i64>,
    pub(super) ruled_out_at: Optional<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Isolations {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) kind: Values<i32>,
    pub(super) reason: Values<i32>,
    pub(super) from: Values<i64>,
    pub(super) until: Values<i64>,
    pub(super) released_at: Optional<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Flags {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) kind: Values<i32>,
    pub(super) raised_at: Values<i64>,
    pub(super) cleared_at: Optional<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Visits {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) venue: Texts,
    pub(super) entered_at: Values<i64>,
    pub(super) left_at: Optional<i64>,
    pub(super) presence: Values<i32>,
}

#[derive(Debug, Default)]
pub(super) struct Arrivals {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) arrived_at: Values<i64>,
    pub(super) province: Texts,
    pub(super) city: Texts,
    pub(super) county: Texts,
    pub(super) risk: Values<i32>,
    pub(super) reported_at: Optional<i64>,
}

#[derive(Debug, Default)]
pub(super) struct CheckIns {
    pub(super) ends: Ends,
    pub(super) rows: usize,
    pub(super) at: Values<i64>,
    /// Tenths of a degree.
    pub(super) temperature: Values<i128>,
    /// What was reported of symptoms: where each report's end, and whether they were asked.
    pub(super) asked: Known,
    pub(super) symptom_ends: Ends,
    pub(super) symptoms: Values<i32>,
    pub(super) symptom_rows: usize,
    pub(super) contact: Optional<bool>,
}

/// The sections of a batch.
#[derive(Debug, Default)]
pub(super) struct Sections {
    pub(super) rows: usize,
    pub(super) identities: Identities,
    pub(super) issues: Issues,
    pub(super) diagnoses: Diagnoses,
    pub(super) contacts: Contacts,
    pub(super) stays: Stays,
    pub(super) entries: Entries,
    pub(super) tests: Tests,
    pub(super) vaccinations: Vaccinations,
    pub(super) symptoms: Symptoms,
    pub(super) isolations: Isolations,
    pub(super) flags: Flags,
    pub(super) visits: Visits,
    pub(super) arrivals: Arrivals,
    pub(super) check_ins: CheckIns,
}

impl Sections {
    /// Makes room for what most people have, so that little is moved while it grows.
    pub(super) fn reserve(&mut self, rows: usize) {
        let identities = &mut self.identities;
        identities.name.reserve(rows, 12);
        identities.number.reserve(rows, 15);
        identities.region.reserve(rows, 6);
        identities.sex.reserve(rows);
        identities.birth_date.reserve(rows);
        let (issues, tests, doses) = (2 * rows, 3 * rows, 3 * rows);
        self.issues.issued_at.reserve(issues);
        self.issues.channel.reserve(issues);
        self.tests.method.reserve(tests);
        self.tests.sampled_at.reserve(tests);
        self.tests.reported_at.reserve(tests);
        self.tests.result.reserve(tests);
        self.tests.pool_size.reserve(tests);
        self.vaccinations.product.reserve(doses);
        self.vaccinations.dose.reserve(doses);
        self.vaccinations.at.reserve(doses);
    }

    /// Ends a person's row in every section.
    pub(super) fn end(&mut self) {
        self.rows += 1;
        self.issues.ends.push(self.issues.rows);
        self.diagnoses.ends.push(self.diagnoses.rows);
        self.contacts.ends.push(self.contacts.rows);
        self.stays.ends.push(self.stays.rows);
        self.entries.ends.push(self.entries.rows);
        self.tests.ends.push(self.tests.rows);
        self.vaccinations.ends.push(self.vaccinations.rows);
        self.symptoms.ends.push(self.symptoms.rows);
        self.isolations.ends.push(self.isolations.rows);
        self.flags.ends.push(self.flags.rows);
        self.visits.ends.push(self.visits.rows);
        self.arrivals.ends.push(self.arrivals.rows);
        self.check_ins.ends.push(self.check_ins.rows);
    }

    /// The batch with the columns of `schema`. Sections that are not invented are empty.
    pub(super) fn finish(self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let rows = self.rows;
        let kind = |name: &str| {
            schema
                .field_with_name(name)
                .map(|it| it.data_type().clone())
        };
        let made = [
            ("subject", subjects(rows)),
            ("identity", self.identities.finish(&kind("identity")?, rows)),
            ("issuance", self.issues.finish(&kind("issuance")?)),
            ("diagnoses", self.diagnoses.finish(&kind("diagnoses")?)),
            ("contacts", self.contacts.finish(&kind("contacts")?)),
            ("stays", self.stays.finish(&kind("stays")?)),
            ("entries", self.entries.finish(&kind("entries")?)),
            ("tests", self.tests.finish(&kind("tests")?)),
            (
                "vaccinations",
                self.vaccinations.finish(&kind("vaccinations")?),
            ),
            ("symptoms", self.symptoms.finish(&kind("symptoms")?)),
            ("isolation", self.isolations.finish(&kind("isolation")?)),
            ("flags", self.flags.finish(&kind("flags")?)),
            ("visits", self.visits.finish(&kind("visits")?)),
            ("arrivals", self.arrivals.finish(&kind("arrivals")?)),
            ("check_ins", self.check_ins.finish(&kind("check_ins")?)),
        ];
        let made = made.into_iter().map(|(name, array)| Ok((name, array?)));
        let made: Vec<(&str, ArrayRef)> = made.collect::<Result<_, ArrowError>>()?;
        let columns = schema.fields().iter().map(|field| {
            let part = made.iter().find(|(name, _)| name == field.name());
            match (part, field.data_type()) {
                (Some((_, array)), _) => Ok(array.clone()),
                (None, kind @ DataType::List(_)) => empty(kind, rows),
                (None, kind) => Ok(new_null_array(kind, rows)),
            }
        });
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
    }
}

fn subjects(rows: usize) -> Made {
    let mut subjects = Values::default();
    (0..rows).for_each(|_| subjects.push(0));
    keys(subjects, &SUBJECTS)
}

impl Identities {
    fn finish(self, kind: &DataType, rows: usize) -> Made {
        let DataType::Struct(members) = kind else {
            return record(kind, &[]);
        };
        let document = members.find("document").map(|(_, field)| field.data_type());
        let document = document.cloned().unwrap_or(DataType::Null);
        let mut kinds = Values::default();
        (0..rows).for_each(|_| kinds.push(0));
        let document = record(
            &document,
            &[
                ("type", keys(kinds, &DOCUMENTS)?),
                ("number", self.number.finish()?),
            ],
        )?;
        record(
            kind,
            &[
                ("name", self.name.finish()?),
                ("document", document),
                ("sex", keys(self.sex, &SEXES)?),
                ("birth_date", days(self.birth_date)),
                ("region", self.region.finish()?),
            ],
        )
    }
}

impl Issues {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("issued_at", times(self.issued_at)),
            ("channel", keys(self.channel, &CHANNELS)?),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Diagnoses {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("kind", keys(self.kind, &DIAGNOSES)?),
            ("diagnosed_at", times(self.diagnosed_at)),
            ("resolved_at", optional_times(self.resolved_at)),
            ("discharged_at", optional_times(self.discharged_at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Contacts {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("kind", keys(self.kind, &CONTACTS)?),
            ("last_contact", times(self.last_contact)),
            ("identified_at", times(self.identified_at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Stays {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("province", self.province.finish()?),
            ("city", self.city.finish()?),
            ("county", self.county.finish()?),
            ("community", self.community.finish()?),
            ("arrived", times(self.arrived)),
            ("left", optional_times(self.left)),
            ("key_area", optional_bools(self.key_area)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Entries {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("entered_at", times(self.entered_at)),
            ("country", self.country.finish()?),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Tests {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("method", keys(self.method, &METHODS)?),
            ("sampled_at", times(self.sampled_at)),
            ("reported_at", times(self.reported_at)),
            ("result", keys(self.result, &RESULTS)?),
            ("pool_size", numbers(self.pool_size)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Vaccinations {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("product", keys(self.product, &PRODUCTS)?),
            ("dose", numbers(self.dose)),
            ("at", days(self.at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Symptoms {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("kind", keys(self.kind, &SYMPTOMS)?),
            ("onset", times(self.onset)),
            ("ended_at", optional_times(self.ended_at)),
            ("ruled_out_at", optional_times(self.ruled_out_at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Isolations {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("kind", keys(self.kind, &ISOLATIONS)?),
            ("reason", keys(self.reason, &REASONS)?),
            ("from", times(self.from)),
            ("until", times(self.until)),
            ("released_at", optional_times(self.released_at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Flags {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("kind", keys(self.kind, &FLAGS)?),
            ("raised_at", times(self.raised_at)),
            ("cleared_at", optional_times(self.cleared_at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Visits {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("venue", self.venue.finish()?),
            ("entered_at", times(self.entered_at)),
            ("left_at", optional_times(self.left_at)),
            ("presence", keys(self.presence, &PRESENCES)?),
        ];
        self.ends.records(kind, &parts)
    }
}

impl Arrivals {
    fn finish(self, kind: &DataType) -> Made {
        let parts = [
            ("arrived_at", times(self.arrived_at)),
            ("province", self.province.finish()?),
            ("city", self.city.finish()?),
            ("county", self.county.finish()?),
            ("risk", keys(self.risk, &RISKS)?),
            ("reported_at", optional_times(self.reported_at)),
        ];
        self.ends.records(kind, &parts)
    }
}

impl CheckIns {
    fn finish(self, kind: &DataType) -> Made {
        let member = |name: &str| match kind {
            DataType::List(item) => match item.data_type() {
                DataType::Struct(members) => members.find(name).map(|(_, it)| it.data_type()),
                _ => None,
            },
            _ => None,
        };
        let symptoms = member("symptoms").cloned().unwrap_or(DataType::Null);
        let asked = Some(self.asked);
        let said = keys(self.symptoms, &SYMPTOMS)?;
        let parts = [
            ("at", times(self.at)),
            ("temperature", temperatures(self.temperature)?),
            ("symptoms", self.symptom_ends.lists(&symptoms, said, asked)?),
            ("contact", optional_bools(self.contact)),
        ];
        self.ends.records(kind, &parts)
    }
}
