//! What sources have signed: it stays in the dossier as they signed it, and is verified anew
//! whenever a pack asks whose word something is.
//!
//! A statement that only names a source is anybody's. One that follows from a document which
//! the source signed is the source's.

use super::SIGNED;
use super::correction::Correction;
use super::dossier::{self, Dossier, SUBJECT};
use super::join::mild;
use super::who;
use crate::code::Code;
use base64ct::{Base64UrlUnpadded, Encoding};
use longma_core::{Catalogue, Instant, Problem, Problems};
use longma_seal::statement::{Kind, Sources, Statement};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What of a dossier counts, and what does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// What counts. The signed documents are all still there.
    pub dossier: Dossier,
    /// What was left out, and why: warnings.
    pub problems: Vec<Problem>,
}

impl Dossier {
    /// Adds what sources have signed, facts before corrections. Whose key it was says whose
    /// word it is, so nothing else has to.
    ///
    /// It has to name the person by the number of a document: a record alone would count for
    /// anybody. Corrections are an object with the person's `identity` and the list as
    /// `corrections`; some source must have said whom the dossier is about.
    ///
    /// # Errors
    /// The position of a document that no source signed or that is wrong, and why.
    pub fn with_signed<'d>(
        &self,
        catalogue: &Catalogue,
        sources: &Sources,
        documents: impl IntoIterator<Item = &'d [u8]>,
    ) -> Result<Self, (usize, Problems)> {
        let mut dossier = self.clone();
        let mut corrections = Vec::new();
        for (at, document) in documents.into_iter().enumerate() {
            let mut add = || -> Result<(), Problems> {
                let (source, stated) = sources.open(document)?;
                let about = About::of(&stated)?;
                match stated.kind {
                    Kind::Facts => {
                        let said = Self::of(catalogue, source, &stated.document)?;
                        dossier.statements.extend(said.statements);
                    }
                    Kind::Corrections => corrections.push((at, about)),
                }
                dossier
                    .signed
                    .insert(Base64UrlUnpadded::encode_string(document));
                if dossier.signed.len() > SIGNED {
                    let told = Problem::in_facts(Code::DossierSize, "/signed");
                    return Err(told.with("limit", SIGNED).into());
                }
                Ok(())
            };
            add().map_err(|problems| (at, problems))?;
        }
        let person = who::person(&dossier);
        for (at, about) in corrections {
            let read = about.corrections(&dossier, catalogue, person.as_deref());
            let read = read.map_err(|problems| (at, problems))?;
            dossier.corrections.extend(read);
        }
        Ok(dossier)
    }

    /// Whether sources have signed anything in it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        !self.signed.is_empty()
    }

    /// What of the dossier counts where the packs in force at an instant ask for signatures
    /// ([`Catalogue::signers`]): those of `region`, else of the region that the facts name. If
    /// `known` is given, as it was known then, without what was signed or corrected later.
    ///
    /// Left out are records that none of the asked sources has signed, and corrections
    /// likewise. A section of which nothing is left is not known; where no source that counts
    /// says that its records are all, facts say that only a part is known.
    ///
    /// # Errors
    /// If the dossier does not say whom it is about, or cannot be merged.
    pub fn counted(
        &self,
        catalogue: &Catalogue,
        sources: &Sources,
        (region, at): (Option<&str>, Instant),
        known: Option<Instant>,
    ) -> Result<Counted, Problems> {
        let whole = self.merged(catalogue)?.facts_json();
        let whole = catalogue.read_facts(&whole)?;
        let region = region.or(whole.region()).unwrap_or_default();
        let asked = &catalogue.signers(region, whole.subject(), at);
        let mut problems = Vec::new();
        let signed = self.verified(catalogue, sources, known, &mut problems);
        let at_the_time = known.map_or_else(|| self.clone(), |at| self.until(at));
        let mut dossier = Self {
            signed: self.signed.clone(),
            ..Self::default()
        };
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for it in &at_the_time.statements {
            let counts = match asked.get(&it.section) {
                Some(signers) if it.section != SUBJECT => {
                    signers.by.contains(&it.source) && signed.now.statements.contains(it)
                }
                _ => !signed.is_later(it),
            };
            if counts {
                dossier.statements.insert(it.clone());
            } else if asked.contains_key(&it.section) {
                *left.entry(&it.section).or_default() += 1;
            }
        }
        for (section, count) in left {
            let by = asked.get(section).map(|it| &it.by);
            let by: Vec<&str> = by.into_iter().flatten().map(String::as_str).collect();
            let told = Problem::in_facts(Code::SignedLeft, format!("/{section}"));
            let told = told.with("section", section).with("count", count);
            problems.push(mild(told.with("by", by.join(", "))));
        }
        for (index, it) in self.corrections.iter().enumerate() {
            if !at_the_time.corrections.contains(it) {
                continue;
            }
            let by = signed.now.corrections.get(it);
            let counts = match asked.get(&it.section) {
                Some(signers) => by.is_some_and(|by| !by.is_disjoint(&signers.corrected_by)),
                None => by.is_some() || !signed.later.corrections.contains_key(it),
            };
            if counts {
                dossier.corrections.insert(it.clone());
            } else if let Some(signers) = asked.get(&it.section) {
                let by: Vec<&str> = signers.corrected_by.iter().map(String::as_str).collect();
                let place = format!("/corrections/{index}");
                let told = Problem::in_facts(Code::SignedLeftCorrection, place);
                problems.push(mild(told.with("by", by.join(", "))));
            }
        }
        Ok(Counted { dossier, problems })
    }

    /// What follows from the signed documents: from those made by the instant, and from later
    /// ones.
    fn verified(
        &self,
        catalogue: &Catalogue,
        sources: &Sources,
        known: Option<Instant>,
        problems: &mut Vec<Problem>,
    ) -> Signed {
        let mut found = Signed::default();
        let person = who::person(self);
        for (index, text) in self.signed.iter().enumerate() {
            let mut read = || -> Result<(), Problems> {
                let document = Base64UrlUnpadded::decode_vec(text)
                    .map_err(|_| Problem::in_facts(Code::SignedText, ""))?;
                let (source, stated) = sources.open(&document)?;
                let about = About::of(&stated)?;
                let part = if known.is_some_and(|at| stated.made > at) {
                    &mut found.later
                } else {
                    &mut found.now
                };
                match stated.kind {
                    Kind::Facts if person.as_ref() != Some(&about.person) => {
                        return Err(other().into());
                    }
                    Kind::Facts => {
                        let said = Self::of(catalogue, source, &stated.document)?;
                        part.statements.extend(said.statements);
                    }
                    Kind::Corrections => {
                        for it in about.corrections(self, catalogue, person.as_deref())? {
                            let by = part.corrections.entry(it).or_default();
                            by.insert(source.to_owned());
                        }
                    }
                }
                Ok(())
            };
            if let Err(why) = read() {
                let why = why.as_slice().first().map(Problem::message);
                let told = Problem::in_facts(Code::SignedVoid, format!("/signed/{index}"));
                problems.push(mild(told.with("why", why.unwrap_or_default())));
            }
        }
        found
    }
}

