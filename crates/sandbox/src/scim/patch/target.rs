//! What an operation changes: `displayName`, `name.givenName`, `emails[type eq "work"].value`.

use crate::scim::errors::{Refusal, Result};
use crate::scim::filter::Filter;
use crate::scim::path::AttributePath;
use crate::scim::schema::{Attribute, Kind};

/// An attribute, or the values of one that meet a filter, or a part of either.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: AttributePath,
    /// Which values of the first attribute of the path are meant.
    pub(super) filter: Option<Filter>,
}

impl Target {
    pub(super) fn of(path: AttributePath) -> Self {
        Self { path, filter: None }
    }

    /// Reads the path of an operation.
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self> {
        let unknown = || Refusal::invalid("invalidPath", format!("There is no attribute '{text}'."));
        let Some((name, rest)) = text.split_once('[') else {
            return AttributePath::parse(kind, text).map(Self::of).ok_or_else(unknown);
        };
        let (filter, part) = rest.rsplit_once(']').ok_or_else(unknown)?;
        let attribute = Self::of_several(kind, name).ok_or_else(unknown)?;
        let filter = Filter::of_values(attribute, filter)
            .map_err(|_| Refusal::invalid("invalidPath", "The filter of the path cannot be read."))?;
        let full = format!("{}{part}", attribute.name);
        let path = AttributePath::parse(kind, &full).ok_or_else(unknown)?;
        Ok(Self { path, filter: Some(filter) })
    }

    /// Returns the attribute with several values that has this name.
    fn of_several(kind: Kind, name: &str) -> Option<&'static Attribute> {
        let path = AttributePath::parse(kind, name)?;
        match path.attributes() {
            [attribute] if attribute.is_multi && !attribute.parts.is_empty() => Some(attribute),
            _ => None,
        }
    }
}
