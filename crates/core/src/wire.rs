//! Tools for writing a provider: decoding records tolerantly.
//!
//! [`open_record!`](crate::open_record) defines a struct of [`Field`](crate::Field)s that keeps unknown keys.
//! [`decode_page`] decodes a page at once, and record by record only if that fails, to quarantine bad records.
//! [`decode_failure`] says what is wrong with a body without repeating its content.

mod notes;
mod opaque_id;
mod secret_text;
#[cfg(test)]
mod tests;

use std::{cell::Cell, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned},
};
use serde_json::value::RawValue;

pub use self::{
    notes::{note_other_types, read_time},
    opaque_id::OpaqueId,
    secret_text::{SecretText, WITHHELD},
};
pub use crate::envelope::{MOST_RECORDS, count, named_records, records};
pub use crate::json::repaired;
pub use crate::time_text::TimeText;
pub use crate::word::word;
use crate::{
    envelope::{self, TOO_MANY, rest::without_decoded},
    listing::Quarantined,
    profile::RawJson,
};

/// Why a body could not be decoded. It repeats nothing of the content.
///
/// ```
/// use anyprofile_core::wire::decode_failure;
///
/// let error = serde_json::from_str::<bool>(r#""ada@example.org""#).unwrap_err();
/// assert!(error.to_string().contains("ada@example.org"));
/// // The same without the address.
/// let failure = decode_failure(&error);
/// assert_eq!(failure.reason, "invalid type: string, expected a boolean");
/// assert_eq!((failure.line, failure.column), (1, 17));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeFailure {
    /// What was found and what was expected, such as `active: invalid type: string, expected a boolean`.
    pub reason: String,
    /// The line in the body, from 1; 0 if unknown.
    pub line: usize,
    /// The column in that line, from 1; 0 if unknown.
    pub column: usize,
    /// Whether the body has far more records than requested, so that they were not read.
    pub is_too_large: bool,
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reason, line, column, is_too_large: _ } = self;
        write!(formatter, "{reason} (line {line}, column {column})")
    }
}

impl std::error::Error for DecodeFailure {}

/// Removes the content from a JSON error, which repeats strings, numbers and keys of the body.
pub fn decode_failure(error: &serde_json::Error) -> DecodeFailure {
    let text = error.to_string();
    // serde puts content in quotes or backquotes; the text after it is safe.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    // In these messages the quoted name is a known field.
    let ours = ["missing field `", "duplicate field `"];
    if let Some(name) = ours.iter().find_map(|start| text.strip_prefix(start)?.strip_suffix('`')) {
        let (what, _) = text.split_once(" `").unwrap_or((text, ""));
        let reason = format!("{what} '{name}'");
        return DecodeFailure { reason, line: error.line(), column: error.column(), is_too_large: false };
    }
    let opening = text.find(['"', '`']);
    let closing = text.rfind(['"', '`']);
    let reason = match (opening, closing) {
        (Some(first), Some(last)) if last > first => {
            format!("{}{}", text[..first].trim_end(), &text[last + 1..])
        }
        (Some(first), _) => text[..first].trim_end().to_owned(),
        (None, _) => text.to_owned(),
    };
    let is_too_large = reason.starts_with(TOO_MANY);
    DecodeFailure { reason, line: error.line(), column: error.column(), is_too_large }
}

/// A decoded page and its quarantined records.
///
/// ```
/// use anyprofile_core::wire::{decode_page, decode_records};
/// use serde::Deserialize;
/// use serde_json::value::RawValue;
/// # anyprofile_core::open_record! { /// A user.
/// #     pub struct User { /// The name.
/// #         name: String, } }
///
/// #[derive(Deserialize)]
/// struct Envelope<R> {
///     users: Vec<R>,
/// }
///
/// let body = br#"{"users": [{"name": "Ada"}, 7, {"name": "Grace"}]}"#;
/// let decoded = decode_page::<Envelope<User>, Envelope<Box<RawValue>>>(body, |loose| {
///     decode_records(loose.users, |users| Envelope { users })
/// })?;
/// // A number is no user. It does not cost the page the other two.
/// assert_eq!((decoded.page.users.len(), decoded.quarantined[0].position), (2, 1));
/// # Ok::<(), anyprofile_core::wire::DecodeFailure>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct DecodedPage<P> {
    /// The page with its valid records.
    pub page: P,
    /// The records that could not be decoded.
    pub quarantined: Vec<Quarantined>,
    /// Envelope fields that have another type than the service documents, and whose meaning is clear.
    pub changed_types: Vec<&'static str>,
}

