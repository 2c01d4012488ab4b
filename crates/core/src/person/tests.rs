use super::*;
use crate::{
    Field, Kind,
    profile::{Actor, Email},
};

fn profile(id: &str, address: Option<&str>) -> Profile {
    let mut profile = Profile::new(id.parse().unwrap());
    profile.kind = Kind::Human.into();
    if let Some(address) = address {
        profile.emails = Field::from(vec![Email::new(address)]);
    }
    profile
}

fn link(profiles: &[Profile]) -> Persons {
    let mut linker = PersonLinker::new();
    linker.extend(profiles.iter().cloned());
    linker.link()
}

fn groups(persons: &Persons) -> Vec<Vec<String>> {
    let texts = |person: &Person| person.profiles.iter().map(ToString::to_string).collect();
    persons.persons().iter().map(texts).collect()
}

#[test]
fn an_address_links_accounts_and_its_case_does_not_matter() {
    let persons = link(&[
        profile("probely:eu/user/1", Some("Ada@Example.com ")),
        profile("upsun:acme/user/7", Some("ada@example.com")),
        profile("scim:hr/user/9", Some("grace@example.com")),
    ]);
    assert_eq!(groups(&persons), [vec!["probely:eu/user/1", "upsun:acme/user/7"], vec!["scim:hr/user/9"]]);
    assert_eq!(persons.persons()[0].strength(), Some(Strength::Medium));
    assert!(persons.ambiguities().is_empty());
}

#[test]
fn a_verified_address_and_a_number_are_stronger() {
    let mut one = profile("probely:eu/user/1", Some("ada@example.com"));
    one.emails = Field::from(vec![Email::new("ada@example.com").with_verified(true)]);
    let mut two = profile("upsun:acme/user/7", Some("ada@example.com"));
    two.employee.number = "42".into();
    let mut three = profile("scim:hr/user/9", Some("a.lovelace@example.com"));
    three.employee.number = "42".into();
    let persons = link(&[one, two, three]);
    let rules: Vec<_> = persons.persons()[0].links.iter().map(|link| link.rule).collect();
    assert_eq!(rules, [LinkRule::EmployeeNumber, LinkRule::VerifiedEmail]);
    assert_eq!(persons.persons().len(), 1);
}

#[test]
fn what_does_not_tell_people_apart_is_listed_and_links_nobody() {
    // Two of one account share an address.
    let persons = link(&[
        profile("probely:eu/user/1", Some("both@example.com")),
        profile("probely:eu/user/2", Some("both@example.com")),
        profile("upsun:acme/user/7", Some("both@example.com")),
    ]);
    assert_eq!(persons.persons().len(), 3);
    assert_eq!(persons.ambiguities()[0].reason, AmbiguityReason::SeveralInOneAccount);
    // The address of a role.
    let persons = link(&[
        profile("probely:eu/user/1", Some("info@example.com")),
        profile("upsun:acme/user/7", Some("Info+alerts@example.com")),
        profile("scim:hr/user/9", Some("info@example.com")),
    ]);
    assert_eq!(
        (persons.persons().len(), persons.ambiguities()[0].reason),
        (3, AmbiguityReason::SharedMailbox)
    );
    // Two numbers of employees: the address was given to somebody else.
    let mut old = profile("probely:eu/user/1", Some("j.smith@example.com"));
    old.employee.number = "1".into();
    let mut new = profile("scim:hr/user/9", Some("j.smith@example.com"));
    new.employee.number = "2".into();
    let persons = link(&[old, new]);
    assert_eq!(
        (persons.persons().len(), persons.ambiguities()[0].reason),
        (2, AmbiguityReason::Contradiction)
    );
}

#[test]
fn no_chain_makes_two_profiles_of_one_account_one_person() {
    let mut bridge = profile("scim:hr/user/9", Some("ada@example.com"));
    bridge.emails = Field::from(vec![Email::new("ada@example.com"), Email::new("grace@example.com")]);
    let persons = link(&[
        profile("probely:eu/user/1", Some("ada@example.com")),
        profile("probely:eu/user/2", Some("grace@example.com")),
        bridge,
    ]);
    assert_eq!(persons.persons().len(), 2);
    assert_eq!(persons.ambiguities()[0].reason, AmbiguityReason::TwoOfOneAccount);
}

#[test]
fn an_external_id_links_only_where_nothing_else_differs() {
    let with_id = |id: &str, external: &str, address: Option<&str>| {
        let mut profile = profile(id, address);
        profile.external_id = external.into();
        profile
    };
    let persons = link(&[
        with_id("anthropic:main/user/1", "user_10019", None),
        with_id("scim:hr/user/9", "user_10019", Some("ada@example.com")),
        with_id("scim:hr/user/10", "7", None),
        with_id("anthropic:main/user/2", "7", None),
        with_id("anthropic:main/user/3", "contractor-1", Some("x@example.com")),
        with_id("scim:hr/user/11", "contractor-1", Some("y@example.com")),
    ]);
    assert_eq!(persons.persons().len(), 5);
    let reasons: Vec<_> = persons.ambiguities().iter().map(|it| it.reason).collect();
    assert_eq!((reasons, persons.local_ids()), (vec![AmbiguityReason::Contradiction], 1));
    // Two systems that count, with leading zeros.
    let persons = link(&[
        with_id("scim:hr/user/12", "000000000032", None),
        with_id("anthropic:main/user/4", "000000000032", None),
    ]);
    assert_eq!((persons.persons().len(), persons.ambiguities().len(), persons.local_ids()), (2, 0, 1));
}

