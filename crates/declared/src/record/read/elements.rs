//! Lists whose elements are read by a shape of their own.

use std::{borrow::Cow, fmt};

use anyprofile_core::wire::{decode_failure, repaired};
use serde::{
    Deserializer,
    de::{self, DeserializeSeed, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::{
    Captured, Slot,
    walk::{Walk, raw_slot},
};
use crate::{
    record::{Look, Shape, SlotRef},
    template::remove_each,
};

/// The elements of a list.
#[derive(Clone, Debug)]
pub(crate) struct Elements {
    pub(super) all: Vec<Captured>,
    /// The list as it is, if other rules read it, too.
    pub(super) tree: Option<Value>,
    raw: Box<RawValue>,
    has_more: bool,
}

impl Elements {
    /// Returns whether an element has something that no rule reads.
    pub(crate) const fn has_more(&self) -> bool {
        self.has_more
    }

    /// Returns the number of elements.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns the text of the list.
    pub(crate) fn raw(&self) -> &RawValue {
        &self.raw
    }
}

/// What is at the place of a list.
pub(crate) enum Listed<'a> {
    Elements(Cow<'a, [Captured]>),
    /// No list.
    Other(Look<'a>),
}

impl Captured {
    /// Returns what is at the place of a list.
    pub(crate) fn listed(&self, place: &SlotRef, shape: &Shape) -> Listed<'_> {
        let outer = match (self.slots.get(place.slot), &place.inside) {
            (Some(Slot::List(elements)), None) => return Listed::Elements(Cow::Borrowed(&elements.all)),
            (Some(slot), None) => return Listed::Other(slot.look()),
            (None | Some(Slot::Absent), _) => return Listed::Other(Look::Absent),
            (Some(slot), Some(inside)) => match slot.look() {
                Look::Tree(tree) => tree.pointer(inside),
                // Inside of null and of a scalar there is nothing.
                _ => None,
            },
        };
        // A list inside of a value that is kept whole.
        match outer {
            Some(Value::Array(items)) => Listed::Elements(
                items.iter().map(|item| of_text(&item.to_string(), shape).unwrap_or_default()).collect(),
            ),
            other => Listed::Other(Look::of(other)),
        }
    }
}

/// Reads what is at the place of a list.
///
/// # Errors
/// If it is no JSON, also after its texts were repaired.
pub(super) fn slot<E: de::Error>(
    raw: &RawValue,
    shape: &Shape,
    is_tree: bool,
    secrets: &[String],
) -> Result<Slot, E> {
    if !raw.get().starts_with('[') {
        let mut slot = raw_slot(raw.to_owned())?;
        if let Slot::Tree(tree, raw) = &mut slot
            && !secrets.is_empty()
        {
            *raw = without_secrets(tree, secrets)?;
        }
        return Ok(slot);
    }
    let mut elements = list(raw, shape, is_tree)?;
    if !secrets.is_empty() {
        elements.raw = without_secrets(&value(raw.get())?, secrets)?;
    }
    Ok(Slot::List(elements))
}

/// Returns the text of a value without the secrets in it.
pub(super) fn without_secrets<E: de::Error>(value: &Value, secrets: &[String]) -> Result<Box<RawValue>, E> {
    let mut kept = value.clone();
    for secret in secrets {
        remove_each(&mut kept, secret);
    }
    serde_json::value::to_raw_value(&kept).map_err(E::custom)
}

fn list<E: de::Error>(raw: &RawValue, shape: &Shape, is_tree: bool) -> Result<Elements, E> {
    let text = raw.get();
    let all = all_at_once(text, shape)
        .or_else(|_| one_by_one(text, shape))
        .map_err(|error| E::custom(decode_failure(&error).reason))?;
    let has_more = all.iter().any(|element| element.has_more);
    let tree = if is_tree { Some(value(text)?) } else { None };
    Ok(Elements { all, tree, raw: raw.to_owned(), has_more })
}

/// Reads a value from its text, which is repaired if it must be.
pub(super) fn value<E: de::Error>(text: &str) -> Result<Value, E> {
    let value = serde_json::from_str(text).or_else(|error| match repaired(text) {
        Some(repaired) => serde_json::from_str(&repaired),
        None => Err(error),
    });
    value.map_err(|error| E::custom(decode_failure(&error).reason))
}

fn all_at_once(text: &str, shape: &Shape) -> serde_json::Result<Vec<Captured>> {
    serde_json::Deserializer::from_str(text).deserialize_seq(ReadAll(shape))
}

/// Reads each element by itself, so that one whose text must be repaired costs no other.
fn one_by_one(text: &str, shape: &Shape) -> serde_json::Result<Vec<Captured>> {
    let items: Vec<&RawValue> = serde_json::from_str(text)?;
    items.into_iter().map(|item| of_text(item.get(), shape)).collect()
}

fn of_text(text: &str, shape: &Shape) -> serde_json::Result<Captured> {
    let read = |text: &str| {
        let mut element = Captured::of(shape);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Walk::of_element(&shape.root, &mut element).deserialize(&mut deserializer)?;
        Ok(element.ended())
    };
    read(text).or_else(|error| match repaired(text) {
        Some(repaired) => read(&repaired),
        None => Err(error),
    })
}

impl Captured {
    /// Returns whether the element is null: none.
    pub(crate) const fn is_null(&self) -> bool {
        self.is_null
    }

    /// An element that is read as a text, and is a list or an object, is not read.
    fn ended(mut self) -> Self {
        self.has_more |= self.slots.iter().any(|slot| matches!(slot, Slot::Tree(..)));
        self
    }
}

struct ReadAll<'s>(&'s Shape);

impl<'de> Visitor<'de> for ReadAll<'_> {
    type Value = Vec<Captured>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        loop {
            let mut element = Captured::of(self.0);
            if items.next_element_seed(Walk::of_element(&self.0.root, &mut element))?.is_none() {
                return Ok(all);
            }
            all.push(element.ended());
        }
    }
}
