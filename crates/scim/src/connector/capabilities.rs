//! The capabilities of an account, as far as its server has them.

use anyprofile_core::{
    Capabilities, FieldPath, IdKind, Status,
    capabilities::{
        AtCreation, FieldSpec, ListedCollection, ListingCapabilities, Support, ValueFormat, WriteRule,
    },
    query::{FilterPart, OrderField},
};

use super::{members::GROUP, writes::replaces};
use crate::{
    config::{Paging, Quirks},
    discovery::{Features, Mutability, UserAttributes},
    map::{ME, MEMBER, USER},
    wire::ENTERPRISE_USER_SCHEMA,
};

/// The kinds of ids that can be written.
const USERS: &[IdKind] = &[IdKind::USER];

pub(super) fn capabilities(
    features: &Features,
    attributes: &UserAttributes,
    quirks: &Quirks,
) -> Capabilities {
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::users();
    operations.get = Support::users();
    operations.current = match quirks.me {
        Some(true) => Support::users(),
        _ => Support::no("not every SCIM server has /Me: set `quirks = { me = true }` if this one does"),
    };
    operations.enrich = Support::no("SCIM has only one record of a user");
    operations.members = Support::of([GROUP]);
    operations.create = Support::users();
    operations.update = Support::users();
    operations.deactivate = Support::users();
    operations.delete = Support::users();
    operations.enroll = Support::no("SCIM has no enrollment links");
    let listing = &mut capabilities.listing;
    // These filters are sent only if the server is found to compare as it should.
    listing.collections = vec![
        ListedCollection::new(IdKind::USER, [USER]).without_filters([FilterPart::Email, FilterPart::Status]),
    ];
    listing.page_size = true;
    listing.default_page_size = Some(features.page_size);
    listing.declares_total = features.paging == Paging::Index;
    if features.filter {
        listing.filters = vec![FilterPart::Email, FilterPart::Status, FilterPart::UpdatedSince];
        listing.filter_statuses = vec![Status::Active, Status::Suspended];
    }
    if features.sort {
        listing.orders = vec![OrderField::Created, OrderField::Updated, OrderField::Name];
    }
    let mut members = ListingCapabilities::default();
    members.collections = vec![ListedCollection::new(IdKind::USER, [MEMBER, USER])];
    members.hides = vec!["the members of groups that are in the group".into()];
    capabilities.members = members;
    let both = |path, name| FieldSpec::read_in(path, USER, name).and_in(ME, name);
    let text = || WriteRule::set_only(USERS, ValueFormat::Text { max_characters: None });
    // RFC 7643 §2.5: an attribute that a record leaves out has no value.
    let optional = || text().clearable().absent_when_cleared().at_creation(AtCreation::Optional);
    capabilities.fields = [
        both(FieldPath::ID, "id").and_in(MEMBER, "value"),
        both(FieldPath::KIND, "(always human)").and_in(MEMBER, "(always human)"),
        both(FieldPath::STATUS, "active").writable(
            WriteRule::set_only(USERS, ValueFormat::one_of(["active", "suspended"]))
                .at_creation(AtCreation::Optional),
        ),
        both(FieldPath::EXTERNAL_ID, "externalId").writable(optional()),
        both(FieldPath::USERNAME, "userName").writable(text().at_creation(AtCreation::Required)),
        both(FieldPath::EMAILS, "emails").writable(
            WriteRule::set_only(USERS, ValueFormat::Email).at_creation(AtCreation::Optional).needing_read(),
        ),
        both(FieldPath::NAME_DISPLAY, "displayName").and_in(MEMBER, "display").writable(optional()),
        both(FieldPath::NAME_GIVEN, "name.givenName").writable(optional()),
        both(FieldPath::NAME_FAMILY, "name.familyName").writable(optional()),
        both(FieldPath::NAME_MIDDLE, "name.middleName").writable(optional()),
        both(FieldPath::NAME_PREFIX, "name.honorificPrefix").writable(optional()),
        both(FieldPath::NAME_SUFFIX, "name.honorificSuffix").writable(optional()),
        both(FieldPath::NAME_FORMATTED, "name.formatted").writable(optional()),
        both(FieldPath::NICKNAME, "nickName").writable(optional()),
        both(FieldPath::WEBSITE, "profileUrl"),
        both(FieldPath::TITLE, "title").writable(optional()),
        both(FieldPath::LOCALE, "preferredLanguage, locale"),
        both(FieldPath::TIMEZONE, "timezone").writable(optional()),
        both(FieldPath::PHONES, "phoneNumbers"),
        both(FieldPath::PHOTOS, "photos"),
        both(FieldPath::ADDRESSES, "addresses"),
        both(FieldPath::GROUPS, "groups"),
        both(FieldPath::ENTITLEMENTS, "entitlements"),
        both(FieldPath::ROLES, "roles"),
        both(FieldPath::ORGANIZATION_NAME, "enterprise: organization"),
        both(FieldPath::EMPLOYEE_NUMBER, "enterprise: employeeNumber"),
        both(FieldPath::EMPLOYEE_DEPARTMENT, "enterprise: department"),
        both(FieldPath::EMPLOYEE_DIVISION, "enterprise: division"),
        both(FieldPath::EMPLOYEE_COST_CENTER, "enterprise: costCenter"),
        both(FieldPath::EMPLOYEE_MANAGER, "enterprise: manager"),
        both(FieldPath::TIMES_CREATED, "meta.created"),
        both(FieldPath::TIMES_UPDATED, "meta.lastModified"),
        both(FieldPath::extension("extension.user_type"), "userType"),
        both(FieldPath::extension("extension.locale"), "locale"),
        both(FieldPath::extension("extension.version"), "meta.version"),
    ]
    .into_iter()
    .filter_map(|spec| as_named(spec, attributes))
    .map(|mut spec| {
        if let Some(write) = &mut spec.write {
            write.needs_read |= replaces(&spec.path, features);
        }
        spec
    })
    .collect();
    capabilities
}

/// What every record has, which schemas do not name (RFC 7643 §3.1).
const COMMON: &[&str] = &["id", "externalId", "meta"];

/// Returns a field as the server's schemas have it; `None` if they do not name it.
fn as_named(mut spec: FieldSpec, attributes: &UserAttributes) -> Option<FieldSpec> {
    let name = spec.sources.first()?.name.clone();
    // The kind of a profile is no attribute.
    if !attributes.are_named() || name.starts_with('(') {
        return Some(spec);
    }
    let Some(rule) = name.split(", ").find_map(|name| attributes.get(&path_of(name))) else {
        let first = name.split('.').next().unwrap_or_default();
        if !COMMON.contains(&first) {
            // A group may name what its users do not have.
            spec.sources.retain(|source| source.view.as_ref() == Some(&MEMBER));
            spec.write = None;
        }
        return (!spec.sources.is_empty()).then_some(spec);
    };
    spec.write = spec.write.filter(|_| rule.mutability != Mutability::ReadOnly).map(|write| {
        let write = if rule.mutability == Mutability::Immutable { write.not_by_update() } else { write };
        if rule.is_required {
            let mut write = write.at_creation(AtCreation::Required);
            write.clear = false;
            write
        } else {
            write
        }
    });
    Some(spec)
}

/// Returns the path of an attribute by the name in the field table.
fn path_of(name: &str) -> String {
    match name.strip_prefix("enterprise: ") {
        Some(attribute) => format!("{ENTERPRISE_USER_SCHEMA}:{attribute}"),
        None => name.to_owned(),
    }
}
