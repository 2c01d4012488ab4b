//! What breaks a rule, what keeps it, and what is not known.

use anyprofile_core::{Email, Field, Kind, ListQuery, Status, profile::Actor};
use anyprofile_review::{FindingState, Review, Roster, Severity};
use anyprofile_snapshot::{FieldClass, Hiding};

use crate::people::{human, lines, options, review, snapshot_hiding, snapshot_with, time, with_address};

#[tokio::test]
async fn no_second_factor_is_never_taken_for_not_known() {
    let mut off = human("eu/user/off");
    off.security.mfa_enabled = false.into();
    let mut on = human("eu/user/on");
    on.security.mfa_enabled = true.into();
    let mut null = human("eu/user/null");
    null.security.mfa_enabled = Field::Null;
    let absent = human("eu/user/absent");
    let absent_too = human("eu/user/absent2");
    let mut sso = human("eu/user/sso");
    (sso.security.mfa_enabled, sso.security.sso) = (false.into(), true.into());
    let mut suspended = human("eu/user/suspended");
    (suspended.security.mfa_enabled, suspended.status) = (false.into(), Status::Suspended.into());
    let mut program = human("eu/user/program");
    (program.security.mfa_enabled, program.kind) = (false.into(), Kind::Service.into());
    let mut whoever = human("eu/user/whoever");
    (whoever.security.mfa_enabled, whoever.kind) = (false.into(), Field::Absent);
    let people = vec![off, on, null, absent, absent_too, sso, suspended, program, whoever];
    let review =
        review(people, "[[rules]]\ncheck = \"mfa\"\nseverity = \"high\"\nnot_known = \"medium\"").await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    high violated off: no second factor
    high violated sso: no second factor at this service; they sign in by single sign-on
    medium not_known null: whether there is a second factor is not known: the service says null
    medium not_known absent,absent2: whether there is a second factor is not known: the service did not send it
    medium not_known whoever: there is no second factor, and whether it is a human is not known: the service did not send it
    "#);
    assert_eq!(review.worst(FindingState::Violated), Some(Severity::High));
    assert_eq!(review.worst(FindingState::NotKnown), Some(Severity::Medium));
    let (_, counts) = review.accounts().next().unwrap();
    assert_eq!((counts.mfa.on, counts.mfa.off), (1, 5));
    assert_eq!(counts.mfa.not_known.values().sum::<u64>(), 3);
}

#[tokio::test]
async fn sign_ins_are_judged_by_their_age_and_never_is_another_check() {
    let mut fresh = human("eu/user/fresh");
    fresh.security.last_login = time("2026-11-01T00:00:00Z").into();
    let mut old = human("eu/user/old");
    old.security.last_login = time("2026-01-01T00:00:00Z").into();
    let mut never = human("eu/user/never");
    (never.security.last_login, never.times.created) = (Field::Null, time("2026-06-01T00:00:00Z").into());
    let mut young = human("eu/user/young");
    (young.security.last_login, young.times.created) = (Field::Null, time("2026-11-29T00:00:00Z").into());
    let silent = human("eu/user/silent");
    let rules = "[[rules]]\ncheck = \"stale\"\ndays = 90\nseverity = \"medium\"\n\
                 [[rules]]\ncheck = \"never_signed_in\"\ndays = 30\nseverity = \"low\"";
    let review = review(vec![fresh, old, never, young, silent], rules).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    medium violated old: the last sign-in was 333 days ago
    low violated never: never signed in, and created 182 days ago
    low not_known silent: the last sign-in is not known: the service did not send it
    low not_known silent: whether somebody ever signed in is not known: the service did not send it
    "#);
    let (_, counts) = review.accounts().next().unwrap();
    let words = counts.last_login.in_words();
    assert_eq!(words.iter().map(|(_, count)| count).sum::<u64>(), 5, "each is counted once: {words:?}");
}

