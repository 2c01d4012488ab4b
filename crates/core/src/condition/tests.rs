use serde_json::json;

use super::*;
use crate::{
    Capabilities, Email, Field, Profile, Status, Timestamp, Verdict,
    capabilities::FieldSpec,
    profile::{GrantStatus, Label, Role, RoleAssignment},
};

fn profile() -> Profile {
    let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
    profile.name = crate::profile::Name::default().with_display("Ada Lovelace");
    profile.status = Status::Active.into();
    profile.security.mfa_enabled = false.into();
    profile.security.last_login = Field::Null;
    profile.emails = Field::from(vec![
        Email::new("ada@example.com").with_primary(true),
        Email::new("ada@work.example").with_primary(false).with_verified(true),
    ]);
    profile.times.updated = "2024-05-06T07:08:09.123Z".parse::<Timestamp>().unwrap().into();
    profile.labels = vec![Label::new("contractor")].into();
    profile.roles = vec![RoleAssignment::default().with_role(Role::new("r1", "Auditor"))].into();
    profile.grants = Field::Value([("cvp".to_owned(), GrantStatus::Active)].into());
    for (name, value) in
        [("level", "7"), ("zip", r#""12345""#), ("large", "9007199254740993"), ("nested", r#"{"level":3}"#)]
    {
        profile.unknown.insert(name, serde_json::from_str(value).unwrap());
    }
    profile.security.sso = Field::Null;
    profile.country = Field::Null;
    profile.changed_by = crate::profile::Actor::default().with_email(Field::Null).into();
    profile.metadata = Field::Value([("seat".to_owned(), "14".to_owned())].into());
    profile
}

fn capabilities() -> Capabilities {
    Capabilities {
        fields: [FieldSpec::read(FieldPath::TITLE, "title")].into_iter().collect(),
        ..Capabilities::default()
    }
}

fn compare(attribute: &str, operator: &str, value: serde_json::Value) -> Condition {
    Comparison::new(attribute.parse::<Attribute>().unwrap(), operator.parse().unwrap(), value).unwrap().into()
}

#[test]
fn each_operator_compares_values_of_their_type() {
    for (attribute, operator, value, expected) in [
        ("status", "eq", json!("active"), Verdict::Yes),
        ("status", "EQ", json!("Active"), Verdict::No),
        ("security.mfa_enabled", "eq", json!(false), Verdict::Yes),
        ("security.mfa_enabled", "ne", json!(false), Verdict::No),
        ("name.display", "co", json!("love"), Verdict::Yes),
        ("name.display", "sw", json!("ADA"), Verdict::Yes),
        ("name.display", "ew", json!("ada"), Verdict::No),
        ("emails", "eq", json!("Ada@Example.COM"), Verdict::Yes),
        ("emails.address", "eq", json!("Ada@Example.COM"), Verdict::Yes),
        ("emails.address", "ne", json!("ada@example.com"), Verdict::No),
        ("emails.address", "ne", json!("grace@example.com"), Verdict::Yes),
        ("emails.verified", "eq", json!(true), Verdict::Yes),
        // Of one address it is not known.
        ("emails.verified", "eq", json!(false), Verdict::Unknown),
        ("labels", "eq", json!("contractor"), Verdict::Yes),
        ("labels", "ne", json!("employee"), Verdict::Yes),
        ("roles.role.name", "eq", json!("Auditor"), Verdict::Yes),
        ("roles.scope.id", "eq", json!("x"), Verdict::Unknown),
        ("grants.cvp", "eq", json!("active"), Verdict::Yes),
        ("grants.other", "eq", json!("active"), Verdict::No),
        ("times.updated", "gt", json!("2024-05-06"), Verdict::Yes),
        ("times.updated", "lt", json!("2024-05-06T07:08:09.2Z"), Verdict::Yes),
        ("times.updated", "ge", json!("2024-05-06T09:08:09.123+02:00"), Verdict::Yes),
        ("times.updated", "co", json!("2024-05"), Verdict::Yes),
        ("id", "sw", json!("probely:eu"), Verdict::Yes),
        ("unknown.level", "gt", json!(6.5), Verdict::Yes),
        ("unknown.level", "eq", json!("7"), Verdict::No),
        ("unknown.zip", "eq", json!(12345), Verdict::Yes),
        ("unknown.large", "eq", json!(9_007_199_254_740_992_u64), Verdict::No),
        ("unknown.large", "gt", json!(9_007_199_254_740_992_u64), Verdict::Yes),
        ("unknown.nested.level", "eq", json!(3), Verdict::Yes),
        ("id", "eq", json!("x"), Verdict::Yes),
        ("id", "ne", json!("probely:eu/user/x"), Verdict::No),
        // A list is compared by what its items are called.
        ("emails", "eq", json!("login"), Verdict::No),
        ("roles", "eq", json!("Auditor"), Verdict::Yes),
        ("roles", "eq", json!("r1"), Verdict::Yes),
        ("roles", "ne", json!("Admin"), Verdict::Yes),
        ("changed_by.email", "ne", json!("x@y"), Verdict::No),
        ("unknown.level", "eq", json!(7), Verdict::Yes),
        // Null does not say when.
        ("security.last_login", "lt", json!("2030-01-01"), Verdict::Unknown),
        ("security.sso", "eq", json!(false), Verdict::Unknown),
        ("country", "ne", json!("NO"), Verdict::No),
        ("metadata.seat", "gt", json!(5), Verdict::Yes),
        ("metadata.seat", "gt", json!("5"), Verdict::No),
        ("metadata.other", "ne", json!("x"), Verdict::No),
        ("title", "eq", json!("cto"), Verdict::Unknown),
        ("title", "ne", json!("cto"), Verdict::Unknown),
    ] {
        let condition = compare(attribute, operator, value);
        assert_eq!(condition.verdict(&profile(), &capabilities()), expected, "{condition}");
        assert_eq!(condition.matches(&profile(), &capabilities()), expected.is_yes(), "{condition}");
    }
}

#[test]
fn an_item_meets_all_of_a_condition_and_several_items_do_not() {
    let [primary, other] = ["example.com", "work.example"].map(|domain| {
        let condition =
            compare("emails.primary", "eq", json!(true)).and(compare("emails.address", "ew", json!(domain)));
        Condition::from(ItemCondition::new(FieldPath::EMAILS, condition).unwrap())
    });
    assert!(primary.matches(&profile(), &capabilities()));
    assert_eq!(other.verdict(&profile(), &capabilities()), Verdict::No);
    assert_eq!(primary.to_string(), r#"emails[primary eq true and address ew "example.com"]"#);
    let role = compare("roles.role.id", "eq", json!("r1"));
    let roles = Condition::from(ItemCondition::new(FieldPath::ROLES, role).unwrap());
    assert!(roles.matches(&profile(), &capabilities()));
    let mut unknown = profile();
    unknown.emails = Field::Absent;
    unknown.roles = Field::Null;
    assert_eq!(roles.verdict(&unknown, &capabilities()), Verdict::No);
    let listed = Capabilities {
        fields: [FieldSpec::read(FieldPath::EMAILS, "x")].into_iter().collect(),
        ..Capabilities::default()
    };
    assert_eq!(primary.verdict(&unknown, &listed), Verdict::Unknown);
}

#[test]
fn not_of_what_is_not_known_holds_and_is_not_known_to_hold() {
    let condition = !compare("title", "eq", json!("cto"));
    assert!(condition.matches(&profile(), &capabilities()));
    assert_eq!(condition.known_verdict(&profile(), &capabilities()), Verdict::Unknown);
    let decided = compare("status", "eq", json!("active")).or(condition.clone());
    assert_eq!(decided.known_verdict(&profile(), &capabilities()), Verdict::Yes);
    let state = |path, state| Condition::is(path, state).known_verdict(&profile(), &capabilities());
    assert_eq!(state(FieldPath::TITLE, FieldState::Absent), Verdict::Yes);
    assert_eq!(state(FieldPath::LOCALE, FieldState::Unsupported), Verdict::Yes);
    assert_eq!(state(FieldPath::STATUS, FieldState::Null), Verdict::No);
    let verified = |state| Condition::is("emails.verified".parse::<Attribute>().unwrap(), state);
    for state in [FieldState::Absent, FieldState::Value] {
        assert!(verified(state).matches(&profile(), &capabilities()), "{state}");
    }
    assert!(!verified(FieldState::Null).matches(&profile(), &capabilities()));
}

#[test]
fn what_is_not_known_of_an_item_is_not_known_of_the_list() {
    let mut nameless = profile();
    nameless.roles = vec![RoleAssignment::default().with_role(Role::default().with_id("r1"))].into();
    for condition in [
        compare("roles", "ne", json!("Admin")),
        !compare("roles", "co", json!("admin")),
        !compare("roles.role.name", "eq", json!("Admin")),
    ] {
        assert_eq!(condition.known_verdict(&nameless, &capabilities()), Verdict::Unknown, "{condition}");
    }
    assert!(compare("roles", "eq", json!("r1")).matches(&nameless, &capabilities()));
    let parts = Condition::is("emails.address".parse::<Attribute>().unwrap(), FieldState::Unsupported);
    assert!(!parts.matches(&profile(), &capabilities()));
    let mut nobody = profile();
    nobody.emails = Field::Absent;
    assert!(parts.matches(&nobody, &capabilities()));
}

/// A condition, a filter and a field say the same of what is not known.
#[test]
fn the_second_factor_is_known_to_be_off_or_it_is_not() {
    let condition = compare("security.mfa_enabled", "eq", json!(false));
    let filter = crate::Filter::new().with_mfa(false);
    for mfa in [Field::Value(true), Field::Value(false), Field::Null, Field::Absent] {
        let mut profile = profile();
        profile.security.mfa_enabled = mfa;
        let capabilities = Capabilities {
            fields: [FieldSpec::read(FieldPath::SECURITY_MFA_ENABLED, "mfa")].into_iter().collect(),
            ..Capabilities::default()
        };
        let expected = mfa.equals(&false);
        assert_eq!(condition.known_verdict(&profile, &capabilities), expected, "{mfa:?}");
        assert_eq!(condition.verdict(&profile, &capabilities), expected, "{mfa:?}");
        assert_eq!(filter.verdict(&profile, &capabilities), expected, "{mfa:?}");
    }
}

#[test]
fn what_compares_only_fields_that_are_not_shown_can_never_match() {
    let status = || compare("status", "eq", json!("active"));
    let title = || compare("title", "eq", json!("cto"));
    let emails = |condition| Condition::from(ItemCondition::new(FieldPath::EMAILS, condition).unwrap());
    for (condition, expected) in [
        (title(), true),
        (status(), false),
        (!status(), true),
        (!(!status()), false),
        (status().and(title()), false),
        (status().or(title()), true),
        (!status().or(title()), true),
        (Condition::is(FieldPath::STATUS, FieldState::Unsupported), true),
        (emails(compare("emails.primary", "eq", json!(true))), false),
    ] {
        assert_eq!(condition.can_match(&|path| *path == FieldPath::TITLE), expected, "{condition}");
    }
}

#[test]
fn a_comparison_that_can_never_hold_is_refused() {
    for (attribute, operator, value, error) in [
        ("times.created", "lt", json!("nonsense"), "times.created must be compared with a time, such as"),
        ("security.last_login", "gt", json!(5), "security.last_login must be compared with a time"),
        (
            "security.mfa_enabled",
            "eq",
            json!("true"),
            "security.mfa_enabled must be compared by eq or ne with true",
        ),
        ("security.mfa_enabled", "gt", json!(false), "security.mfa_enabled must be compared by eq or ne"),
        (
            "emails.primary",
            "co",
            json!("t"),
            "emails.primary must be compared by eq or ne with true or false",
        ),
        ("emails", "eq", json!(true), "emails must be compared with a string in double quotes"),
        ("title", "eq", json!(7), "title must be compared with a string in double quotes"),
        ("title", "eq", json!(null), "title must be compared with a string, a number, true or false"),
        ("unknown.x", "co", json!(7), "co must be followed by a string in double quotes"),
    ] {
        let attribute: Attribute = attribute.parse().unwrap();
        let told = Comparison::new(attribute, operator.parse().unwrap(), value).unwrap_err().to_string();
        assert!(told.starts_with(error), "{told}");
    }
    for (attribute, error) in [
        ("email", "no such field; did you mean 'emails'?"),
        ("emails.value", "no such part; the parts of emails are address, purpose, primary, verified"),
        ("title.x", "title has no parts"),
    ] {
        assert_eq!(attribute.parse::<Attribute>().unwrap_err().to_string(), error);
    }
    "like".parse::<Operator>().unwrap_err();
}

#[test]
fn a_condition_survives_json_and_debug_shows_no_values() {
    let condition = compare("emails.address", "co", json!("hunter2"))
        .and((!compare("title", "eq", json!("cto"))).or(compare("status", "ne", json!("active"))))
        .and(
            Condition::is(FieldPath::TITLE, FieldState::Value)
                .or(Condition::is(FieldPath::LOCALE, FieldState::Null)),
        );
    assert_eq!(
        condition.to_string(),
        r#"emails.address co "hunter2" and (not (title eq "cto") or status ne "active") and (title pr or locale is null)"#
    );
    let json = serde_json::to_string(&condition).unwrap();
    assert_eq!(serde_json::from_str::<Condition>(&json).unwrap(), condition);
    assert!(!format!("{condition:?}").contains("hunter2"));
    let refused = r#"{"compare":{"attribute":"times.created","operator":"lt","value":"hunter2"}}"#;
    let error = serde_json::from_str::<Condition>(refused).unwrap_err().to_string();
    assert!(error.contains("must be compared with a time") && !error.contains("hunter2"), "{error}");
}
