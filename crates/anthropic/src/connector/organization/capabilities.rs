//! The capabilities of an account for the organization's own people, and the records that contain each field.

use std::borrow::Cow;

use anyprofile_core::{
    Capabilities, FieldPath, IdKind,
    capabilities::{AtCreation, FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
    query::FilterPart,
};

use super::{INVITE, ORGANIZATION_USER};
use crate::{map, operations::MAX_LIMIT, wire::OrganizationRole};

/// The kinds of ids that can be written.
const INVITES: &[IdKind] = &[INVITE];
const USERS_AND_INVITES: &[IdKind] = &[ORGANIZATION_USER, INVITE];

/// The default page size: the maximum in older pages of the reference.
const PAGE_SIZE: u32 = 100;

pub(super) fn capabilities() -> Capabilities {
    use map::{INVITE as INVITE_VIEW, ORGANIZATION as ORGANIZATION_VIEW, ORGANIZATION_USER as USER_VIEW};
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::of([ORGANIZATION_USER, INVITE]);
    operations.get = Support::of([ORGANIZATION_USER, INVITE, IdKind::ORGANIZATION]);
    operations.current = Support::of([IdKind::ORGANIZATION]);
    operations.members = Support::of([IdKind::ORGANIZATION]);
    operations.enrich = Support::no("Anthropic has only one record of a user or an invite");
    operations.create = Support::of([INVITE]);
    operations.update = Support::of([ORGANIZATION_USER]);
    operations.deactivate = Support::no(
        "Anthropic's API has no operation that deactivates a user: delete the user to remove it from the organization",
    );
    operations.enroll =
        Support::no("Anthropic has no enrollment links for an organization: create an invite");
    operations.delete = Support::of([ORGANIZATION_USER, INVITE]);
    let listing = &mut capabilities.listing;
    listing.collections = vec![
        ListedCollection::new(ORGANIZATION_USER, [USER_VIEW]),
        // The filters by e-mail address and role apply to users, but not to invites.
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
                .with_creation_warning("the service sends an invitation to this address"),
        ),
        person(FieldPath::ROLES, "role", "role").writable(
            WriteRule::set_only(USERS_AND_INVITES, ValueFormat::OneOf(settable_roles.collect()))
                .at_creation(AtCreation::Required)
                .with_warning("if the current role is one that the API cannot grant, such as admin, the API cannot restore it"),
        ),
        FieldSpec::read_in(FieldPath::NAME_DISPLAY, USER_VIEW, "name").and_in(ORGANIZATION_VIEW, "name"),
        person(FieldPath::TIMES_CREATED, "added_at", "invited_at"),
        FieldSpec::read_in(FieldPath::extension("extension.invite"), INVITE_VIEW, "(the record)"),
    ]
    .into_iter()
    .collect();
    capabilities
}