#[tokio::test]
async fn invitations_domains_and_service_users() {
    let mut invited = with_address("eu/user/invited", "ada@example.com");
    (invited.status, invited.times.created) = (Status::Pending.into(), time("2026-10-01T00:00:00Z").into());
    let mut elsewhere = with_address("eu/user/elsewhere", "grace@EXAMPLE.com");
    elsewhere.emails = vec![Email::new("grace@EXAMPLE.com"), Email::new("grace@mail.example")].into();
    let mut program = human("eu/user/program");
    (program.kind, program.owner) = (Kind::Service.into(), Field::Null);
    let mut owned = human("eu/user/owned");
    (owned.kind, owned.owner) = (Kind::Service.into(), Actor::default().with_email("ada@example.com").into());
    let mut orphan = human("eu/user/orphan");
    (orphan.kind, orphan.owner) =
        (Kind::Service.into(), Actor::default().with_email("nobody@example.com").into());
    let rules = "[[rules]]\ncheck = \"pending\"\ndays = 14\nseverity = \"low\"\n\
                 [[rules]]\ncheck = \"email_domains\"\ndomains = [\"example.com\"]\nseverity = \"medium\"\n\
                 [[rules]]\ncheck = \"service_owner\"\nseverity = \"medium\"";
    let review = review(vec![invited, elsewhere, program, owned, orphan], rules).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    medium violated elsewhere: an e-mail address of another domain than the allowed ones
    medium violated program: nobody owns this service user
    low violated invited: the invitation has been open for 60 days
    low not_known program,owned,orphan: the e-mail address is not known: the service did not send it
    low not_known orphan: it names an owner who is nobody, or not one person, of those who were read
    "#);
}

#[tokio::test]
async fn owners_are_counted_only_as_far_as_they_are_known() {
    let owner = |id: &str, account: &str| {
        let mut owner = human(&format!("{account}/user/{id}"));
        owner.access.owner = true.into();
        owner
    };
    let member = |id: &str, account: &str| {
        let mut member = human(&format!("{account}/user/{id}"));
        member.access.owner = false.into();
        member
    };
    let mut gone = owner("gone", "few");
    gone.status = Status::Suspended.into();
    let people = vec![
        owner("a", "few"),
        gone,
        member("b", "few"),
        owner("a", "many"),
        owner("b", "many"),
        owner("a", "silent"),
        human("silent/user/b"),
    ];
    let review = review(people, "[[rules]]\ncheck = \"owners\"\nmost = 1\nseverity = \"high\"").await;
    let accounts: Vec<_> = review.findings().iter().map(|it| it.account.as_deref().unwrap()).collect();
    assert_eq!(accounts, ["memory:many", "memory:silent"]);
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    high violated a,b: 2 owners; at most 1 may be
    low not_known a: known owners who may act: 1; profiles that may be such, too: 1; at most 1 may be
    "#);
}

#[tokio::test]
async fn a_condition_says_whom_a_rule_is_about_and_may_not_be_known_either() {
    let mut one = human("eu/user/one");
    (one.security.mfa_enabled, one.title) = (false.into(), "cto".into());
    let mut other = human("eu/user/other");
    (other.security.mfa_enabled, other.title) = (false.into(), "dev".into());
    let mut silent = human("eu/user/silent");
    silent.security.mfa_enabled = false.into();
    let rules = "[[rules]]\ncheck = \"mfa\"\nwhere = 'title eq \"cto\"'\nseverity = \"high\"\n\
                 [[rules]]\ncheck = \"matches\"\nwhere = 'title eq \"cto\"'\nseverity = \"low\"";
    let review = review(vec![one, other, silent], rules).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    high violated one: no second factor
    low violated one: it meets the condition title eq "cto"
    low not_known silent: no second factor, and whether the rule is about it is not known
    low not_known silent: whether it meets the condition title eq "cto" is not known
    "#);
}

