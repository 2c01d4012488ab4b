//! The envelope of a page: the fields around its records, read tolerantly and with limits.

pub(crate) mod rest;

use std::{any::Any, cell::RefCell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, Visitor},
};

use crate::Field;

/// The largest number of records in a page, if the request does not say how many.
pub const MOST_RECORDS: usize = 10_000;
/// The capacity that is reserved for records before they are counted.
const USUAL_RECORDS: usize = 100;
/// The start of the error about a page with too many records.
pub(crate) const TOO_MANY: &str = "more records than requested";

/// State that the fields of an envelope share while it is decoded. serde cannot pass it to a field's deserializer,
/// and decoding is synchronous on one thread.
#[derive(Debug)]
struct Decoding {
    most_records: usize,
    changed_types: Vec<&'static str>,
    says_none: bool,
    null_records: Option<&'static str>,
    /// The number of lists of records so far.
    lists: usize,
}

impl Decoding {
    const fn new(most_records: usize) -> Self {
        Self { most_records, changed_types: Vec::new(), says_none: false, null_records: None, lists: 0 }
    }
}

thread_local! {
    static DECODING: RefCell<Decoding> = const { RefCell::new(Decoding::new(MOST_RECORDS)) };
    /// The records before the one that failed to decode, so that they are not decoded a second time.
    static IN_FRONT: RefCell<Option<InFront>> = const { RefCell::new(None) };
}

/// The records before one that failed to decode.
struct InFront {
    /// A `Vec` of the records.
    records: Box<dyn Any>,
    count: usize,
    /// Whether the input that is decoded now is without them.
    is_left_out: bool,
}

/// Drops the records of an earlier page.
pub(crate) fn forget_in_front() {
    IN_FRONT.take();
}

/// Returns how many records were decoded before one failed.
pub(crate) fn count_in_front() -> usize {
    IN_FRONT.with_borrow(|front| front.as_ref().map_or(0, |front| front.count))
}

/// Marks these records as left out of the input that is decoded next.
pub(crate) fn leave_out_in_front() {
    IN_FRONT.with_borrow_mut(|front| {
        if let Some(front) = front {
            front.is_left_out = true;
        }
    });
}

/// Takes the records that were decoded before one failed, if they were left out of the current input. Returns no
/// records, and keeps them, if they have another type.
pub(crate) fn take_in_front<R: 'static>() -> Vec<R> {
    let Some(front) = IN_FRONT.take() else { return Vec::new() };
    match front {
        InFront { records, is_left_out: true, count } => match records.downcast::<Vec<R>>() {
            Ok(records) => *records,
            Err(records) => {
                IN_FRONT.replace(Some(InFront { records, is_left_out: true, count }));
                Vec::new()
            }
        },
        kept => {
            IN_FRONT.replace(Some(kept));
            Vec::new()
        }
    }
}

/// Decodes an envelope with at most `most_records` records. Also returns the fields with an unexpected type, and the
/// number of lists of records.
pub(crate) fn decoding<T>(
    most_records: usize,
    decode: impl FnOnce() -> serde_json::Result<T>,
) -> (serde_json::Result<T>, Vec<&'static str>, usize) {
    let outer = DECODING.replace(Decoding::new(most_records));
    let decoded = decode();
    let inner = DECODING.replace(outer);
    let decoded = match inner.null_records {
        // Null may also mean that the service could not list the records; only a total of 0 makes it clear.
        Some(name) if decoded.is_ok() && !inner.says_none => {
            Err(de::Error::custom(format_args!("invalid type: null, expected a list of records in '{name}'")))
        }
        _ => decoded,
    };
    (decoded, inner.changed_types, inner.lists)
}

fn note_changed_type(name: &'static str) {
    DECODING.with_borrow_mut(|decoding| {
        if !decoding.changed_types.contains(&name) {
            decoding.changed_types.push(name);
        }
    });
}

/// Defines a module with `#[serde(deserialize_with)]` functions for the named fields of an envelope: totals and page
/// numbers with [`count`](crate::wire::count), lists of records with [`named_records`](crate::wire::named_records).
///
/// ```
/// use anyprofile_core::{Field, envelope_fields};
///
/// envelope_fields! { mod fields { counts { total } records { people } } }
///
/// #[derive(serde::Deserialize)]
/// struct Page {
///     #[serde(default, deserialize_with = "fields::total")]
///     total: Field<u64>,
///     #[serde(deserialize_with = "fields::people")]
///     people: Vec<String>,
/// }
/// let page: Page = serde_json::from_str(r#"{"total":"1","people":["ada"]}"#)?;
/// assert_eq!((page.total, page.people.len()), (Field::Value(1), 1));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! envelope_fields {
    (mod $module:ident { counts { $($count:ident)* } records { $($records:ident)* } }) => {
        mod $module {
            $(
                pub(super) fn $count<'de, D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<$crate::Field<u64>, D::Error> {
                    $crate::wire::count(deserializer, stringify!($count))
                }
            )*
            $(
                pub(super) fn $records<'de, D: ::serde::Deserializer<'de>, R: ::serde::Deserialize<'de> + 'static>(
                    deserializer: D,
                ) -> ::std::result::Result<::std::vec::Vec<R>, D::Error> {
                    $crate::wire::named_records(deserializer, stringify!($records))
                }
            )*
        }
    };
}

