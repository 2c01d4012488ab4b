//! The capabilities of an account, and the records that contain each field.

use std::sync::LazyLock;

use anyprofile_core::{
    Capabilities, FieldPath, IdKind,
    capabilities::{FieldSpec, FieldTable, IdAlias, ListedCollection, Support, ValueFormat, WriteRule},
    profile::View,
};

use super::{
    COMPANY_TYPE, DEFAULT_CATALOG, MARKETING, MEMBER as MEMBERSHIP, PROJECT_OPTIONS_URL, UI_COLORSCHEME,
};
use crate::{
    config::ListedOrganizations,
    map::{
        ADDRESS, CREDENTIALS, MEMBER, ORGANIZATION, ORGANIZATION_PROFILE, PROFILE, TEAMS, USER,
        USER_REFERENCE,
    },
    operations::MAX_PAGE_SIZE,
};

/// The kinds of ids whose profiles can be updated.
const ORGANIZATIONS: &[IdKind] = &[IdKind::ORGANIZATION];
const USERS: &[IdKind] = &[IdKind::USER];
const BOTH: &[IdKind] = &[IdKind::USER, IdKind::ORGANIZATION];

pub(super) fn capabilities(organizations: &ListedOrganizations) -> Capabilities {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    let both = [IdKind::USER, IdKind::ORGANIZATION];
    operations.list = if *organizations == ListedOrganizations::None {
        Support::users()
    } else {
        Support::of(both.clone())
    };
    operations.get = Support::of([IdKind::USER, IdKind::ORGANIZATION, MEMBERSHIP]);
    operations.enrich = Support::of(both);
    operations.current = Support::users();
    operations.members = Support::of(ORGANIZATIONS.iter().cloned());
    operations.update = Support::of(BOTH.iter().cloned());
    operations.create = Support::no("Upsun has no operation that creates a user: users register themselves");
    operations.deactivate = Support::no("Upsun's API has no operation that deactivates a user");
    operations.enroll = Support::no("Upsun's API has no enrollment links");
    // The API has no operation that deletes a user, but a user can be removed from an organization.
    operations.delete = Support::of([MEMBERSHIP]);
    operations
        .need(&["members", "delete"], "the organization's owner, or a member with the permission `members`");
    operations.need(&["current"], "a token that belongs to a user");
    operations.aliases = vec![IdAlias::new(
        IdKind::ORGANIZATION,
        "name=",
        "use the id (26 letters and digits), which the console shows",
    )];
    let listing = &mut capabilities.listing;
    listing.collections = vec![ListedCollection::new(IdKind::USER, [PROFILE]).enriched_by([USER, ADDRESS])];
    listing.page_size = true;
    listing.declares_total = true;
    if *organizations != ListedOrganizations::None {
        let views = [ORGANIZATION, ORGANIZATION_PROFILE];
        listing.collections.push(ListedCollection::new(IdKind::ORGANIZATION, views).enriched_by([ADDRESS]));
        // The service does not report the number of organizations.
        listing.declares_total = false;
    }
    let members = &mut capabilities.members;
    members.collections =
        vec![ListedCollection::new(IdKind::USER, [MEMBER, USER_REFERENCE]).enriched_by([USER, ADDRESS])];
    members.page_size = true;
    members.max_page_size = Some(MAX_PAGE_SIZE);
    members.default_page_size = Some(MAX_PAGE_SIZE);
    capabilities.fields = FIELDS.clone();
    capabilities
}

/// Returns the spec of a field that the profiles of users and of organizations have in common.
fn profile(path: FieldPath, name: &'static str) -> FieldSpec {
    FieldSpec::read_in(path, PROFILE, name).and_in(ORGANIZATION_PROFILE, name)
}

fn only(view: View, path: FieldPath, name: &'static str) -> FieldSpec {
    FieldSpec::read_in(path, view, name)
}

const fn extension(path: &'static str) -> FieldPath {
    FieldPath::extension(path)
}

