//! What records have (RFC 7643 §6, §7).

use anyprofile_core::open_record;

use super::Flag;

open_record! {
    /// The attributes of a kind of record, or of an extension (`GET /Schemas`).
    pub struct Schema {
        /// The URN of the schema.
        id: String,
        /// The name to show.
        name: String,
        /// What the schema is for.
        description: String,
        /// The attributes.
        attributes: Vec<Attribute>,
    }
}

open_record! {
    /// An attribute.
    pub struct Attribute {
        /// The name, in which case does not count.
        name: String,
        /// `string`, `boolean`, `decimal`, `integer`, `dateTime`, `reference`, `binary` or `complex`.
        data_type: String = "type",
        /// Whether there may be several values.
        multi_valued: Flag = "multiValued",
        /// Whether a record must have it.
        required: Flag,
        /// `readOnly`, `readWrite`, `immutable` or `writeOnly`.
        mutability: String,
        /// When it is returned: `always`, `never`, `default` or `request`.
        returned: String,
        /// Whether no other record has the same value: `none`, `server` or `global`.
        uniqueness: String,
        /// The parts of a `complex` attribute.
        sub_attributes: Vec<Attribute> = "subAttributes",
    }
}

open_record! {
    /// A kind of record that a server has (`GET /ResourceTypes`).
    pub struct ResourceType {
        /// The id; often the name.
        id: String,
        /// The name: `User`, `Group`.
        name: String,
        /// The path of the records, such as `/Users`. Some servers give a whole URL.
        endpoint: String,
        /// The URN of the schema.
        schema: String,
    }
}
