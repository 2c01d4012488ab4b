//! The capabilities of an account for the organization's own people, and the records that contain each field.

use std::borrow::Cow;

use anyprofile_core::{
    Capabilities, FieldPath, IdKind, Status,
    capabilities::{AtCreation, FieldSpec, ListedCollection, Operations, Support, ValueFormat, WriteRule},
    query::FilterPart,
};

use super::{
    INVITE, ORGANIZATION_USER, RBAC_GROUP, RBAC_GROUP_MEMBER, SERVICE_ACCOUNT, WORKSPACE, WORKSPACE_MEMBER,
    WORKSPACE_SERVICE_ACCOUNT,
};
use crate::{
    map,
    operations::MAX_LIMIT,
    wire::{InviteStatus, OrganizationRole},
};

/// The kinds of ids that can be written.
const INVITES: &[IdKind] = &[INVITE];
const USERS_AND_INVITES: &[IdKind] = &[ORGANIZATION_USER, INVITE];

/// The default page size: the maximum in older pages of the reference.
const PAGE_SIZE: u32 = 100;

/// Sets what the operations need of the credential, as far as it is documented.
fn needs(operations: &mut Operations, shows_service_accounts: bool) {
    let of_people = "an admin key, or a token with `org:admin`; a key of a Claude Enterprise organization needs the scope";
    let read = format!("{of_people} read:members, and read:rbac_groups for the members of a group");
    let more = if shows_service_accounts { "; service accounts need the token" } else { "" };
    operations.need(&["list", "get", "members"], format!("{read}{more}"));
    operations.need(&["current"], "an admin key, or a token with `org:admin`");
    let write = format!("{of_people} write:members");
    operations.need(&["delete"], format!("{write}, and write:rbac_groups to remove a member of a group"));
    operations.need(&["create", "update"], write);
    if shows_service_accounts {
        operations.need(&["deactivate"], "a token with `org:admin`");
    }
}

