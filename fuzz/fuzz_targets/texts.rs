//! Whatever text somebody hands in, it is read or refused; and what is read is written and read again.
#![no_main]

use anyprofile::{FieldPath, ProfileId, Status, Timestamp, listing::Cursor, profile::RoleAssignment};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(cursor) = text.parse::<Cursor>() {
        let again: Cursor = cursor.to_string().parse().expect("a cursor is read again");
        assert_eq!(again.to_string(), cursor.to_string());
        let _ = format!("{cursor:?}");
    }
    if let Ok(id) = text.parse::<ProfileId>() {
        assert_eq!(id.to_string().parse::<ProfileId>().expect("an id is read again"), id);
    }
    if let Ok(time) = Timestamp::read(text) {
        let time = time.timestamp;
        assert_eq!(time.to_string().parse::<Timestamp>().expect("a time is read again"), time);
    }
    if let Ok(role) = text.parse::<RoleAssignment>() {
        let _ = role.reference();
    }
    let _ = (text.parse::<FieldPath>(), anyprofile::filter::parse(text), Status::from(text));
    let _ = serde_json::from_str::<anyprofile::Profile>(text);
    let _ = serde_json::from_str::<ProfileId>(text);
});
