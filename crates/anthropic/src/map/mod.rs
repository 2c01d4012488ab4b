//! Maps the API's records to the normalized profile.

mod organization;

use std::collections::BTreeMap;

use anyprofile_core::{
    Field, FieldPath, FieldState, Kind, Profile, ProfileId, Status, open_record,
    profile::{Extension, GrantStatus, Note, NoteKind, OrganizationKind, ProfileExtension, View},
    wire::{note_other_types, read_time},
};

pub(crate) use self::organization::{
    INVITE, ORGANIZATION, ORGANIZATION_USER, RBAC_GROUP_MEMBER, SERVICE_ACCOUNT, WORKSPACE_MEMBER, invite,
    organization, organization_user, rbac_group_member, service_account, service_account_in_workspace,
    workspace_member,
};
use crate::wire::{self, AccessType, EnforcementStatus, EntityType, Relationship};

/// The view of an end user in `/v1/user_profiles/{id}`, and with a beta everywhere.
pub(crate) const USER_PROFILE: View = View::new("user_profile");
/// The view of an end user in a list or in the response to a write of the generally available API, whose programs are not
/// complete.
pub(crate) const LISTED_USER_PROFILE: View = View::new("listed_user_profile");

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
        /// The open enforcement actions of the service against the end user.
        enforcement_actions: Vec<wire::EnforcementAction>,
        /// The programs with their tiers and features, as the request for one profile returns them.
        programs: Box<wire::Programs>,
        /// The invite as the service sent it: its expiry, its acceptance, and the groups of the person.
        invite: Box<wire::Invite>,
        /// The membership in a group as the service sent it.
        group_member: Box<wire::RbacGroupMember>,
        /// The service account as the service sent it: its description, and who created, changed and archived it.
        service_account: Box<wire::ServiceAccount>,
    }
}

impl ProfileExtension for AnthropicExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<FieldState> {
        self.state(key)
    }
}

/// Maps a user profile of a list of the generally available API. Its programs are left out: a status that is missing or not
/// active there may be active.
pub(crate) fn listed_user_profile(id: ProfileId, mut record: wire::UserProfile) -> Profile {
    record.programs = Field::Absent;
    read(LISTED_USER_PROFILE, id, record)
}

/// Maps a user profile.
pub(crate) fn user_profile(id: ProfileId, record: wire::UserProfile) -> Profile {
    read(USER_PROFILE, id, record)
}

fn read(view: View, id: ProfileId, record: wire::UserProfile) -> Profile {
    let mut profile = Profile::read_from(view, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::UserProfile::KEYS);
    let details = record.external_user_details.into_value().unwrap_or_default();
    for (name, value) in details.unknown.iter() {
        profile.unknown.insert(format!("external_user_details.{name}"), value.clone());
    }
    profile.kind = kind(details.entity_type.value(), record.relationship.value(), record.access_type.value());
    let word = record.enforcement_status.empty_as_null();
    let enforcement = word.as_deref().map(EnforcementStatus::from);
    if enforcement.is_known_and(|status| status.unknown_word().is_some()) {
        profile.notes.push(Note::new(FieldPath::STATUS, NoteKind::UnknownWord));
    }
    profile.status = enforcement.map(|status| match status.effective() {
        EnforcementStatus::Unrestricted => Status::Active,
        EnforcementStatus::Pending => Status::Pending,
        _ => Status::Suspended,
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
    let grants = record.trust_grants.map(|records| {
        // A loop, because `collect` would create a list first.
        let mut grants = BTreeMap::new();
        for (name, grant) in records {
            // A grant without a status exists, but its status is not known: the word is empty.
            grants.insert(name, grant.status.unwrap_or(GrantStatus::Other(String::new())));
        }
        grants
    });
    for (name, value) in record.programs.value().into_iter().flat_map(|programs| programs.unknown.iter()) {
        profile.unknown.insert(format!("programs.{name}"), value.clone());
    }
    profile.grants = grants.or(record.programs.as_ref().map(grants_of));
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
        programs: record.programs.map(Box::new),
        ..AnthropicExtension::default()
    }));
    profile
}

/// Returns the statuses of the programs. A program without a status is left out: nothing was requested, or the credential may
/// not read it.
fn grants_of(programs: &wire::Programs) -> BTreeMap<String, GrantStatus> {
    let cyber = programs.cyber.as_ref().and_then(|program| program.status.as_ref());
    let efs = programs.efs.as_ref().and_then(|program| program.status.as_ref());
    let statuses = [("cyber", cyber), ("efs", efs)];
    let known = statuses.into_iter().filter_map(|(name, status)| Some((name, status.into_value()?)));
    known.map(|(name, status)| (name.to_owned(), status.clone())).collect()
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
