//! What a field is in a record.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// What a field is in a record: a JSON pointer as a text, or a table.
///
/// A value that the record does not have is *absent*, and null is *null*: a rule never makes one into the other, and makes neither into a
/// value, unless the definition says so with `absent_means`.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
#[non_exhaustive]
pub struct Rule(pub(crate) RuleTable);

impl Rule {
    /// Creates a rule that reads these places.
    pub(crate) fn at(places: &OneOrMany) -> Self {
        Self(RuleTable { at: places.clone(), ..RuleTable::default() })
    }
}

/// The keys of a rule.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RuleTable {
    /// Where the value is: a JSON pointer, or several, of which the first one that has a value counts.
    #[serde(default)]
    pub at: OneOrMany,
    /// Texts that are joined with a space: given and family name. Those that are null, absent or empty are left out; if all are, so is the field.
    #[serde(default)]
    pub join: Vec<String>,
    /// The element of a list that has certain values, and the value in it.
    #[serde(default)]
    pub pick: Option<Pick>,
    /// Whether a list has an element, or one with certain values: for a field that is true or false.
    #[serde(default)]
    pub any: Option<Any>,
    /// A value that every record of the list has: it is a fact of the list, not of the record.
    #[serde(default)]
    pub constant: Option<Scalar>,
    /// What the service's words mean. A word that is not here is kept as it is.
    #[serde(default)]
    pub values: BTreeMap<String, Scalar>,
    /// What any other word means.
    #[serde(default)]
    pub otherwise: Option<Scalar>,
    /// Cases, of which the first one that applies decides.
    #[serde(default)]
    pub first: Vec<Case>,
    /// The form of a time. Default: RFC 3339.
    #[serde(default)]
    pub time: Option<TimeForm>,
    /// Values that mean *never*: null.
    #[serde(default)]
    pub never: Vec<Scalar>,
    /// What it means that the record does not have the value. It needs `because`.
    #[serde(default)]
    pub absent_means: Option<Scalar>,
    /// Whether it means that there is none: null. It needs `because`. Default: no.
    #[serde(default)]
    pub absent_is_null: bool,
    /// Why an absent value has a meaning: what the service documents.
    #[serde(default)]
    pub because: Option<String>,
    /// The permission without which the service leaves the value out.
    #[serde(default)]
    pub withheld: Option<String>,
}

/// A case of a rule. It applies if all of its conditions are met. One whose value the record does not have is not known to apply or not,
/// and then the field is absent, unless an earlier case applies.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Case {
    /// Where the value is. A case without it always applies.
    #[serde(default)]
    pub at: Option<String>,
    /// It is this value.
    #[serde(default)]
    pub is: Option<Scalar>,
    /// It is one of these values.
    #[serde(default)]
    pub one_of: Vec<Scalar>,
    /// Whether the record has a value there that is not null. Such a case is always known to apply or not.
    #[serde(default)]
    pub present: Option<bool>,
    /// Whether it is a list or an object with elements, or a text that is not empty.
    #[serde(default)]
    pub non_empty: Option<bool>,
    /// It is a list with this element, or a text with this part.
    #[serde(default)]
    pub contains: Option<String>,
    /// It is a time after now (`true`) or before (`false`).
    #[serde(default)]
    pub in_future: Option<bool>,
    /// It is a number below this one.
    #[serde(default)]
    pub below: Option<f64>,
    /// Whether an absent value means that the case does not apply. It needs `because`. Default: no.
    #[serde(default)]
    pub absent_is_no: bool,
    /// Why an absent value means that: what the service documents.
    #[serde(default)]
    pub because: Option<String>,
    /// The field's value.
    #[serde(default)]
    pub say: Option<Scalar>,
    /// The field's value is the service's word at `at`, with its meaning here.
    #[serde(default)]
    pub values: BTreeMap<String, Scalar>,
}

/// An element of a list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Pick {
    /// Where the list is.
    pub from: String,
    /// The values that the element has, by pointer. The first such element counts; without conditions, the first one.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Scalars>,
    /// Where the value is in the element; the empty text for the element itself.
    #[serde(default)]
    pub at: String,
}

/// Whether a list has an element.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Any {
    /// Where the list is.
    pub of: String,
    /// The values that the element has, by pointer.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Scalars>,
}

/// The form of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum TimeForm {
    /// RFC 3339. One without an offset is read as UTC, and noted.
    #[default]
    Rfc3339,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// A date, as its start in UTC, and noted.
    Date,
    /// Windows' file time: 100 ns since 1601.
    FileTime,
}

/// A text, a number, or true or false.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged))]
#[non_exhaustive]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number without a fraction.
    Number(i64),
    /// A text.
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Number(value) => write!(formatter, "{value}"),
            Self::Text(value) => formatter.write_str(value),
        }
    }
}

/// One value, or several, of which one is enough.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
#[non_exhaustive]
pub struct Scalars(pub(crate) Vec<Scalar>);

impl<'de> Deserialize<'de> for Scalars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = Scalars;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, a whole number, true or false, or a list of them")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalars, E> {
                Ok(Scalars(vec![Scalar::Bool(value)]))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalars, E> {
                Ok(Scalars(vec![Scalar::Number(value)]))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Scalars, E> {
                Ok(Scalars(vec![Scalar::Text(value.to_owned())]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Scalars, A::Error> {
                let mut all = Vec::new();
                while let Some(value) = values.next_element()? {
                    all.push(value);
                }
                Ok(Scalars(all))
            }
        }

        deserializer.deserialize_any(Values)
    }
}

/// One text or several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
#[non_exhaustive]
pub struct OneOrMany(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;

        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, a whole number, true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
                i64::try_from(value).map(Scalar::Number).map_err(|_| E::custom("the number is too large"))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(value.to_owned()))
            }
        }

        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON pointer, or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<OneOrMany, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = texts.next_element()? {
                    all.push(text);
                }
                Ok(OneOrMany(all))
            }
        }

        deserializer.deserialize_any(Texts)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PointerOrTable;

        impl<'de> Visitor<'de> for PointerOrTable {
            type Value = Rule;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON pointer, or a table with `at`, `first`, `join`, …")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Rule, E> {
                Ok(Rule(RuleTable { at: OneOrMany(vec![text.to_owned()]), ..RuleTable::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
                RuleTable::deserialize(MapAccessDeserializer::new(map)).map(Rule)
            }
        }

        deserializer.deserialize_any(PointerOrTable)
    }
}