/// Whom a statement is about, and the list of its corrections.
struct About {
    /// The document of the person, as it is compared.
    person: String,
    list: String,
}

impl About {
    fn of(stated: &Statement) -> Result<Self, Problem> {
        let unnamed = || Problem::in_facts(Code::SignedNobody, "/identity/document");
        let json: Json = serde_json::from_str(&stated.document).map_err(|_| unnamed())?;
        let identity = json.get(who::IDENTITY).and_then(Json::as_object);
        let person = identity.and_then(who::document).ok_or_else(unnamed)?.key();
        let list = json.get("corrections").unwrap_or(&Json::Null);
        if stated.kind == Kind::Corrections && !list.is_array() {
            return Err(unnamed());
        }
        Ok(Self {
            person,
            list: list.to_string(),
        })
    }

    /// Its corrections, for a dossier that is about this person.
    fn corrections(
        &self,
        dossier: &Dossier,
        catalogue: &Catalogue,
        person: Option<&str>,
    ) -> Result<BTreeSet<Correction>, Problems> {
        if person != Some(&self.person) {
            return Err(other().into());
        }
        dossier.read_corrections(catalogue, &self.list)
    }
}

fn other() -> Problem {
    Problem::in_facts(Code::SignedOther, "/identity/document")
}

/// What follows from signed documents.
#[derive(Default)]
struct Signed {
    now: Part,
    /// What was signed only later.
    later: Part,
}

