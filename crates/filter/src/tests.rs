use anyprofile_core::condition::Condition;
use proptest::prelude::*;

use crate::parse;

/// Parses a condition and writes it again.
fn read(text: &str) -> String {
    let parsed = parse(text).unwrap_or_else(|error| panic!("{}", error.marked(text)));
    assert_eq!(parsed.rewritten, None, "{text}");
    parsed.condition.to_string()
}

#[test]
fn the_grammar_of_scim_is_read_and_written() {
    for text in [
        r#"title eq "cto""#,
        r"title pr",
        r"security.mfa_enabled eq true",
        r"not (security.mfa_enabled eq true)",
        r#"status eq "active" and title pr or locale eq "nb""#,
        r#"status eq "active" and (title pr or locale eq "nb")"#,
        r#"emails[primary eq true and address ew "@example.com"]"#,
        r#"emails[not (verified eq true) or purpose eq "login"] and id sw "upsun:""#,
        r#"roles[role.name eq "Auditor" and scope.tier eq "account"]"#,
        r#"times.created ge "2026-01-31T12:00:00Z""#,
        r"extension.level gt 6.5",
        r"unknown.level eq -1",
        r#"grants.cvp eq "active""#,
        r#"metadata.cost.centre eq "a \"quoted\" text, and a \\""#,
        r"security.mfa_enabled is withheld",
        r"not (security.last_login is unsupported)",
    ] {
        assert_eq!(read(text), text);
    }
    for (text, expected) in [
        ("  title   EQ \"cto\"\n AND NOT(title PR) ", r#"title eq "cto" and not (title pr)"#),
        (r#"((title eq "a"))"#, r#"title eq "a""#),
        ("title is known", "title pr"),
        ("title is not null", "not (title is null)"),
        ("title eq null", "title is null"),
        ("title ne null", "title pr"),
        ("security.mfa_enabled eq TRUE", "security.mfa_enabled eq true"),
    ] {
        assert_eq!(read(text), expected);
    }
}

#[test]
fn names_of_scims_core_schema_are_read() {
    for (text, expected) in [
        (
            r#"emails.value eq "a@x" and not (active eq true)"#,
            r#"emails.address eq "a@x" and not (status eq "active")"#,
        ),
        (r#"userName sw "J""#, r#"username sw "J""#),
        (r#"name.familyName co "O'Malley""#, r#"name.family co "O'Malley""#),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#, r#"username sw "J""#),
        (r#"meta.lastModified gt "2011-05-13T04:42:34Z""#, r#"times.updated gt "2011-05-13T04:42:34Z""#),
        (
            r#"emails[type eq "work" and value co "@example.com"]"#,
            r#"emails[purpose eq "work" and address co "@example.com"]"#,
        ),
        ("active eq false", r#"status ne "active""#),
        ("active ne false", r#"status eq "active""#),
        ("active pr", "status pr"),
        (r#"EXTERNALID eq "7""#, r#"external_id eq "7""#),
        ("Title pr", "title pr"),
        (r#"labels[value eq "x"]"#, r#"labels[name eq "x"]"#),
        (r#"emails[Type eq "work"]"#, r#"emails[purpose eq "work"]"#),
    ] {
        assert_eq!(read(text), expected);
    }
}

#[test]
fn the_spelling_before_is_read_and_rewritten() {
    for (text, rewritten) in [
        ("status = active", r#"status eq "active""#),
        ("status == 'active'", r#"status eq "active""#),
        ("security.mfa_enabled = False", "security.mfa_enabled eq false"),
        ("security.mfa_enabled != 'true'", "security.mfa_enabled ne true"),
        ("name.display ~ love", r#"name.display co "love""#),
        ("not emails != ADA@example.com", r#"not (emails ne "ADA@example.com")"#),
        (
            "times.updated >= 2024-05-06T09:08:09.123+02:00",
            r#"times.updated ge "2024-05-06T09:08:09.123+02:00""#,
        ),
        ("external_id = 007", r#"external_id eq "007""#),
        ("unknown.level>6", "unknown.level gt 6"),
        ("metadata.seat > 5", "metadata.seat gt 5"),
        ("metadata.plan = true", r#"metadata.plan eq "true""#),
        ("title = 'a \\ b'", r#"title eq "a \\ b""#),
        ("title = \"a\" and title is not known", r#"title eq "a" and not (title pr)"#),
        ("not title pr", "not (title pr)"),
        (
            "status = x or status = active and security.mfa_enabled = false",
            r#"status eq "x" or status eq "active" and security.mfa_enabled eq false"#,
        ),
    ] {
        let parsed = parse(text).unwrap_or_else(|error| panic!("{}", error.marked(text)));
        assert_eq!(parsed.rewritten.as_deref(), Some(rewritten), "{text}");
        assert_eq!(parsed.condition.to_string(), rewritten);
        assert_eq!(read(rewritten), rewritten);
    }
}

#[test]
fn a_mistake_is_marked_where_it_is() {
    let mut shown = Vec::new();
    for text in [
        "",
        "title",
        "title eq",
        "title eq ",
        "title eq cto",
        "title eq 'cto'",
        "title like \"cto\"",
        "title eq \"cto",
        "title eq \"a\\q\"",
        "title eq 7",
        "email eq \"x\"",
        "emails.type2 eq \"x\"",
        "(title pr",
        "title pr)",
        "title pr title pr",
        "not ",
        "not (title pr",
        "title is maybe",
        "title is not",
        "eq \"x\"",
        "= x",
        "title pr and",
        "title[primary eq true]",
        "emails[primary eq \"yes\"]",
        "emails[title pr]",
        "emails[primary eq true",
        "times.created lt \"nonsense\"",
        "security.mfa_enabled gt false",
        "active co \"x\"",
        "title gt null",
        "name.display eq \"Zoë\" oder title pr",
        "title eq \"\u{1b}[31m\" x",
    ] {
        shown.push(parse(text).unwrap_err().marked(text));
    }
    insta::assert_snapshot!(shown.join("\n\n"));
    let deep = |open: &str| parse(&open.repeat(10_000)).unwrap_err();
    for error in [deep("("), deep("not "), deep("not (")] {
        assert_eq!(error.message(), "a condition must not be nested more than 64 levels deep");
    }
    let error = parse("name.display eq \"hunter2\" hunter2").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the condition is wrong at character 27: `and` or `or` is required before this"
    );
    assert_eq!(error.span(), 26..33);
}

fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop::sample::select(vec![
        r#"title eq "a""#,
        r#"emails.address co "\"\\ü""#,
        "security.mfa_enabled ne true",
        "times.updated is withheld",
        "locale pr",
        r#"roles[role.name eq "x"]"#,
        "unknown.x ge 1.5",
    ])
    .prop_map(|text| parse(text).unwrap().condition);
    leaf.prop_recursive(5, 40, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|condition| !condition),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in ".*") {
        if let Err(error) = parse(&text) {
            let _ = (error.to_string(), error.marked(&text));
        }
    }

    #[test]
    fn a_text_like_a_condition_does_not_either(
        parts in prop::collection::vec(prop::sample::select(vec![
            "title", "emails", "[", "]", "(", ")", "eq", "is", "not", "and", "\"", "'", "\\", "=", "null", "pr", " ", "ü", "7",
        ]), 0..20)
    ) {
        let text = parts.concat();
        if let Ok(parsed) = parse(&text) {
            let written = parsed.condition.to_string();
            prop_assert_eq!(parse(&written).unwrap().condition.to_string(), written);
        }
    }

    #[test]
    fn what_is_written_is_read_again(condition in conditions()) {
        let written = condition.to_string();
        let parsed = parse(&written).unwrap();
        prop_assert_eq!(parsed.rewritten, None);
        prop_assert_eq!(parsed.condition.to_string(), written);
    }
}
