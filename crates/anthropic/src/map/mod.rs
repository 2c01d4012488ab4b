//! Maps the API's records to the normalized profile.

mod organization;

use std::collections::BTreeMap;

use anyprofile_core::{
    Field, FieldPath, FieldState, Kind, Profile, ProfileId, Status, open_record,
    profile::{Extension, GrantStatus, OrganizationKind, ProfileExtension, RawJson, View},
    wire::{note_other_types, read_time},
};

pub(crate) use self::organization::{
    INVITE, ORGANIZATION, ORGANIZATION_USER, invite, organization, organization_user,
};
use crate::wire::{self, AccessType, EntityType, Relationship};

/// The view of an end user in `/v1/user_profiles`.
pub(crate) const USER_PROFILE: View = View::new("user_profile");

open_record! {
    /// The fields of a profile that only Anthropic has.
    pub struct AnthropicExtension {
        /// The relationship of the end user to the platform.
        relationship: Relationship,
        /// How the end user's requests reach the API.
        access_type: AccessType,
        /// The type of the end user.
        entity_type: EntityType,
        /// The time when the platform onboarded the end user.
        onboarded_at: String,
        /// A hash of the e-mail address. The platform chooses the hash function.
        email_hash: String,
        /// A hash of the name. The platform chooses the hash function.
        name_hash: String,
        /// The service's enforcement actions against the end user.
        enforcement_actions: RawJson,
        /// The invite as the service sent it: its expiry, its acceptance, and the groups of the person.
        invite: Box<wire::Invite>,
    }
}

impl ProfileExtension for AnthropicExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<FieldState> {
        self.state(key)
    }
}

/// Maps a user profile.
pub(crate) fn user_profile(id: ProfileId, record: wire::UserProfile) -> Profile {
    let mut profile = Profile::read_from(USER_PROFILE, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::UserProfile::KEYS);
    let details = record.external_user_details.into_value().unwrap_or_default();
    for (name, value) in details.unknown.iter() {
        profile.unknown.insert(format!("external_user_details.{name}"), value.clone());
    }
    profile.kind = kind(details.entity_type.value(), record.relationship.value(), record.access_type.value());
    let word = record.enforcement_status.empty_as_null();
    profile.status = word.clone().map(|word| match word.as_str() {
        "unrestricted" => Status::Active,
        "pending" => Status::Pending,
        "restricted" | "banned" => Status::Suspended,
        _ => Status::from(word),
    });
    profile.status_raw = word;
    profile.declared_status = details.account_status.empty_as_null().map(Status::from);
    profile.external_id = record.external_id.empty_as_null().or(details.reference_id.empty_as_null());
    profile.name.display = record.name.empty_as_null();
    profile.country = details.country.empty_as_null();
    profile.organization.kind = details.entity_type.as_ref().map(|entity| match entity {
        EntityType::Individual => OrganizationKind::Individual,
        EntityType::Business => OrganizationKind::Company,
        EntityType::NonProfit => OrganizationKind::NonProfit,
        EntityType::Government => OrganizationKind::Government,
        other => OrganizationKind::from(other.as_str()),
    });
    profile.metadata = record.metadata;
    for (grant, record) in record.trust_grants.value().into_iter().flatten() {
        for (name, value) in record.unknown.iter() {
            profile.unknown.insert(format!("trust_grants.{grant}.{name}"), value.clone());
        }
    }
    profile.grants = record.trust_grants.map(|records| {
        // A loop, because `collect` would create a list first.
        let mut grants = BTreeMap::new();
        for (name, grant) in records {
            // A grant without a status exists, but its status is not known: the word is empty.
            grants.insert(name, grant.status.unwrap_or(GrantStatus::Other(String::new())));
        }
        grants
    });
    profile.times.created =
        read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", record.created_at);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", record.updated_at);
    profile.extension = Some(Extension::new(AnthropicExtension {
        relationship: record.relationship,
        access_type: record.access_type,
        entity_type: details.entity_type,
        onboarded_at: record.external_user_onboarded_at.or(details.onboarded_at),
        email_hash: details.email_hash,
        name_hash: details.name_hash,
        enforcement_actions: record.enforcement_actions,
        ..AnthropicExtension::default()
    }));
    profile
}

/// Returns the kind of a profile: what the platform says, else what its access suggests. For an `internal`
/// one, nothing is known.
fn kind(
    entity: Option<&EntityType>,
    relationship: Option<&Relationship>,
    access: Option<&AccessType>,
) -> Field<Kind> {
    match (entity, access, relationship) {
        (Some(EntityType::Individual), ..) => Kind::Human.into(),
        (Some(EntityType::Business | EntityType::NonProfit | EntityType::Government), ..) => {
            Kind::Organization.into()
        }
        (Some(other), ..) => Kind::from(other.as_str()).into(),
        (None, Some(AccessType::Application), _) => Kind::Human.into(),
        (None, Some(AccessType::Passthrough), _) => Kind::Organization.into(),
        (None, _, Some(Relationship::External)) => Kind::Human.into(),
        (None, _, Some(Relationship::Resold)) => Kind::Organization.into(),
        (None, _, _) => Field::Absent,
    }
}
