//! Which attributes the users of a server have.

use std::collections::{BTreeMap, BTreeSet};

use anyprofile_core::Result;
use anyprofile_http::Caller;
use serde::{Deserialize, Serialize};

use super::says_nothing;
use crate::{
    operations,
    wire::{Schema, USER_SCHEMA, ValueInput},
};

/// The attributes of a user at a server that names them (`/Schemas`), each with its parts, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserAttributes(Option<BTreeMap<String, BTreeSet<String>>>);

impl UserAttributes {
    /// Asks the server. Many servers do not have `/Schemas`, or garble it: then nothing is known.
    pub(crate) async fn discover(caller: &Caller) -> Result<Self> {
        match caller.call(&operations::list_schemas()).await {
            Ok(schemas) => Ok(Self::of(&schemas.list.resources)),
            Err(error) if says_nothing(&error) => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn of(schemas: &[Schema]) -> Self {
        let lower = |name: &str| name.to_ascii_lowercase();
        let user = schemas.iter().find(|schema| schema.id.is_known_to_be(USER_SCHEMA));
        Self(user.and_then(|user| user.attributes.value()).map(|attributes| {
            let named = attributes.iter().filter_map(|attribute| {
                let parts = attribute.sub_attributes.value().map(Vec::as_slice).unwrap_or_default();
                let parts = parts.iter().filter_map(|part| part.name.value().map(|name| lower(name)));
                Some((lower(attribute.name.value()?), parts.collect()))
            });
            named.collect()
        }))
    }

    /// Returns whether the server may have a part of an attribute. One that it does not name may be refused.
    fn may_have(&self, attribute: &str, part: &str) -> bool {
        let parts = self.0.as_ref().and_then(|all| all.get(&attribute.to_ascii_lowercase()));
        parts.is_none_or(|parts| parts.is_empty() || parts.contains(part))
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
