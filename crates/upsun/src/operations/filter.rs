//! Filters and orders of lists.

use std::fmt;

use anyprofile_core::{Timestamp, open_enum};

/// A condition: an operator and its operands.
#[derive(Clone, PartialEq, Eq)]
struct FieldCondition {
    operator: &'static str,
    values: Vec<String>,
}

/// The conditions on one field. If an operator is set twice, the last one counts.
#[derive(Clone, Default, PartialEq, Eq)]
struct Conditions(Vec<FieldCondition>);

impl Conditions {
    fn with(mut self, operator: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        self.0.retain(|condition| condition.operator != operator);
        self.0.push(FieldCondition { operator, values: values.into_iter().collect() });
        self
    }

    /// Adds `filter[field][operator]=value` for each condition.
    fn write(&self, field: &str, query: &mut Vec<(String, String)>) -> Result<(), &'static str> {
        for FieldCondition { operator, values } in &self.0 {
            if values.is_empty() {
                return Err("a list of a filter must contain at least one value");
            }
            let is_list = matches!(*operator, "in" | "nin" | "between");
            if is_list && values.iter().any(|value| value.contains(',')) {
                return Err("a value in a list of a filter must not contain a comma, which separates values");
            }
            query.push((format!("filter[{field}][{operator}]"), values.join(",")));
        }
        Ok(())
    }
}

/// Shows the operators, but not the values.
impl fmt::Debug for Conditions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|condition| condition.operator)).finish()
    }
}

/// A filter of a field that can be written into a query.
pub(crate) trait FieldFilter {
    fn write(&self, field: &str, query: &mut Vec<(String, String)>) -> Result<(), &'static str>;
}

macro_rules! filter {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(Conditions);

        impl $name {
            /// Creates a filter without conditions.
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl FieldFilter for $name {
            fn write(&self, field: &str, query: &mut Vec<(String, String)>) -> Result<(), &'static str> {
                self.0.write(field, query)
            }
        }
    };
}

filter! {
    /// Conditions on a text field (`StringFilter` of the OpenAPI document). All of them must hold.
    ///
    /// A value in a list must not contain a comma, because the comma separates the values in the query. The
    /// request is refused before it is sent.
    ///
    /// ```
    /// use anyprofile_upsun::StringFilter;
    ///
    /// let active_or_suspended = StringFilter::new().any_of(["active", "suspended"]);
    /// ```
    StringFilter
}

impl StringFilter {
    /// Requires the field to be equal to the value (`eq`).
    pub fn eq(self, value: impl Into<String>) -> Self {
        Self(self.0.with("eq", [value.into()]))
    }

    /// Requires the field to differ from the value (`ne`).
    pub fn ne(self, value: impl Into<String>) -> Self {
        Self(self.0.with("ne", [value.into()]))
    }

    /// Requires the field to be one of the values (`in`).
    pub fn any_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("in", values.into_iter().map(Into::into)))
    }

    /// Requires the field to be none of the values (`nin`).
    pub fn none_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("nin", values.into_iter().map(Into::into)))
    }

    /// Requires the field to be between two values in text order (`between`). The document does not say
    /// whether the limits are included.
    pub fn between(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self(self.0.with("between", [from.into(), to.into()]))
    }

    /// Requires the field to contain the value (`contains`).
    pub fn contains(self, value: impl Into<String>) -> Self {
        Self(self.0.with("contains", [value.into()]))
    }

    /// Requires the field to start with the value (`starts`).
    pub fn starts_with(self, value: impl Into<String>) -> Self {
        Self(self.0.with("starts", [value.into()]))
    }

    /// Requires the field to end with the value (`ends`).
    pub fn ends_with(self, value: impl Into<String>) -> Self {
        Self(self.0.with("ends", [value.into()]))
    }
}

filter! {
    /// Conditions on a time (`DateTimeFilter` of the OpenAPI document). All of them must hold. Times are sent
    /// in UTC with full precision.
    DateTimeFilter
}

