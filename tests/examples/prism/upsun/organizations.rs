//! The members of an organization.

use anyprofile::upsun::{
    ArrayFilter, ListOrganizationMembers, Sort, TimeSort, UpsunClient, wire::OrganizationPermission,
};

use super::{ORGANIZATION, USER, page, writes::done};
use crate::check::{Check, Seen};

/// The positions behind the links that the service would send.
pub(super) const CURSORS: [&str; 2] = ["?page[before]=WyIx", "?page[after]=WyIy"];

pub(super) async fn call(check: &mut Check, client: &UpsunClient) {
    members(check, client).await;
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