pub(super) fn capabilities(shows_service_accounts: bool) -> Capabilities {
    use map::{
        INVITE as INVITE_VIEW, ORGANIZATION as ORGANIZATION_VIEW, ORGANIZATION_USER as USER_VIEW,
        RBAC_GROUP_MEMBER as IN_GROUP, SERVICE_ACCOUNT as ACCOUNT_VIEW, WORKSPACE_MEMBER as IN_WORKSPACE,
    };
    let mut capabilities = Capabilities::default();
    let accounts = shows_service_accounts.then_some(SERVICE_ACCOUNT);
    let account_memberships = shows_service_accounts.then_some(WORKSPACE_SERVICE_ACCOUNT);
    let memberships = [WORKSPACE_MEMBER, RBAC_GROUP_MEMBER].into_iter().chain(account_memberships);
    let operations = &mut capabilities.operations;
    operations.list = Support::of([ORGANIZATION_USER, INVITE].into_iter().chain(accounts.clone()));
    let readable = [ORGANIZATION_USER, INVITE, IdKind::ORGANIZATION].into_iter().chain(accounts.clone());
    operations.get = Support::of(readable.chain(memberships.clone()));
    operations.current = Support::of([IdKind::ORGANIZATION]);
    operations.members = Support::of([IdKind::ORGANIZATION, WORKSPACE, RBAC_GROUP]);
    operations.enrich =
        Support::no("Anthropic has only one record of a user, an invite or a service account");
    operations.create = Support::of([INVITE]);
    operations.update = Support::of([ORGANIZATION_USER]);
    operations.deactivate = match accounts {
        Some(accounts) => Support::of([accounts]),
        None => Support::no(
            "Anthropic's API has no operation that deactivates a user: delete the user to remove it from the organization",
        ),
    };
    operations.enroll =
        Support::no("Anthropic has no enrollment links for an organization: create an invite");
    operations.delete = Support::of([ORGANIZATION_USER, INVITE].into_iter().chain(memberships));
    needs(operations, shows_service_accounts);
    let listing = &mut capabilities.listing;
    listing.collections = vec![
        ListedCollection::new(ORGANIZATION_USER, [USER_VIEW]).without_filters([FilterPart::Status]),
        ListedCollection::new(INVITE, [INVITE_VIEW]),
    ];
    let unfiltered = [FilterPart::Email, FilterPart::Role, FilterPart::Status];
    listing.page_size = true;
    listing.max_page_size = Some(MAX_LIMIT);
    listing.default_page_size = Some(PAGE_SIZE);
    listing.filters = unfiltered.to_vec();
    listing.filter_roles = OrganizationRole::WORDS.iter().map(|word| Cow::Borrowed(*word)).collect();
    // The service cannot filter for deleted invites.
    let invited = [InviteStatus::Pending, InviteStatus::Accepted, InviteStatus::Expired];
    listing.filter_statuses = invited.iter().map(|status| Status::from(status.as_str())).collect();
    let mut members = listing.clone();
    // The users of many members are read together, a page of members at a time.
    members.default_page_size = Some(MAX_LIMIT);
    members.collections = vec![
        ListedCollection::new(ORGANIZATION_USER, [USER_VIEW]).without_filters([FilterPart::Status]),
        ListedCollection::new(WORKSPACE_MEMBER, [IN_WORKSPACE, USER_VIEW]).without_filters(unfiltered),
        ListedCollection::new(RBAC_GROUP_MEMBER, [IN_GROUP, USER_VIEW]).without_filters(unfiltered),
    ];
    if shows_service_accounts {
        listing
            .collections
            .push(ListedCollection::new(SERVICE_ACCOUNT, [ACCOUNT_VIEW]).without_filters(unfiltered));
        members.collections.push(
            ListedCollection::new(WORKSPACE_SERVICE_ACCOUNT, [IN_WORKSPACE, ACCOUNT_VIEW])
                .without_filters(unfiltered),
        );
        members.hides =
            vec!["service accounts that are archived, or are in the default workspace by themselves".into()];
    } else {
        let reason = "service accounts, which the service shows to a token with `org:admin` alone";
        listing.hides = vec![reason.into()];
        members.hides = vec![reason.into()];
    }
    capabilities.members = members;
    let settable_roles = OrganizationRole::SETTABLE.iter().map(OrganizationRole::as_str);
    let person = |path, user: &'static str, invite: &'static str| {
        FieldSpec::read_in(path, USER_VIEW, user).and_in(INVITE_VIEW, invite)
    };
    capabilities.fields = [
        person(FieldPath::ID, "id", "id")
            .and_in(ORGANIZATION_VIEW, "id")
            .and_in(ACCOUNT_VIEW, "id")
            .and_in(IN_WORKSPACE, "user_id, service_account_id")
            .and_in(IN_GROUP, "user_id"),
        person(FieldPath::KIND, "(always human)", "(always human)")
            .and_in(ORGANIZATION_VIEW, "(always organization)")
            .and_in(ACCOUNT_VIEW, "(always service)")
            .and_in(IN_WORKSPACE, "(human or service)")
            .and_in(IN_GROUP, "(always human)"),
        FieldSpec::read_in(FieldPath::STATUS, INVITE_VIEW, "status").and_in(ACCOUNT_VIEW, "archived_at"),
        FieldSpec::read_in(FieldPath::STATUS_RAW, INVITE_VIEW, "status"),
        person(FieldPath::EMAILS, "email", "email").and_in(IN_GROUP, "email").writable(
            WriteRule::set_only(INVITES, ValueFormat::Email)
                .at_creation(AtCreation::Required)
                .not_by_update()
                .with_creation_warning("the service sends an invitation to this address"),
        ),
        person(FieldPath::ROLES, "role", "role")
            .and_in(ACCOUNT_VIEW, "organization_role")
            .and_in(IN_WORKSPACE, "workspace_role")
            .writable(
                WriteRule::set_only(USERS_AND_INVITES, ValueFormat::one_of(settable_roles))
                    .at_creation(AtCreation::Required)
                    .with_warning("if the current role is one that the API cannot grant, such as admin, the API cannot restore it"),
            ),
        FieldSpec::read_in(FieldPath::NAME_DISPLAY, USER_VIEW, "name")
            .and_in(ORGANIZATION_VIEW, "name")
            .and_in(ACCOUNT_VIEW, "name"),
        person(FieldPath::TIMES_CREATED, "added_at", "invited_at").and_in(ACCOUNT_VIEW, "created_at"),
        FieldSpec::read_in(FieldPath::TIMES_UPDATED, ACCOUNT_VIEW, "updated_at"),
        FieldSpec::read_in(FieldPath::GROUPS, INVITE_VIEW, "rbac_group_ids").and_in(IN_GROUP, "rbac_group_id"),
        FieldSpec::read_in(FieldPath::extension("extension.invite"), INVITE_VIEW, "(the record)"),
        FieldSpec::read_in(FieldPath::extension("extension.group_member"), IN_GROUP, "(the record)"),
        FieldSpec::read_in(FieldPath::extension("extension.service_account"), ACCOUNT_VIEW, "(the record)"),
    ]
    .into_iter()
    .filter_map(|mut spec: FieldSpec| {
        spec.sources.retain(|source| shows_service_accounts || source.view != Some(ACCOUNT_VIEW));
        (!spec.sources.is_empty()).then_some(spec)
    })
    .collect();
    capabilities
}
