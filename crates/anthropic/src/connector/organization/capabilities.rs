//! What an account can do with the organization's own people, and which record shows which field.

use std::borrow::Cow;

use anyprofile_core::{
    Capabilities, FieldPath, IdKind,
    capabilities::{AtCreation, FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
    query::FilterPart,
};

use super::{INVITE, ORGANIZATION_USER};
use crate::{map, operations::MAX_LIMIT, wire::OrganizationRole};

/// The kinds of ids of what can be written.
const INVITES: &[IdKind] = &[INVITE];
const USERS_AND_INVITES: &[IdKind] = &[ORGANIZATION_USER, INVITE];

/// How many are asked for where the caller names no size: as many as older pages of the reference allow.
const PAGE_SIZE: u32 = 100;

pub(super) fn capabilities() -> Capabilities {
    use map::{INVITE as INVITE_VIEW, ORGANIZATION as ORGANIZATION_VIEW, ORGANIZATION_USER as USER_VIEW};
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::of([ORGANIZATION_USER, INVITE]);
    operations.get = Support::of([ORGANIZATION_USER, INVITE, IdKind::ORGANIZATION]);
    operations.current = Support::of([IdKind::ORGANIZATION]);
    operations.members = Support::of([IdKind::ORGANIZATION]);
    operations.enrich = Support::no("Anthropic shows all it has of a user or an invite in one record");
    operations.create = Support::of([INVITE]);
    operations.update = Support::of([ORGANIZATION_USER]);
    operations.deactivate =
        Support::no("Anthropic's API has no operation that deactivates a user: one is removed (delete)");
    operations.enroll = Support::no("people are invited to an organization: create an invite");
    operations.delete = Support::of([ORGANIZATION_USER, INVITE]);
    let listing = &mut capabilities.listing;
    listing.collections = vec![
        ListedCollection::new(ORGANIZATION_USER, [USER_VIEW]),
        // An address and a role narrow the users, and not the invites.
        ListedCollection::new(INVITE, [INVITE_VIEW]).without_filters([FilterPart::Email, FilterPart::Role]),
    ];
    listing.page_size = true;
    listing.max_page_size = Some(MAX_LIMIT);
    listing.default_page_size = Some(PAGE_SIZE);
    listing.filters = vec![FilterPart::Email, FilterPart::Role];
    listing.filter_roles = OrganizationRole::WORDS.iter().map(|word| Cow::Borrowed(*word)).collect();
    capabilities.members = listing.clone();
    capabilities.members.collections.truncate(1);
    let settable_roles = OrganizationRole::SETTABLE.iter().map(OrganizationRole::as_str);
    let person = |path, user: &'static str, invite: &'static str| {
        FieldSpec::read_in(path, USER_VIEW, user).and_in(INVITE_VIEW, invite)
    };
    capabilities.fields = [
        person(FieldPath::ID, "id", "id").and_in(ORGANIZATION_VIEW, "id"),
        person(FieldPath::KIND, "(always human)", "(always human)")
            .and_in(ORGANIZATION_VIEW, "(always organization)"),
        FieldSpec::read_in(FieldPath::STATUS, INVITE_VIEW, "status"),
        FieldSpec::read_in(FieldPath::STATUS_RAW, INVITE_VIEW, "status"),
        person(FieldPath::EMAILS, "email", "email").writable(
            WriteRule::set_only(INVITES, ValueFormat::Email)
                .at_creation(AtCreation::Required)
                .not_by_update()
                .with_creation_warning("the service writes an invitation to this address"),
        ),
        person(FieldPath::ROLES, "role", "role").writable(
            WriteRule::set_only(USERS_AND_INVITES, ValueFormat::OneOf(settable_roles.collect()))
                .at_creation(AtCreation::Required)
                .with_warning("a role that the API does not give, such as admin, cannot be given back by it"),
        ),
        FieldSpec::read_in(FieldPath::NAME_DISPLAY, USER_VIEW, "name").and_in(ORGANIZATION_VIEW, "name"),
        person(FieldPath::TIMES_CREATED, "added_at", "invited_at"),
        FieldSpec::read_in(FieldPath::extension("extension.invite"), INVITE_VIEW, "(the record)"),
    ]
    .into_iter()
    .collect();
    capabilities
}