/// Decodes a page: at once if every record is valid, else record by record from the first invalid one. At most
/// [`MOST_RECORDS`] records are read.
///
/// `Whole` and `Loose` are the same envelope, with typed records and with [`RawValue`]s. `each` converts one into the
/// other, with the help of [`decode_records`].
///
/// # Errors
/// Returns an error if the body is not such an envelope, or has too many records.
pub fn decode_page<Whole, Loose>(
    body: &[u8],
    each: impl Fn(Loose) -> DecodedPage<Whole>,
) -> Result<DecodedPage<Whole>, DecodeFailure>
where
    Whole: DeserializeOwned,
    Loose: DeserializeOwned,
{
    decode_page_of(MOST_RECORDS, body, each)
}

/// Decodes a page like [`decode_page`], with another limit of records. A body of a few megabytes can hold millions of
/// tiny records, each of which takes a thousand times its size once decoded.
///
/// # Errors
/// Those of [`decode_page`].
pub fn decode_page_of<Whole, Loose>(
    most_records: usize,
    body: &[u8],
    each: impl Fn(Loose) -> DecodedPage<Whole>,
) -> Result<DecodedPage<Whole>, DecodeFailure>
where
    Whole: DeserializeOwned,
    Loose: DeserializeOwned,
{
    envelope::forget_in_front();
    let (whole, changed_types, _) = envelope::decoding(most_records, || from_json(body));
    let place = match whole {
        Ok(page) => return Ok(DecodedPage { page, quarantined: Vec::new(), changed_types }),
        Err(error) => {
            let failure = decode_failure(&error);
            if failure.is_too_large {
                envelope::forget_in_front();
                return Err(failure);
            }
            (failure.line, failure.column)
        }
    };
    let loosely = |body: &[u8]| {
        let (loose, changed_types, lists) = envelope::decoding::<Loose>(most_records, || from_json(body));
        (loose.map(|loose| (loose, changed_types)), lists)
    };
    let by_record = |(loose, changed_types)| DecodedPage { changed_types, ..each(loose) };
    // Decoded records are not decoded again, unless `each` cannot use them. With several lists it is not known which
    // list they belong to.
    let rest = without_decoded(body, envelope::count_in_front(), place);
    let decoded = rest.and_then(|rest| {
        let (Ok(loose), 1) = loosely(&rest) else { return None };
        envelope::leave_out_in_front();
        let decoded = by_record(loose);
        (envelope::count_in_front() == 0).then_some(decoded)
    });
    let decoded = decoded.map_or_else(
        || {
            envelope::forget_in_front();
            loosely(body).0.map(by_record).map_err(|error| decode_failure(&error))
        },
        Ok,
    );
    envelope::forget_in_front();
    decoded
}

/// Decodes a body. It checks UTF-8 once for the whole body, which is much cheaper than checking every string.
///
/// # Errors
/// Those of the decoder, also for a body that is not UTF-8.
pub fn from_json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // Reports where the body is wrong, or decodes it if that part is not needed.
        Err(_) => serde_json::from_slice(body),
    }
}

