//! Values as rules see them.

use std::borrow::Cow;

use serde_json::Value;

use super::{Captured, Slot, SlotRef};
use crate::definition::Scalar;

/// The number from which not each whole number has a float of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value of a record, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look<'a> {
    /// The record does not have it.
    Absent,
    /// It is null.
    Null,
    Bool(bool),
    Integer(i64),
    /// A number above the largest `i64`, or with a fraction.
    Float(f64),
    Text(&'a str),
    Tree(&'a Value),
}

impl<'a> Look<'a> {
    pub(crate) fn of(value: Option<&'a Value>) -> Self {
        match value {
            None => Self::Absent,
            Some(Value::Null) => Self::Null,
            Some(Value::Bool(value)) => Self::Bool(*value),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(number) => Self::Integer(number),
                None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Some(Value::String(text)) => Self::Text(text),
            Some(tree) => Self::Tree(tree),
        }
    }

    /// Returns a text, or a number as a text.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Integer(number) => Some(Cow::Owned(number.to_string())),
            // Above that its digits are not those that were sent.
            Self::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => {
                Some(Cow::Owned(format!("{number:.0}")))
            }
            _ => None,
        }
    }

    /// Returns a text, a number, or true or false, as the word of a table of values.
    pub(crate) fn word(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            other => other.text(),
        }
    }

    pub(crate) const fn is_absent(self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns whether it is a text, a number, or true or false.
    pub(crate) const fn is_scalar(self) -> bool {
        matches!(self, Self::Bool(_) | Self::Integer(_) | Self::Float(_) | Self::Text(_))
    }
}

/// Returns whether a value is this one.
pub(crate) fn is_value(look: Look<'_>, wanted: &Scalar) -> bool {
    match (look, wanted) {
        (Look::Bool(value), Scalar::Bool(wanted)) => value == *wanted,
        (Look::Integer(number), Scalar::Number(wanted)) => number == *wanted,
        (Look::Text(text), Scalar::Text(wanted)) => text == wanted,
        _ => false,
    }
}

/// Returns whether a value could be this one: whether it has its type.
pub(crate) fn is_comparable(look: Look<'_>, wanted: &Scalar) -> bool {
    matches!(
        (look, wanted),
        (Look::Bool(_), Scalar::Bool(_))
            | (Look::Integer(_) | Look::Float(_), Scalar::Number(_))
            | (Look::Text(_), Scalar::Text(_))
    )
}

/// Something that rules look values up in.
pub(crate) trait Lookup {
    /// How a place is named.
    type Place;

    /// Returns the value at a place.
    fn look(&self, place: &Self::Place) -> Look<'_>;
}

impl Lookup for Captured {
    type Place = SlotRef;

    fn look(&self, place: &SlotRef) -> Look<'_> {
        match (self.slots.get(place.slot), &place.inside) {
            (None | Some(Slot::Absent), _) => Look::Absent,
            (Some(slot), None) => slot.look(),
            (Some(slot), Some(inside)) => match slot.look() {
                Look::Tree(tree) => Look::of(tree.pointer(inside)),
                // Inside of null and of a scalar there is nothing.
                _ => Look::Absent,
            },
        }
    }
}

/// An element of a list, with pointers relative to it.
impl Lookup for Value {
    type Place = Box<str>;

    fn look(&self, place: &Box<str>) -> Look<'_> {
        Look::of(self.pointer(place))
    }
}
