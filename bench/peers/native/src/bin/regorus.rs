//! Rego by regorus, with its interpreter.

use longma_bench_peers::{Answer, Result, facts, serve};
use regorus::{Engine, Value};

fn main() -> Result<()> {
    let mut policy = Policy::new()?;
    serve(|person, now| policy.decide(person, now))
}

struct Policy(Engine);

impl Policy {
    fn new() -> Result<Self> {
        let mut engine = Engine::new();
        engine.add_policy(
            "policy.rego".to_owned(),
            include_str!("../policy.rego").to_owned(),
        )?;
        Ok(Self(engine))
    }

    fn decide(&mut self, person: &str, now: i64) -> Result<Answer> {
        self.0.set_input(Value::from(facts::read(person, now)?));
        let answer = self.0.eval_rule("data.policy.answer".to_owned())?;
        let level = |index: usize| -> Result<String> { Ok(answer[index].as_string()?.to_string()) };
        Ok([level(0)?, level(1)?, level(2)?])
    }
}
