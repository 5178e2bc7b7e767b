//! The result of each operator for each pair of kinds: what the table of functions says,
//! and more precisely where the operands are known.
//!
//! Core compares only values of one kind and adds only certain pairs. Anything else is
//! an error at run time, so it is an error here.

use crate::helpers;
use crate::syntax::{Binary, Unary};
use crate::types::{Anchor, Bounds, Emptiness, Kind, Names, Truth};

const DAY: i64 = 86_400;

/// The result of an operator for two kinds. `None` if core has no such operation.
pub(crate) fn binary(operator: Binary, left: &Kind, right: &Kind) -> Option<Kind> {
    if *left == Kind::Unknown || *right == Kind::Unknown {
        return Some(if is_comparison(operator) {
            Kind::Bool(None)
        } else {
            Kind::Unknown
        });
    }
    let of_table = || of_table(operator.sign(), &[left, right]);
    match operator {
        Binary::Equal => equal(left, right),
        Binary::Unequal => equal(left, right).and_then(|it| unary(Unary::Not, &it)),
        Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
            ordered(operator, left, right)
        }
        Binary::Add => added(left, right).or_else(of_table),
        Binary::Subtract => subtracted(left, right).or_else(of_table),
        Binary::Multiply => multiplied(left, right).or_else(of_table),
        Binary::Union | Binary::Both | Binary::Xor => {
            joined(operator, left, right).or_else(of_table)
        }
        Binary::Divide | Binary::Remainder => of_table(),
        // Rules do without these.
        Binary::Power
        | Binary::ShiftLeft
        | Binary::ShiftRight
        | Binary::Range
        | Binary::RangeIncluding => None,
        // The caller handles these.
        Binary::Or | Binary::And | Binary::In | Binary::NotIn | Binary::Default => {
            Some(Kind::Unknown)
        }
    }
}

/// The result of a prefix operator.
pub(crate) fn unary(operator: Unary, operand: &Kind) -> Option<Kind> {
    match (operator, operand) {
        (_, Kind::Unknown) => Some(Kind::Unknown),
        (Unary::Not, Kind::Bool(truth)) => Some(Kind::Bool(truth.map(|truth| Truth {
            value: !truth.value,
            ..truth
        }))),
        _ => of_table(operator.sign(), &[operand]),
    }
}

/// The kind that the table gives for an operator.
fn of_table(sign: &str, operands: &[&Kind]) -> Option<Kind> {
    helpers::way(sign, operands).and_then(|way| way.signature.gives.kind())
}

pub(crate) fn is_comparison(operator: Binary) -> bool {
    matches!(
        operator,
        Binary::Equal
            | Binary::Unequal
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::In
            | Binary::NotIn
    )
}

/// Whether two kinds are equal, as far as known. `None` if they cannot be compared.
pub(crate) fn equal(left: &Kind, right: &Kind) -> Option<Kind> {
    let sure = |value, by_param| Some(Kind::Bool(Some(Truth { value, by_param })));
    match (left, right) {
        (Kind::Absent, Kind::Absent) => sure(true, false),
        (Kind::Absent, _) | (_, Kind::Absent) => sure(false, false),
        (Kind::Text(Some(left)), Kind::Text(Some(right))) => Some(Kind::Bool(texts(left, right))),
        (Kind::Bool(Some(left)), Kind::Bool(Some(right))) => {
            sure(left.value == right.value, left.by_param || right.by_param)
        }
        (Kind::Int(l), Kind::Int(r))
        | (Kind::Days(l), Kind::Days(r))
        | (Kind::Elapsed(l), Kind::Elapsed(r)) => Some(Kind::Bool(numbers(Binary::Equal, *l, *r))),
        (Kind::Instant(Some(l)), Kind::Instant(Some(r))) => {
            let truth = anchors(l, r).map(|(apart, by_param)| Truth {
                value: apart == 0,
                by_param,
            });
            Some(Kind::Bool(truth))
        }
        (Kind::Record(_), Kind::Record(_)) => Some(Kind::Bool(None)),
        (
            Kind::Text(_)
            | Kind::Bool(_)
            | Kind::Int(_)
            | Kind::Days(_)
            | Kind::Elapsed(_)
            | Kind::Instant(_)
            | Kind::Date
            | Kind::Temperature,
            _,
        ) if left.name() == right.name() => Some(Kind::Bool(None)),
        _ => None,
    }
}

fn texts(left: &Names, right: &Names) -> Option<Truth> {
    use crate::types::Origin;
    let by_param = [left, right]
        .iter()
        .any(|names| matches!(names.of, Origin::Param(_)));
    if let (Some(left), Some(right)) = (left.only(), right.only()) {
        return Some(Truth {
            value: left == right,
            by_param,
        });
    }
    let meet = left
        .values
        .keys()
        .any(|name| right.values.contains_key(name));
    (!meet).then_some(Truth {
        value: false,
        by_param,
    })
}

fn numbers(operator: Binary, left: Bounds, right: Bounds) -> Option<Truth> {
    let by_param = left.by_param || right.by_param;
    let sure = |value| Some(Truth { value, by_param });
    let apart = left.most < right.least || right.most < left.least;
    match operator {
        Binary::Equal if apart => sure(false),
        Binary::Equal if left.value().is_some() && left.value() == right.value() => sure(true),
        Binary::Less if left.most < right.least => sure(true),
        Binary::Less if left.least >= right.most => sure(false),
        Binary::LessEqual if left.most <= right.least => sure(true),
        Binary::LessEqual if left.least > right.most => sure(false),
        Binary::Greater => numbers(Binary::Less, right, left),
        Binary::GreaterEqual => numbers(Binary::LessEqual, right, left),
        _ => None,
    }
}

