//! The native clients of Probely and Anthropic, operation by operation.

use std::collections::HashSet;

use anyprofile::{
    ErrorKind,
    anthropic::{
        AnthropicClient, AnthropicConfig, ListInvites, ListOrganizationUsers, ListUserProfiles,
        wire::{EnforcementStatus, InviteStatus, OrganizationRole, OrganizationUser},
    },
    probely::{
        ListAssignments, ListEntries, ListUsers, ProbelyClient, ProbelyConfig, RoleHolders,
        wire::{ResultList, Role, User, UserRoles},
    },
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

async fn sandbox(profiles: u64) -> Sandbox {
    Sandbox::start(SandboxOptions::new().profiles(profiles).seed(7)).await.unwrap()
}

fn probely(sandbox: &Sandbox) -> ProbelyClient {
    let described = &sandbox.description().probely;
    let config = ProbelyConfig::new("sandbox".parse().unwrap(), described.api_key.clone());
    ProbelyClient::new(config.at(&described.base_url)).unwrap()
}

/// A client of Anthropic's with this key, which speaks the generally available API.
fn anthropic(sandbox: &Sandbox, key: &str) -> AnthropicClient {
    let config = AnthropicConfig::with_api_key("sandbox".parse().unwrap(), key.to_owned())
        .at(&sandbox.description().anthropic.base_url)
        .without_beta();
    AnthropicClient::new(config).unwrap()
}

fn admin(sandbox: &Sandbox) -> AnthropicClient {
    anthropic(sandbox, &sandbox.description().anthropic.admin_api_key)
}

fn operations(sandbox: &Sandbox) -> Vec<&'static str> {
    sandbox.requests().iter().map(|request| request.operation).collect()
}

fn ids(users: &[User]) -> Vec<String> {
    users.iter().map(|user| user.id.value().unwrap().as_str().to_owned()).collect()
}

/// All pages of a list that is asked for in pages of seven.
async fn whole<R>(mut page: impl AsyncFnMut(u64) -> ResultList<R>) -> Vec<R> {
    let first = page(1).await;
    let remaining = first.remaining().unwrap();
    let (count, mut records) = (*first.count.value().unwrap(), first.results);
    for number in remaining {
        records.extend(page(number).await.results);
    }
    assert_eq!(records.len(), usize::try_from(count).unwrap());
    records
}

fn of_page(page: u64) -> ListEntries {
    let mut list = ListEntries::default();
    (list.page, list.length) = (Some(page), Some(7));
    list
}

fn of_users(page: u64) -> ListUsers {
    let mut list = ListUsers::default();
    (list.page, list.length) = (Some(page), Some(7));
    list
}

#[tokio::test]
async fn people_and_api_users_of_probely_are_all_profiles() {
    let sandbox = sandbox(100).await;
    let client = probely(&sandbox);
    let people = whole(async |page| client.list_users(&of_users(page)).await.unwrap().list).await;
    let services = whole(async |page| client.list_api_users(&of_users(page)).await.unwrap().list).await;
    assert_eq!((people.len(), services.len()), (90, 10));
    let distinct: HashSet<_> = ids(&people).into_iter().chain(ids(&services)).collect();
    assert_eq!(distinct.len(), 100);
    for service in &services {
        assert!(
            service.is_apiuser.is_known_to_be(&true)
                && service.email.is_absent()
                && service.title.is_absent()
        );
        let id = service.id.value().unwrap().as_str();
        assert_eq!(client.get_api_user(id).await.unwrap(), *service);
        assert_eq!(client.get_user(id).await.unwrap_err().kind(), ErrorKind::NotFound);
    }
    let mut inactive = ListUsers::default();
    inactive.active = Some(false);
    let inactive = client.list_api_users(&inactive).await.unwrap().list;
    assert!(
        !inactive.results.is_empty()
            && inactive.results.iter().all(|user| user.active.is_known_to_be(&false))
    );
    let own = client.get_profile().await.unwrap();
    assert_eq!(own.id, people[0].id);
    for operation in ["api_users_list", "api_users_retrieve"] {
        assert!(operations(&sandbox).contains(&operation), "{operation}");
    }
}

