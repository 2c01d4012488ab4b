//! What a list is narrowed to and sorted by.

use std::fmt;

use anyprofile_core::{Timestamp, open_enum};

/// A condition: an operator and its operands.
#[derive(Clone, PartialEq, Eq)]
struct Condition {
    operator: &'static str,
    values: Vec<String>,
}

/// The conditions on one field. An operator is used once: the last one stays.
#[derive(Clone, Default, PartialEq, Eq)]
struct Conditions(Vec<Condition>);

impl Conditions {
    fn with(mut self, operator: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        self.0.retain(|condition| condition.operator != operator);
        self.0.push(Condition { operator, values: values.into_iter().collect() });
        self
    }

    /// `filter[field][operator]=value` for each condition.
    fn write(&self, field: &str, query: &mut Vec<(String, String)>) -> Result<(), &'static str> {
        for Condition { operator, values } in &self.0 {
            if values.is_empty() {
                return Err("a filter has a list without a value");
            }
            let is_list = matches!(*operator, "in" | "nin" | "between");
            if is_list && values.iter().any(|value| value.contains(',')) {
                return Err("a value in the list of a filter holds a comma, which would make two of it");
            }
            query.push((format!("filter[{field}][{operator}]"), values.join(",")));
        }
        Ok(())
    }
}

/// Shows the operators, not what is asked for.
impl fmt::Debug for Conditions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|condition| condition.operator)).finish()
    }
}

/// What can be written into a query as the filter of a field.
pub(crate) trait Filter {
    fn write(&self, field: &str, query: &mut Vec<(String, String)>) -> Result<(), &'static str>;
}

macro_rules! filter {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(Conditions);

        impl $name {
            /// No condition.
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl Filter for $name {
            fn write(&self, field: &str, query: &mut Vec<(String, String)>) -> Result<(), &'static str> {
                self.0.write(field, query)
            }
        }
    };
}

filter! {
    /// Conditions on a text field (`StringFilter` of the OpenAPI document); all of them must hold.
    ///
    /// A value in a list must not hold a comma, which parts the list on the wire: the request is refused
    /// before it is sent.
    ///
    /// ```
    /// use anyprofile_upsun::StringFilter;
    ///
    /// let active_or_suspended = StringFilter::new().any_of(["active", "suspended"]);
    /// ```
    StringFilter
}

impl StringFilter {
    /// Is this (`eq`).
    pub fn eq(self, value: impl Into<String>) -> Self {
        Self(self.0.with("eq", [value.into()]))
    }

    /// Is not this (`ne`).
    pub fn ne(self, value: impl Into<String>) -> Self {
        Self(self.0.with("ne", [value.into()]))
    }

    /// Is one of these (`in`).
    pub fn any_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("in", values.into_iter().map(Into::into)))
    }

    /// Is none of these (`nin`).
    pub fn none_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("nin", values.into_iter().map(Into::into)))
    }

    /// Lies between these two in the order of texts (`between`). The document does not say whether they
    /// count themselves.
    pub fn between(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self(self.0.with("between", [from.into(), to.into()]))
    }

    /// Has this in it (`contains`).
    pub fn contains(self, value: impl Into<String>) -> Self {
        Self(self.0.with("contains", [value.into()]))
    }

    /// Begins with this (`starts`).
    pub fn starts_with(self, value: impl Into<String>) -> Self {
        Self(self.0.with("starts", [value.into()]))
    }

    /// Ends with this (`ends`).
    pub fn ends_with(self, value: impl Into<String>) -> Self {
        Self(self.0.with("ends", [value.into()]))
    }
}

filter! {
    /// Conditions on a time (`DateTimeFilter` of the OpenAPI document); all of them must hold. Times are sent
    /// in UTC with all their digits.
    DateTimeFilter
}

impl DateTimeFilter {
    /// Is this time (`eq`).
    pub fn eq(self, time: Timestamp) -> Self {
        Self(self.0.with("eq", [time.to_string()]))
    }

    /// Is not this time (`ne`).
    pub fn ne(self, time: Timestamp) -> Self {
        Self(self.0.with("ne", [time.to_string()]))
    }

    /// Lies between these two (`between`). The document does not say whether they count themselves.
    pub fn between(self, from: Timestamp, to: Timestamp) -> Self {
        Self(self.0.with("between", [from.to_string(), to.to_string()]))
    }

    /// Is later (`gt`).
    pub fn after(self, time: Timestamp) -> Self {
        Self(self.0.with("gt", [time.to_string()]))
    }

    /// Is this time or later (`gte`).
    pub fn since(self, time: Timestamp) -> Self {
        Self(self.0.with("gte", [time.to_string()]))
    }

    /// Is earlier (`lt`).
    pub fn before(self, time: Timestamp) -> Self {
        Self(self.0.with("lt", [time.to_string()]))
    }

    /// Is this time or earlier (`lte`).
    pub fn until(self, time: Timestamp) -> Self {
        Self(self.0.with("lte", [time.to_string()]))
    }
}

filter! {
    /// Conditions on a field that is a list (`ArrayFilter`); all of them must hold. From client code.
    ArrayFilter
}

impl ArrayFilter {
    /// Is this (`eq`).
    pub fn eq(self, value: impl Into<String>) -> Self {
        Self(self.0.with("eq", [value.into()]))
    }

    /// Is not this (`ne`).
    pub fn ne(self, value: impl Into<String>) -> Self {
        Self(self.0.with("ne", [value.into()]))
    }

    /// Has one of these (`in`).
    pub fn any_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("in", values.into_iter().map(Into::into)))
    }

    /// Has none of these (`nin`).
    pub fn none_of<S: Into<String>>(self, values: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.with("nin", values.into_iter().map(Into::into)))
    }
}

/// The one field that a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sort<F> {
    /// The field.
    pub field: F,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl<F> Sort<F> {
    /// The smallest first.
    pub const fn ascending(field: F) -> Self {
        Self { field, descending: false }
    }

    /// The largest first.
    pub const fn descending(field: F) -> Self {
        Self { field, descending: true }
    }
}

/// As it is sent: `updated_at`, or `-updated_at`.
impl<F: fmt::Display> fmt::Display for Sort<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", if self.descending { "-" } else { "" }, self.field)
    }
}

open_enum! {
    /// What organizations are sorted by.
    pub enum OrganizationSort {
        /// The machine name.
        Name = "name",
        /// The name that is shown.
        Label = "label",
        /// When it was made.
        CreatedAt = "created_at",
        /// When it was last changed.
        UpdatedAt = "updated_at",
    }
}

open_enum! {
    /// What teams and members are sorted by.
    pub enum TimeSort {
        /// When it was made.
        CreatedAt = "created_at",
        /// When it was last changed.
        UpdatedAt = "updated_at",
    }
}

open_enum! {
    /// What accesses to projects are sorted by.
    pub enum ProjectAccessSort {
        /// The name of the project that is shown.
        ProjectTitle = "project_title",
        /// When the access was given.
        GrantedAt = "granted_at",
        /// When it was last changed.
        UpdatedAt = "updated_at",
    }
}
