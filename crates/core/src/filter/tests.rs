use super::*;
use crate::{Email, FieldPath};

fn profile(status: Field<Status>, mfa: Field<bool>) -> Profile {
    let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
    profile.status = status;
    profile.security.mfa_enabled = mfa;
    profile.emails = Email::login("Ada@example.com".into());
    profile
}

#[test]
fn what_is_not_known_is_found_by_unknown_and_by_nothing_else() {
    let known = profile(Status::Active.into(), true.into());
    for (filter, of_known, of_unknown) in [
        (Filter { status: vec![Status::Active.into()], ..Filter::default() }, true, false),
        (Filter { status: vec![Status::Suspended.into()], ..Filter::default() }, false, false),
        (Filter { status: vec![Expected::Unknown, Status::Active.into()], ..Filter::default() }, true, true),
        (Filter { mfa: Some(false.into()), ..Filter::default() }, false, false),
        (Filter { mfa: Some(Expected::Unknown), ..Filter::default() }, false, true),
        (Filter { kind: vec![Expected::Unknown], ..Filter::default() }, true, true),
        (Filter { email: Some("ada@EXAMPLE.com".to_owned()), ..Filter::default() }, true, true),
        (Filter { label: Some("x".to_owned()), ..Filter::default() }, false, false),
        (Filter { updated_since: "2020-01-01T00:00:00Z".parse().ok(), ..Filter::default() }, false, false),
        (Filter::default(), true, true),
    ] {
        let capabilities = Capabilities::default();
        assert_eq!(filter.matches(&known, &capabilities), of_known, "{filter:?}");
        for field in [Field::Null, Field::Absent] {
            let unknown = profile(field.map(|(): ()| Status::Active), field.map(|()| true));
            assert_eq!(filter.matches(&unknown, &capabilities), of_unknown, "{filter:?}");
        }
    }
}

#[test]
fn what_decides_and_is_not_known_makes_a_profile_undetermined_and_nothing_else_does() {
    let capabilities = Capabilities {
        fields: [FieldPath::STATUS, FieldPath::SECURITY_MFA_ENABLED, FieldPath::EMAILS]
            .map(|path| crate::FieldSpec::read(path, "x"))
            .into_iter()
            .collect(),
        ..Capabilities::default()
    };
    let expression = |text: &str| Filter { expression: text.parse().ok(), ..Filter::default() };
    let off = Filter { mfa: Some(false.into()), ..Filter::default() };
    let suspended_and_off =
        Filter { status: vec![Status::Suspended.into()], mfa: Some(false.into()), ..Filter::default() };
    let unknown = profile(Status::Active.into(), Field::Absent);
    for (filter, verdict) in [
        (off.clone(), Verdict::Undetermined),
        (suspended_and_off, Verdict::Unwanted),
        (Filter { role: Some("admin".to_owned()), ..Filter::default() }, Verdict::Undetermined),
        (expression("security.mfa_enabled = False"), Verdict::Undetermined),
        (expression("security.mfa_enabled = false and status = suspended"), Verdict::Unwanted),
        (expression("security.mfa_enabled = false or status = active"), Verdict::Wanted),
        (expression("not security.mfa_enabled = true"), Verdict::Wanted),
        (expression("security.mfa_enabled is absent"), Verdict::Wanted),
        (expression("title = cto"), Verdict::Undetermined),
    ] {
        assert_eq!(
            filter.verdict(&unknown, &capabilities),
            verdict,
            "{:?}",
            filter.expression.map(|it| it.to_string())
        );
    }
    let mut labelled = profile(Status::Active.into(), Field::Null);
    labelled.labels = Field::Null;
    let label = Filter { label: Some("x".to_owned()), ..Filter::default() };
    assert_eq!(label.verdict(&labelled, &capabilities), Verdict::Unwanted, "it has no labels");
    assert_eq!(off.verdict(&labelled, &capabilities), Verdict::Undetermined, "null is not off");
}

#[test]
fn a_comparison_that_can_never_hold_is_no_condition() {
    for (text, error) in [
        ("times.created < nonsense", "times.created is compared with a time, such as 2026-01-31"),
        ("security.last_login > 5/2/2024", "security.last_login is compared with a time"),
        ("security.mfa_enabled = maybe", "security.mfa_enabled is compared by = or != with true or false"),
        ("security.mfa_enabled > false", "security.mfa_enabled is compared by = or !="),
    ] {
        let told = text.parse::<Expression>().unwrap_err().to_string();
        assert!(told.starts_with(error), "{told}");
    }
    for text in ["times.created ~ 2024-0", "times.created >= 2024-01-31", "security.mfa_enabled != TRUE"] {
        assert!(text.parse::<Expression>().is_ok(), "{text}");
    }
}

#[test]
fn a_filter_survives_json_and_debug_shows_no_values() {
    let filter = Filter {
        status: vec![Expected::Unknown, Status::from("odd").into()],
        mfa: Some(true.into()),
        email: Some("ada@example.com".to_owned()),
        expression: Some("title = cto".parse().unwrap()),
        ..Filter::default()
    };
    let json = serde_json::to_string(&filter).unwrap();
    assert_eq!(
        json,
        r#"{"status":["unknown","odd"],"mfa":"true","email":"ada@example.com","expression":"title = cto"}"#
    );
    assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
    assert_eq!(format!("{filter:?}"), "Filter([Status, Mfa, Email, Expression])");
}
