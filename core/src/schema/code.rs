//! Codes for what is wrong with schemas.
//!
//! They stand apart from core's others, because an engine of compiled packs reads no
//! schema and need not carry their words.

crate::messages!("schema/");

crate::codes! {
    /// What can be wrong with a schema.
    pub enum Code {
        SchemaKeyword = "schema-keyword",
        SchemaShape = "schema-shape",
        SchemaRef = "schema-ref",
        SchemaSibling = "schema-sibling",
    }
}
