//! The capabilities of an account for end users, and the fields of each version of the API.

use anyprofile_core::{
    Capabilities, FieldPath, IdKind, Status,
    capabilities::{AtCreation, FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
    profile::View,
    query::{FilterPart, OrderField},
};

use crate::{
    beta::Shape,
    map,
    operations::{MAX_KEY, MAX_PAIRS, MAX_TEXT, MAX_USER_PROFILES, MAX_VALUE},
};

pub(super) const RELATIONSHIP: FieldPath = FieldPath::extension("extension.relationship");
pub(super) const ACCESS_TYPE: FieldPath = FieldPath::extension("extension.access_type");
pub(super) const ENTITY_TYPE: FieldPath = FieldPath::extension("extension.entity_type");
pub(super) const ONBOARDED_AT: FieldPath = FieldPath::extension("extension.onboarded_at");
pub(super) const EMAIL_HASH: FieldPath = FieldPath::extension("extension.email_hash");
pub(super) const NAME_HASH: FieldPath = FieldPath::extension("extension.name_hash");

/// The kinds of ids that can be written.
const USERS: &[IdKind] = &[IdKind::USER];

/// Returns the rule for writing a field in a version of the API, if it can be written.
fn write_rule(path: &FieldPath, shape: Shape) -> Option<WriteRule> {
    let text = ValueFormat::Text { max_characters: Some(MAX_TEXT) };
    let words = |words: &[&'static str]| ValueFormat::one_of(words.iter().copied());
    let format = match path {
        path if *path == FieldPath::NAME_DISPLAY || *path == FieldPath::EXTERNAL_ID => text,
        path if *path == EMAIL_HASH || *path == NAME_HASH => text,
        path if *path == FieldPath::COUNTRY => ValueFormat::Country,
        path if *path == FieldPath::DECLARED_STATUS => words(&["active", "suspended", "blocked"]),
        path if *path == ENTITY_TYPE => words(&["individual", "business", "non_profit", "government"]),
        path if *path == ONBOARDED_AT => ValueFormat::Time,
        path if *path == RELATIONSHIP => words(&["external", "resold", "internal"]),
        path if *path == ACCESS_TYPE && shape >= Shape::August => words(&["application", "passthrough"]),
        path if *path == FieldPath::METADATA => ValueFormat::Pairs {
            max_pairs: Some(MAX_PAIRS),
            max_key_characters: Some(MAX_KEY),
            max_value_characters: Some(MAX_VALUE),
        },
        _ => return None,
    };
    let rule = WriteRule::set_only(USERS, format).at_creation(AtCreation::Optional);
    // The effect of null on the other fields is not published. An empty text removes a metadata entry.
    Some(if *path == FieldPath::METADATA { rule.clearable() } else { rule })
}

/// Returns the view of a profile in a list, and in the response to a write.
pub(super) const fn listed_view(shape: Shape) -> View {
    match shape {
        Shape::GenerallyAvailable => map::LISTED_USER_PROFILE,
        _ => map::USER_PROFILE,
    }
}

pub(super) fn capabilities(shape: Shape) -> Capabilities {
    use Shape::{August, GenerallyAvailable, March, September};
    let mut capabilities = Capabilities::default();
    let operations = &mut capabilities.operations;
    operations.list = Support::users();
    operations.get = Support::users();
    operations.current = Support::no("an Anthropic credential has no profile of its own");
    operations.enrich = if shape == GenerallyAvailable {
        Support::users()
    } else {
        Support::no("with a beta, Anthropic has only one record of a user profile")
    };
    operations.members = Support::no("reading the members of the organization requires an admin key");
    operations.create = Support::users();
    operations.enroll = Support::users();
    operations.update = Support::users();
    operations.deactivate = Support::no("Anthropic's API has no operation that deactivates a user profile");
    operations.delete = Support::users();
    operations.need(
        &["list", "get", "enrich", "create", "enroll", "update", "delete"],
        "an API key, or a bearer token, of the workspace",
    );
    let listing = &mut capabilities.listing;
    let users = ListedCollection::new(IdKind::USER, [listed_view(shape)]);
    listing.collections = vec![users.clone()];
    if shape == GenerallyAvailable {
        listing.collections = vec![users.enriched_by([map::USER_PROFILE])];
        // A restriction may have a word that is not published yet, which the filter cannot name.
        listing.filters = vec![FilterPart::Status];
        listing.filter_statuses = vec![Status::Active, Status::Pending];
        listing.updated_caveat = Some(
            "updated_at does not follow every change of the status (enforcement) and of grants (programs)"
                .into(),
        );
    }
    listing.page_size = true;
    listing.max_page_size = Some(MAX_USER_PROFILES);
    listing.default_page_size = Some(MAX_USER_PROFILES);
    listing.orders = vec![OrderField::Created];
    listing.both_ends = true;
    if shape >= September {
        listing.orders.push(OrderField::Name);
    }
    let read = |path, source| match shape {
        GenerallyAvailable => {
            FieldSpec::read_in(path, map::LISTED_USER_PROFILE, source).and_in(map::USER_PROFILE, source)
        }
        _ => FieldSpec::read_in(path, map::USER_PROFILE, source),
    };
    let always = |path, source| (March, GenerallyAvailable, read(path, source));
    let since = |first, path, source| (first, GenerallyAvailable, read(path, source));
    let between = |first, last, path, source| (first, last, read(path, source));
    // Only the request for one profile reports all programs.
    let of_one = |path, source| {
        (GenerallyAvailable, GenerallyAvailable, FieldSpec::read_in(path, map::USER_PROFILE, source))
    };
    capabilities.fields = [
        always(FieldPath::ID, "id"),
        between(March, August, FieldPath::KIND, "relationship, access_type"),
        since(September, FieldPath::KIND, "external_user_details.entity_type, access_type"),
        since(GenerallyAvailable, FieldPath::STATUS, "enforcement_status"),
        since(GenerallyAvailable, FieldPath::STATUS_RAW, "enforcement_status"),
        since(September, FieldPath::DECLARED_STATUS, "external_user_details.account_status"),
        between(March, August, FieldPath::EXTERNAL_ID, "external_id"),
        since(September, FieldPath::EXTERNAL_ID, "external_user_details.reference_id"),
        since(September, FieldPath::COUNTRY, "external_user_details.country"),
        always(FieldPath::METADATA, "metadata"),
        between(March, September, FieldPath::GRANTS, "trust_grants"),
        of_one(FieldPath::GRANTS, "programs"),
        of_one(FieldPath::extension("extension.programs"), "programs"),
        always(FieldPath::NAME_DISPLAY, "name"),
        since(September, FieldPath::ORGANIZATION_KIND, "external_user_details.entity_type"),
        always(FieldPath::TIMES_CREATED, "created_at"),
        always(FieldPath::TIMES_UPDATED, "updated_at"),
        between(March, August, RELATIONSHIP, "relationship"),
        since(August, ACCESS_TYPE, "access_type"),
        since(September, ENTITY_TYPE, "external_user_details.entity_type"),
        between(August, August, ONBOARDED_AT, "external_user_onboarded_at"),
        since(September, ONBOARDED_AT, "external_user_details.onboarded_at"),
        since(September, EMAIL_HASH, "external_user_details.email_hash"),
        since(September, NAME_HASH, "external_user_details.name_hash"),
        since(
            GenerallyAvailable,
            FieldPath::extension("extension.enforcement_actions"),
            "enforcement_actions",
        ),
    ]
    .into_iter()
    .filter(|(first, last, _)| (*first..=*last).contains(&shape))
    .map(|(.., spec)| match write_rule(&spec.path, shape) {
        Some(rule) => spec.writable(rule),
        None => spec,
    })
    .collect();
    capabilities
}
