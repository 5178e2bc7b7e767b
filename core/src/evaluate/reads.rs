//! Which sections decisions read, for whoever reads no more than that from a file.

use super::asked;
use crate::catalogue::Catalogue;
use crate::history::Course;
use crate::plan::Read;
use crate::policy::Policy;
use crate::problem::{Code, Place, Problem, Problems};
use crate::schema::{INCOMPLETE, OVERRIDES, SUBJECT};
use crate::when::Span;
use std::collections::BTreeSet;

impl Catalogue {
    /// The sections of facts that deciding needs: those that the rules of the decisions read,
    /// directly or through other decisions, under the policies that meet `window`; and those
    /// that core itself reads, manual causes among them. Without a region, those of all
    /// regions; without decisions, of all decisions.
    ///
    /// ```
    /// use longma_core::{Catalogue, Contents, Schema, Span};
    ///
    /// let schema = r#"{"type": "object", "additionalProperties": false,
    ///     "required": ["subject"], "properties": {
    ///         "subject": {"type": "string", "enum": ["person"]},
    ///         "doses": {"type": "integer"}}}"#;
    /// let schemas = [("person".to_owned(), Schema::read(schema, "schema")?)].into();
    /// let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
    /// // No pack reads anything.
    /// let read = catalogue.sections_read("person", None, None, Span::ALWAYS)?;
    /// assert_eq!(read.into_iter().collect::<Vec<_>>(), ["subject"]);
    /// # Ok::<(), longma_core::Problems>(())
    /// ```
    ///
    /// # Errors
    /// A decision that the rules do not have.
    pub fn sections_read(
        &self,
        subject: &str,
        region: Option<&str>,
        decisions: Option<&[&str]>,
        window: Span,
    ) -> Result<BTreeSet<String>, Problems> {
        let histories = match region {
            Some(region) => self.history_today(region).into_iter().collect(),
            None => self.histories(),
        };
        let courses = histories.into_iter();
        let courses = courses.filter_map(|it| Some((it.policies(), it.course(subject)?)));
        let courses: Vec<(&[Policy], &Course)> = courses.collect();
        let mut problems = Problems::default();
        for name in decisions.into_iter().flatten() {
            if courses
                .iter()
                .all(|(_, course)| course.find(name).is_none())
            {
                let known: BTreeSet<&str> = courses
                    .iter()
                    .flat_map(|(_, course)| course.decisions.iter().map(|it| &*it.name))
                    .collect();
                let known: Vec<&str> = known.into_iter().collect();
                problems.push(
                    Problem::new(Code::UnknownDecision, Place::None)
                        .with("decision", name)
                        .with("known", known.join(", ")),
                );
            }
        }
        let mut read = BTreeSet::new();
        for (policies, course) in courses {
            let all = course.decisions.iter().enumerate();
            let asked =
                all.filter(|(_, it)| decisions.is_none_or(|asked| asked.contains(&&*it.name)));
            let asked: Vec<usize> = asked.map(|(at, _)| at).collect();
            for ground in asked::grounds(course, policies, &asked, window) {
                let rules = ground.decision().into_iter().flat_map(|it| &it.rules);
                read.extend(
                    rules
                        .flat_map(|rule| &rule.reads)
                        .filter_map(|it| match it {
                            Read::Section(name, _) => Some(name.clone()),
                            _ => None,
                        }),
                );
            }
        }
        let shape = self.shape(subject);
        let own = [SUBJECT, INCOMPLETE, OVERRIDES].into_iter();
        let own = own.filter(|name| shape.is_some_and(|shape| shape.section(name).is_some()));
        read.extend(own.map(str::to_owned));
        problems.or(read)
    }
}
