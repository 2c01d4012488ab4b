//! Fields that are written as a list, or as lines.

use anyprofile_core::{
    Capabilities, FieldPath, IdKind, ProfileChange, ProviderInfo,
    capabilities::{FieldSpec, Support, ValueFormat, WriteRule},
    profile::RoleAssignment,
};
use serde_json::json;

const USERS: &[IdKind] = &[IdKind::USER];

/// Returns why a change is refused; empty if it is not.
fn refusal(change: &ProfileChange) -> String {
    let writable =
        |path, format| FieldSpec::read(path, "x").writable(WriteRule::set_only(USERS, format).clearable());
    let mut capabilities = Capabilities::default();
    capabilities.operations.update = Support::users();
    capabilities.fields = [
        writable(FieldPath::LABELS, ValueFormat::Names { max_characters: Some(3) }),
        writable(FieldPath::ROLES, ValueFormat::roles(["account", "team"])),
        writable(FieldPath::BILLING_ADDRESS_STREET_ADDRESS, ValueFormat::Lines { max_lines: 2 }),
    ]
    .into_iter()
    .collect();
    let info =
        ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Probely", "https://x.test");
    let checked = change.check(&"probely:eu/user/x".parse().unwrap(), &info, &capabilities);
    checked.map_or_else(|error| error.message().replacen("nothing was sent: ", "", 1), |()| String::new())
}

#[test]
fn a_list_has_each_name_once_and_none_that_is_empty_or_too_long() {
    let refused = |value: serde_json::Value| refusal(&ProfileChange::new().set(FieldPath::LABELS, value));
    assert_eq!(refused(json!(["äöü", "b"])), "");
    assert_eq!(refused(json!("a")), "labels must be a list of strings");
    assert_eq!(refused(json!([1])), "labels must be a list of strings");
    assert_eq!(refused(json!([])), "labels must not be empty: clear it instead");
    assert_eq!(refused(json!(["a", "a"])), "labels must not contain the same item twice");
    assert_eq!(refused(json!(["a", " "])), "labels must not contain an empty name");
    assert_eq!(refused(json!(["abcd"])), "labels must have at most 3 characters");
}

#[test]
fn a_role_is_written_with_where_it_holds() {
    let refused = |value: serde_json::Value| refusal(&ProfileChange::new().set(FieldPath::ROLES, value));
    assert_eq!(refused(json!(["r1", "r1@team:t1"])), "");
    for malformed in ["", "@team:t1", "r1@team", "r1@:t1", "r1@team:"] {
        assert_eq!(
            refused(json!([malformed])),
            "roles is not valid: a role must be ROLE, or ROLE@TIER:ID for a narrower scope"
        );
    }
    assert_eq!(
        refused(json!(["r1@target:x"])),
        "roles must be ROLE for the whole account, or ROLE@TIER:ID with the tier team"
    );
    for text in ["r1", "r1@team:t1", "r1@galaxy:g:1"] {
        let read: RoleAssignment = text.parse().unwrap();
        assert_eq!(read.reference().as_deref(), Some(text));
    }
    let whole: RoleAssignment = "r1@account:x".parse().unwrap();
    assert_eq!(whole.reference().as_deref(), Some("r1"), "the whole account has no place");
    let placeless = r#"{"role":{"id":"r1"},"scope":{"tier":"team"}}"#;
    let placeless: RoleAssignment = serde_json::from_str(placeless).unwrap();
    assert_eq!(placeless.reference(), None, "which team is not known");
}

#[test]
fn an_address_has_as_many_lines_as_the_service_keeps() {
    let refused =
        |text: &str| refusal(&ProfileChange::new().set(FieldPath::BILLING_ADDRESS_STREET_ADDRESS, text));
    assert_eq!((refused("a\nb").as_str(), refused("\nb").as_str()), ("", ""));
    for text in ["a\nb\nc", "a\n", "a\n "] {
        let rule = "must have at most 2 lines, and the last line must not be empty";
        assert_eq!(refused(text), format!("billing.address.street_address {rule}"));
    }
}
