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

/// How two values are compared, by its word in SCIM filters (RFC 7644 §3.4.2.2, table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Operator {
    /// `eq`: they are equal. E-mail addresses are compared as addresses, texts to the letter.
    #[serde(rename = "eq")]
    Equal,
    /// `ne`: they are not equal.
    #[serde(rename = "ne")]
    NotEqual,
    /// `co`: the text contains the other, in letters of either case.
    #[serde(rename = "co")]
    Contains,
    /// `sw`: the text starts with the other, in letters of either case.
    #[serde(rename = "sw")]
    StartsWith,
    /// `ew`: the text ends with the other, in letters of either case.
    #[serde(rename = "ew")]
    EndsWith,
    /// `gt`: it is greater, or later.
    #[serde(rename = "gt")]
    Greater,
    /// `ge`: it is greater or equal.
    #[serde(rename = "ge")]
    GreaterOrEqual,
    /// `lt`: it is less, or earlier.
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

/// Reads the word in letters of either case.
impl FromStr for Operator {
    type Err = WordError;

    fn from_str(word: &str) -> Result<Self, WordError> {
        value_of_word("an operator", &Self::ALL, Self::as_str, &word.to_ascii_lowercase())
    }
}

/// An attribute of a profile compared with a value: a text, a number, true or false.
///
/// A time is given as a text: RFC 3339, or a date, which stands for its first moment in UTC. A comparison that can never hold,
/// such as of a time with a text that is no time, is refused when it is created.
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
    /// [`ComparisonError`] if it can never hold: if the value is null, a list or an object, or not of the attribute's type.
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

    /// Returns what is compared.
    pub const fn attribute(&self) -> &Attribute {
        &self.attribute
    }

    /// Returns how it is compared.
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// Returns what it is compared with: a text, a number, true or false.
    pub const fn value(&self) -> &Value {
        &self.value
    }
}

/// Why a comparison can never hold: it would look like a result.
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
        ValueType::Text | ValueType::Id | ValueType::Time if !is_text => {
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

/// A comparison that can never hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonError(String);

impl fmt::Display for ComparisonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ComparisonError {}