/// Deserializes a total or page number: an integer, a string of digits, or a number without a fraction. A negative
/// number, which some services use for "unknown", and any other value are absent. Everything but an integer is noted
/// under the field's name.
///
/// # Errors
/// Those of the deserializer.
/// The deserializer's own.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D, name: &'static str) -> Result<Field<u64>, D::Error> {
    struct Count;

    impl<'de> Visitor<'de> for Count {
        /// The number, and whether it was an integer.
        type Value = (Field<u64>, bool);

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a number")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok((Field::Value(number), true))
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok((u64::try_from(number).map_or(Field::Absent, Field::Value), false))
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            Ok((whole(number).map_or(Field::Absent, Field::Value), false))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            let text = text.trim();
            let number = text.parse().ok().or_else(|| whole(text.parse().ok()?));
            Ok((number.map_or(Field::Absent, Field::Value), false))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok((Field::Null, true))
        }

        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok((Field::Absent, false))
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok((Field::Absent, false))
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok((Field::Absent, false))
        }
    }

    let (number, is_usual) = deserializer.deserialize_any(Count)?;
    if !is_usual {
        note_changed_type(name);
    }
    if name == "count" && number == Field::Value(0) {
        DECODING.with_borrow_mut(|decoding| decoding.says_none = true);
    }
    Ok(number)
}

/// Converts a number without a fraction, as far as floating point is exact.
fn whole(number: f64) -> Option<u64> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within both bounds")]
    let whole = number as u64;
    ((0.0..=MOST).contains(&number) && number.fract() == 0.0).then_some(whole)
}

/// Deserializes the records of a page, with room for a usual page to avoid reallocations. For use with
/// `#[serde(deserialize_with)]`; the errors of [`named_records`] also name the field.
///
/// # Errors
/// Those of the deserializer, also if there is no list or there are too many records.
pub fn records<'de, D: Deserializer<'de>, R: Deserialize<'de> + 'static>(
    deserializer: D,
) -> Result<Vec<R>, D::Error> {
    named_records(deserializer, "")
}

