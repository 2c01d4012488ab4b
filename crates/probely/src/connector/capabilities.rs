//! The capabilities of an account, and the records that contain each field.

use anyprofile_core::{
    Capabilities, FieldPath, IdKind, Status,
    capabilities::{AtCreation, FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
    query::{FilterPart, Order, OrderField},
};

use super::API_USER;
use crate::{
    map::{self, PROFILE, USER},
    operations::{MAX_LABEL, MAX_NAME},
};

/// The kinds of ids that can be written.
const USERS: &[IdKind] = &[IdKind::USER];
const USERS_AND_API_USERS: &[IdKind] = &[IdKind::USER, API_USER];

/// The job titles in the reference. The empty one clears the title.
const TITLES: &[&str] = &["ceo", "cto", "cso", "seceng", "dev", "devop", "manager", "other"];

pub(super) fn capabilities(page_size: u32, ordering: Option<&str>) -> Capabilities {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::of([IdKind::USER, API_USER]);
    operations.get = Support::of([IdKind::USER, API_USER]);
    operations.current = Support::of([IdKind::USER, API_USER]);
    operations.enrich = Support::no("Probely has only one record of a user");
    operations.members = Support::no("Probely has teams, but no organizations with members");
    operations.create = Support::of([IdKind::USER]);
    operations.update = Support::of([IdKind::USER, API_USER]);
    operations.deactivate = Support::of([IdKind::USER, API_USER]);
    operations.enroll =
        Support::no("Probely has no enrollment links: it sends a message to new users itself");
    operations.delete = Support::no("Probely deactivates users instead of deleting them");
    let listing = &mut capabilities.listing;
    listing.collections =
        vec![ListedCollection::new(IdKind::USER, [USER]), ListedCollection::new(API_USER, [map::API_USER])];
    listing.page_size = true;
    listing.default_page_size = Some(page_size);
    listing.default_order = ordering.map(|ordering| match ordering.strip_prefix('-') {
        Some(field) => Order::descending(OrderField::from(field)),
        None => Order::ascending(OrderField::from(ordering)),
    });
    listing.orders = vec![OrderField::Updated, OrderField::Name, OrderField::Email];
    listing.any_order = true;
    listing.search = true;
    listing.filters = vec![FilterPart::Status, FilterPart::Mfa, FilterPart::Email, FilterPart::Label];
    listing.filter_statuses = vec![Status::Active, Status::Suspended];
    listing.declares_total = true;
    listing.numbered_pages = true;
    // Users, API users and the own profile have these fields in common.
    let all =
        |path, name| FieldSpec::read_in(path, USER, name).and_in(map::API_USER, name).and_in(PROFILE, name);
    // For an API user, the reference shows no e-mail address, no title and no second factor.
    let person = |path, name| FieldSpec::read_in(path, USER, name).and_in(PROFILE, name);
    let own = |path, name| FieldSpec::read_in(path, PROFILE, name);
    let users = |format| WriteRule::set_only(USERS, format);
    let both = |format| WriteRule::set_only(USERS_AND_API_USERS, format);
    capabilities.fields = [
        all(FieldPath::ID, "id"),
        person(FieldPath::KIND, "is_apiuser").and_in(map::API_USER, "(always service)"),
        all(FieldPath::STATUS, "active")
            .writable(both(ValueFormat::one_of(["active", "suspended"])).at_creation(AtCreation::Optional)),
        all(FieldPath::STATUS_RAW, "active"),
        person(FieldPath::EMAILS, "email").writable(
            users(ValueFormat::Email)
                .at_creation(AtCreation::Required)
                .with_warning("a new address resets the user's password and revokes the user's tokens")
                .with_creation_warning("if a deactivated user has this address, that user is reactivated"),
        ),
        person(FieldPath::TITLE, "title").writable(
            users(ValueFormat::one_of(TITLES.iter().copied())).at_creation(AtCreation::Optional).clearable(),
        ),
        // Roles are not updated with the user: each assignment is a record of its own. A user whose last role is
        // taken away stays, without access.
        all(FieldPath::GROUPS, "user_roles"),
        all(FieldPath::ROLES, "user_roles").writable(
            both(ValueFormat::roles(["account", "team", "target"]))
                .at_creation(AtCreation::Optional)
                .clearable(),
        ),
        all(FieldPath::LABELS, "labels").writable(
            both(ValueFormat::Names { max_characters: Some(MAX_LABEL) })
                .at_creation(AtCreation::Optional)
                .clearable(),
        ),
        all(FieldPath::CHANGED_BY, "changed_by"),
        all(FieldPath::NAME_DISPLAY, "name").writable(
            both(ValueFormat::Text { max_characters: Some(MAX_NAME) }).at_creation(AtCreation::Required),
        ),
        own(FieldPath::ACCESS_OWNER, "is_owner"),
        all(FieldPath::ACCESS_BILLING_ADMIN, "is_billing_admin"),
        person(FieldPath::SECURITY_MFA_ENABLED, "mfa_enabled"),
        own(FieldPath::SECURITY_SSO, "is_sso"),
        all(FieldPath::SECURITY_LAST_LOGIN, "last_login"),
        own(FieldPath::SECURITY_FIRST_LOGIN, "first_login"),
        all(FieldPath::TIMES_UPDATED, "changed"),
        own(FieldPath::extension("extension.intercom_user_id"), "intercom_user_id"),
        all(FieldPath::extension("extension.labels"), "labels"),
        all(FieldPath::extension("extension.user_roles"), "user_roles"),
    ]
    .into_iter()
    .collect();
    capabilities
}
