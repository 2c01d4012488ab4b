//! How a page or a record is walked through, in the order of its text.

use std::{borrow::Cow, fmt};

use anyprofile_core::wire::decode_failure;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::{Captured, Found, List, ReadRecord, Slot, elements};
use crate::record::shape::Node;

/// The names on the way to a place.
#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    name: &'a str,
    outer: Option<&'a Path<'a>>,
}

impl Path<'_> {
    /// Returns the names, joined by dots.
    fn joined(&self) -> String {
        match self.outer {
            Some(outer) => format!("{}.{}", outer.joined(), self.name),
            None => self.name.to_owned(),
        }
    }
}

/// What becomes of what no rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// It is skipped: around the records of a page.
    Nothing,
    /// It is kept: in a record.
    Unknown,
    /// It is noted that there is some: in an element of a list, which is then kept whole.
    Mark,
}

/// Reads a place and everything inside.
pub(super) struct Walk<'n, 'c, 'l, 'a> {
    pub(super) node: &'n Node,
    pub(super) into: &'c mut Captured,
    /// The list of records, in a page.
    pub(super) list: Option<&'c mut List<'l>>,
    pub(super) path: Option<&'a Path<'a>>,
    pub(super) keeps: Keeps,
}

impl<'n, 'c> Walk<'n, 'c, '_, '_> {
    /// Reads a record.
    pub(super) fn of_record(node: &'n Node, into: &'c mut Captured) -> Self {
        Self { node, into, list: None, path: None, keeps: Keeps::Unknown }
    }

