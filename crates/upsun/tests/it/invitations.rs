//! Invitations to organizations and projects.

use anyprofile_core::{ErrorKind, Field};
use anyprofile_upsun::{
    InvitationSort, ListInvitations, Sort, StringFilter,
    wire::{
        EnvironmentRole, EnvironmentType, InvitationState, NewOrganizationInvitation, NewProjectInvitation,
        OrganizationInvitation, OrganizationPermission, ProjectInvitation, ProjectRole,
    },
};

use crate::{
    client,
    support::{Script, json, response},
};

const TO_ORGANIZATION: &str = r#"{"id":"i-1","state":"pending","organization_id":"01H","email":"ada@example.com",
    "owner":{"id":"u-1","display_name":"Ada Example"},"created_at":"2026-11-20T10:00:00Z",
    "updated_at":"2026-11-20T10:00:00Z","finished_at":null,
    "permissions":["project:create","projects:create","projects:list","dance"]}"#;
const TO_PROJECT: &str = r#"{"id":"i-2","state":"snoozed","project_id":"p-1","role":"admin","email":"ada@example.com",
    "owner":{"id":"u-1","display_name":""},"created_at":"2026-11-20T10:00:00Z","updated_at":"2026-11-20T10:00:00Z",
    "finished_at":"2026-11-20T10:00:02Z","environments":[{"id":"main","type":"production","role":"viewer",
    "title":"Main"},{"id":"x","type":"preview","role":"dancer","title":""}],"reminded":2}"#;

fn every_parameter() -> ListInvitations {
    let mut list = ListInvitations::default();
    list.state = StringFilter::new().any_of(["pending", "error"]).ne("processing");
    list.page_size = Some(100);
    list.sort = Some(Sort::descending(InvitationSort::UpdatedAt));
    (list.after, list.before) = (Some("a=b".to_owned()), Some(String::new()));
    list
}

#[tokio::test]
async fn a_list_of_invitations_sends_its_parameters_in_brackets() {
    let script = Script::by(|_| json(200, "[]").into());
    let client = client(&script);
    for list in [ListInvitations::default(), every_parameter()] {
        assert!(client.list_organization_invitations("01H", &list).await.unwrap().items.is_empty());
        assert!(client.list_project_invitations("p/1", &list).await.unwrap().items.is_empty());
    }
    let query = "filter%5Bstate%5D%5Bin%5D=pending%2Cerror&filter%5Bstate%5D%5Bne%5D=processing&page%5Bsize%5D=100\
                 &page%5Bafter%5D=a%3Db&page%5Bbefore%5D=&sort=-updated_at";
    assert_eq!(
        script.requests(),
        [
            "GET /organizations/01H/invitations".to_owned(),
            "GET /projects/p%2F1/invitations".to_owned(),
            format!("GET /organizations/01H/invitations?{query}"),
            format!("GET /projects/p%2F1/invitations?{query}"),
        ]
    );
}

#[tokio::test]
async fn a_list_of_invitations_that_cannot_be_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = client(&script);
    let list = ListInvitations::default();
    let mut too_large = ListInvitations::default();
    too_large.page_size = Some(101);
    for error in [
        client.list_organization_invitations("name=acme", &list).await.unwrap_err(),
        client.list_organization_invitations("", &list).await.unwrap_err(),
        client.list_organization_invitations("01H", &too_large).await.unwrap_err(),
        client.list_project_invitations("..", &list).await.unwrap_err(),
        client.list_project_invitations("p", &too_large).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
    }
}

