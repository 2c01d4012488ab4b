//! Which attributes the users of a server have.

use std::collections::BTreeMap;

use anyprofile_core::Result;
use anyprofile_http::Caller;

use super::says_nothing;
use crate::{
    config::Quirks,
    operations,
    wire::{Attribute, Schema, USER_SCHEMA, ValueInput},
};

/// The attributes of a user at a server that names them (`/Schemas`), by their paths in lower case: `name.givenname`, or with the
/// URN of an extension before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserAttributes(Option<BTreeMap<String, Rule>>);

/// What the server says of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Whether every user must have it.
    pub(crate) is_required: bool,
    pub(crate) mutability: Mutability,
}

/// Who writes an attribute, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutability {
    ReadOnly,
    /// It is never shown, such as a password.
    WriteOnly,
    /// It is written when the user is created, and never after.
    Immutable,
    ReadWrite,
}

impl UserAttributes {
    /// Asks the server. Many servers do not have `/Schemas`, or garble it: then nothing is known.
    pub(crate) async fn discover(caller: &Caller, quirks: &Quirks) -> Result<Self> {
        if quirks.schemas == Some(false) {
            return Ok(Self::default());
        }
        match caller.call(&operations::list_schemas()).await {
            Ok(schemas) => Ok(Self::of(&schemas.list.resources)),
            Err(error) if says_nothing(&error) => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn of(schemas: &[Schema]) -> Self {
        let mut rules = BTreeMap::new();
        for schema in schemas {
            let (Some(urn), Some(attributes)) = (schema.id.value(), schema.attributes.value()) else {
                continue;
            };
            // Those of the core schema stand for themselves.
            let prefix =
                if urn.eq_ignore_ascii_case(USER_SCHEMA) { String::new() } else { format!("{urn}:") };
            add(&mut rules, &prefix, attributes, true);
        }
        // Every user has a user name (RFC 7643 §4.1.1): a schema without it is not that of the users.
        Self(rules.contains_key("username").then_some(rules))
    }

    /// Returns whether the server names its attributes.
    pub(crate) fn are_named(&self) -> bool {
        self.0.is_some()
    }

    /// Returns what the server says of an attribute.
    pub(crate) fn get(&self, path: &str) -> Option<Rule> {
        let (rules, path) = (self.0.as_ref()?, path.to_ascii_lowercase());
        rules.get(&path).copied().or_else(|| {
            // An attribute whose parts are not named may have each of them.
            let (parent, _) = path.rsplit_once('.')?;
            let is_open = !rules.keys().any(|known| known.starts_with(&format!("{parent}.")));
            rules.get(parent).filter(|_| is_open).map(|rule| Rule { is_required: false, ..*rule })
        })
    }

    /// Returns whether a replacement sends an attribute of the record: not one that only the server sets, and none that it hides.
    pub(crate) fn is_sent(&self, attribute: &str) -> bool {
        let rule = self.get(attribute);
        rule.is_none_or(|rule| !matches!(rule.mutability, Mutability::ReadOnly | Mutability::WriteOnly))
    }

    /// Returns whether the server may have a part of an attribute. One that it does not name may be refused.
    fn may_have(&self, attribute: &str, part: &str) -> bool {
        !self.are_named() || self.get(&format!("{attribute}.{part}")).is_some()
    }

    /// Returns a main value with the parts that the server has.
    pub(crate) fn main_value(&self, attribute: &str, value: &str, value_type: &str) -> ValueInput {
        let mut input = ValueInput::primary(value, value_type);
        if !self.may_have(attribute, "type") {
            input.value_type = None;
        }
        if !self.may_have(attribute, "primary") {
            input.primary = None;
        }
        input
    }
}

/// Adds the attributes and their parts.
fn add(rules: &mut BTreeMap<String, Rule>, prefix: &str, attributes: &[Attribute], is_parent_required: bool) {
    for attribute in attributes {
        let Some(name) = attribute.name.value() else { continue };
        let path = format!("{prefix}{name}").to_ascii_lowercase();
        let mutability = match attribute.mutability.value().map(|word| word.to_ascii_lowercase()).as_deref() {
            Some("readonly") => Mutability::ReadOnly,
            Some("immutable") => Mutability::Immutable,
            Some("writeonly") => Mutability::WriteOnly,
            _ => Mutability::ReadWrite,
        };
        // A part is required only where its parent is.
        let is_required = is_parent_required && attribute.required.value().is_some_and(|flag| flag.0);
        if let Some(parts) = attribute.sub_attributes.value() {
            add(rules, &format!("{path}."), parts, is_required);
        }
        rules.insert(path, Rule { is_required, mutability });
    }
}
