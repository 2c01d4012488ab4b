use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    active: Field<bool>,
}

#[test]
fn the_three_states_survive_json() {
    for (json, field) in [
        (r#"{"active":true}"#, Field::Value(true)),
        (r#"{"active":null}"#, Field::Null),
        ("{}", Field::Absent),
    ] {
        let record: Record = serde_json::from_str(json).unwrap();
        assert_eq!(record.active, field);
        assert_eq!(serde_json::to_string(&record).unwrap(), json);
    }
}

#[test]
fn what_is_not_known_is_neither_equal_nor_different_nor_older() {
    let limit = Timestamp::now();
    for unknown in [Field::Null, Field::Absent] {
        let status: Field<String> = unknown;
        assert!(!status.is_known_to_be("active") && !status.is_known_not_to_be("active"));
        assert_eq!(status.equals("active"), Verdict::Unknown);
        let time: Field<Timestamp> = status.map(|_| limit);
        assert_eq!((time.older_than(limit), time.newer_than(limit)), (Verdict::Unknown, Verdict::Unknown));
        let known = Field::Value(limit);
        assert!(time.partial_cmp(&known).is_none() && known.partial_cmp(&time).is_none());
        assert_eq!(time.partial_cmp(&time), Some(Ordering::Equal));
    }
    let known: Field<String> = "active".into();
    assert!(known.is_known_to_be("active") && known.is_known_not_to_be("suspended"));
    assert_eq!((known.equals("active"), known.equals("x")), (Verdict::Yes, Verdict::No));
    assert_eq!(Field::Value(1).partial_cmp(&Field::Value(2)), Some(Ordering::Less));
}

#[test]
fn a_field_is_read_like_an_option() {
    let title: Field<String> = "cto".into();
    assert_eq!(title.iter().count() + Field::<u8>::Null.iter().count(), 1);
    assert_eq!(title.as_ref().cloned(), title);
    assert_eq!(Field::Value(&1).copied(), Field::Value(1));
    assert_eq!(format!("{title} {} {}", Field::<u8>::Null, Field::<u8>::Absent), "cto null absent");
    assert_eq!(Option::<String>::from(title), Some("cto".to_owned()));
    for state in FieldState::ALL {
        assert_eq!(state.to_string().parse(), Ok(state));
    }
    "known".parse::<FieldState>().unwrap_err();
}

#[test]
fn or_prefers_what_was_sent_even_when_it_is_null() {
    assert_eq!(Field::<u8>::Null.or(Field::Value(1)), Field::Null);
    assert_eq!(Field::<u8>::Absent.or(Field::Value(1)), Field::Value(1));
}

#[test]
fn an_empty_string_is_null_and_a_blank_one_is_not() {
    assert_eq!(Field::from("").empty_as_null(), Field::Null);
    assert_eq!(Field::from(" ").empty_as_null(), Field::from(" "));
    assert_eq!(Field::<String>::Absent.empty_as_null(), Field::Absent);
}

#[test]
fn items_of_an_unknown_list_are_none() {
    assert_eq!(Field::<Vec<u8>>::Absent.items(), &[] as &[u8]);
    assert_eq!(Field::from(vec![1, 2]).items(), &[1, 2]);
}
