//! Request bodies.

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{Change, Timestamp, open_enum};
use serde::{Serialize, Serializer};

use super::{AccessType, EntityType, OrganizationRole, Relationship};

/// A user profile to create (`POST /v1/user_profiles`). No field is required; a field that is not set is not
/// sent.
///
/// The account's beta decides which fields exist: a field that it does not have is refused before anything is
/// sent. `Debug` lists the fields that are set, without their values.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UserProfileCreate {
    /// The platform's id of the end user, 1 to 255 characters (betas 2026-03-24 and 2026-08-18; later
    /// [`reference_id`](ExternalUserDetailsInput::reference_id)). Not unique at the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name of the person or company, 1 to 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The relationship of the end user to the platform (betas 2026-03-24 and 2026-08-18: the reference of
    /// the first has it, and an official SDK for the second). The service's default is
    /// [`Relationship::External`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Relationship>,
    /// How requests reach the API (since the beta of 2026-08-18). The service's default is
    /// [`AccessType::Application`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_type: Option<AccessType>,
    /// The platform's own metadata: up to 16 entries, with keys up to 64 and values of 1 to 512 characters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// The time when the platform onboarded the end user, at most a minute from now (beta 2026-08-18; later
    /// [`onboarded_at`](ExternalUserDetailsInput::onboarded_at)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_onboarded_at: Option<Timestamp>,
    /// The platform's details of the end user (since the beta of 2026-09-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_details: Option<ExternalUserDetailsInput>,
}

/// The fields of a user profile to change (`POST /v1/user_profiles/{user_profile_id}`). They are merged into
/// the profile. A field that is not set is not sent and stays unchanged.
///
/// [`Change::Clear`] is sent as null. The schema allows null for the fields of this type; its effect is not
/// published. The other fields cannot be cleared: the service rejects null for them.
///
/// The account's beta decides which fields exist: a field that it does not have is refused before anything is
/// sent. `Debug` lists the fields that are set, without their values.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UserProfileUpdate {
    /// The platform's id of the end user, 1 to 255 characters (betas 2026-03-24 and 2026-08-18; later
    /// [`reference_id`](ExternalUserDetailsInput::reference_id)). Not unique at the service.
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub external_id: Change<String>,
    /// The name of the person or company, 1 to 255 characters.
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub name: Change<String>,
    /// The relationship of the end user to the platform (betas 2026-03-24 and 2026-08-18).
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub relationship: Change<Relationship>,
    /// How requests reach the API (since the beta of 2026-08-18).
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub access_type: Change<AccessType>,
    /// The metadata entries to set, or with `None` to remove; other keys stay unchanged. Up to 16 entries in
    /// one update, with keys up to 64 and values of 1 to 512 characters. Only the service knows the number
    /// together with the unchanged entries. A removal is sent as an empty value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", serialize_with = "values_or_empty")]
    pub metadata: BTreeMap<String, Option<String>>,
    /// The time when the platform onboarded the end user, at most a minute from now (beta 2026-08-18; later
    /// [`onboarded_at`](ExternalUserDetailsInput::onboarded_at)). It cannot be cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_onboarded_at: Option<Timestamp>,
    /// The platform's details of the end user (since the beta of 2026-09-04). Details that are not set stay
    /// unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_details: Option<ExternalUserDetailsInput>,
}

/// The platform's details of an end user (since the beta of 2026-09-04). A field that is not set is not sent.
/// None of them can be cleared: the service rejects null.
///
/// `Debug` lists the fields that are set, without their values.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExternalUserDetailsInput {
    /// The platform's own decision. It does not affect the grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
    /// The country, ISO 3166-1 alpha-2: two upper-case letters. Whether the country exists is not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A hash of the e-mail address, 1 to 255 characters. No hash function is prescribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_hash: Option<String>,
    /// A hash of the name, 1 to 255 characters. No hash function is prescribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_hash: Option<String>,
    /// The type of the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<EntityType>,
    /// The time when the platform onboarded the end user, at most a minute from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onboarded_at: Option<Timestamp>,
    /// The platform's id of the end user, 1 to 255 characters. Not unique at the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
}

open_enum! {
    /// The platform's decision about an end user.
    pub enum AccountStatus {
        /// The end user may use the platform.
        Active = "active",
        /// The end user is temporarily suspended.
        Suspended = "suspended",
        /// The end user is blocked.
        Blocked = "blocked",
    }
}

open_enum! {
    /// The action of an action URL.
    pub enum UserProfileAction {
        /// The end user enrolls in a program.
        EnrollEndUser = "enroll_end_user",
    }
}

/// An invite to create (`POST /v1/organizations/invites`).
///
/// `Debug` shows the role, but no address.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InviteCreate {
    /// The e-mail address to invite.
    pub email: String,
    /// The role of the person: one of [`OrganizationRole::SETTABLE`].
    pub role: OrganizationRole,
    /// The ids of the groups of the person. Not sent if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rbac_group_ids: Vec<String>,
}

impl InviteCreate {
    /// Creates an invite without groups.
    pub fn new(email: impl Into<String>, role: OrganizationRole) -> Self {
        Self { email: email.into(), role, rbac_group_ids: Vec::new() }
    }
}

pub(super) fn value_or_null<T: Serialize, S: Serializer>(
    change: &Change<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match change {
        Change::Set(value) => serializer.serialize_some(value),
        // `Keep` is not serialized.
        Change::Clear | Change::Keep => serializer.serialize_none(),
    }
}

fn values_or_empty<S: Serializer>(
    metadata: &BTreeMap<String, Option<String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(metadata.iter().map(|(key, value)| (key, value.as_deref().unwrap_or_default())))
}

impl fmt::Debug for UserProfileCreate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("external_id", self.external_id.is_some()),
            ("name", self.name.is_some()),
            ("relationship", self.relationship.is_some()),
            ("access_type", self.access_type.is_some()),
            ("metadata", !self.metadata.is_empty()),
            ("external_user_onboarded_at", self.external_user_onboarded_at.is_some()),
            ("external_user_details", self.external_user_details.is_some()),
        ];
        show("UserProfileCreate", &fields, formatter)
    }
}

impl fmt::Debug for UserProfileUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("external_id", !self.external_id.is_keep()),
            ("name", !self.name.is_keep()),
            ("relationship", !self.relationship.is_keep()),
            ("access_type", !self.access_type.is_keep()),
            ("metadata", !self.metadata.is_empty()),
            ("external_user_onboarded_at", self.external_user_onboarded_at.is_some()),
            ("external_user_details", self.external_user_details.is_some()),
        ];
        show("UserProfileUpdate", &fields, formatter)
    }
}

impl fmt::Debug for ExternalUserDetailsInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("account_status", self.account_status.is_some()),
            ("country", self.country.is_some()),
            ("email_hash", self.email_hash.is_some()),
            ("name_hash", self.name_hash.is_some()),
            ("entity_type", self.entity_type.is_some()),
            ("onboarded_at", self.onboarded_at.is_some()),
            ("reference_id", self.reference_id.is_some()),
        ];
        show("ExternalUserDetailsInput", &fields, formatter)
    }
}

impl fmt::Debug for InviteCreate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InviteCreate").field("role", &self.role).finish_non_exhaustive()
    }
}

/// Lists the fields that are set.
fn show(name: &str, fields: &[(&str, bool)], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut debug = formatter.debug_struct(name);
    for (field, _) in fields.iter().filter(|(_, is_set)| *is_set) {
        debug.field(field, &format_args!(".."));
    }
    debug.finish()
}
