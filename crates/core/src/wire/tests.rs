use super::*;
use crate::{Field, Profile};

#[allow(unreachable_pub, reason = "the macro makes public types")]
mod records {
    use crate::{open_record, wire::OpaqueId};

    open_record! {
    /// A record of these tests.
    pub struct Person {
        /// An id.
        id: OpaqueId,
        /// A flag.
        active: bool,
        /// A name.
        name: String = "display_name",
    }
    }
}
use records::Person;

#[derive(Deserialize)]
struct Envelope<R> {
    people: Vec<R>,
}

fn page(body: &str) -> Result<DecodedPage<Vec<Person>>, DecodeFailure> {
    decode_page::<Envelope<Person>, Envelope<Box<RawValue>>>(body.as_bytes(), |loose| {
        decode_records(loose.people, |people| Envelope { people })
    })
    .map(|decoded| DecodedPage {
        page: decoded.page.people,
        quarantined: decoded.quarantined,
        changed_types: decoded.changed_types,
    })
}

#[test]
fn a_record_survives_a_round_trip_with_all_it_does_not_know() {
    let text = r#"{"id":"x","active":null,"display_name":"Ada","added":{"n":1.10},"z":18446744073709551616}"#;
    let person: Person = serde_json::from_str(text).unwrap();
    assert_eq!(person.active, Field::Null);
    assert_eq!(serde_json::to_string(&person).unwrap(), text);
}

