//! Patterns of texts: one character class, or "not blank". Full regular expressions
//! would need an engine whose cost is not bounded.

/// `\S` (not blank), or `^[class]{m}$` and `^[class]{m,n}$`: the whole text in one
/// character class, between `m` and `n` code points long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: String,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    NotBlank,
    Class(Class),
}

/// A character class and how often it repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// First and last character of each range, both included.
    pub ranges: Vec<(char, char)>,
    /// Least length, in code points.
    pub least: usize,
    /// Greatest length, in code points.
    pub most: usize,
}

impl Pattern {
    /// Reads a pattern; `None` if it is outside the subset.
    pub(crate) fn read(source: &str) -> Option<Self> {
        let rule = if source == "\\S" {
            Rule::NotBlank
        } else {
            let (class, count) = source.strip_prefix("^[")?.split_once("]{")?;
            let count = count.strip_suffix("}$")?;
            let (least, most) = count.split_once(',').unwrap_or((count, count));
            Rule::Class(Class {
                ranges: ranges(class)?,
                least: least.parse().ok()?,
                most: most.parse().ok()?,
            })
        };
        Some(Self {
            source: source.to_owned(),
            rule,
        })
    }

    /// The pattern as the schema writes it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the pattern only requires that a text is not blank.
    #[must_use]
    pub fn is_not_blank(&self) -> bool {
        matches!(self.rule, Rule::NotBlank)
    }

    /// The character class, if the pattern is one.
    #[must_use]
    pub fn class(&self) -> Option<&Class> {
        match &self.rule {
            Rule::NotBlank => None,
            Rule::Class(class) => Some(class),
        }
    }

    /// Whether a text matches the pattern.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.rule {
            Rule::NotBlank => !text.trim().is_empty(),
            Rule::Class(class) => {
                let inside = |c| {
                    let mut ranges = class.ranges.iter();
                    ranges.any(|(from, to)| (*from..=*to).contains(&c))
                };
                (class.least..=class.most).contains(&text.chars().count())
                    && text.chars().all(inside)
            }
        }
    }
}

/// `A-Z0-9-` as ranges; a `-` at either end stands for itself.
fn ranges(class: &str) -> Option<Vec<(char, char)>> {
    let chars: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = chars.as_slice();
    loop {
        rest = match rest {
            [] => break,
            ['\\' | '^' | '[' | ']', ..] => return None,
            [from, '-', to, tail @ ..] if from <= to => {
                ranges.push((*from, *to));
                tail
            }
            [one, tail @ ..] => {
                ranges.push((*one, *one));
                tail
            }
        };
    }
    (!ranges.is_empty()).then_some(ranges)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn patterns_are_one_class_or_not_blank() {
        let region = Pattern::read("^[0-9]{6}$").unwrap();
        assert!(region.matches("620102"));
        assert!(!region.matches("62010"));
        assert!(!region.matches("６２０１０２"));
        let code = Pattern::read("^[A-Za-z0-9-]{1,20}$").unwrap();
        assert!(code.matches("GS-001"));
        assert!(!code.matches("GS 001"));
        assert!(Pattern::read("\\S").unwrap().matches(" 甲 "));
        assert!(!Pattern::read("\\S").unwrap().matches(" \u{3000} "));
        for wrong in ["", "^a$", "^[^a]{1}$", "^[]{1}$", "^[a]{x}$"] {
            assert!(Pattern::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_class_gives_its_ranges_and_lengths() {
        let class = Pattern::read("^[A-Z0-]{2,3}$").unwrap().class().cloned();
        let ranges = vec![('A', 'Z'), ('0', '0'), ('-', '-')];
        let (least, most) = (2, 3);
        let expected = Class {
            ranges,
            least,
            most,
        };
        assert_eq!(class, Some(expected));
    }
}
