//! One plain record of a schema's object, as TOML: what is required and nothing else.

use super::fresh::quoted;
use crate::generate::{DAY, formed};
use longma_core::schema::{Field, Object, TextType, Type};
use longma_core::{Elapsed, Instant, Offset};

/// The value of a text without a pattern, where its length allows.
const TEXT: &str = "示例";
/// An invented name and document number, as the other templates have them.
const NAME: &str = "测试甲";
const NUMBER: &str = "CASE-0001";

/// What samples have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<'a> {
    /// The time of all records; one that must come after another is a day later.
    pub(super) at: Instant,
    pub(super) offset: Offset,
    /// The value of members named `region`.
    pub(super) region: &'a str,
}

impl Sample<'_> {
    /// An inline table with the required members.
    pub(super) fn record(&self, object: &Object) -> String {
        let fields = object.fields.iter().filter(|field| field.required);
        let members: Vec<String> = fields
            .map(|field| {
                let later = Self {
                    at: self.shifted(object, field),
                    ..*self
                };
                format!("{} = {}", field.name, later.value(&field.name, &field.kind))
            })
            .collect();
        format!("{{ {} }}", members.join(", "))
    }

    /// The value of the member `name`.
    pub(super) fn value(&self, name: &str, kind: &Type) -> String {
        match kind {
            Type::Bool => "false".to_owned(),
            Type::Int { least, most } => 0.clamp(*least, *most).to_string(),
            Type::Temperature { least, .. } => {
                let tenths = least.in_tenths();
                format!("{}.{}", tenths / 10, (tenths % 10).abs())
            }
            // The last of a document's kinds is the one whose numbers have no form.
            Type::Enum(names) => quoted(names.last().map_or("", |name| name)),
            Type::Text(text) => quoted(&self.text(name, text)),
            Type::Instant => self.at.to_rfc3339(self.offset),
            Type::Date => self.at.date(self.offset).to_string(),
            Type::List { item, least, .. } => {
                let items: Vec<String> = (0..*least).map(|_| self.value(name, item)).collect();
                format!("[{}]", items.join(", "))
            }
            Type::Object(object) => self.record(object),
        }
    }

    fn text(&self, name: &str, kind: &TextType) -> String {
        if name == "region" && kind.fits(self.region) {
            return self.region.to_owned();
        }
        if let Some(class) = kind.pattern.as_ref().and_then(|pattern| pattern.class()) {
            return formed(class, name);
        }
        let text = match name {
            "name" => NAME,
            _ if kind.number => NUMBER,
            _ => TEXT,
        };
        let count = text.chars().count().clamp(kind.least, kind.most);
        text.chars()
            .chain(std::iter::repeat('甲'))
            .take(count)
            .collect()
    }

    /// The time of a member, after the required siblings that it must not precede.
    fn shifted(&self, object: &Object, field: &Field) -> Instant {
        let mut at = self.at;
        let mut next = field.order.as_ref();
        // No more steps than members: an order that runs in a circle ends here too.
        for _ in &object.fields {
            let Some(order) = next else { break };
            if order.strict {
                at = at.plus(Elapsed::seconds(DAY)).unwrap_or(at);
            }
            next = object
                .field(&order.sibling)
                .and_then(|it| it.order.as_ref());
        }
        at
    }
}
