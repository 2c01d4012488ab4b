//! The safe workflows of the library: a person leaves every account.

use std::sync::Arc;

use anyprofile::{
    Directory, ErrorKind, Kind, ListQuery, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Status, Write,
    memory::MemoryProvider,
    profile::RoleAssignment,
    writing::{Guard, Never, WriteOutcome, WriteState},
};
use anyprofile_sandbox::Fault;

use crate::fixture;

fn person(number: usize, role: Option<&str>) -> Profile {
    let mut profile = Profile::new(format!("memory:crew/user/p{number}").parse().unwrap());
    profile.kind = Kind::Human.into();
    profile.status = Status::Active.into();
    profile.name.display = format!("Person {number}").into();
    profile.emails = anyprofile::Email::login(format!("person.{number}@example.com").into());
    profile.roles =
        role.into_iter().map(|role| role.parse::<RoleAssignment>().unwrap()).collect::<Vec<_>>().into();
    profile
}

fn crew(people: impl IntoIterator<Item = Profile>) -> Directory {
    let memory = MemoryProvider::builder("crew".parse().unwrap()).with_profiles(people).build().unwrap();
    Directory::new(vec![Arc::new(memory) as Arc<dyn ProfileProvider>])
}

#[tokio::test]
async fn who_leaves_is_deactivated_everywhere_and_what_is_so_already_stays_so() {
    let fixture = fixture(40).await;
    let directory = Directory::new(fixture.providers.clone());
    let scim = fixture.provider("scim");
    let address = scim.list_all(ListQuery::new()).await.unwrap().profiles[3].email().unwrap().to_owned();
    fixture.sandbox.clear_requests();
    let off_boarding = directory.off_board(&address).await;
    assert!(fixture.sandbox.requests().iter().all(|request| !request.write), "a plan writes nothing");
    let ids: Vec<ProfileId> = off_boarding.departures.iter().map(|it| it.id.clone()).collect();
    assert!(ids.iter().any(|id| id.service == "scim"), "{ids:?}");
    assert!(off_boarding.departures.iter().any(anyprofile::writing::Departure::is_to_do));
    let mut journal = Vec::new();
    let off_boarding = off_boarding.allow(|_| true);
    for (id, written) in off_boarding.execute(&directory, &mut journal, &Never).await.unwrap() {
        assert!(written.outcome.is_so() || written.outcome.is_failure(), "{id}: {}", written.outcome);
    }
    let of_scim: Vec<_> =
        journal.iter().filter(|(id, _)| id.service == "scim").map(|(_, state)| *state).collect();
    assert_eq!(of_scim, [WriteState::Sending, WriteState::Written]);
    // A second time there is nothing to do.
    let again = directory.off_board(&address).await;
    let at_scim = again.departures.iter().find(|it| it.id.service == "scim").unwrap();
    assert!(at_scim.is_already_so() && again.guards.is_empty(), "{again:?}");
}

#[tokio::test]
async fn an_account_that_fails_is_not_known_and_the_others_go_on() {
    let fixture = fixture(40).await;
    let scim = fixture.provider("scim");
    let address = scim.list_all(ListQuery::new()).await.unwrap().profiles[3].email().unwrap().to_owned();
    fixture.sandbox.add_fault(Fault::new("*").at_service("probely").first(100).respond(403));
    let directory = Directory::new(fixture.providers.clone());
    let off_boarding = directory.off_board(&address).await;
    let not_known: Vec<_> = off_boarding.not_known().map(|it| it.info.service.to_string()).collect();
    assert!(not_known.contains(&"probely".to_owned()), "{not_known:?}");
    assert!(off_boarding.departures.iter().any(|it| it.id.service == "scim"));
}

#[tokio::test]
async fn the_last_owner_is_not_removed_by_mistake() {
    for (second, expected) in
        [(Some("owner"), None), (None, Some(Guard::LastOwner("memory:crew/user/p1".parse().unwrap())))]
    {
        let directory = crew([person(1, Some("owner")), person(2, second), person(3, None)]);
        let off_boarding = directory.off_board("person.1@example.com").await;
        assert_eq!(off_boarding.guards.first().cloned(), expected);
        let executed = off_boarding.clone().execute(&directory, &mut Vec::new(), &Never).await;
        if expected.is_none() {
            assert!(executed.unwrap()[0].1.outcome.is_so());
            continue;
        }
        let error = executed.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains("last active owner"), "{error}");
        // Whoever means it says so.
        let meant = off_boarding.allow(|guard| matches!(guard, Guard::LastOwner(_)));
        assert!(meant.execute(&directory, &mut Vec::new(), &Never).await.unwrap()[0].1.outcome.is_so());
    }
}

