//! Reads pages and records by their shape.

use std::{borrow::Cow, fmt};

use anyprofile_core::{
    ErrorKind, Result,
    profile::{RawJson, UnknownFields},
    wire::{decode_failure, repaired},
};
use anyprofile_http::Response;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::{
    Look, Shape,
    shape::{Node, tokens},
};
use crate::template::remove_each;

/// The start of the message about a page with too many records.
const TOO_MANY: &str = "more records than requested";

/// What was read from a record: the values of the rules' places, and everything else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captured {
    pub(crate) slots: Vec<Slot>,
    pub(crate) unknown: UnknownFields,
}

/// The value of a place.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot {
    #[default]
    Absent,
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// A list or an object, with its text.
    Tree(Value, Box<RawValue>),
}

impl Slot {
    pub(crate) fn look(&self) -> Look<'_> {
        match self {
            Self::Absent => Look::Absent,
            Self::Null => Look::Null,
            Self::Bool(value) => Look::Bool(*value),
            Self::Integer(value) => Look::Integer(*value),
            Self::Float(value) => Look::Float(*value),
            Self::Text(text) => Look::Text(text),
            Self::Tree(value, _) => Look::Tree(value),
        }
    }
}

impl Captured {
    fn of(shape: &Shape) -> Self {
        let mut slots = Vec::with_capacity(shape.slots);
        slots.resize_with(shape.slots, Slot::default);
        Self { slots, unknown: UnknownFields::default() }
    }

    /// Sets the key of a keyed record.
    fn set_key(&mut self, shape: &Shape, key: &str) {
        if let Some(place) = shape.place("/@key")
            && let Some(slot) = self.slots.get_mut(place.slot)
        {
            *slot = Slot::Text(key.to_owned());
        }
    }
}

/// A record, with its text if it is kept.
#[derive(Debug)]
pub(crate) struct ReadRecord {
    pub(crate) captured: Captured,
    pub(crate) raw: Option<RawJson>,
}

/// The records of a page, and what stands around them.
#[derive(Debug)]
pub(crate) struct PageRecords {
    /// What the shape of the page names.
    pub(crate) around: Captured,
    /// The records, or why one could not be read.
    pub(crate) records: Vec<Result<ReadRecord, String>>,
}

/// How the records of a page are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAs<'a> {
    pub(crate) page: &'a Shape,
    pub(crate) record: &'a Shape,
    /// The pointer of the records, for messages.
    pub(crate) records: &'a str,
    pub(crate) is_keyed: bool,
    pub(crate) absent_is_empty: bool,
    /// Where the total is, which makes null an empty list if it is 0.
    pub(crate) total: Option<usize>,
}

/// Reads the records of a page.
///
/// # Errors
/// [`ErrorKind::Decode`] if the response has no list of records at its place; it names the place.
pub(crate) fn read_page(response: &Response, how: ReadAs<'_>) -> Result<PageRecords> {
    let body = response.json()?;
    let most = response.most_records();
    let keeps_raw = response.keeps_raw();
    // First all at once. If a record is not what it should be, one by one, so that it costs no other.
    let strict = walk(body, how, most, keeps_raw, false);
    let walked = match strict {
        Ok(walked) => Ok(walked),
        Err(error) if error.to_string().starts_with(TOO_MANY) => Err(error),
        Err(_) => walk(body, how, most, keeps_raw, true),
    };
    let (around, list) = walked.map_err(|error| {
        let failure = decode_failure(&error);
        if failure.reason.starts_with(TOO_MANY) {
            return response
                .error(ErrorKind::TooLarge, format!("the response has {}", failure.reason))
                .with_hint(
                    "request smaller pages; if the service ignores the page size, report it to the service",
                );
        }
        response
            .error(ErrorKind::Decode, format!("the response does not have the documented form: {failure}"))
    })?;
    let nowhere = || {
        let place = if how.records.is_empty() {
            "the response itself".to_owned()
        } else {
            format!("'{}'", how.records)
        };
        response
            .error(ErrorKind::Decode, format!("the response has no list of records at {place}"))
            .with_hint("compare `records` of the definition with a response of the service")
    };
    let records = match list.found {
        Found::List => list.records,
        Found::Nothing if how.absent_is_empty => Vec::new(),
        Found::Null if how.absent_is_empty || says_none(&around, how.total) => Vec::new(),
        Found::Nothing | Found::Null => return Err(nowhere()),
    };
    Ok(PageRecords { around, records })
}