#[test]
fn ids_may_be_numbers_and_the_last_of_a_doubled_key_stays() {
    let person: Person = serde_json::from_str(r#"{"id":1,"id":2}"#).unwrap();
    assert_eq!(person.id.value().unwrap().as_str(), "2");
}

#[test]
fn a_field_of_another_type_does_not_cost_the_record() {
    let decoded = page(r#"{"people":[{"id":"a"},{"id":"b","active":"yes","z":1},{"id":"c"}]}"#).unwrap();
    assert_eq!((decoded.page.len(), decoded.quarantined.len()), (3, 0));
    let odd = &decoded.page[1];
    assert_eq!(odd.active, Field::Absent);
    assert_eq!(odd.unknown.get("active").map(RawJson::get), Some(r#""yes""#));
    assert_eq!(odd.unknown.get("z").map(RawJson::get), Some("1"));
    let mut profile = Profile::new("probely:eu/user/b".parse().unwrap());
    profile.unknown = odd.unknown.clone();
    note_other_types(&mut profile, Person::KEYS);
    assert_eq!(
        serde_json::to_string(&profile.notes).unwrap(),
        r#"[{"field":"unknown.active","kind":"other_type"}]"#
    );
}

#[test]
fn what_no_reader_of_json_takes_costs_nobody() {
    for (record, name, notes) in [
        (
            r#"{"id":"b","display_name":"Zo\ud83d"}"#,
            "Zo\u{fffd}",
            r#"[{"field":"unknown.display_name","kind":"repaired"}]"#,
        ),
        (
            r#"{"id":"b","display_name":"Zo","n\ud800":1}"#,
            "Zo",
            "[{\"field\":\"unknown.n\u{fffd}d800\",\"kind\":\"repaired\"}]",
        ),
        (r#"{"id":"b","display_name":"Zo","z":1e999}"#, "Zo", r#"[{"field":"unknown.z","kind":"repaired"}]"#),
    ] {
        let decoded = page(&format!("{{\"people\":[{{\"id\":\"a\"}},{record}]}}")).unwrap();
        assert!(decoded.quarantined.is_empty());
        let person = &decoded.page[1];
        assert_eq!(person.name, name.into());
        let mut profile = Profile::new("probely:eu/user/b".parse().unwrap());
        profile.unknown = person.unknown.clone();
        note_other_types(&mut profile, Person::KEYS);
        assert_eq!(serde_json::to_string(&profile.notes).unwrap(), notes);
        // The profile and the record can be read as a value.
        assert!(serde_json::to_value(&profile).is_ok());
        assert!(serde_json::to_value(person).is_ok());
    }
}

#[test]
fn one_bad_record_is_set_aside_and_its_content_is_not_repeated() {
    let decoded = page(r#"{"people":[{"id":"a"},"ada@example.com",{"id":"c"}]}"#).unwrap();
    let ids: Vec<_> = decoded.page.iter().map(|person| person.id.value().unwrap().as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(decoded.quarantined.len(), 1);
    assert_eq!(decoded.quarantined[0].position, 1);
    assert_eq!(decoded.quarantined[0].reason, "invalid type: string, expected a map");
}

proptest::proptest! {
    #[test]
    fn a_page_has_the_same_records_however_many_of_them_are_odd(
        records in proptest::collection::vec((0..4, "[a-z\\\\\"\\[\\]{},é]{0,6}"), 0..12),
        is_spread in proptest::bool::ANY,
    ) {
        let texts: Vec<_> = records
            .iter()
            .map(|(kind, name)| match kind {
                0 => serde_json::json!({ "id": name, "active": "yes", "display_name": name }),
                1 => serde_json::json!([name]),
                _ => serde_json::json!({ "id": name, "display_name": name, "more": { name: [1, name] } }),
            })
            .map(|record| if is_spread { format!("{record:#}") } else { record.to_string() })
            .collect();
        let alone: Vec<_> = texts.iter().map(|text| Person::read(text)).collect();
        let body = format!("{{\"links\": {{\"a\": [0, \"[\"]}},\n\"people\": [{}], \"z\": [7]}}", texts.join(",\n"));
        let decoded = page(&body).unwrap();
        let good: Vec<_> = alone.iter().filter_map(|it| it.as_ref().ok()).collect();
        let bad: Vec<_> = (0..alone.len()).filter(|at| alone[*at].is_err()).collect();
        proptest::prop_assert_eq!(decoded.page.iter().collect::<Vec<_>>(), good);
        let aside: Vec<_> = decoded.quarantined.iter().map(|it| it.position).collect();
        proptest::prop_assert_eq!(&aside, &bad);
        // Decode again, with the texts kept.
        let kept = decode_page::<Envelope<WithRaw<Person>>, Envelope<Box<RawValue>>>(body.as_bytes(), |loose| {
            decode_records(loose.people, |people| Envelope { people })
        });
        let kept = kept.unwrap();
        let people: Vec<_> = kept.page.people.iter().map(|it| &it.record).collect();
        proptest::prop_assert_eq!(people, decoded.page.iter().collect::<Vec<_>>());
        let aside: Vec<_> = kept.quarantined.iter().map(|it| it.position).collect();
        proptest::prop_assert_eq!(aside, bad);
    }
}

#[test]
fn an_envelope_with_two_lists_of_records_keeps_them_apart() {
    #[derive(Deserialize)]
    struct Two<R> {
        #[serde(deserialize_with = "records", bound = "R: Deserialize<'de> + 'static")]
        first: Vec<R>,
        #[serde(deserialize_with = "records", bound = "R: Deserialize<'de> + 'static")]
        second: Vec<R>,
    }

    let lists =
        [r#"{"id":"a"},{"id":"b"},{"id":"c","active":7}"#, r#"{"id":"x"},{"id":"y","active":8},{"id":"z"}"#];
    for (first, second) in [(0, 1), (1, 0)] {
        let body = format!(r#"{{"first":[{}],"second":[{}]}}"#, lists[first], lists[second]);
        let decoded = decode_page::<Two<Person>, Two<Box<RawValue>>>(body.as_bytes(), |loose| {
            let second = decode_records::<Person, _>(loose.second, |second| second).page;
            decode_records(loose.first, |first| Two { first, second })
        });
        let page = decoded.unwrap().page;
        let ids = |people: &[Person]| {
            people.iter().map(|it| it.id.value().unwrap().as_str().to_owned()).collect::<String>()
        };
        let expected = ["abc", "xyz"];
        assert_eq!((ids(&page.first), ids(&page.second)), (expected[first].into(), expected[second].into()));
    }
}

#[test]
fn one_bad_record_does_not_make_the_others_be_decoded_twice() {
    thread_local! {
        static DECODED: Cell<usize> = const { Cell::new(0) };
    }

    #[derive(Debug)]
    struct Counted(u32);

    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            DECODED.set(DECODED.get() + 1);
            u32::deserialize(deserializer).map(Self)
        }
    }

    impl Tolerant for Counted {
        fn tolerant(text: &str) -> serde_json::Result<Self> {
            serde_json::from_str(text)
        }
    }

    #[derive(Deserialize)]
    struct Numbers<R> {
        #[serde(deserialize_with = "records", bound = "R: Deserialize<'de> + 'static")]
        numbers: Vec<R>,
    }

    for bad in 0..5 {
        let numbers =
            (0..5).map(|number| if number == bad { "\"x\"".to_owned() } else { number.to_string() });
        let body = format!("{{\"numbers\":[{}]}}", numbers.collect::<Vec<_>>().join(","));
        DECODED.set(0);
        let decoded = decode_page::<Numbers<Counted>, Numbers<Box<RawValue>>>(body.as_bytes(), |loose| {
            decode_records(loose.numbers, |numbers| Numbers { numbers })
        })
        .unwrap();
        let good: Vec<_> = decoded.page.numbers.iter().map(|number| number.0).collect();
        assert_eq!(good, (0..5).filter(|number| *number != bad).collect::<Vec<_>>());
        assert_eq!(decoded.quarantined[0].position, bad as usize);
        // The bad one: with the page, by itself, and field by field with and without repairs.
        assert!(DECODED.get() <= 4 + 4, "{}", DECODED.get());
    }
}

#[test]
fn a_body_that_is_no_page_is_refused_without_repeating_it() {
    for body in ["<html>ada@example.com</html>", "", "[\"ada@example.com\"]", "{\"people\":\"ada\"}", "null"]
    {
        let failure = page(body).unwrap_err();
        assert!(!failure.to_string().contains("ada"), "{failure}");
    }
}

#[test]
fn debug_shows_states_only() {
    let person: Person = serde_json::from_str(r#"{"id":"x","display_name":"Ada","pet":"cat"}"#).unwrap();
    insta::assert_snapshot!(format!("{person:?}"), @r#"Person { id: value, name: value, unknown: {"pet"} }"#);
}