#[tokio::test]
async fn several_people_of_one_account_are_not_removed_for_one() {
    let twin = |number| {
        let mut profile = person(number, None);
        profile.emails = anyprofile::Email::login("twin@example.com".into());
        profile
    };
    let off_boarding = crew([twin(1), twin(2)]).off_board("twin@example.com").await;
    let [Guard::SeveralPeople { account, count: 2 }] = &off_boarding.guards[..] else {
        panic!("{:?}", off_boarding.guards)
    };
    assert_eq!(account.as_str(), "crew");
}

#[tokio::test]
async fn a_directory_plans_and_executes_at_the_account_of_the_id() {
    let directory = crew([person(1, None)]);
    let id: ProfileId = "memory:crew/user/p1".parse().unwrap();
    let write = Write::update(id.clone(), ProfileChange::new().set("title".parse().unwrap(), "Captain"));
    let plan = directory.plan(&write, &PlanOptions::new()).await.unwrap();
    let written = directory.execute(&plan).await.unwrap();
    assert!(matches!(written.outcome, WriteOutcome::Done { .. }), "{}", written.outcome);
    assert!(directory.get(&id).await.unwrap().title.is_known_to_be("Captain"));
    let elsewhere = Write::delete("memory:other/user/p1".parse().unwrap());
    let error = directory.plan(&elsewhere, &PlanOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Config, "no memory account is named 'other'"));
}

/// The command shows, asks and prints; the library writes and proves.
#[test]
fn the_command_has_no_logic_of_its_own_for_writes() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cli/src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for own in [".execute(", "ExecuteOptions", "check_unchanged", "find_created", ".list_page("] {
                assert!(!text.contains(own), "{}: {own}", path.display());
            }
            files += 1;
        }
    }
    assert!(files > 50);
}

#[tokio::test]
async fn what_somebody_has_is_listed_and_what_no_record_shows_is_not_known() {
    let acme: ProfileId = "memory:crew/organization/acme".parse().unwrap();
    let mut organization = Profile::new(acme.clone());
    organization.kind = Kind::Organization.into();
    organization.name.display = "Acme".into();
    let leaver = person(1, Some("editor"));
    let id = leaver.id.clone();
    let builder = MemoryProvider::builder("crew".parse().unwrap())
        .with_profiles([leaver, person(2, None), organization])
        .with_members(acme.clone(), [id.clone()]);
    let users = MemoryProvider::builder("crew".parse().unwrap()).build().unwrap();
    let mut capabilities = users.capabilities().clone();
    let kinds = [anyprofile::IdKind::USER, acme.kind.clone()];
    capabilities.operations.list = anyprofile::capabilities::Support::of(kinds.clone());
    capabilities.operations.get = anyprofile::capabilities::Support::of(kinds);
    capabilities.operations.members = anyprofile::capabilities::Support::of([acme.kind.clone()]);
    let collection = anyprofile::capabilities::ListedCollection::new(acme.kind.clone(), []);
    capabilities.listing.collections.push(collection);
    let memory = builder.with_capabilities(capabilities).build().unwrap();
    let directory = Directory::new(vec![Arc::new(memory) as Arc<dyn ProfileProvider>]);
    let remains = directory.remains(std::slice::from_ref(&id)).await;
    let found: Vec<_> =
        remains.found.iter().map(|it| (it.kind.as_str(), it.id.as_deref().unwrap_or(""))).collect();
    assert_eq!(found, [("profile", ""), ("role", "editor"), ("membership", "memory:crew/organization/acme")]);
    let not_known: Vec<_> = remains
        .not_known
        .iter()
        .filter_map(|it| it.kind)
        .map(anyprofile::writing::RemainderKind::as_str)
        .collect();
    // The provider in memory has no owners.
    for kind in ["session", "ownership"] {
        assert!(not_known.contains(&kind), "{not_known:?}");
    }
}
