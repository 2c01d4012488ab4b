//! People compared with those who should be there.

use anyprofile_core::{Field, Kind, ListQuery, Status, person::Mapping, profile::Actor, query::Filter};
use anyprofile_review::{Check, FindingState, Review, ReviewError, Roster};

use crate::people::{human, lines, options, snapshot, snapshot_with, with_address};

const RULES: &str = "[[rules]]\ncheck = \"left\"\nseverity = \"critical\"\n\
                     [[rules]]\ncheck = \"not_on_roster\"\nseverity = \"medium\"\n\
                     [[rules]]\ncheck = \"no_account\"\nseverity = \"low\"";

fn roster(text: &str) -> Roster {
    Roster::from_csv(text).unwrap()
}

#[tokio::test]
async fn whoever_left_has_no_access_at_any_account_nor_through_what_they_own() {
    let mut suspended = with_address("us/user/ada", "ada@example.com");
    suspended.status = Status::Suspended.into();
    let mut silent = with_address("asia/user/ada", "ada@example.com");
    silent.status = Field::Absent;
    let mut program = human("eu/user/program");
    (program.kind, program.owner) =
        (Kind::Service.into(), Actor::default().with_email("ada@example.com").into());
    let mut kept = with_address("eu/user/grace", "grace@example.com");
    kept.employee.number = "7".into();
    let people = vec![with_address("eu/user/ada", "Ada@Example.com"), suspended, silent, program, kept];
    let roster = roster(
        "email,employee_number,status,leave_date,type\nada@example.com,,active,2026-10-31,contractor\n,7,active,,\n\
         joan@example.com,,joining,,\nleft@example.com,,left,,\n",
    );
    let options = options(RULES).with_roster(roster);
    let review = Review::of(&snapshot(people).await, &options).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    critical violated ada: the contract ended on 2026-10-31
    critical violated program: its owner has left: the contract ended on 2026-10-31
    low violated joan@example.com: somebody of the roster has no profile
    low not_known ada: the contract ended on 2026-10-31; whether the profile is still active is not known
    "#);
}

#[tokio::test]
async fn nobody_is_a_stranger_who_may_be_somebody_of_the_roster() {
    let stranger = with_address("eu/user/stranger", "eve@example.com");
    let nameless = human("eu/user/nameless");
    // Two profiles of one account with the address of one person.
    let twice =
        [with_address("eu/user/one", "ada@example.com"), with_address("eu/user/two", "ada@example.com")];
    let mut organization = human("eu/user/acme");
    organization.kind = Kind::Organization.into();
    let people = [vec![stranger, nameless, organization], twice.to_vec()].concat();
    let options = options(RULES).with_roster(roster("email,status\nada@example.com,left\n"));
    let snapshot = snapshot(people).await;
    let review = Review::of(&snapshot, &options).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    medium violated stranger: nobody of the roster has its address or its number of an employee
    low not_known nameless: it has nothing to be compared by with somebody of the roster who has left, or may have
    low not_known one,two: it may be somebody who has left; see the ambiguities
    low not_known nameless: it has nothing to be compared by with some of the roster: an address, or a number of an employee
    low not_known one,two: it may be somebody of the roster; see the ambiguities
    "#);
    // Somebody decides.
    let mut mapping = Mapping::default();
    mapping.insert("roster:roster/person/ada@example.com".parse().unwrap(), "ada");
    mapping.insert("memory:eu/user/one".parse().unwrap(), "ada");
    let decided = Review::of(&snapshot, &options.with_mapping(mapping)).await.unwrap();
    let left: Vec<_> = decided.findings().iter().filter(|it| it.check == Check::Left).collect();
    assert_eq!(left[0].profiles[0].native(), "one");
    assert_eq!(left[0].state, FindingState::Violated);
}

#[tokio::test]
async fn an_account_can_be_the_roster() {
    let mut left = with_address("hr/user/1", "ada@example.com");
    left.status = Status::Suspended.into();
    let people = vec![
        left,
        with_address("hr/user/2", "grace@example.com"),
        with_address("eu/user/ada", "ada@example.com"),
        with_address("eu/user/eve", "eve@example.com"),
    ];
    let snapshot = snapshot(people).await;
    let review = Review::of(&snapshot, &options(RULES).with_roster(Roster::of_account("hr"))).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    critical violated ada: the roster says that they have left
    medium violated eve: nobody of the roster has its address or its number of an employee
    low violated 2: somebody of the roster has no profile
    "#);
    let error =
        Review::of(&snapshot, &options(RULES).with_roster(Roster::of_account("h"))).await.unwrap_err();
    assert!(matches!(error, ReviewError::Roster(_)), "{error}");
}