/// A record that can be read although one of its fields has an unexpected type.
///
/// [`open_record!`](crate::open_record) implements it: such a field is absent, and its value is kept among the
/// unknown fields. One field with a new type must not lose the whole record.
///
/// ```
/// use anyprofile_core::{profile::RawJson, wire::Tolerant};
///
/// anyprofile_core::open_record! {
///     /// A user of some service.
///     pub struct User {
///         name: String,
///         active: bool,
///     }
/// }
///
/// // The service documents true or false, and sends a word.
/// let user = User::read(r#"{"name": "Ada", "active": "yes"}"#)?;
/// assert!(user.name.is_known_to_be("Ada") && user.active.is_absent());
/// assert_eq!(user.unknown.get("active").map(RawJson::get), Some(r#""yes""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Tolerant: DeserializeOwned + 'static {
    /// Reads a record field by field.
    ///
    /// # Errors
    /// Returns an error if the text is not a JSON object.
    fn tolerant(text: &str) -> serde_json::Result<Self>;

    /// Reads a record at once if every field has its type, else field by field.
    ///
    /// # Errors
    /// Returns an error if the text is not a JSON object.
    fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).or_else(|_| Self::recover(text))
    }

    /// Reads a record field by field. If even its keys cannot be read, they are repaired first.
    ///
    /// # Errors
    /// Returns an error if the text is not a JSON object.
    fn recover(text: &str) -> serde_json::Result<Self> {
        Self::tolerant(text).or_else(|error| match repaired(text) {
            Some(repaired) => Self::tolerant(&repaired),
            None => Err(error),
        })
    }
}

/// Decodes the records of a page one by one, and builds the page from the valid ones with `rebuild`.
pub fn decode_records<T: Tolerant, P>(
    records: Vec<Box<RawValue>>,
    rebuild: impl FnOnce(Vec<T>) -> P,
) -> DecodedPage<P> {
    // The records before the first invalid one were decoded with the page.
    let mut good: Vec<T> = envelope::take_in_front();
    let in_front = good.len();
    good.reserve(records.len());
    let mut quarantined = Vec::new();
    for (position, record) in (in_front..).zip(records) {
        match T::read(record.get()) {
            Ok(record) => good.push(record),
            Err(error) => quarantined.push(Quarantined::new(position, decode_failure(&error).reason)),
        }
    }
    DecodedPage { page: rebuild(good), quarantined, changed_types: Vec::new() }
}

/// A record with the text it was decoded from.
///
/// For the opt-in `raw` of a profile: use `WithRaw<T>` in place of `T` with `decode_page`, within [`keeping_raw`] if
/// it may be off.
///
/// ```
/// use anyprofile_core::wire::{WithRaw, keeping_raw};
/// # anyprofile_core::open_record! { /// A user.
/// #     pub struct User { /// The name.
/// #         name: String, } }
///
/// let text = r#"{"name": "Ada", "badge": 7.0}"#;
/// let kept: WithRaw<User> = serde_json::from_str(text)?;
/// assert!(kept.record.name.is_known_to_be("Ada"));
/// assert_eq!(kept.raw.as_ref().map(|raw| raw.get()), Some(text));
/// // A provider whose configuration does not ask for it keeps no text.
/// let bare: WithRaw<User> = keeping_raw(false, || serde_json::from_str(text))?;
/// assert!(bare.raw.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WithRaw<T> {
    /// The decoded record.
    pub record: T,
    /// The text of the record, if requested.
    pub raw: Option<RawJson>,
}

impl<T> From<T> for WithRaw<T> {
    fn from(record: T) -> Self {
        Self { record, raw: None }
    }
}

thread_local! {
    /// Whether the texts of records are kept; see [`keeping_raw`].
    static KEEPS_RAW: Cell<bool> = const { Cell::new(true) };
}

/// Decodes with or without the texts of records in [`WithRaw`]. Without them it costs as much as decoding the plain
/// record. serde cannot pass the setting to a value, and decoding is synchronous on one thread.
pub fn keeping_raw<T>(keeps_raw: bool, decode: impl FnOnce() -> T) -> T {
    let outer = KEEPS_RAW.replace(keeps_raw);
    let decoded = decode();
    KEEPS_RAW.set(outer);
    decoded
}

impl<'de, T: Tolerant> Deserialize<'de> for WithRaw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !KEEPS_RAW.get() {
            return T::deserialize(deserializer).map(Self::from);
        }
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        // Without the position, which is relative to the record's own text.
        let record = T::read(raw.get()).map_err(|error| de::Error::custom(decode_failure(&error).reason))?;
        Ok(Self { record, raw: Some(raw.into()) })
    }
}

impl<T: Tolerant> Tolerant for WithRaw<T> {
    fn tolerant(text: &str) -> serde_json::Result<Self> {
        if KEEPS_RAW.get() { serde_json::from_str(text) } else { T::tolerant(text).map(Self::from) }
    }
}