fn says_none(around: &Captured, total: Option<usize>) -> bool {
    matches!(total.and_then(|slot| around.slots.get(slot)), Some(Slot::Integer(0)))
}

/// Reads one record at a pointer of the response; `None` if there is none, or null.
///
/// # Errors
/// [`ErrorKind::Decode`] if the response is no JSON, or what is at the place is no record.
pub(crate) fn read_record(response: &Response, pointer: &str, shape: &Shape) -> Result<Option<ReadRecord>> {
    response.acknowledged()?;
    let body = response.json()?;
    let text = if pointer.is_empty() { None } else { Some(text_at(response, body, pointer)?) };
    let text = match text {
        Some(None) => return Ok(None),
        Some(Some(raw)) => Cow::Owned(raw.get().to_owned()),
        None => String::from_utf8_lossy(body),
    };
    if text.trim() == "null" {
        return Ok(None);
    }
    let mut captured = Captured::of(shape);
    let read = read_text(&text, shape, &mut captured).map_err(|error| {
        response.error(
            ErrorKind::Decode,
            format!("the response does not have the documented form: {}", decode_failure(&error)),
        )
    });
    read?;
    let raw = if response.keeps_raw() {
        RawValue::from_string(text.into_owned()).ok().map(RawJson::from)
    } else {
        None
    };
    Ok(Some(ReadRecord { captured, raw }))
}

/// Returns the text of the value at a pointer of a body.
fn text_at<'a>(response: &Response, body: &'a [u8], pointer: &str) -> Result<Option<Cow<'a, RawValue>>> {
    let failed = |error: serde_json::Error| {
        response.error(
            ErrorKind::Decode,
            format!("the response does not have the documented form: {}", decode_failure(&error)),
        )
    };
    let mut here: &RawValue = serde_json::from_slice(body).map_err(failed)?;
    let path = tokens(pointer);
    for token in &path {
        let next = if let Ok(index) = token.parse::<usize>() {
            let items: Option<Vec<&RawValue>> = serde_json::from_str(here.get()).ok();
            items.and_then(|items| items.get(index).copied())
        } else {
            let fields: Option<std::collections::BTreeMap<Cow<'_, str>, &RawValue>> =
                serde_json::from_str(here.get()).ok();
            fields.and_then(|fields| fields.get(token.as_str()).copied())
        };
        match next {
            Some(next) => here = next,
            None => return Ok(None),
        }
    }
    Ok(Some(Cow::Borrowed(here)))
}

/// Reads the value at a pointer of a response; null if there is none.
///
/// # Errors
/// [`ErrorKind::Decode`] if the response is no JSON.
pub(crate) fn read_value(response: &Response, pointer: &str) -> Result<Value> {
    response.acknowledged()?;
    let value: Value = response.decode()?;
    Ok(value.pointer(pointer).cloned().unwrap_or_default())
}

/// Reads a record from its text; `None` if it is none.
#[cfg(feature = "server")]
pub(crate) fn read_of_text(text: &str, shape: &Shape) -> Option<ReadRecord> {
    let mut captured = Captured::of(shape);
    read_text(text, shape, &mut captured).ok()?;
    Some(ReadRecord { captured, raw: None })
}

/// Reads a few values of a body, and skips the rest; `None` if it is no JSON.
pub(crate) fn peek(body: &[u8], shape: &Shape) -> Option<Captured> {
    let nothing = Shape::default();
    let how = ReadAs {
        page: shape,
        record: &nothing,
        records: "",
        is_keyed: false,
        absent_is_empty: true,
        total: None,
    };
    walk(body, how, 0, false, false).ok().map(|(captured, _)| captured)
}

/// What was found at the place of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Found {
    #[default]
    Nothing,
    Null,
    List,
}

/// The list of records, while a page is read.
struct List<'a> {
    how: ReadAs<'a>,
    most: usize,
    keeps_raw: bool,
    is_loose: bool,
    found: Found,
    records: Vec<Result<ReadRecord, String>>,
}