#[tokio::test]
async fn nobody_lacks_an_account_because_of_a_list_of_some() {
    let people = vec![with_address("eu/user/ada", "ada@example.com")];
    let some = snapshot_with(people, ListQuery::new().with_limit(1)).await;
    let options = options(RULES).with_roster(roster("email\nada@example.com\ngrace@example.com\n"));
    let review = Review::of(&some, &options).await.unwrap();
    let states: Vec<_> = review.findings().iter().map(|it| (it.check, it.state)).collect();
    assert_eq!(states, [(Check::NoAccount, FindingState::NotKnown)]);
}

#[tokio::test]
async fn a_roster_that_was_not_read_as_a_whole_makes_nobody_a_stranger() {
    let people = vec![
        with_address("hr/user/1", "ada@example.com"),
        with_address("hr/user/2", "grace@example.com"),
        with_address("eu/user/grace", "grace@example.com"),
        with_address("eu/user/eve", "eve@example.com"),
    ];
    // Whoever is not known to be a human was not asked for.
    let only_humans = ListQuery::new().with_filter(Filter::new().with_kind(Kind::Human));
    let some = snapshot_with(people, only_humans).await;
    let review = Review::of(&some, &options(RULES).with_roster(Roster::of_account("hr"))).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known : the account that is the roster was not read as a whole, so it is not known who else has left
    low not_known eve: nobody of the roster is it, and the account that is the roster was not read as a whole
    low not_known 1: somebody of the roster has no profile in the snapshot, which is not of everybody
    "#);
}

#[tokio::test]
async fn a_name_of_the_roster_that_has_nothing_in_common_speaks_against_a_link() {
    let mut dave = with_address("eu/user/dave", "dave@example.com");
    dave.name.display = "Dave Drummond".into();
    let roster = roster("email,name,status\ndave@example.com,Zacharias Quellwasser,left\n");
    let review = Review::of(&snapshot(vec![dave]).await, &options(RULES).with_roster(roster)).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known dave: it may be somebody who has left; see the ambiguities
    low not_known dave: it may be somebody of the roster; see the ambiguities
    "#);
}

#[tokio::test]
async fn nobody_is_missing_or_strange_who_cannot_be_compared() {
    // The roster has numbers, and the service has addresses.
    let people = || vec![with_address("eu/user/rowan", "rowan@example.com")];
    let numbers = roster("employee_number,status\n4711,active\n4712,left\n");
    let review = Review::of(&snapshot(people()).await, &options(RULES).with_roster(numbers)).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known rowan: it has nothing to be compared by with somebody of the roster who has left, or may have
    low not_known rowan: it has nothing to be compared by with some of the roster: an address, or a number of an employee
    low not_known 4711: somebody of the roster has no profile that is known, and some profiles have nothing to be compared by
    "#);
    // A roster that does not say whether somebody is still there.
    let silent = roster("email,status\nrowan@example.com,\n");
    let review = Review::of(&snapshot(people()).await, &options(RULES).with_roster(silent)).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known rowan: the roster does not say whether they are still there
    "#);
}

#[tokio::test]
async fn whoever_came_back_has_not_left_and_whoever_is_linked_to_somebody_undecided_is_undecided() {
    let mut back = with_address("eu/user/ada", "ada@example.com");
    back.employee.number = "8".into();
    let twice = roster("email,employee_number,status\nada@example.com,7,left\nada@example.com,8,active\n");
    let review = Review::of(&snapshot(vec![back]).await, &options(RULES).with_roster(twice)).await.unwrap();
    assert!(!lines(review.findings()).join(" ").contains("violated"), "{:?}", lines(review.findings()));

    let numbered = |id: &str, address: &str| {
        let mut profile = with_address(id, address);
        profile.employee.number = "7".into();
        profile
    };
    let people = vec![
        numbered("eu/user/one", "team@corp.example"),
        with_address("eu/user/two", "team@corp.example"),
        numbered("us/user/three", "three@corp.example"),
    ];
    let team = roster("email,status\nteam@corp.example,left\n");
    let review = Review::of(&snapshot(people).await, &options(RULES).with_roster(team)).await.unwrap();
    insta::assert_snapshot!(lines(review.findings()).join("\n"), @r#"
    low not_known one,two: it may be somebody who has left; see the ambiguities
    low not_known three: it may be somebody who has left; see the ambiguities
    low not_known one,two: it may be somebody of the roster; see the ambiguities
    low not_known three: it may be somebody of the roster; see the ambiguities
    "#);
}

#[tokio::test]
async fn a_snapshot_that_was_altered_is_not_reviewed() {
    let snapshot = snapshot(vec![with_address("eu/user/ada", "ada@example.com")]).await;
    let text = std::fs::read_to_string(snapshot.place()).unwrap();
    std::fs::write(snapshot.place(), text.replace("active", "suspended")).unwrap();
    let error = Review::of(&snapshot, &options(RULES)).await.unwrap_err();
    assert!(error.to_string().contains("it was altered"), "{error}");
}