impl DateTimeFilter {
    /// Requires the field to be equal to the time (`eq`).
    pub fn eq(self, time: Timestamp) -> Self {
        Self(self.0.with("eq", [time.to_string()]))
    }

    /// Requires the field to differ from the time (`ne`).
    pub fn ne(self, time: Timestamp) -> Self {
        Self(self.0.with("ne", [time.to_string()]))
    }

    /// Requires the field to be between two times (`between`). The document does not say whether the limits
    /// are included.
    pub fn between(self, from: Timestamp, to: Timestamp) -> Self {
        Self(self.0.with("between", [from.to_string(), to.to_string()]))
    }

    /// Requires the field to be after the time (`gt`).
    pub fn after(self, time: Timestamp) -> Self {
        Self(self.0.with("gt", [time.to_string()]))
    }

    /// Requires the field to be the time or later (`gte`).
    pub fn since(self, time: Timestamp) -> Self {
        Self(self.0.with("gte", [time.to_string()]))
    }

    /// Requires the field to be before the time (`lt`).
    pub fn before(self, time: Timestamp) -> Self {
        Self(self.0.with("lt", [time.to_string()]))
    }

    /// Requires the field to be the time or earlier (`lte`).
    pub fn until(self, time: Timestamp) -> Self {
        Self(self.0.with("lte", [time.to_string()]))
    }
}

filter! {
    /// Conditions on a list field (`ArrayFilter` of the OpenAPI document). All of them must hold.
    ArrayFilter
}

impl ArrayFilter {
    /// Requires the field to be equal to the value (`eq`).
    pub fn eq(self, value: impl Into<String>) -> Self {
        Self(self.0.with("eq", [value.into()]))
    }

    /// Requires the field to differ from the value (`ne`).
    pub fn ne(self, value: impl Into<String>) -> Self {
        Self(self.0.with("ne", [value.into()]))
    }

    /// Requires the field to contain one of the values (`in`).
    pub fn any_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("in", values.into_iter().map(Into::into)))
    }

    /// Requires the field to contain none of the values (`nin`).
    pub fn none_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("nin", values.into_iter().map(Into::into)))
    }
}

/// The order of a list: one field and a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sort<F> {
    /// The field.
    pub field: F,
    /// Whether the order is descending.
    pub descending: bool,
}

impl<F> Sort<F> {
    /// Creates an ascending order.
    pub const fn ascending(field: F) -> Self {
        Self { field, descending: false }
    }

    /// Creates a descending order.
    pub const fn descending(field: F) -> Self {
        Self { field, descending: true }
    }
}

/// Writes the value of the parameter: `updated_at`, or `-updated_at`.
impl<F: fmt::Display> fmt::Display for Sort<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", if self.descending { "-" } else { "" }, self.field)
    }
}

open_enum! {
    /// The fields to order organizations by.
    pub enum OrganizationSort {
        /// The machine name.
        Name = "name",
        /// The display name.
        Label = "label",
        /// The time of creation.
        CreatedAt = "created_at",
        /// The time of the last change.
        UpdatedAt = "updated_at",
    }
}

open_enum! {
    /// The fields to order a user's teams and members by.
    pub enum TimeSort {
        /// The time of creation.
        CreatedAt = "created_at",
        /// The time of the last change.
        UpdatedAt = "updated_at",
    }
}

open_enum! {
    /// The fields to order project access by.
    pub enum ProjectAccessSort {
        /// The display name of the project.
        ProjectTitle = "project_title",
        /// The time when the access was granted.
        GrantedAt = "granted_at",
        /// The time of the last change.
        UpdatedAt = "updated_at",
    }
}

open_enum! {
    /// The field to order invitations by.
    pub enum InvitationSort {
        /// The time of the last change.
        UpdatedAt = "updated_at",
    }
}

open_enum! {
    /// The fields to order all teams by.
    pub enum TeamSort {
        /// The display name.
        Label = "label",
        /// The time of creation.
        CreatedAt = "created_at",
        /// The time of the last change.
        UpdatedAt = "updated_at",
    }
}