#[tokio::test]
async fn an_empty_list_of_probely_has_one_page_and_none_remains() {
    let sandbox = sandbox(0).await;
    let client = probely(&sandbox);
    let list = client.list_api_users(&of_users(1)).await.unwrap().list;
    assert_eq!((list.page_total.value(), list.length.value(), list.results.len()), (Some(&1), Some(&7), 0));
    assert_eq!(list.remaining(), Some(0..0));
    let error = client.list_api_users(&of_users(2)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
}

#[tokio::test]
async fn what_users_of_probely_refer_to_is_listed() {
    let sandbox = sandbox(120).await;
    let client = probely(&sandbox);
    let roles = whole(async |page| client.list_roles(&of_page(page)).await.unwrap().list).await;
    let labels = whole(async |page| client.list_labels(&of_page(page)).await.unwrap().list).await;
    let teams = whole(async |page| client.list_teams(&of_page(page)).await.unwrap().list).await;
    let user_labels = whole(async |page| client.list_user_labels(&of_page(page)).await.unwrap().list).await;
    assert_eq!(user_labels, labels);
    let permissions = whole(async |page| client.list_permissions(&of_page(page)).await.unwrap().list).await;
    let mut assigned = Vec::new();
    for holders in [RoleHolders::Users, RoleHolders::ApiUsers] {
        let of_page = |page| {
            let mut list = ListAssignments::default();
            (list.length, list.page) = (Some(7), Some(page));
            list
        };
        let page = async |page| client.list_role_assignments(holders, &of_page(page)).await.unwrap().list;
        assigned.extend(whole(page).await);
    }
    let people = whole(async |page| client.list_users(&of_users(page)).await.unwrap().list).await;
    let services = whole(async |page| client.list_api_users(&of_users(page)).await.unwrap().list).await;

    assert!(
        roles.iter().any(|role| role.custom.is_known_to_be(&true))
            && roles.iter().any(|role| role.custom.is_known_to_be(&false))
    );
    assert!(roles.iter().any(|role| role.description.is_absent()));
    let shapes: HashSet<_> = services
        .iter()
        .map(|user| match user.user_roles.value() {
            Some(UserRoles::List(_)) => "list",
            Some(UserRoles::Text(_)) => "text",
            Some(_) => "other",
            None => user.user_roles.record_state().as_str(),
        })
        .collect();
    assert_eq!(shapes, HashSet::from(["list", "text", "null", "absent"]));

    let users = || people.iter().chain(&services);
    let carried: Vec<_> = users()
        .filter_map(|user| match user.user_roles.value() {
            Some(UserRoles::List(roles)) => Some(roles),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(assigned.len(), carried.len());
    for (assigned, carried) in assigned.iter().zip(carried) {
        assert_eq!(assigned.id, carried.id);
        let role: &Role = assigned.role.value().unwrap();
        assert!(roles.contains(role));
        assert_eq!(role.id, carried.role.value().unwrap().id);
        let granted = role.permissions.items().iter();
        assert!(granted.clone().all(|one| permissions.iter().any(|known| known.id == one.id)));
        // Nothing is sent that this version does not know.
        assert!(assigned.unknown.is_empty());
        let holder = assigned.user.value().unwrap();
        assert!(users().any(|user| user.id == holder.id && user.name == holder.name));
        // An assignment says more of a scope than the user does.
        let (scope, known) = (assigned.scope.value().unwrap(), carried.scope.value().unwrap());
        assert_eq!(scope.tier, known.tier);
        assert_eq!(scope.team.value(), known.team.value());
        assert_eq!(scope.target.value().map(|it| &it.id), known.target.value().map(|it| &it.id));
        assert!(scope.target.value().is_none_or(|target| target.url.is_known()));
        if let Some(team) = scope.team.value() {
            assert!(teams.iter().any(|known| known.id == team.id && known.name == team.name));
        }
    }
    for label in users().flat_map(|user| user.labels.items()) {
        assert!(labels.contains(label));
    }
}

#[tokio::test]
async fn the_organization_at_anthropic_is_read_with_an_admin_key() {
    let sandbox = sandbox(120).await;
    let client = admin(&sandbox);
    let organization = client.get_organization().await.unwrap();
    assert_eq!(organization.record_type, "organization".into());
    assert!(organization.id.is_known() && organization.unknown.is_empty());

    let mut users: Vec<OrganizationUser> = Vec::new();
    let mut list = ListOrganizationUsers::default();
    list.paging.limit = Some(7);
    loop {
        let page = client.list_organization_users(&list).await.unwrap().list;
        let following = list.paging.following(&page).unwrap();
        users.extend(page.data);
        let Some(next) = following else { break };
        list.paging = next;
    }
    assert_eq!(users.len(), 30);
    let id = |user: &OrganizationUser| user.id.value().unwrap().as_str().to_owned();
    assert_eq!(users.iter().map(id).collect::<HashSet<_>>().len(), 30);
    assert_eq!(client.get_organization_user(&id(&users[3])).await.unwrap(), users[3]);
    // One field that this version does not know is there, and null.
    assert_eq!(users[3].unknown.get("last_active_at").unwrap().get(), "null");

    let mut back = ListOrganizationUsers::default();
    (back.paging.before_id, back.paging.limit) = (Some(id(&users[29])), Some(20));
    let page = client.list_organization_users(&back).await.unwrap().list;
    assert_eq!(page.data, users[9..29]);
    back.paging = back.paging.following(&page).unwrap().unwrap();
    let page = client.list_organization_users(&back).await.unwrap().list;
    assert_eq!((&page.data[..], back.paging.following(&page).unwrap()), (&users[..9], None));

    let mut by_address = ListOrganizationUsers::default();
    by_address.email = users[5].email.value().cloned();
    assert_eq!(client.list_organization_users(&by_address).await.unwrap().list.data, users[5..6]);
    let mut by_role = ListOrganizationUsers::default();
    by_role.paging.limit = Some(1000);
    by_role.roles = vec![OrganizationRole::Admin, OrganizationRole::Billing];
    let found = client.list_organization_users(&by_role).await.unwrap().list.data;
    assert!(!found.is_empty() && found.len() < 30);
    assert!(found.iter().all(|user| by_role.roles.contains(user.role.value().unwrap())));
    // A word that is in no document survives.
    assert!(users.iter().any(|user| user.role.is_known_to_be(&OrganizationRole::from("auditor"))));
}

#[tokio::test]
async fn invites_at_anthropic_are_read_in_every_status() {
    let sandbox = sandbox(40).await;
    let client = admin(&sandbox);
    let mut list = ListInvites::default();
    list.paging.limit = Some(3);
    let mut invites = Vec::new();
    loop {
        let page = client.list_invites(&list).await.unwrap().list;
        let following = list.paging.following(&page).unwrap();
        invites.extend(page.data);
        let Some(next) = following else { break };
        list.paging = next;
    }
    assert_eq!(invites.len(), 10);
    for invite in &invites {
        let is_accepted = invite.status.is_known_to_be(&InviteStatus::Accepted);
        assert_eq!(
            (invite.accepted_at.is_known(), invite.accepted_at.is_null()),
            (is_accepted, !is_accepted)
        );
        assert!(invite.rbac_group_ids.is_known() && invite.unknown.is_empty());
    }
    assert!(invites.iter().any(|invite| invite.status.is_known_to_be(&InviteStatus::from("bounced"))));
    let id = invites[4].id.value().unwrap().as_str();
    assert_eq!(client.get_invite(id).await.unwrap(), invites[4]);
    assert_eq!(
        client.get_organization_user(id).await.unwrap_err().kind(),
        ErrorKind::NotFound,
        "an invite is no user"
    );
    let error = {
        let mut list = ListInvites::default();
        list.paging.after_id = Some("invite_01nobody".to_owned());
        client.list_invites(&list).await.unwrap_err()
    };
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, Some(400)));
}

#[tokio::test]
async fn an_organization_without_people_is_one_empty_page() {
    let sandbox = sandbox(0).await;
    let page = admin(&sandbox).list_organization_users(&ListOrganizationUsers::default()).await.unwrap().list;
    assert!(page.data.is_empty() && page.first_id.is_null() && page.last_id.is_null());
    assert_eq!((page.next_after_id().unwrap(), page.next_before_id().unwrap()), (None, None));
}

#[tokio::test]
async fn each_of_anthropics_keys_is_refused_where_the_other_belongs() {
    let sandbox = sandbox(20).await;
    let plain = anthropic(&sandbox, &sandbox.description().anthropic.api_key);
    let errors = [
        plain.get_organization().await.unwrap_err(),
        plain.list_organization_users(&ListOrganizationUsers::default()).await.unwrap_err(),
        plain.get_organization_user("user_01x").await.unwrap_err(),
        plain.list_invites(&ListInvites::default()).await.unwrap_err(),
        plain.get_invite("invite_01x").await.unwrap_err(),
    ];
    for error in &errors {
        assert_eq!((error.kind(), error.status()), (ErrorKind::PermissionDenied, Some(403)), "{error}");
        assert_eq!(error.code(), Some("permission_error"));
        assert_eq!(error.service_message(), Some("An admin key is required here."));
        assert!(error.hint().unwrap().contains("admin key"), "{error}");
    }
    let named: Vec<_> = errors.iter().map(|error| error.operation().unwrap()).collect();
    assert_eq!(named, operations(&sandbox));

    let error = anthropic(&sandbox, "no-key").get_organization().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthenticated, Some(401)));
    let error = admin(&sandbox).list_user_profiles(&ListUserProfiles::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(!error.to_string().contains("sandbox-anthropic"), "{error}");
}