#[test]
fn names_that_have_nothing_in_common_speak_against_a_link_unless_the_address_is_verified() {
    let named = |id: &str, name: &str| {
        let mut profile = profile(id, Some("ada@example.com"));
        profile.name.display = name.into();
        profile
    };
    let mut people = [
        named("scim:erp/user/1", "ERP administrator"),
        named("scim:hr/user/2", "Ada Lovelace"),
        named("probely:eu/user/3", "Lovelace"),
    ];
    let persons = link(&people);
    assert_eq!(persons.persons().iter().map(|it| it.profiles.len()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(persons.ambiguities()[0].reason, AmbiguityReason::NamesDiffer);
    people[0].emails = vec![Email::new("ada@example.com").with_verified(true)].into();
    assert_eq!(link(&people).persons().len(), 1);
}

#[test]
fn a_record_that_came_twice_is_one_profile() {
    let ada = profile("probely:eu/user/1", Some("ada@example.com"));
    let persons = link(&[ada.clone(), profile("upsun:acme/user/2", Some("ada@example.com")), ada]);
    assert_eq!((persons.persons().len(), persons.persons()[0].profiles.len()), (1, 2));
    assert!(persons.ambiguities().is_empty());
}

#[test]
fn the_strength_between_two_profiles_is_that_of_their_own_way() {
    let mut one = profile("scim:hr/user/1", None);
    one.employee.number = "E7".into();
    let mut two = profile("upsun:acme/user/2", Some("ada@example.com"));
    two.employee.number = "E7".into();
    let three = profile("probely:eu/user/3", Some("ada@example.com"));
    let persons = link(&[one.clone(), two.clone(), three.clone()]);
    let person = &persons.persons()[0];
    assert_eq!(person.strength(), Some(Strength::Medium));
    assert_eq!(person.strength_between(&one.id, &two.id), Some(Strength::Strong));
    assert_eq!(person.strength_between(&one.id, &three.id), Some(Strength::Medium));
    assert_eq!(person.strength_between(&one.id, &one.id), None);
}

#[test]
fn what_somebody_decided_counts_and_names_never_link() {
    let mut one = profile("probely:eu/user/1", None);
    let mut two = profile("upsun:acme/user/7", None);
    one.name.display = "Ada Lovelace".into();
    two.name.display = "Ada Lovelace".into();
    assert_eq!(link(&[one.clone(), two.clone()]).persons().len(), 2);
    let mapping = Mapping::from_csv("id,person\nprobely:eu/user/1,ada\nupsun:acme/user/7, ada\n").unwrap();
    let mut linker = PersonLinker::new().with_mapping(mapping);
    linker.extend([one, two]);
    let persons = linker.link();
    assert_eq!((persons.persons().len(), persons.persons()[0].strength()), (1, Some(Strength::Certain)));
    for (text, line) in
        [("x,ada", 1), ("id,person\nprobely:eu/user/1", 2), ("probely:eu/user/1,a\nprobely:eu/user/1,b", 2)]
    {
        assert_eq!(Mapping::from_csv(text).unwrap_err().line, line, "{text}");
    }
}

#[test]
fn a_mapping_that_names_a_service_user_with_a_human_says_who_owns_it() {
    let mapping = Mapping::from_csv("id,person\nprobely:eu/user/bot,ada\nupsun:acme/user/7,ada\n").unwrap();
    let mut bot = profile("probely:eu/user/bot", Some("bot@example.com"));
    bot.kind = Kind::Service.into();
    // Somebody has decided otherwise.
    bot.owner = Actor::default().with_email("grace@example.com").into();
    let mut linker = PersonLinker::new().with_mapping(mapping);
    linker.extend([
        bot,
        profile("upsun:acme/user/7", Some("ada@example.com")),
        profile("scim:hr/user/9", Some("grace@example.com")),
        // Of the account of the service user, which is no second profile of hers.
        profile("probely:eu/user/1", Some("ada@example.com")),
    ]);
    let persons = linker.link();
    assert_eq!(groups(&persons), [vec!["upsun:acme/user/7", "probely:eu/user/1"], vec!["scim:hr/user/9"]]);
    let ada = &persons.persons()[0];
    assert_eq!(ada.owns.iter().map(ToString::to_string).collect::<Vec<_>>(), ["probely:eu/user/bot"]);
    assert!(persons.unowned().is_empty() && persons.ambiguities().is_empty(), "{persons:?}");
}

#[test]
fn a_service_user_hangs_on_its_owner_and_is_no_person() {
    let mut robot = profile("probely:eu/api_user/r", Some("ada@example.com"));
    robot.kind = Kind::Service.into();
    robot.owner = Actor::default().with_email("Ada@example.com").into();
    let mut orphan = profile("probely:eu/api_user/o", None);
    orphan.kind = Kind::Service.into();
    orphan.owner = Actor::default().with_email("nobody@example.com").into();
    let persons = link(&[profile("upsun:acme/user/7", Some("ada@example.com")), robot, orphan]);
    assert_eq!(persons.persons().len(), 1);
    assert_eq!(persons.persons()[0].owns[0].to_string(), "probely:eu/api_user/r");
    assert_eq!(persons.unowned()[0].to_string(), "probely:eu/api_user/o");
    assert_eq!(persons.ambiguities()[0].reason, AmbiguityReason::OwnerNotKnown);
    assert!(persons.of(&"probely:eu/api_user/r".parse().unwrap()).is_some());
}
