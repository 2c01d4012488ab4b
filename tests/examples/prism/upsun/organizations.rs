//! The members of an organization, invitations, and the second factor that is required.

use anyprofile::{
    listing::Page,
    upsun::{
        ArrayFilter, InvitationSort, ListInvitations, ListOrganizationMembers, Sort, TimeSort, UpsunClient,
        wire::{
            EnvironmentGrant, EnvironmentRole, EnvironmentType, EnvironmentTypeGrant,
            NewOrganizationInvitation, NewProjectInvitation, OrganizationPermission, ProjectRole,
        },
    },
};

use super::{ORGANIZATION, PROJECT, USER, every_text, page, writes::done};
use crate::{
    check::{Check, Record, Seen},
    fields::bodies,
};

/// The positions behind the links that the service would send.
pub(super) const CURSORS: [&str; 2] = ["?page[before]=WyIx", "?page[after]=WyIy"];

pub(super) async fn call(check: &mut Check, client: &UpsunClient) {
    members(check, client).await;
    invitations(check, client).await;
    invite(check, client).await;
    second_factor(check, client).await;
}

async fn members(check: &mut Check, client: &UpsunClient) {
    let members = async |organization, list: &ListOrganizationMembers| {
        client.list_organization_members(organization, list).await.map(|listed| page(&listed))
    };
    let plain = ListOrganizationMembers::default();
    check.operation("list-org-members", async || members(ORGANIZATION, &plain).await).await;
    let mut list = ListOrganizationMembers::default();
    list.permissions = ArrayFilter::new().eq("admin").ne("billing").any_of(["members", "plans"]);
    list.permissions = list.permissions.none_of(["projects:list"]);
    (list.page_size, list.sort) = (Some(100), Some(Sort::descending(TimeSort::UpdatedAt)));
    check.variant("list-org-members", async || members("name=acme", &list).await).await;
    for cursor in CURSORS {
        list.position = Some(cursor.into());
        check.variant("list-org-members", async || members(ORGANIZATION, &list).await).await;
    }
    let member =
        async |organization| Ok(Seen::one(&client.get_organization_member(organization, USER).await?));
    check.operation("get-org-member", async || member(ORGANIZATION).await).await;
    check.variant("get-org-member", async || member("name=acme").await).await;

    // The document has one of the two words for creating projects here.
    let every = OrganizationPermission::WORDS.iter().map(|word| OrganizationPermission::from(*word));
    let every: Vec<_> = every.filter(|it| *it != OrganizationPermission::ProjectCreate).collect();
    let permissions = [every, Vec::new()];
    let send = async |permissions: &Vec<OrganizationPermission>| {
        Ok(Seen::one(&client.create_organization_member(ORGANIZATION, USER, permissions).await?))
    };
    check.bodies("create-org-member", &permissions, send).await;
    let send = async |permissions: &Vec<OrganizationPermission>| {
        Ok(Seen::one(&client.update_organization_member(ORGANIZATION, USER, permissions).await?))
    };
    check.bodies("update-org-member", &permissions, send).await;
    let remove = async || client.delete_organization_member(ORGANIZATION, USER).await;
    done(check, "delete-org-member", remove).await;
}

fn array<T: Record>(page: &Page<T>) -> Seen {
    Seen::many("", &page.items, page.quarantined.len())
}

async fn invitations(check: &mut Check, client: &UpsunClient) {
    let mut narrowed = ListInvitations::default();
    (narrowed.state, narrowed.page_size) = (every_text(), Some(100));
    narrowed.sort = Some(Sort::descending(InvitationSort::UpdatedAt));
    (narrowed.after, narrowed.before) = (Some("WyIy".to_owned()), Some("WyIx".to_owned()));
    let lists = [ListInvitations::default(), narrowed];
    let send = async |list: &ListInvitations| {
        client.list_organization_invitations(ORGANIZATION, list).await.map(|listed| array(&listed))
    };
    check.bodies("list-org-invites", &lists, send).await;
    let send = async |list: &ListInvitations| {
        client.list_project_invitations(PROJECT, list).await.map(|listed| array(&listed))
    };
    check.bodies("list-project-invites", &lists, send).await;
    let cancel = async || client.cancel_organization_invitation(ORGANIZATION, USER).await;
    done(check, "cancel-org-invite", cancel).await;
    let cancel = async || client.cancel_project_invitation(PROJECT, USER).await;
    done(check, "cancel-project-invite", cancel).await;
}

const PROJECT_INVITATION: &[fn(&mut NewProjectInvitation)] = &[
    |it| it.role = Some(ProjectRole::Admin),
    |it| it.role = Some(ProjectRole::Viewer),
    |it| {
        it.permissions = Some(vec![
            EnvironmentTypeGrant::new(EnvironmentType::Production, EnvironmentRole::Viewer),
            EnvironmentTypeGrant::new(EnvironmentType::Staging, EnvironmentRole::Contributor),
            EnvironmentTypeGrant::new(EnvironmentType::Development, EnvironmentRole::Admin),
        ]);
    },
    |it| it.environments = Some(vec![EnvironmentGrant::new("main", EnvironmentRole::Viewer)]),
    |it| it.force = Some(true),
];

async fn invite(check: &mut Check, client: &UpsunClient) {
    // The document has the other of the two words for creating projects here.
    let every = OrganizationPermission::WORDS.iter().map(|word| OrganizationPermission::from(*word));
    let every = every.filter(|it| *it != OrganizationPermission::ProjectsCreate);
    let empty = NewOrganizationInvitation::new("ada@example.com", every);
    let force: &[fn(&mut NewOrganizationInvitation)] = &[|it| it.force = Some(true)];
    let mut invitations = bodies(&empty, force);
    invitations.push(NewOrganizationInvitation::new("ada@example.com", []));
    let send = async |invitation: &NewOrganizationInvitation| {
        Ok(Seen::one(&client.create_organization_invitation(ORGANIZATION, invitation).await?))
    };
    check.bodies("create-org-invite", &invitations, send).await;
    let invitations = bodies(&NewProjectInvitation::new("ada@example.com"), PROJECT_INVITATION);
    let send = async |invitation: &NewProjectInvitation| {
        Ok(Seen::one(&client.create_project_invitation(PROJECT, invitation).await?))
    };
    check.bodies("create-project-invite", &invitations, send).await;
}

async fn second_factor(check: &mut Check, client: &UpsunClient) {
    let read =
        async |organization| Ok(Seen::one(&client.get_organization_mfa_enforcement(organization).await?));
    check.operation("get-org-mfa-enforcement", async || read(ORGANIZATION).await).await;
    check.variant("get-org-mfa-enforcement", async || read("name=acme").await).await;
    let enable = async || client.enable_organization_mfa_enforcement(ORGANIZATION).await;
    done(check, "enable-org-mfa-enforcement", enable).await;
    let disable = async || client.disable_organization_mfa_enforcement(ORGANIZATION).await;
    done(check, "disable-org-mfa-enforcement", disable).await;
    let remind = async || {
        let results = client.send_organization_mfa_reminders(ORGANIZATION, &[USER]).await?;
        Ok(Seen::named(&results.reminders, results.quarantined.len()))
    };
    check.operation("send-org-mfa-reminders", remind).await;
}