static FIELDS: LazyLock<FieldTable> = LazyLock::new(|| {
    let set = WriteRule::set_only;
    // How to clear a field is not documented, and the document does not allow null. The empty text clears:
    // the service shows it for a field without a value. Fields with a format refuse it.
    let text = |kinds| set(kinds, ValueFormat::Text { max_characters: None }).clearable();
    [
        profile(FieldPath::ID, "id").and_in(USER, "id").and_in(ORGANIZATION, "id").and_in(MEMBER, "user_id"),
        profile(FieldPath::KIND, "type")
            .and_in(USER, "(always human)")
            .and_in(ORGANIZATION, "(always organization)")
            .and_in(MEMBER, "(always human)"),
        only(USER, FieldPath::STATUS, "deactivated")
            .and_in(ORGANIZATION, "status")
            .and_in(USER_REFERENCE, "(null: deleted)"),
        only(USER, FieldPath::STATUS_RAW, "deactivated").and_in(ORGANIZATION, "status"),
        profile(FieldPath::USERNAME, "username")
            .and_in(USER, "username")
            .and_in(USER_REFERENCE, "username")
            .writable(set(USERS, ValueFormat::Text { max_characters: None })),
        profile(FieldPath::EMAILS, "email")
            .and_in(USER, "email, email_verified")
            .and_in(USER_REFERENCE, "email"),
        profile(FieldPath::PICTURE, "picture")
            .and_in(USER, "picture")
            .and_in(USER_REFERENCE, "picture")
            .writable(set(USERS, ValueFormat::Uri)),
        profile(FieldPath::WEBSITE, "website_url").and_in(USER, "website"),
        only(USER, FieldPath::COUNTRY, "country")
            .and_in(ORGANIZATION, "country")
            .writable(set(USERS, ValueFormat::Country)),
        only(MEMBER, FieldPath::ROLES, "permissions"),
        profile(FieldPath::NAME_DISPLAY, "display_name")
            .and_in(USER, "first_name, last_name")
            .and_in(ORGANIZATION, "label")
            .and_in(USER_REFERENCE, "first_name, last_name")
            .writable(text(USERS)),
        only(USER, FieldPath::NAME_GIVEN, "first_name")
            .and_in(USER_REFERENCE, "first_name")
            .writable(text(USERS)),
        only(USER, FieldPath::NAME_FAMILY, "last_name")
            .and_in(USER_REFERENCE, "last_name")
            .writable(text(USERS)),
        profile(FieldPath::ORGANIZATION_NAME, "company_name").and_in(USER, "company").writable(text(BOTH)),
        profile(FieldPath::ORGANIZATION_LEGAL_NAME, "legal_entity_name").writable(text(ORGANIZATIONS)),
        profile(FieldPath::ORGANIZATION_KIND, "customer_type, company_type")
            .writable(set(ORGANIZATIONS, ValueFormat::one_of(["individual", "company", "government"]))),
        profile(FieldPath::ORGANIZATION_ROLE, "company_role").writable(text(USERS)),
        profile(FieldPath::BILLING_CONTACT, "billing_contact")
            .writable(set(ORGANIZATIONS, ValueFormat::Email)),
        profile(FieldPath::BILLING_VAT_NUMBER, "vat_number").writable(text(BOTH)),
        profile(FieldPath::BILLING_CURRENCY, "currency"),
        profile(FieldPath::BILLING_INVOICED, "invoiced"),
        only(ADDRESS, FieldPath::BILLING_ADDRESS, "(the record)"),
        only(ADDRESS, FieldPath::BILLING_ADDRESS_RECIPIENT, "name_line").writable(text(BOTH)),
        only(ADDRESS, FieldPath::BILLING_ADDRESS_STREET_ADDRESS, "thoroughfare, premise, sub_premise")
            .writable(set(BOTH, ValueFormat::Lines { max_lines: 3 }).clearable()),
        only(ADDRESS, FieldPath::BILLING_ADDRESS_LOCALITY, "locality").writable(text(BOTH)),
        only(ADDRESS, FieldPath::BILLING_ADDRESS_REGION, "administrative_area").writable(text(BOTH)),
        only(ADDRESS, FieldPath::BILLING_ADDRESS_POSTAL_CODE, "postal_code").writable(text(BOTH)),
        only(ADDRESS, FieldPath::BILLING_ADDRESS_COUNTRY, "country")
            .writable(set(BOTH, ValueFormat::Country)),
        only(TEAMS, FieldPath::GROUPS, "label, id"),
        only(CREDENTIALS, FieldPath::CREDENTIALS, "(API tokens, logins through other services)"),
        only(MEMBER, FieldPath::ACCESS_OWNER, "owner"),
        only(USER, FieldPath::SECURITY_MFA_ENABLED, "mfa_enabled").and_in(USER_REFERENCE, "mfa_enabled"),
        only(USER, FieldPath::SECURITY_SSO, "sso_enabled").and_in(USER_REFERENCE, "sso_enabled"),
        profile(FieldPath::TIMES_CREATED, "created_at")
            .and_in(USER, "created_at")
            .and_in(ORGANIZATION, "created_at")
            .and_in(USER_REFERENCE, "created_at"),
        profile(FieldPath::TIMES_UPDATED, "updated_at")
            .and_in(USER, "updated_at")
            .and_in(ORGANIZATION, "updated_at")
            .and_in(USER_REFERENCE, "updated_at"),
        only(ORGANIZATION_PROFILE, extension("extension.profile_id"), "id"),
        profile(COMPANY_TYPE, "company_type").writable(text(USERS)),
        profile(extension("extension.customer_type"), "customer_type"),
        profile(MARKETING, "marketing").writable(set(USERS, ValueFormat::Bool)),
        profile(extension("extension.new_ui"), "new_ui"),
        profile(UI_COLORSCHEME, "ui_colorscheme")
            .writable(set(USERS, ValueFormat::one_of(["light", "dark"]))),
        profile(DEFAULT_CATALOG, "default_catalog").writable(text(BOTH)),
        profile(PROJECT_OPTIONS_URL, "project_options_url").writable(set(BOTH, ValueFormat::Uri)),
        profile(extension("extension.current_trial"), "current_trial"),
        only(USER, extension("extension.namespace"), "namespace").and_in(ORGANIZATION, "namespace"),
        only(USER, extension("extension.consented_at"), "consented_at"),
        only(USER, extension("extension.consent_method"), "consent_method"),
        only(USER, extension("extension.phone_number_verified"), "phone_number_verified"),
        only(ADDRESS, extension("extension.address"), "(the record)"),
        only(ORGANIZATION, extension("extension.organization"), "(the record)"),
        only(MEMBER, extension("extension.member"), "(the record)"),
    ]
    .into_iter()
    .collect()
});
