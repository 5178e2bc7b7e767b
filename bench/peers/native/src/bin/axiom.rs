//! Axiom Rules Engine, with its dense plan: a batch of one person.

use axiom_rules_engine::compile::CompiledProgramArtifact;
use axiom_rules_engine::dense::{
    DenseBatchSpec, DenseColumn, DenseCompiledProgram, DenseOutputValue,
};
use axiom_rules_engine::model::{JudgmentOutcome, Period, PeriodKind};
use chrono::NaiveDate;
use longma_bench_peers::{Answer, Result, facts, serve};
use std::collections::HashMap;

fn main() -> Result<()> {
    let policy = Policy::new()?;
    serve(|person, now| policy.decide(person, now))
}

struct Policy {
    program: DenseCompiledProgram,
    period: Period,
    outputs: Vec<String>,
}

impl Policy {
    fn new() -> Result<Self> {
        let artifact = CompiledProgramArtifact::from_rulespec_str(include_str!("../policy.yaml"))?;
        let program = DenseCompiledProgram::from_artifact(&artifact, Some("Person"))?;
        // The instant is a fact here: a period ends at the day.
        let day = NaiveDate::from_ymd_opt(2022, 7, 15).ok_or("no day")?;
        let period = Period {
            kind: PeriodKind::Custom("Day".to_owned()),
            start: day,
            end: day,
        };
        let outputs = ["red", "yellow", "valid", "gold"]
            .map(str::to_owned)
            .to_vec();
        Ok(Self {
            program,
            period,
            outputs,
        })
    }

    fn decide(&self, person: &str, now: i64) -> Result<Answer> {
        let column =
            |(name, value): (&str, i64)| (name.to_owned(), DenseColumn::Integer(vec![value]));
        let inputs = facts::summary(person, now)?
            .into_iter()
            .map(column)
            .collect();
        let batch = DenseBatchSpec {
            row_count: 1,
            inputs,
            relations: HashMap::new(),
        };
        let result = self.program.execute(&self.period, batch, &self.outputs)?;
        let holds = |name: &str| match result.outputs.get(name) {
            Some(DenseOutputValue::Judgment(outcomes)) => {
                outcomes.first() == Some(&JudgmentOutcome::Holds)
            }
            _ => false,
        };
        let level = |name: &str, above: &str, below: &str| {
            if holds(name) { above } else { below }.to_owned()
        };
        let code = if holds("red") {
            "red".to_owned()
        } else {
            level("yellow", "yellow", "green")
        };
        Ok([
            code,
            level("valid", "valid", "invalid"),
            level("gold", "gold", "none"),
        ])
    }
}