#[derive(Default)]
struct Part {
    statements: BTreeSet<dossier::Statement>,
    /// Each with the sources that signed it.
    corrections: BTreeMap<Correction, BTreeSet<String>>,
}

impl Signed {
    /// Whether a statement was signed later and not by then.
    fn is_later(&self, statement: &dossier::Statement) -> bool {
        self.later.statements.contains(statement) && !self.now.statements.contains(statement)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#[allow(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::fixture::{NUMBER, negative, pack, packs, positive};
    use longma_core::Request;
    use longma_seal::{Algorithm, PrivateKey};
    use serde_json::json;

    const REPORTED: &str = "2022-07-10T20:00:00+08:00";
    /// Another invented number with a valid check character.
    const OTHER: &str = "999999199001010024";
    const LATER: &str = "2022-07-12T08:00:00+08:00";

    fn key(byte: u8) -> PrivateKey {
        PrivateKey::from_bytes(Algorithm::Ed25519, [byte; 32]).unwrap()
    }

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// A laboratory with key 1, a hospital with key 2, an office with key 3.
    fn sources() -> Sources {
        let named = [("laboratory", 1), ("hospital", 2), ("office", 3)];
        let named =
            named.map(|(name, byte)| format!("\"{name}\": [{}]", key(byte).public().to_jwk()));
        Sources::read(&format!("{{{}}}", named.join(","))).unwrap()
    }

    /// Rules that want tests signed by a laboratory, and their corrections by an office.
    fn strict() -> Catalogue {
        let mut pack = pack("62/2022-01-01", None, None, "record");
        pack.manifest.facts = serde_json::from_value(json!({"tests": {
            "requires": "signed", "by": ["laboratory"], "corrected_by": ["office"]}}))
        .unwrap();
        packs(vec![pack])
    }

    fn facts(tests: &[Json]) -> String {
        json!({"subject": "person", "tests": tests, "identity": {"name": "样例",
            "document": {"type": "resident_id", "number": NUMBER}, "region": "620102"}})
        .to_string()
    }

    fn sealed(byte: u8, made: &str, kind: Kind, document: String) -> Vec<u8> {
        let made = instant(made);
        Statement {
            made,
            kind,
            document,
        }
        .sealed(&key(byte))
    }

    fn tested(byte: u8, tests: &[Json]) -> Vec<u8> {
        sealed(byte, REPORTED, Kind::Facts, facts(tests))
    }

    /// The level at noon on 11 July, and the codes of what was left out.
    fn level(
        catalogue: &Catalogue,
        dossier: &Dossier,
        known: Option<&str>,
    ) -> (String, Vec<String>) {
        let noon = instant("2022-07-11T12:00:00+08:00");
        let counted = dossier
            .counted(catalogue, &sources(), (None, noon), known.map(instant))
            .unwrap();
        let merged = counted.dossier.merged(catalogue).unwrap();
        let outcome = catalogue
            .evaluate(&merged.facts_json(), Request::default())
            .unwrap();
        let level = outcome.at("code", noon).unwrap().level_name().to_owned();
        let codes = counted.problems.iter();
        (level, codes.map(|it| it.code.as_str().to_owned()).collect())
    }

    fn none() -> Vec<String> {
        Vec::new()
    }

    #[test]
    fn what_the_laboratory_signed_counts_and_what_only_names_it_does_not() {
        let catalogue = strict();
        let add = |dossier: &Dossier, document: &[u8]| {
            dossier
                .with_signed(&catalogue, &sources(), [document])
                .unwrap()
        };
        let signed = add(&Dossier::default(), &tested(1, &[negative(REPORTED)]));
        assert_eq!(level(&catalogue, &signed, None), ("green".into(), none()));

        let claimed = Dossier::of(&catalogue, "laboratory", &facts(&[negative(REPORTED)])).unwrap();
        let left = vec!["signed-left".to_owned()];
        assert_eq!(
            level(&catalogue, &claimed, None),
            ("unknown".into(), left.clone())
        );
        // A source that these rules do not ask.
        let other = add(&Dossier::default(), &tested(2, &[negative(REPORTED)]));
        assert_eq!(
            level(&catalogue, &other, None),
            ("unknown".into(), left.clone())
        );
        // Others add nothing to what the laboratory says is all.
        let both = signed.join(&claimed).join(&other);
        assert_eq!(
            level(&catalogue, &both, None),
            ("green".into(), left.clone())
        );
        let made_up = Dossier::of(&catalogue, "laboratory", &facts(&[positive(REPORTED)])).unwrap();
        assert_eq!(
            level(&catalogue, &signed.join(&made_up), None),
            ("green".into(), left)
        );
    }

    #[test]
    fn a_city_inherits_whom_its_province_asks_and_can_ask_another() {
        let province = || {
            let mut pack = pack("62/2022-01-01", None, None, "record");
            let asked = json!({"tests": {"requires": "signed", "by": ["laboratory"]}});
            pack.manifest.facts = serde_json::from_value(asked).unwrap();
            pack
        };
        let city = |facts: Json| {
            let mut pack = pack("6201/2022-01-01", None, None, "record");
            pack.manifest.inherits = Some("62".to_owned());
            pack.manifest.decisions.clear();
            pack.scripts.clear();
            pack.captions.clear();
            pack.manifest.facts = serde_json::from_value(facts).unwrap();
            packs(vec![province(), pack])
        };
        let hospital = json!({"tests": {"requires": "signed", "by": ["hospital"]}});
        for (catalogue, counts) in [(city(json!({})), 1), (city(hospital), 2)] {
            for byte in [1, 2] {
                let document = tested(byte, &[negative(REPORTED)]);
                let signed = Dossier::default()
                    .with_signed(&catalogue, &sources(), [&*document])
                    .unwrap();
                let expected = if byte == counts { "green" } else { "unknown" };
                assert_eq!(
                    level(&catalogue, &signed, None).0,
                    expected,
                    "{counts} {byte}"
                );
            }
        }
    }

    #[test]
    fn signatures_travel_with_the_dossier_and_are_verified_when_it_is_asked() {
        let catalogue = strict();
        let document = tested(1, &[negative(REPORTED)]);
        let signed = Dossier::default()
            .with_signed(&catalogue, &sources(), [&*document])
            .unwrap();
        let read = Dossier::read(&catalogue, &signed.json()).unwrap();
        assert_eq!(read, signed);
        let joined = person(&catalogue).join(&read);
        assert_eq!(joined, read.join(&person(&catalogue)));
        assert_eq!(level(&catalogue, &joined, None), ("green".into(), none()));

        // The same dossier with another letter in its signed document.
        let text = Base64UrlUnpadded::encode_string(&document);
        let turned = text.replacen("cGVyc29u", "cGVyc29v", 1);
        assert_ne!(turned, text);
        let forged = Dossier::read(&catalogue, &signed.json().replace(&text, &turned)).unwrap();
        let left = ["signed-void", "signed-left"].map(str::to_owned).to_vec();
        assert_eq!(level(&catalogue, &forged, None), ("unknown".into(), left));
        let problem = Dossier::default()
            .with_signed(&catalogue, &sources(), [&*tested(4, &[])])
            .unwrap_err();
        assert_eq!(problem.1.as_slice()[0].code.as_str(), "seal-key");
    }

    fn person(catalogue: &Catalogue) -> Dossier {
        let facts = json!({"subject": "person", "identity": {"name": "样例",
            "document": {"type": "resident_id", "number": NUMBER}, "region": "620102"}});
        Dossier::of(catalogue, "grid_worker", &facts.to_string()).unwrap()
    }

    fn correction(at: &str) -> String {
        let record = json!({"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00"});
        let identity = json!({"document": {"type": "resident_id", "number": NUMBER}});
        json!({"identity": identity, "corrections": [{
            "section": "tests", "at": at, "record": record, "becomes": negative(REPORTED),
            "by": {"name": "经办甲", "office": "虚构区疾控中心", "number": "0001"},
            "reason": "样本贴错"}]})
        .to_string()
    }

    #[test]
    fn a_correction_counts_if_who_may_correct_has_signed_it() {
        let catalogue = strict();
        let signed = Dossier::default()
            .with_signed(&catalogue, &sources(), [&*tested(1, &[positive(REPORTED)])])
            .unwrap();
        assert_eq!(level(&catalogue, &signed, None), ("red".into(), none()));
        let list: Json = serde_json::from_str(&correction(LATER)).unwrap();
        let list = list["corrections"].to_string();
        let unsigned = signed.corrected(&catalogue, &list).unwrap();
        let left = vec!["signed-left-correction".to_owned()];
        assert_eq!(
            level(&catalogue, &unsigned, None),
            ("red".into(), left.clone())
        );
        let by = |byte, made| {
            let document = sealed(byte, made, Kind::Corrections, correction(LATER));
            signed
                .with_signed(&catalogue, &sources(), [&*document])
                .unwrap()
        };
        // The laboratory signs its tests, and may not correct them alone.
        assert_eq!(level(&catalogue, &by(1, LATER), None), ("red".into(), left));
        assert_eq!(
            level(&catalogue, &by(3, LATER), None),
            ("green".into(), none())
        );
        // What was known before it, an appeal can still ask.
        let before = Some("2022-07-11T00:00:00+08:00");
        assert_eq!(
            level(&catalogue, &by(3, LATER), before),
            ("red".into(), none())
        );
    }

    #[test]
    fn what_was_signed_about_one_person_counts_for_no_other() {
        let catalogue = strict();
        let other = facts(&[negative(REPORTED)]).replace(NUMBER, OTHER);
        let document = sealed(1, REPORTED, Kind::Facts, other);
        let of_other = Dossier::default()
            .with_signed(&catalogue, &sources(), [&*document])
            .unwrap();
        // One's own name, another's signed record, and the claim that it is one's own.
        let claimed = Dossier::of(&catalogue, "laboratory", &facts(&[negative(REPORTED)])).unwrap();
        let mut forged: Json = serde_json::from_str(&claimed.json()).unwrap();
        let of_other: Json = serde_json::from_str(&of_other.json()).unwrap();
        forged["signed"] = of_other["signed"].clone();
        let forged = Dossier::read(&catalogue, &forged.to_string()).unwrap();
        let left = ["signed-void", "signed-left"].map(str::to_owned).to_vec();
        assert_eq!(level(&catalogue, &forged, None), ("unknown".into(), left));

        let code = |kind, document: String| {
            let document = sealed(3, REPORTED, kind, document);
            let added = person(&catalogue).with_signed(&catalogue, &sources(), [&*document]);
            added.unwrap_err().1.as_slice()[0].code.as_str()
        };
        let correction = correction(LATER);
        let of_other = correction.replace(NUMBER, OTHER);
        assert_eq!(code(Kind::Corrections, of_other), "signed-other");
        let list: Json = serde_json::from_str(&correction).unwrap();
        assert_eq!(
            code(Kind::Corrections, list["corrections"].to_string()),
            "signed-nobody"
        );
        let unnamed = json!({"subject": "person", "tests": [negative(REPORTED)]});
        assert_eq!(code(Kind::Facts, unnamed.to_string()), "signed-nobody");
    }

    #[test]
    fn what_was_signed_later_was_not_known_before() {
        let catalogue = strict();
        let late = sealed(1, LATER, Kind::Facts, facts(&[negative(REPORTED)]));
        let dossier = person(&catalogue)
            .with_signed(&catalogue, &sources(), [&*late])
            .unwrap();
        assert_eq!(level(&catalogue, &dossier, None), ("green".into(), none()));
        let (level, _) = level(&catalogue, &dossier, Some("2022-07-11T00:00:00+08:00"));
        assert_eq!(level, "unknown");
    }
}