/// How many seconds the right instant is after the left one, and whether a param
/// decides that.
pub(crate) fn anchors(left: &Anchor, right: &Anchor) -> Option<(i64, bool)> {
    if left.base != right.base {
        return None;
    }
    let seconds = |it: &Anchor| it.days.checked_mul(DAY)?.checked_add(it.seconds);
    let apart = seconds(right)?.checked_sub(seconds(left)?)?;
    Some((apart, left.by_param || right.by_param))
}

fn ordered(operator: Binary, left: &Kind, right: &Kind) -> Option<Kind> {
    let truth = match (left, right) {
        (Kind::Int(l), Kind::Int(r))
        | (Kind::Days(l), Kind::Days(r))
        | (Kind::Elapsed(l), Kind::Elapsed(r)) => numbers(operator, *l, *r),
        (Kind::Instant(Some(l)), Kind::Instant(Some(r))) => {
            anchors(l, r).and_then(|(apart, by_param)| {
                let (l, r) = (Bounds::exactly(0), Bounds::exactly(apart));
                numbers(operator, l, r).map(|truth| Truth { by_param, ..truth })
            })
        }
        (Kind::Instant(_), Kind::Instant(_))
        | (Kind::Date, Kind::Date)
        | (Kind::Temperature, Kind::Temperature) => None,
        _ => return None,
    };
    Some(Kind::Bool(truth))
}

fn added(left: &Kind, right: &Kind) -> Option<Kind> {
    Some(match (left, right) {
        (Kind::Instant(anchor), Kind::Elapsed(by)) => moved(anchor.as_ref(), *by, 1, false),
        (Kind::Instant(anchor), Kind::Days(by)) => moved(anchor.as_ref(), *by, 1, true),
        (Kind::Elapsed(l), Kind::Elapsed(r)) => Kind::Elapsed(sum(*l, *r, 1)),
        (Kind::Days(l), Kind::Days(r)) => Kind::Days(sum(*l, *r, 1)),
        (Kind::Int(l), Kind::Int(r)) => Kind::Int(sum(*l, *r, 1)),
        _ => return None,
    })
}

fn subtracted(left: &Kind, right: &Kind) -> Option<Kind> {
    Some(match (left, right) {
        (Kind::Instant(anchor), Kind::Elapsed(by)) => moved(anchor.as_ref(), *by, -1, false),
        (Kind::Instant(anchor), Kind::Days(by)) => moved(anchor.as_ref(), *by, -1, true),
        (Kind::Elapsed(l), Kind::Elapsed(r)) => Kind::Elapsed(sum(*l, *r, -1)),
        (Kind::Days(l), Kind::Days(r)) => Kind::Days(sum(*l, *r, -1)),
        (Kind::Int(l), Kind::Int(r)) => Kind::Int(sum(*l, *r, -1)),
        _ => return None,
    })
}

fn multiplied(left: &Kind, right: &Kind) -> Option<Kind> {
    let product = |l: &Bounds, r: &Bounds| match l.value().zip(r.value()) {
        Some((a, b)) => a.checked_mul(b).map_or(Bounds::ANY, Bounds::exactly),
        None => Bounds::ANY,
    };
    let product = |l: &Bounds, r: &Bounds| Bounds {
        by_param: l.by_param || r.by_param,
        ..product(l, r)
    };
    Some(match (left, right) {
        (Kind::Elapsed(l), Kind::Int(r)) => Kind::Elapsed(product(l, r)),
        (Kind::Days(l), Kind::Int(r)) => Kind::Days(product(l, r)),
        (Kind::Int(l), Kind::Int(r)) => Kind::Int(product(l, r)),
        _ => return None,
    })
}

fn joined(operator: Binary, left: &Kind, right: &Kind) -> Option<Kind> {
    Some(match (left, right) {
        (Kind::When(l), Kind::When(r)) if operator != Binary::Xor => {
            let known = [l, r];
            let empty = known.map(|it| *it == Emptiness::Empty);
            Kind::When(match operator {
                Binary::Both if empty.contains(&true) => Emptiness::Empty,
                _ if empty == [true; 2] => Emptiness::Empty,
                Binary::Union if known.contains(&&Emptiness::Endless) => Emptiness::Endless,
                _ => Emptiness::Open,
            })
        }
        (Kind::Bool(_), Kind::Bool(_)) => Kind::Bool(None),
        _ => return None,
    })
}

fn sum(left: Bounds, right: Bounds, sign: i64) -> Bounds {
    let (low, high) = if sign > 0 {
        (right.least, right.most)
    } else {
        (right.most, right.least)
    };
    let add = |a: i64, b: i64, open: i64| {
        let b = b.checked_mul(sign)?;
        if a == open || b == open {
            return Some(open);
        }
        a.checked_add(b)
    };
    Bounds {
        least: add(left.least, low, i64::MIN).unwrap_or(i64::MIN),
        most: add(left.most, high, i64::MAX).unwrap_or(i64::MAX),
        by_param: left.by_param || right.by_param,
    }
}

fn moved(anchor: Option<&Anchor>, by: Bounds, sign: i64, days: bool) -> Kind {
    let moved = anchor.zip(by.value()).and_then(|(anchor, by_value)| {
        let by_value = by_value.checked_mul(sign)?;
        let mut anchor = anchor.clone();
        let part = if days {
            &mut anchor.days
        } else {
            &mut anchor.seconds
        };
        *part = part.checked_add(by_value)?;
        anchor.by_param |= by.by_param;
        Some(anchor)
    });
    Kind::Instant(moved)
}
