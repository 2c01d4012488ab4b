use super::*;
use crate::{Email, Field, FieldSpec, Label, Status};

fn holds(text: &str) -> bool {
    let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
    profile.name.display = "Ada Lovelace".into();
    profile.status = Status::Active.into();
    profile.security.mfa_enabled = false.into();
    profile.security.last_login = Field::Null;
    profile.emails = Email::login("ada@example.com".into());
    profile.times.updated = "2024-05-06T07:08:09.123Z".parse::<Timestamp>().unwrap().into();
    let label = Label { name: "contractor".into(), ..Label::default() };
    profile.labels = vec![label].into();
    let capabilities = Capabilities {
        fields: [FieldSpec::read(FieldPath::TITLE, "title")].into_iter().collect(),
        ..Capabilities::default()
    };
    text.parse::<Expression>().unwrap().matches(&profile, &capabilities)
}

#[test]
fn conditions_hold_and_do_not() {
    for condition in [
        "status = active",
        "status == 'active'",
        "security.mfa_enabled = false",
        "name.display ~ love",
        "emails ~ '@EXAMPLE.com'",
        "emails = ada@example.com",
        "emails = Ada@Example.COM",
        "not emails != ADA@example.com",
        "emails != login",
        "labels = contractor",
        "labels != employee",
        "times.updated > 2024-05-06",
        "times.updated < 2024-05-06T07:08:09.2Z",
        "times.updated >= 2024-05-06T09:08:09.123+02:00",
        "id ~ probely:eu",
        "security.last_login is null",
        "title is absent",
        "country is unsupported",
        "country is not known",
        "status is known and not (status = suspended or status = pending)",
        "status = x or status = active and security.mfa_enabled = false",
    ] {
        assert!(holds(condition), "{condition}");
    }
    for condition in [
        "status = suspended",
        "title = cto",
        "title != cto",
        "country != DE",
        "security.last_login < 2030-01-01",
        "labels = employee",
        "times.updated > 2024-05-07",
        "not status = active",
    ] {
        assert!(!holds(condition), "{condition}");
    }
}

#[test]
fn mistakes_say_what_is_missing() {
    let error = |text: &str| text.parse::<Expression>().unwrap_err().to_string();
    for (text, message) in [
        ("", "a field is missing at the end"),
        ("status", "status is not compared with anything"),
        ("status =", "a value is missing at the end"),
        ("email = x", "email: no such field; did you mean 'emails'?"),
        ("(status = x", "a parenthesis is not closed"),
        ("status = 'x", "a quote is not closed"),
        ("status = x status = y", "'and' or 'or' is missing before 'status'"),
        ("status is maybe", "a state is one of: known, null, absent, unsupported, withheld"),
        ("= x", "a field is missing before the comparison"),
        ("status = x)", "'and' or 'or' is missing before ')'"),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
    assert_eq!(error(&"(".repeat(10_000)), "the condition is nested too deeply");
    assert_eq!(error(&"not ".repeat(10_000)), "the condition is nested too deeply");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in ".*") {
        let _ = text.parse::<Expression>();
    }
}
