//! What is told of a run that could not go on.

use super::{Run, Wrong};
use crate::body::Failure;
use crate::columns::ABSENT;
use crate::host::{Fault, Kind};
use crate::problem::Code;
use crate::program::{Function, NONE, Op, Tells};

impl Run<'_> {
    /// The failure of a run of the exact form.
    pub(super) fn failure(&mut self, limit: Option<Fault>) -> Failure {
        let (id, wrong) = self
            .failed
            .take()
            .unwrap_or_else(|| (NONE, Wrong::Fault(Fault::new(Code::RuleFailed))));
        let site = self.inputs.program.site(id);
        let fault = match (wrong, limit, site) {
            (Wrong::Fault(fault), None, _) => fault,
            (_, Some(limit), _) => limit,
            (Wrong::Absent(words), None, Some(site)) => {
                // A constructor of causes is called without its level.
                let extra = match self.inputs.program.op(id) {
                    Some(Op::Call(f @ (Function::Cause | Function::CauseBetween), _)) => {
                        f.arity().saturating_sub(site.kinds.len())
                    }
                    _ => 0,
                };
                let kinds = site.kinds.iter().zip(words.into_iter().skip(extra));
                let kinds: Vec<Kind> = kinds
                    .map(|(kind, word)| if word == ABSENT { Kind::Absent } else { *kind })
                    .collect();
                let names = &self.inputs.program.names;
                let name = names.get(site.name as usize).map_or("", String::as_str);
                absent(site.tells, name, &kinds)
            }
            // A program without places does not tell what was called.
            (Wrong::Absent(_), None, None) => Fault::new(Code::RuleAbsent),
        };
        let at = |part: u32| usize::try_from(part).unwrap_or(0);
        Failure {
            fault,
            line: site.map_or(0, |site| at(site.line)),
            column: site.map_or(0, |site| at(site.column)),
        }
    }
}

/// The fault of an absent operand.
fn absent(tells: Tells, name: &str, kinds: &[Kind]) -> Fault {
    match tells {
        Tells::NoFunction => {
            let words: Vec<_> = kinds.iter().map(|kind| kind.words()).collect();
            let list = crate::Localized::build(|lang| {
                let words: Vec<&str> = words.iter().map(|kind| kind.get(lang)).collect();
                words.join(", ")
            });
            Fault::new(Code::RuleFunction)
                .with("name", name)
                .with("kinds", list)
        }
        Tells::Kinds | Tells::Mismatch => {
            let kind = |at: usize| kinds.get(at).copied().unwrap_or(Kind::Absent).words();
            Fault::new(Code::RuleKinds)
                .with("operator", name)
                .with("left", kind(0))
                .with("right", kind(1))
        }
    }
}
