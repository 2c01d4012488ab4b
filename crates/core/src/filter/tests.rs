use super::*;
use crate::{
    Email, FieldPath,
    condition::{Comparison, Operator},
};

fn compare(path: FieldPath, value: serde_json::Value) -> Condition {
    Comparison::new(path, Operator::Equal, value).unwrap().into()
}

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
            .map(|path| crate::capabilities::FieldSpec::read(path, "x"))
            .into_iter()
            .collect(),
        ..Capabilities::default()
    };
    let mfa = |is_on: bool| compare(FieldPath::SECURITY_MFA_ENABLED, is_on.into());
    let status = |word: &str| compare(FieldPath::STATUS, word.into());
    let condition = |condition| Filter::new().with_condition(condition);
    let off = Filter { mfa: Some(false.into()), ..Filter::default() };
    let suspended_and_off =
        Filter { status: vec![Status::Suspended.into()], mfa: Some(false.into()), ..Filter::default() };
    let unknown = profile(Status::Active.into(), Field::Absent);
    for (filter, verdict) in [
        (off.clone(), Verdict::Unknown),
        (suspended_and_off, Verdict::No),
        (Filter { role: Some("admin".to_owned()), ..Filter::default() }, Verdict::Unknown),
        (condition(mfa(false)), Verdict::Unknown),
        (condition(mfa(false).and(status("suspended"))), Verdict::No),
        (condition(mfa(false).or(status("active"))), Verdict::Yes),
        (condition(!mfa(true)), Verdict::Yes),
        (condition(Condition::is(FieldPath::SECURITY_MFA_ENABLED, FieldState::Absent)), Verdict::Yes),
        (condition(compare(FieldPath::TITLE, "cto".into())), Verdict::Unknown),
    ] {
        assert_eq!(
            filter.verdict(&unknown, &capabilities),
            verdict,
            "{:?}",
            filter.condition.map(|it| it.to_string())
        );
    }
    let mut labelled = profile(Status::Active.into(), Field::Null);
    labelled.labels = Field::Null;
    let label = Filter { label: Some("x".to_owned()), ..Filter::default() };
    assert_eq!(label.verdict(&labelled, &capabilities), Verdict::No, "it has no labels");
    assert_eq!(off.verdict(&labelled, &capabilities), Verdict::Unknown, "null is not off");
}

#[test]
fn a_filter_survives_json_and_debug_shows_no_values() {
    let filter = Filter {
        status: vec![Expected::Unknown, Status::from("odd").into()],
        mfa: Some(true.into()),
        email: Some("ada@example.com".to_owned()),
        condition: Some(compare(FieldPath::TITLE, "cto".into())),
        ..Filter::default()
    };
    let json = serde_json::to_string(&filter).unwrap();
    assert_eq!(
        json,
        r#"{"status":["unknown","odd"],"mfa":"true","email":"ada@example.com","condition":{"compare":{"attribute":"title","operator":"eq","value":"cto"}}}"#
    );
    assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
    assert_eq!(format!("{filter:?}"), "Filter([Status, Mfa, Email, Condition])");
}