/// Deserializes the records of a named field, like [`records`]. Also accepts an object with the positions as keys
/// (`{"0": …}`), and null if a `count` of 0 makes its meaning clear.
///
/// # Errors
/// Those of [`records`].
pub fn named_records<'de, D: Deserializer<'de>, R: Deserialize<'de> + 'static>(
    deserializer: D,
    name: &'static str,
) -> Result<Vec<R>, D::Error> {
    struct Records<R>(&'static str, PhantomData<R>);

    impl<'de, R: Deserialize<'de> + 'static> Visitor<'de> for Records<R> {
        type Value = Vec<R>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.0 {
                "" => formatter.write_str("a list of records"),
                name => write!(formatter, "a list of records in '{name}'"),
            }
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<R>, A::Error> {
            let most = most_records();
            DECODING.with_borrow_mut(|decoding| decoding.lists += 1);
            let mut records = Vec::with_capacity(USUAL_RECORDS);
            loop {
                match list.next_element() {
                    Ok(Some(_)) if records.len() == most => return Err(too_many(most)),
                    Ok(Some(record)) => records.push(record),
                    Ok(None) => return Ok(records),
                    Err(error) => {
                        let count = records.len();
                        IN_FRONT.replace(Some(InFront {
                            records: Box::new(records),
                            count,
                            is_left_out: false,
                        }));
                        return Err(error);
                    }
                }
            }
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Vec<R>, A::Error> {
            let most = most_records();
            let mut records = Vec::new();
            while let Some(key) = map.next_key::<String>()? {
                if key.parse() != Ok(records.len()) {
                    return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
                }
                if records.len() == most {
                    return Err(too_many(most));
                }
                records.push(map.next_value()?);
            }
            // The meaning of an empty object is not clear.
            if records.is_empty() {
                return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
            }
            note_changed_type(self.0);
            Ok(records)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Vec<R>, E> {
            if self.0.is_empty() {
                return Err(de::Error::invalid_type(de::Unexpected::Unit, &self));
            }
            note_changed_type(self.0);
            DECODING.with_borrow_mut(|decoding| decoding.null_records = Some(self.0));
            Ok(Vec::new())
        }
    }

    deserializer.deserialize_any(Records(name, PhantomData))
}

fn most_records() -> usize {
    DECODING.with_borrow(|decoding| decoding.most_records)
}

fn too_many<E: de::Error>(most: usize) -> E {
    E::custom(format_args!("{TOO_MANY}: over {most}"))
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;
    use crate::wire::{DecodeFailure, DecodedPage, decode_page, decode_page_of};

    crate::envelope_fields! { mod fields { counts { count page } records { people } } }

    #[derive(Debug, Deserialize)]
    struct Envelope<R> {
        #[serde(default, deserialize_with = "fields::count")]
        count: Field<u64>,
        #[serde(default, deserialize_with = "fields::page")]
        page: Field<u64>,
        #[serde(deserialize_with = "fields::people", bound = "R: Deserialize<'de> + 'static")]
        people: Vec<R>,
    }

    type Decoded = Result<DecodedPage<Envelope<u32>>, DecodeFailure>;

    fn loose(loose: Envelope<Box<RawValue>>) -> DecodedPage<Envelope<u32>> {
        let Envelope { count, page, people } = loose;
        let good = people.into_iter().filter_map(|raw| raw.get().parse().ok());
        DecodedPage {
            page: Envelope { count, page, people: good.collect() },
            quarantined: Vec::new(),
            changed_types: Vec::new(),
        }
    }

    fn decoded(body: &str) -> Decoded {
        decode_page(body.as_bytes(), loose)
    }

    #[test]
    fn numbers_are_read_where_they_plainly_mean_one_and_noted() {
        for (count, read, changed) in [
            ("60", Field::Value(60), &[][..]),
            ("null", Field::Null, &[]),
            ("\"60\"", Field::Value(60), &["count"]),
            ("\" 60 \"", Field::Value(60), &["count"]),
            ("60.0", Field::Value(60), &["count"]),
            ("6e1", Field::Value(60), &["count"]),
            ("\"60.0\"", Field::Value(60), &["count"]),
            ("-1", Field::Absent, &["count"]),
            ("60.5", Field::Absent, &["count"]),
            ("1e300", Field::Absent, &["count"]),
            ("\"many\"", Field::Absent, &["count"]),
            ("true", Field::Absent, &["count"]),
            ("[60]", Field::Absent, &["count"]),
            ("{\"n\":60}", Field::Absent, &["count"]),
        ] {
            for people in ["[1]", "[1,\"bad\"]"] {
                let page = decoded(&format!(r#"{{"count":{count},"page":1,"people":{people}}}"#)).unwrap();
                assert_eq!((page.page.count, page.page.people.len()), (read, 1), "{count}");
                assert_eq!(page.changed_types, changed, "{count}");
                assert_eq!(page.page.page, Field::Value(1));
            }
        }
    }

    #[test]
    fn lists_are_read_where_they_plainly_mean_one_and_else_the_field_is_named() {
        let people = |body: &str| decoded(body).map(|page| (page.page.people, page.changed_types));
        assert_eq!(people(r#"{"people":{"0":7,"1":8}}"#).unwrap(), (vec![7, 8], vec!["people"]));
        assert_eq!(people(r#"{"count":0,"people":null}"#).unwrap(), (vec![], vec!["people"]));
        assert_eq!(people(r#"{"people":null,"count":"0"}"#).unwrap(), (vec![], vec!["people", "count"]));
        for (body, reason) in [
            (r#"{"count":0}"#, "missing field 'people'"),
            (r#"{"people":[],"people":[]}"#, "duplicate field 'people'"),
            (r#"{"people":null}"#, "invalid type: null, expected a list of records in 'people'"),
            (r#"{"people":null,"count":3}"#, "invalid type: null, expected a list of records in 'people'"),
            (
                r#"{"people":{"ada@example.com":1}}"#,
                "invalid type: map, expected a list of records in 'people'",
            ),
            (r#"{"people":{}}"#, "invalid type: map, expected a list of records in 'people'"),
            (r#"{"people":{"1":1}}"#, "invalid type: map, expected a list of records in 'people'"),
            (
                r#"{"people":"ada@example.com"}"#,
                "invalid type: string, expected a list of records in 'people'",
            ),
        ] {
            assert_eq!(decoded(body).unwrap_err().reason, reason, "{body}");
        }
    }

    #[test]
    fn far_more_records_than_were_asked_for_are_not_read() {
        for list in [r#"{"people":[1,2,3]}"#, r#"{"people":{"0":1,"1":2,"2":3}}"#, r#"{"people":[1,2,"x"]}"#]
        {
            assert!(decode_page_of(3, list.as_bytes(), loose).is_ok());
            let failure = decode_page_of(2, list.as_bytes(), loose).unwrap_err();
            assert!(failure.is_too_large, "{failure}");
            assert_eq!(failure.reason, "more records than requested: over 2");
        }
        let full = format!(r#"{{"people":[{}]}}"#, vec!["1"; MOST_RECORDS].join(","));
        assert_eq!(decoded(&full).unwrap().page.people.len(), MOST_RECORDS);
        let over = full.replacen('[', "[1,", 1);
        assert!(decoded(&over).unwrap_err().is_too_large);
    }
}