impl List<'_> {
    fn add<E: de::Error>(&mut self, record: Result<ReadRecord, String>) -> Result<(), E> {
        if self.records.len() >= self.most {
            return Err(E::custom(format_args!("{TOO_MANY} ({})", self.most)));
        }
        self.records.push(record);
        Ok(())
    }

    /// Reads a record from its text. Any failure is that of the record.
    fn read_loosely(&self, raw: &RawValue) -> Result<ReadRecord, String> {
        let mut captured = Captured::of(self.how.record);
        read_text(raw.get(), self.how.record, &mut captured)
            .map_err(|error| decode_failure(&error).reason)?;
        let raw = self.keeps_raw.then(|| RawJson::from(raw.to_owned()));
        Ok(ReadRecord { captured, raw })
    }
}

fn walk<'a>(
    body: &[u8],
    how: ReadAs<'a>,
    most: usize,
    keeps_raw: bool,
    is_loose: bool,
) -> serde_json::Result<(Captured, List<'a>)> {
    let mut around = Captured::of(how.page);
    let mut list = List {
        how,
        most,
        keeps_raw,
        is_loose,
        found: Found::Nothing,
        records: Vec::with_capacity(100.min(most)),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let seed = Walk { node: &how.page.root, into: &mut around, list: Some(&mut list), path: None };
    seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((around, list))
}

/// Reads a record from its text, which is repaired if it must be.
fn read_text(text: &str, shape: &Shape, captured: &mut Captured) -> serde_json::Result<()> {
    let mut read = |text: &str| {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let seed = Walk { node: &shape.root, into: captured, list: None, path: None };
        seed.deserialize(&mut deserializer)?;
        deserializer.end()
    };
    read(text).or_else(|error| match repaired(text) {
        Some(repaired) => {
            *captured = Captured::of(shape);
            let mut deserializer = serde_json::Deserializer::from_str(&repaired);
            let seed = Walk { node: &shape.root, into: captured, list: None, path: None };
            seed.deserialize(&mut deserializer)?;
            deserializer.end()
        }
        None => Err(error),
    })
}

/// The names on the way to a place.
#[derive(Clone, Copy)]
struct Path<'a> {
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

/// Reads a place and everything inside.
struct Walk<'n, 'c, 'l, 'a> {
    node: &'n Node,
    into: &'c mut Captured,
    /// The list of records, in a page. A record has none, and keeps what no rule names.
    list: Option<&'c mut List<'l>>,
    path: Option<&'a Path<'a>>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.node.is_records
            && let Some(list) = self.list
        {
            return deserializer.deserialize_any(Records(list));
        }
        if self.node.is_secret && self.node.slot.is_none() && self.node.is_leaf() {
            return IgnoredAny::deserialize(deserializer).map(drop);
        }
        match self.node.slot {
            // A list or an object is kept with its text, so that what no rule names is not lost.
            Some((slot, true)) => {
                let raw = Box::<RawValue>::deserialize(deserializer)?;
                let mut value = raw_slot(raw)?;
                if let Slot::Tree(tree, raw) = &mut value
                    && !self.node.secrets.is_empty()
                {
                    self.node.secrets.iter().for_each(|secret| remove_each(tree, secret));
                    *raw = serde_json::value::to_raw_value(tree).map_err(de::Error::custom)?;
                }
                store(self.into, slot, value);
                Ok(())
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

fn raw_slot<E: de::Error>(raw: Box<RawValue>) -> Result<Slot, E> {
    let text = raw.get().trim_start();
    if text.starts_with(['{', '[']) {
        let value = serde_json::from_str(text).or_else(|error| match repaired(text) {
            Some(repaired) => serde_json::from_str(&repaired),
            None => Err(error),
        });
        let value = value.map_err(|error| E::custom(decode_failure(&error).reason))?;
        return Ok(Slot::Tree(value, raw));
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
            store(self.into, slot, value);
            return Ok(());
        }
        let Some(path) = self.path else {
            return Err(E::custom("invalid type: a value, expected an object"));
        };
        if self.list.is_none() {
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
        let Some(path) = self.path else {
            return Err(de::Error::custom("invalid type: a list, expected an object"));
        };
        if self.list.is_none()
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
                    let list = self.list.as_deref_mut();
                    fields.next_value_seed(Walk { node, into: self.into, list, path: Some(&path) })?;
                }
                Key::Unknown(name) => {
                    if self.list.is_some() {
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
            let seed = Walk { node: &list.how.record.root, into: &mut captured, list: None, path: None };
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