#[tokio::test]
async fn invitations_are_a_bare_array_and_one_bad_record_is_set_aside() {
    let script = Script::of([
        json(200, format!(r#"[{TO_ORGANIZATION},"ada@example.com"]"#)),
        json(200, format!("[{TO_PROJECT}]")),
        json(200, r#"{"items":[]}"#),
    ]);
    let client = client(&script);
    let list = ListInvitations::default();
    let page = client.list_organization_invitations("01H", &list).await.unwrap();
    assert_eq!((page.items.len(), page.quarantined.len()), (1, 1));
    assert!(!format!("{page:?}").contains("ada"), "{page:?}");
    let page = client.list_project_invitations("p-1", &list).await.unwrap();
    assert_eq!(page.items[0].role, ProjectRole::Admin.into());
    let error = client.list_organization_invitations("01H", &list).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[test]
fn an_invitation_keeps_both_words_for_creating_projects_and_what_is_not_known() {
    let invitation: OrganizationInvitation = serde_json::from_str(TO_ORGANIZATION).unwrap();
    assert_eq!(
        invitation.permissions.items(),
        [
            OrganizationPermission::ProjectCreate,
            OrganizationPermission::ProjectsCreate,
            OrganizationPermission::ProjectsList,
            OrganizationPermission::Other("dance".to_owned()),
        ]
    );
    assert_eq!(
        (invitation.finished_at.is_null(), invitation.state.clone()),
        (true, InvitationState::Pending.into())
    );
    let to_project: ProjectInvitation = serde_json::from_str(TO_PROJECT).unwrap();
    let environments = to_project.environments.items();
    assert_eq!(environments[0].environment_type, EnvironmentType::Production.into());
    assert_eq!(environments[1].role, EnvironmentRole::Other("dancer".to_owned()).into());
    assert_eq!(to_project.state.value().unwrap().as_str(), "snoozed");
    for (text, again) in [
        (TO_ORGANIZATION, serde_json::to_value(&invitation).unwrap()),
        (TO_PROJECT, serde_json::to_value(&to_project).unwrap()),
    ] {
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).unwrap());
    }
}

#[tokio::test]
async fn a_new_invitation_may_be_accepted_or_have_failed() {
    for (word, state) in [
        ("accepted", InvitationState::Accepted),
        ("cancelled", InvitationState::Cancelled),
        ("error", InvitationState::Error),
        ("processing", InvitationState::Processing),
    ] {
        let script = Script::of([json(201, format!(r#"{{"id":"i-1","state":"{word}"}}"#))]);
        let invitation = NewOrganizationInvitation::new("ada@example.com", []);
        let created = client(&script).create_organization_invitation("01H", &invitation).await.unwrap();
        assert_eq!(created.state, Field::Value(state));
        // A list that grants nothing is sent.
        assert_eq!(script.only().body, r#"{"email":"ada@example.com","permissions":[]}"#);
    }
    let script = Script::of([json(201, r#"{"id":"i-1","state":"pending"}"#)]);
    let invitation = NewProjectInvitation::new("ada@example.com");
    client(&script).create_project_invitation("p", &invitation).await.unwrap();
    assert_eq!(script.only().body, r#"{"email":"ada@example.com"}"#);
}

#[tokio::test]
async fn an_invitation_whose_response_is_empty_may_have_been_sent() {
    let script = Script::by(|_| response(201).into());
    let client = client(&script);
    let invitation = NewOrganizationInvitation::new("ada@example.com", []);
    for error in [
        client.create_organization_invitation("01H", &invitation).await.unwrap_err(),
        client
            .create_project_invitation("p", &NewProjectInvitation::new("ada@example.com"))
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.hint().unwrap().contains("list the invitations"), "{error}");
    }
}

#[tokio::test]
async fn a_pending_invitation_and_a_full_plan_are_told_apart() {
    let failed = |status| json(status, r#"{"error":"ada@example.com"}"#);
    let script = Script::of([failed(409), failed(402), response(404), response(404)]);
    let client = client(&script);
    let invitation = NewProjectInvitation::new("ada@example.com");
    let pending = client.create_project_invitation("p", &invitation).await.unwrap_err();
    assert_eq!((pending.kind(), pending.may_have_taken_effect()), (ErrorKind::Conflict, false));
    assert!(pending.hint().unwrap().contains("force"), "{pending}");
    let full = client.create_project_invitation("p", &invitation).await.unwrap_err();
    assert_eq!((full.kind(), full.status()), (ErrorKind::PermissionDenied, Some(402)));
    assert!(full.to_string().contains("no further user"), "{full}");
    assert!(!format!("{pending} {full:?}").contains("ada"));
    // A 404 without a body is an answer of the service.
    for error in [
        client.cancel_organization_invitation("01H", "i").await.unwrap_err(),
        client.cancel_project_invitation("p", "i").await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
    }
}