#[tokio::test]
async fn an_exception_ends_with_its_last_day_and_one_that_is_not_needed_is_said() {
    let mut off = human("eu/user/off");
    off.security.mfa_enabled = false.into();
    let mut late = human("eu/user/late");
    late.security.mfa_enabled = false.into();
    let silent = human("us/user/silent");
    let exception = |whom: &str, day: &str| {
        format!(
            "[[exceptions]]\nrule = \"mfa\"\n{whom}\nreason = \"a key in the safe\"\napprover = \"ciso\"\nexpires = \"{day}\"\n"
        )
    };
    let rules = [
        "[[rules]]\ncheck = \"mfa\"\nseverity = \"high\"\n".to_owned(),
        exception("profile = \"memory:eu/user/off\"", "2026-11-30"),
        exception("profile = \"memory:eu/user/late\"", "2026-11-29"),
        exception("profile = \"memory:eu/user/nobody\"", "2027-11-29"),
        exception("account = \"us\"", "2027-11-29"),
    ];
    let review = review(vec![off, late, silent], &rules.concat()).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    high violated late: no second factor; an exception expired on 2026-11-29
    high excepted off: no second factor
    low excepted silent: whether there is a second factor is not known: the service did not send it
    "#);
    assert_eq!(
        review.notes(),
        ["the exception from `mfa` for memory:eu/user/nobody was not needed: nothing was found there"]
    );
}

#[tokio::test]
async fn whoever_may_be_suspended_is_not_known_to_break_a_rule() {
    let mut profile = human("eu/user/silent");
    profile.status = Field::Absent;
    profile.security.mfa_enabled = false.into();
    profile.security.last_login = time("2020-01-01T00:00:00Z").into();
    let rules = "[[rules]]\ncheck = \"mfa\"\nseverity = \"high\"\n[[rules]]\ncheck = \"stale\"\ndays = 90\nseverity = \"low\"";
    let review = review(vec![profile], rules).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known silent: no second factor; whether it is active is not known: the service did not send it
    low not_known silent: the last sign-in was 2525 days ago; whether it is active is not known: the service did not send it
    "#);
}

#[tokio::test]
async fn owners_of_some_are_not_all_owners() {
    let mut owner = human("eu/user/a");
    owner.access.owner = true.into();
    let some = snapshot_with(vec![owner], ListQuery::new().with_limit(1)).await;
    let rules = "[[rules]]\ncheck = \"owners\"\nmost = 5\nseverity = \"high\"";
    let review = Review::of(&some, &options(rules)).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known a: known owners who may act: 1; the snapshot is not of everybody; at most 5 may be
    "#);
}

#[tokio::test]
async fn what_a_snapshot_hides_is_not_checked_and_nobody_breaks_it() {
    let mut profile = with_address("eu/user/a", "ada@example.com");
    profile.security.mfa_enabled = false.into();
    let rules = "[[rules]]\ncheck = \"mfa\"\nseverity = \"high\"\n\
                 [[rules]]\ncheck = \"email_domains\"\ndomains = [\"example.org\"]\nseverity = \"low\"\n\
                 [[rules]]\nname = \"by-name\"\ncheck = \"matches\"\nwhere = 'name.display pr'\nseverity = \"low\"\n\
                 [[rules]]\ncheck = \"left\"\nseverity = \"high\"";
    let roster = Roster::from_csv("email,status\nada@example.com,left\n").unwrap();
    let of = async |hiding: Hiding| {
        let hidden = snapshot_hiding(vec![profile.clone()], hiding).await;
        Review::of(&hidden, &options(rules).with_roster(roster.clone())).await.unwrap()
    };
    let review = of(Hiding::default().redact([FieldClass::Security, FieldClass::Contact])).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known : not checked: security was removed from this snapshot
    low not_known : not checked: contact was removed from this snapshot
    low not_known : not checked: contact was removed from this snapshot
    "#);
    let review = of(Hiding::default().pseudonymize(&[7; 32]).unwrap()).await;
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    high violated pseudonym-b0f80fa4dac951257ee8215c9da9d92d: no second factor
    low not_known : not checked: this snapshot has pseudonyms in place of names and addresses
    low not_known : not checked: this snapshot has pseudonyms in place of names and addresses
    "#);
    assert_eq!(review.unchecked().count(), 2);
}
