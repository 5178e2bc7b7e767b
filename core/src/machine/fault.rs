//! What is told of a run that could not go on.

use super::{Run, Wrong};
use crate::body::Failure;
use crate::columns::{ABSENT, Word};
use crate::host::{self, Fault, Kind};
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
                let absent = |word: Word| word == ABSENT && site.tells != Tells::Wanted;
                let kinds = site.kinds.iter().zip(words.into_iter().skip(extra));
                let kinds: Vec<Kind> = kinds
                    .map(|(kind, word)| if absent(word) { Kind::Absent } else { *kind })
                    .collect();
                let names = &self.inputs.program.names;
                let name = names.get(site.name as usize).map_or("", String::as_str);
                fault(site.tells, name, &kinds)
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
fn fault(tells: Tells, name: &str, kinds: &[Kind]) -> Fault {
    let kind = |at: usize| kinds.get(at).copied().unwrap_or(Kind::Absent);
    match tells {
        Tells::NoFunction => host::no_function(name, kinds),
        Tells::Kinds => host::unlike(name, [kind(0), kind(1)]),
        Tells::Wanted => host::wanted(kind(0), Kind::Absent),
    }
}
