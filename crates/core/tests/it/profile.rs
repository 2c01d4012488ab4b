//! The serialized form of a profile, its states and its schema.

use anyprofile_core::{
    Capabilities, Field, FieldPath, FieldState, Kind, Profile, Status,
    capabilities::FieldSpec,
    profile::{Note, NoteKind, RawJson},
};

/// A profile with a value in every kind of field, as it is serialized.
const FILLED: &str = r##"{
    "id": {"service": "probely", "account": "eu", "kind": "user", "native": "a/b"},
    "kind": "robot", "status": "active", "status_raw": "active=true", "declared_status": null,
    "external_id": "e-1", "username": null,
    "emails": [{"address": "ada@example.com", "purpose": "login", "primary": true, "verified": null}],
    "picture": "https://example.com/a.png", "website": null, "title": "seceng", "locale": "nb-NO",
    "country": "NO",
    "roles": [{"role": {"id": "r", "name": "Admin"}, "scope": {"tier": "team", "id": "t", "name": null}}],
    "labels": [{"id": "l", "name": "café", "color": "#00FF00"}],
    "metadata": {"team": "blue"}, "grants": {"cyber": "frozen"},
    "changed_by": {"id": "x", "name": "Root", "email": null},
    "name": {"display": "Ada Example", "given": "Ada", "family": null, "derived": true},
    "organization": {"name": "Acme", "legal_name": null, "kind": "non_profit", "role": "Engineer"},
    "billing": {"contact": "b@example.com", "vat_number": null, "currency": "EUR", "invoiced": false,
        "address": {"recipient": "Acme", "street_address": "1 Way\n2nd floor", "locality": "Oslo",
            "region": null, "postal_code": "0001", "country": "NO"}},
    "access": {"owner": false, "billing_admin": null},
    "security": {"mfa_enabled": null, "sso": false, "last_login": "2023-08-09T13:27:43.8208302Z", "first_login": null},
    "times": {"created": "2010-04-19T10:00:00Z", "updated": null},
    "extension": {"shoe": 44.50, "hat": null},
    "notes": [{"field": "times.updated", "kind": "assumed_utc"}, {"field": "extension.shoe", "kind": "later"}],
    "unknown": {"big": 18446744073709551616, "deep": {"a": [1.10]}},
    "raw": {"id":"a/b"}
}"##;

const EMPTY: &str = r#"{"id":{"service":"probely","account":"eu","kind":"user","native":"x"}}"#;

fn profile(text: &str) -> Profile {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_filled_profile_loses_nothing_on_its_way_through_json() {
    let first = profile(FILLED);
    let text = serde_json::to_string(&first).unwrap();
    let second = profile(&text);
    assert_eq!(first, second);
    assert_eq!(text, serde_json::to_string(&second).unwrap());
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&text), value(FILLED));
    assert_eq!(first.unknown.get("big").unwrap().get(), "18446744073709551616");
    assert_eq!(first.raw.as_ref().unwrap().get(), r#"{"id":"a/b"}"#);
    assert_eq!(first.notes[1], Note::new("extension.shoe".parse().unwrap(), NoteKind::Other("later".into())));
    assert_eq!((first.kind, first.status), (Kind::Other("robot".into()).into(), Status::Active.into()));
}

#[test]
fn the_five_states_of_a_field_are_told_apart() {
    let mut capabilities = Capabilities::default();
    capabilities.fields = [
        FieldSpec::read(FieldPath::TITLE, "title"),
        FieldSpec::read(FieldPath::USERNAME, "login"),
        FieldSpec::read(FieldPath::SECURITY_MFA_ENABLED, "mfa").withheld("users:security"),
        FieldSpec::read(FieldPath::extension("extension.shoe"), "shoe"),
        FieldSpec::read(FieldPath::extension("extension.coat"), "coat"),
    ]
    .into_iter()
    .collect();
    let mut filled = profile(FILLED);
    filled.username = Field::Absent;
    filled.security.mfa_enabled = Field::Absent;
    for (path, state) in [
        (FieldPath::ID, FieldState::Value),
        (FieldPath::TITLE, FieldState::Value),
        (FieldPath::WEBSITE, FieldState::Null),
        (FieldPath::USERNAME, FieldState::Absent),
        (FieldPath::SECURITY_MFA_ENABLED, FieldState::Withheld),
        (FieldPath::extension("extension.shoe"), FieldState::Value),
        (FieldPath::extension("extension.hat"), FieldState::Null),
        (FieldPath::extension("extension.coat"), FieldState::Absent),
        (FieldPath::extension("extension.scarf"), FieldState::Unsupported),
    ] {
        assert_eq!(filled.state(&path, &capabilities), state, "{path}");
    }
    assert_eq!(profile(EMPTY).state(&FieldPath::LOCALE, &capabilities), FieldState::Unsupported);
    // A value that the profile has is returned whatever the field table says.
    filled.security.mfa_enabled = false.into();
    assert_eq!(filled.state(&FieldPath::SECURITY_MFA_ENABLED, &capabilities), FieldState::Value);
}

#[test]
fn debug_shows_nothing_of_a_person() {
    let filled = profile(FILLED);
    let text = format!("{filled:?} {filled:#?} {:?} {:?}", filled.unknown, filled.raw);
    for personal in ["Ada", "ada@", "Acme", "1 Way", "blue", "café", "Root"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
}

#[test]
fn an_id_that_is_none_is_no_profile_and_is_not_repeated() {
    for text in [
        "{}",
        r#"{"id":null}"#,
        r#"{"id":"ada@example.com"}"#,
        r#"{"id":{"service":"probely","account":"eu","kind":"user","native":""}}"#,
        r#"{"id":{"service":"pro bely","account":"eu","kind":"user","native":"x"}}"#,
    ] {
        let error = serde_json::from_str::<Profile>(text).unwrap_err();
        assert!(!error.to_string().contains("ada@"), "{error}");
    }
}

#[test]
fn raw_json_keeps_its_text() {
    let raw: RawJson = serde_json::from_str(r#"{ "b": 1.10,  "a": [] }"#).unwrap();
    assert_eq!(raw.get(), r#"{ "b": 1.10,  "a": [] }"#);
}

#[cfg(feature = "schema")]
#[test]
fn full_and_empty_profiles_fit_the_schema_and_others_do_not() {
    let schema = anyprofile_core::profile_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for text in [FILLED, EMPTY] {
        for value in [value(text), serde_json::to_value(profile(text)).unwrap()] {
            let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
    }
    for bad in [
        "{}",
        r#"{"id":7}"#,
        &EMPTY.replace("}}", r#"},"emails":"ada"}"#),
        &EMPTY.replace("}}", r#"},"security":{"mfa_enabled":"no"}}"#),
    ] {
        assert!(!validator.is_valid(&value(bad)), "{bad}");
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_describes_without_the_examples_in_rust() {
    let schema = anyprofile_core::profile_schema();
    assert!(!schema.to_string().contains("```"));
    for (place, text) in [
        ("/$defs/Security/description", "How the profile signs in."),
        ("/$defs/Role/description", "A role."),
        (
            "/$defs/ServiceName/description",
            "The name of a service: one of this project's crates, or of a third party.",
        ),
    ] {
        assert_eq!(schema.pointer(place).and_then(|it| it.as_str()), Some(text), "{place}");
    }
    let whole = schema["description"].as_str().unwrap();
    assert!(
        whole.starts_with("A user, service user or organization") && !whole.contains("assert"),
        "{whole}"
    );
}
