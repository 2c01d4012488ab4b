//! A value compared with another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Attribute;
use crate::{
    FieldPath, Timestamp,
    profile::ValueType,
    words::{WordError, value_of_word},
};

/// A comparison operator of SCIM filters (RFC 7644 §3.4.2.2, table 3).
///
/// ```
/// use anyprofile_core::condition::Operator;
///
/// assert_eq!("sw".parse::<Operator>()?, Operator::StartsWith);
/// assert_eq!(Operator::GreaterOrEqual.as_str(), "ge");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Operator {
    /// `eq`: the values are equal. E-mail addresses are compared as addresses, other strings exactly.
    #[serde(rename = "eq")]
    Equal,
    /// `ne`: the values are not equal.
    #[serde(rename = "ne")]
    NotEqual,
    /// `co`: the string contains the value. Case is ignored.
    #[serde(rename = "co")]
    Contains,
    /// `sw`: the string starts with the value. Case is ignored.
    #[serde(rename = "sw")]
    StartsWith,
    /// `ew`: the string ends with the value. Case is ignored.
    #[serde(rename = "ew")]
    EndsWith,
    /// `gt`: it is greater than the value, or later.
    #[serde(rename = "gt")]
    Greater,
    /// `ge`: it is greater or equal.
    #[serde(rename = "ge")]
    GreaterOrEqual,
    /// `lt`: it is less than the value, or earlier.
    #[serde(rename = "lt")]
    Less,
    /// `le`: it is less or equal.
    #[serde(rename = "le")]
    LessOrEqual,
}

impl Operator {
    /// All operators.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// Returns the word for the operator in SCIM filters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }

    /// Whether it looks at a part of a text.
    pub(super) const fn is_of_text(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }

    pub(super) const fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Reads the word; case is ignored.
impl FromStr for Operator {
    type Err = WordError;

    fn from_str(word: &str) -> Result<Self, WordError> {
        value_of_word("an operator", &Self::ALL, Self::as_str, &word.to_ascii_lowercase())
    }
}

/// A comparison of an attribute with a value: a string, a number, true or false.
///
/// A time is a string: RFC 3339, or a date, which means its first moment in UTC. [`new`](Self::new) refuses a comparison that is
/// always false, such as a time compared with `"abc"`.
///
/// A list is compared by what its items are called: `emails` by the address, `labels` and `roles` by name or id. `ne` holds if no
/// item is equal.
///
/// ```
/// use anyprofile_core::{
///     FieldPath,
///     condition::{Comparison, Condition, Operator},
/// };
///
/// let condition = Condition::Compare(Comparison::new(FieldPath::TITLE, Operator::StartsWith, "Head of")?);
/// assert_eq!(condition.compared(), [FieldPath::TITLE]);
/// // A time is compared with a time.
/// assert!(Comparison::new(FieldPath::TIMES_CREATED, Operator::Greater, 5).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Comparison {
    attribute: Attribute,
    operator: Operator,
    value: Value,
}

#[derive(Deserialize)]
struct Parts {
    attribute: Attribute,
    operator: Operator,
    value: Value,
}

impl TryFrom<Parts> for Comparison {
    type Error = ComparisonError;

    fn try_from(parts: Parts) -> Result<Self, ComparisonError> {
        Self::new(parts.attribute, parts.operator, parts.value)
    }
}

impl Comparison {
    /// Creates a comparison.
    ///
    /// # Errors
    /// [`ComparisonError`] if the comparison is always false: the value is null, a list or an object, or does not have the type of the
    /// attribute. The message repeats the attribute and not the value.
    pub fn new(
        attribute: impl Into<Attribute>,
        operator: Operator,
        value: impl Into<Value>,
    ) -> Result<Self, ComparisonError> {
        let (attribute, value) = (attribute.into(), value.into());
        if let Some(rule) = broken_rule(&attribute, operator, &value) {
            return Err(ComparisonError(rule));
        }
        Ok(Self { attribute, operator, value })
    }

    /// Returns the attribute.
    pub const fn attribute(&self) -> &Attribute {
        &self.attribute
    }

    /// Returns the operator.
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// Returns the value: a string, a number, true or false.
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The type of the attribute.
    pub(super) fn value_type(&self) -> ValueType {
        value_type(&self.attribute)
    }

    /// Whether the attribute is an e-mail address.
    pub(super) fn is_of_address(&self) -> bool {
        match self.attribute.part() {
            None => [FieldPath::EMAILS, FieldPath::BILLING_CONTACT].contains(self.attribute.field()),
            Some(part) => matches!(part, "address" | "email"),
        }
    }
}

/// Why a comparison is always false, if it is.
fn broken_rule(attribute: &Attribute, operator: Operator, value: &Value) -> Option<String> {
    let is_text = value.is_string();
    if value.is_null() || value.is_array() || value.is_object() {
        return Some(format!("{attribute} must be compared with a string, a number, true or false"));
    }
    match value_type(attribute) {
        ValueType::Time if !operator.is_of_text() => {
            let is_time = value.as_str().is_some_and(|text| time(text).is_some());
            let example = r#""2026-01-31" or "2026-01-31T12:00:00Z""#;
            (!is_time).then(|| format!("{attribute} must be compared with a time, such as {example}"))
        }
        ValueType::Bool if !operator.is_equality() || !value.is_boolean() => {
            Some(format!("{attribute} must be compared by eq or ne with true or false"))
        }
        ValueType::Text if value.is_number() && attribute.field().metadata_key().is_some() => None,
        ValueType::Text | ValueType::Id | ValueType::Time | ValueType::List | ValueType::Record
            if !is_text =>
        {
            Some(format!("{attribute} must be compared with a string in double quotes"))
        }
        _ if operator.is_of_text() && !is_text => {
            Some(format!("{operator} must be followed by a string in double quotes"))
        }
        _ => None,
    }
}

/// The type of an attribute's value.
fn value_type(attribute: &Attribute) -> ValueType {
    let Some(part) = attribute.part() else { return attribute.field().value_type() };
    let is_bool = *attribute.field() == FieldPath::EMAILS && matches!(part, "primary" | "verified");
    if is_bool { ValueType::Bool } else { ValueType::Text }
}

/// A time, or a date that stands for its first moment in UTC.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

/// Shows no value, which may be personal data.
impl fmt::Debug for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Comparison({:?} {})", self.attribute, self.operator)
    }
}

/// A comparison that is always false, and why.
///
/// ```
/// use anyprofile_core::{
///     FieldPath,
///     condition::{Comparison, Operator},
/// };
///
/// // Nobody would ever match, so it is refused, with the rule.
/// let error = Comparison::new(FieldPath::SECURITY_MFA_ENABLED, Operator::Equal, "off").unwrap_err();
/// assert_eq!(error.to_string(), "security.mfa_enabled must be compared by eq or ne with true or false");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonError(String);

impl fmt::Display for ComparisonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ComparisonError {}
