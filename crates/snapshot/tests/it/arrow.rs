//! Profiles as Arrow record batches.

use anyprofile_core::{Capabilities, ProfileProvider as _};
use anyprofile_snapshot::arrow::{arrow_schema, profiles, record_batch};
use arrow_array::{
    Array as _, RecordBatch, cast::AsArray as _, types::Int32Type, types::TimestampMicrosecondType,
};

use crate::people::{people, providers};

fn word(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let words = batch.column_by_name(column).unwrap().as_dictionary::<Int32Type>();
    let values = words.values().as_string::<i32>();
    words.key(row).map(|key| values.value(key).to_owned())
}

#[test]
fn a_batch_reads_back_as_the_same_profiles() {
    let people = people("main");
    let batch = record_batch(&people, &Capabilities::default()).unwrap();
    assert_eq!(batch.schema(), arrow_schema());
    assert_eq!(profiles(&batch).unwrap(), people);
    assert_eq!(profiles(&batch.slice(1, 2)).unwrap(), people[1..3]);
}

#[test]
fn false_null_absent_and_withheld_are_different_things() {
    let states = |provider: usize| {
        let provider = &providers()[provider];
        let people = people(provider.info().account.as_str());
        let batch = record_batch(&people, provider.capabilities()).unwrap();
        let mfa = batch.column_by_name("mfa_enabled").unwrap().as_boolean().clone();
        let value = |row: usize| mfa.is_valid(row).then(|| mfa.value(row));
        (0..4).map(|row| (value(row), word(&batch, "mfa_enabled_state", row).unwrap())).collect::<Vec<_>>()
    };
    let expect = |absent: &str| {
        [(Some(false), "value"), (None, "null"), (None, absent), (Some(true), "value")]
            .map(|(value, state)| (value, state.to_owned()))
    };
    assert_eq!(states(0), expect("absent"));
    assert_eq!(states(1), expect("withheld"));
}

#[test]
fn an_empty_list_is_not_an_unknown_one_and_lists_are_nested() {
    let batch = record_batch(&people("main"), providers()[0].capabilities()).unwrap();
    let emails = batch.column_by_name("emails").unwrap().as_list::<i32>();
    let lengths: Vec<_> = (0..4).map(|row| emails.is_valid(row).then(|| emails.value_length(row))).collect();
    assert_eq!(lengths, [Some(3), None, None, Some(0)]);
    let first = emails.value(0);
    let first = first.as_struct();
    let addresses = first.column_by_name("address").unwrap().as_string::<i32>();
    assert_eq!(
        addresses.iter().collect::<Vec<_>>(),
        [Some("countess@example.com"), Some("ada@example.org"), None]
    );
    let primary = first.column_by_name("primary").unwrap().as_boolean();
    assert_eq!(primary.iter().collect::<Vec<_>>(), [None, Some(true), None]);
    let methods = batch.column_by_name("mfa_methods").unwrap().as_list::<i32>();
    assert!(methods.is_valid(0) && methods.value_length(0) == 0 && methods.is_null(1));
}

#[test]
fn a_time_has_microseconds_and_a_range() {
    let batch = record_batch(&people("main"), &Capabilities::default()).unwrap();
    let times = |column: &str| {
        batch
            .column_by_name(column)
            .unwrap()
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(times("last_login"), [Some(1_769_860_800_123_456), None, None, None]);
    assert_eq!(times("created"), [None; 4]);
}