#[tokio::test]
async fn user_profiles_are_filtered_by_status_and_only_without_a_beta() {
    let sandbox = sandbox(60).await;
    let described = &sandbox.description().anthropic;
    let client = anthropic(&sandbox, &described.api_key);
    let mut list = ListUserProfiles::default();
    list.enforcement_status = vec![EnforcementStatus::Banned, EnforcementStatus::Restricted];
    list.paging.limit = Some(5);
    let (mut found, mut fewer) = (Vec::new(), false);
    loop {
        let page = client.list_user_profiles(&list).await.unwrap().list;
        fewer |= page.data.len() < 5 && page.next_page.is_known();
        found.extend(page.data);
        list.paging.page = page.next_page.into_value();
        if list.paging.page.is_none() {
            break;
        }
    }
    assert!(fewer && !found.is_empty() && found.len() < 60);
    assert!(found.iter().all(|user| {
        list.enforcement_status.iter().any(|status| user.enforcement_status.is_known_to_be(status.as_str()))
    }));

    // The first beta does not know the filter.
    let config = AnthropicConfig::with_api_key("sandbox".parse().unwrap(), described.api_key.clone());
    let client = AnthropicClient::new(config.at(&described.base_url)).unwrap();
    list.paging.page = None;
    let error = client.list_user_profiles(&list).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidRequest, Some("invalid_request_error")));
}