    /// Reads an element of a list, of whatever type.
    pub(super) fn of_element(node: &'n Node, into: &'c mut Captured) -> Self {
        Self { node, into, list: None, path: None, keeps: Keeps::Mark }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        if self.node.is_secret && self.keeps == Keeps::Unknown {
            // Rules may look into it, and nothing else of it is kept.
            self.keeps = Keeps::Mark;
        }
        if self.node.is_records
            && let Some(list) = self.list
        {
            return deserializer.deserialize_any(Records(list));
        }
        if self.node.is_secret && self.node.slot.is_none() && self.node.is_leaf() {
            return IgnoredAny::deserialize(deserializer).map(drop);
        }
        if let (Some(shape), Some((slot, is_tree))) = (&self.node.elements, self.node.slot) {
            let raw = <&RawValue>::deserialize(deserializer)?;
            let value = elements::slot(raw, shape, is_tree, &self.node.secrets)?;
            store(self.into, slot, value);
            return Ok(());
        }
        match self.node.slot {
            // A list or an object is kept with its text, so that what no rule names is not lost.
            Some((slot, true)) => {
                let raw = Box::<RawValue>::deserialize(deserializer)?;
                let mut value = raw_slot(raw)?;
                // Rules may ask whether a secret is there. It is not kept.
                if let Slot::Tree(tree, raw) = &mut value
                    && !self.node.secrets.is_empty()
                {
                    *raw = elements::without_secrets(tree, &self.node.secrets)?;
                }
                store(self.into, slot, value);
                Ok(())
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

pub(super) fn raw_slot<E: de::Error>(raw: Box<RawValue>) -> Result<Slot, E> {
    let text = raw.get().trim_start();
    if text.starts_with(['{', '[']) {
        return Ok(Slot::Tree(elements::value(text)?, raw));
    }
    serde_json::from_str::<ScalarSlot>(text)
        .map(|slot| slot.0)
        .map_err(|error| E::custom(decode_failure(&error).reason))
}

fn store(captured: &mut Captured, slot: usize, value: Slot) {
    if let Some(place) = captured.slots.get_mut(slot) {
        *place = value;
    }
}

impl Walk<'_, '_, '_, '_> {
    /// Stores a scalar. One where an object was expected is kept as it came.
    fn scalar<E: de::Error>(self, value: Slot) -> Result<(), E> {
        if let Some((slot, _)) = self.node.slot {
            self.into.is_null |= self.path.is_none() && matches!(value, Slot::Null);
            store(self.into, slot, value);
            return Ok(());
        }
        if self.keeps == Keeps::Mark {
            // Null in place of an object has nothing that could be read.
            match value {
                Slot::Null => self.into.is_null |= self.path.is_none(),
                _ => self.into.has_more = true,
            }
            return Ok(());
        }
        let Some(path) = self.path else {
            return Err(E::custom("invalid type: a value, expected an object"));
        };
        if self.keeps == Keeps::Unknown {
            let text = match &value {
                Slot::Bool(value) => value.to_string(),
                Slot::Integer(value) => value.to_string(),
                Slot::Float(value) => serde_json::to_string(value).unwrap_or_default(),
                Slot::Text(text) => serde_json::to_string(text).unwrap_or_default(),
                _ => "null".to_owned(),
            };
            if let Ok(raw) = RawValue::from_string(text) {
                self.into.unknown.insert(path.joined(), raw.into());
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.node.is_leaf() { "a value" } else { "an object" })
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.scalar(Slot::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Slot::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.scalar(Slot::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        // Digits are what an id is compared by; no other number is as large.
        self.scalar(i64::try_from(value).map_or_else(|_| Slot::Text(value.to_string()), Slot::Integer))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Slot::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.scalar(Slot::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<(), E> {
        self.scalar(Slot::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        // A list where a scalar or an object was expected: it is kept as it came.
        let mut all: Vec<&'de RawValue> = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        if let Some((slot, _)) = self.node.slot {
            let raw = serde_json::value::to_raw_value(&all).map_err(de::Error::custom)?;
            store(self.into, slot, raw_slot(raw)?);
            return Ok(());
        }
        if self.keeps == Keeps::Mark {
            self.into.has_more = true;
            return Ok(());
        }
        let Some(path) = self.path else {
            return Err(de::Error::custom("invalid type: a list, expected an object"));
        };
        if self.keeps == Keeps::Unknown
            && let Ok(raw) = serde_json::value::to_raw_value(&all)
        {
            self.into.unknown.insert(path.joined(), raw.into());
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        if let (Some((slot, _)), true) = (self.node.slot, self.node.is_leaf()) {
            // An object where a scalar was expected.
            let mut all: std::collections::BTreeMap<String, &'de RawValue> =
                std::collections::BTreeMap::new();
            while let Some((key, value)) = fields.next_entry()? {
                all.insert(key, value);
            }
            let raw = serde_json::value::to_raw_value(&all).map_err(de::Error::custom)?;
            store(self.into, slot, raw_slot(raw)?);
            return Ok(());
        }
        // The keys of a record come in the same order each time: the search begins behind the last one.
        let mut at = 0;
        while let Some(key) = fields.next_key_seed(KeyOf { node: self.node, at })? {
            match key {
                Key::Known(place) => {
                    let (name, node) = &self.node.keys[place];
                    at = place + 1;
                    let path = Path { name, outer: self.path };
                    let (list, keeps) = (self.list.as_deref_mut(), self.keeps);
                    fields.next_value_seed(Walk { node, into: self.into, list, path: Some(&path), keeps })?;
                }
                Key::Unknown(name) => {
                    if self.keeps != Keeps::Unknown {
                        self.into.has_more = true;
                        fields.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    let raw: Box<RawValue> = fields.next_value()?;
                    let name = Path { name: &name, outer: self.path }.joined();
                    self.into.unknown.insert(name, raw.into());
                }
            }
        }
        Ok(())
    }
}

/// A key of an object: one that the shape names, or another.
enum Key<'de> {
    Known(usize),
    Unknown(Cow<'de, str>),
}

/// Finds a key among those of a place.
struct KeyOf<'n> {
    node: &'n Node,
    at: usize,
}

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Key<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl KeyOf<'_> {
    fn place(&self, key: &str) -> Option<usize> {
        let keys = &self.node.keys;
        let behind = keys.iter().enumerate().skip(self.at).find(|(_, (name, _))| **name == *key);
        behind
            .or_else(|| keys.iter().enumerate().take(self.at).find(|(_, (name, _))| **name == *key))
            .map(|(at, _)| at)
    }
}

impl<'de> Visitor<'de> for KeyOf<'_> {
    type Value = Key<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(self.place(key).map_or(Key::Unknown(Cow::Borrowed(key)), Key::Known))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(self.place(key).map_or_else(|| Key::Unknown(Cow::Owned(key.to_owned())), Key::Known))
    }
}

/// The records of a page.
struct Records<'c, 'l>(&'c mut List<'l>);

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.how.is_keyed { "an object of records" } else { "a list of records" })
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.0.found = Found::Null;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let list = self.0;
        // An empty object is written as an empty list by some languages.
        list.found = Found::List;
        loop {
            if list.is_loose || list.keeps_raw {
                let Some(raw) = items.next_element::<&RawValue>()? else { return Ok(()) };
                let read = list.read_loosely(raw);
                list.add(read)?;
                continue;
            }
            let mut captured = Captured::of(list.how.record);
            let seed = Walk::of_record(&list.how.record.root, &mut captured);
            if items.next_element_seed(seed)?.is_none() {
                return Ok(());
            }
            list.add(Ok(ReadRecord { captured, raw: None }))?;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let list = self.0;
        list.found = Found::List;
        let mut number = 0_u64;
        while let Some(key) = fields.next_key::<Cow<'de, str>>()? {
            // Some languages write a list as an object whose keys are 0, 1, 2, ….
            if !list.how.is_keyed && key.parse() != Ok(number) {
                return Err(de::Error::custom("invalid type: an object, expected a list of records"));
            }
            number += 1;
            let raw: &RawValue = fields.next_value()?;
            let read = list.read_loosely(raw).map(|mut read| {
                read.captured.set_key(list.how.record, &key);
                read
            });
            list.add(read)?;
        }
        // Nothing says that this is a list: it may as well be an object of another sort.
        if !list.how.is_keyed && number == 0 {
            return Err(de::Error::custom("invalid type: an object, expected a list of records"));
        }
        Ok(())
    }
}

/// A scalar, read from its text.
struct ScalarSlot(Slot);

impl<'de> Deserialize<'de> for ScalarSlot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Null => Slot::Null,
            Value::Bool(value) => Slot::Bool(value),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Slot::Integer(number),
                None => Slot::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Slot::Text(text),
            Value::Array(_) | Value::Object(_) => Slot::Absent,
        }))
    }
}
