//! Bodies of requests: what is to be made or changed.

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{Change, Timestamp, open_enum};
use serde::{Serialize, Serializer};

use super::{AccessType, EntityType, OrganizationRole, Relationship};

/// A user profile to make (`POST /v1/user_profiles`). Nothing is required; what is not set is not sent.
///
/// Which fields there are depends on the account's beta: one that it does not know is refused before anything is sent.
/// `Debug` shows which fields are set, and nothing of what they hold.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UserProfileCreate {
    /// The platform's id of the end user, 1 to 255 characters (betas 2026-03-24 and 2026-08-18; later
    /// [`reference_id`](ExternalUserDetailsInput::reference_id)). The service lets two profiles have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name of the person or company, 1 to 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How the end user comes to the platform (betas 2026-03-24 and 2026-08-18: the reference of the first has it, and
    /// an official SDK that speaks the second). The service's default is [`Relationship::External`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Relationship>,
    /// How requests come to the API (since the beta of 2026-08-18). The service's default is
    /// [`AccessType::Application`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_type: Option<AccessType>,
    /// The platform's own pairs: up to 16, keys up to 64 and values 1 to 512 characters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// When the platform took the end user on, at most a minute from now (beta 2026-08-18; later
    /// [`onboarded_at`](ExternalUserDetailsInput::onboarded_at)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_onboarded_at: Option<Timestamp>,
    /// What the platform says of the end user (since the beta of 2026-09-04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_details: Option<ExternalUserDetailsInput>,
}

/// What to change of a user profile (`POST /v1/user_profiles/{user_profile_id}`): merged into what there is. What is
/// not set is not sent and stays.
///
/// [`Change::Clear`] is sent as null. The schema lets it be for the fields that have it here, and what the service then
/// does is not published. The others cannot be cleared: the service says that it rejects null there.
///
/// Which fields there are depends on the account's beta: one that it does not know is refused before anything is sent.
/// `Debug` shows which fields are set, and nothing of what they hold.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UserProfileUpdate {
    /// The platform's id of the end user, 1 to 255 characters (betas 2026-03-24 and 2026-08-18; later
    /// [`reference_id`](ExternalUserDetailsInput::reference_id)). The service lets two profiles have the same.
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub external_id: Change<String>,
    /// The name of the person or company, 1 to 255 characters.
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub name: Change<String>,
    /// How the end user comes to the platform (betas 2026-03-24 and 2026-08-18).
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub relationship: Change<Relationship>,
    /// How requests come to the API (since the beta of 2026-08-18).
    #[serde(skip_serializing_if = "Change::is_keep", serialize_with = "value_or_null")]
    pub access_type: Change<AccessType>,
    /// Pairs to set, and with `None` to remove; keys that are not named stay. Up to 16 at once, keys up to 64 and values 1
    /// to 512 characters. How many there are with those that stay, only the service knows. A removal is sent as the
    /// empty value that the service takes for one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", serialize_with = "values_or_empty")]
    pub metadata: BTreeMap<String, Option<String>>,
    /// When the platform took the end user on, at most a minute from now (beta 2026-08-18; later
    /// [`onboarded_at`](ExternalUserDetailsInput::onboarded_at)). Once set it cannot be cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_onboarded_at: Option<Timestamp>,
    /// What the platform says of the end user (since the beta of 2026-09-04), field by field: what is not set stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_details: Option<ExternalUserDetailsInput>,
}

/// What the platform says of an end user (since the beta of 2026-09-04). What is not set is not sent. Once set, none of
/// it can be cleared: the service rejects null.
///
/// `Debug` shows which fields are set, and nothing of what they hold.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExternalUserDetailsInput {
    /// The platform's own decision. It does not drive the grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
    /// ISO 3166-1 alpha-2: two upper-case letters. Whether there is such a country is not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A hash of the e-mail address, 1 to 255 characters. No hash function is prescribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_hash: Option<String>,
    /// A hash of the name, 1 to 255 characters. No hash function is prescribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_hash: Option<String>,
    /// What the end user is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<EntityType>,
    /// When the platform took the end user on, at most a minute from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onboarded_at: Option<Timestamp>,
    /// The platform's id of the end user, 1 to 255 characters. The service lets two profiles have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
}

open_enum! {
    /// What the platform has decided about an end user.
    pub enum AccountStatus {
        /// May use the platform.
        Active = "active",
        /// May not for now.
        Suspended = "suspended",
        /// May not.
        Blocked = "blocked",
    }
}

open_enum! {
    /// What somebody does who opens an action URL.
    pub enum UserProfileAction {
        /// The end user enrolls in a program.
        EnrollEndUser = "enroll_end_user",
    }
}

/// An invite to make (`POST /v1/organizations/invites`).
///
/// `Debug` shows the role, and no address.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InviteCreate {
    /// The e-mail address to invite.
    pub email: String,
    /// The role that the person is to have: one of [`OrganizationRole::SETTABLE`].
    pub role: OrganizationRole,
    /// The ids of the groups that the person is to be in. Not sent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rbac_group_ids: Vec<String>,
}

impl InviteCreate {
    /// An invite into no group.
    pub fn new(email: impl Into<String>, role: OrganizationRole) -> Self {
        Self { email: email.into(), role, rbac_group_ids: Vec::new() }
    }
}

fn value_or_null<T: Serialize, S: Serializer>(change: &Change<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match change {
        Change::Set(value) => serializer.serialize_some(value),
        // What is kept is not serialized.
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

/// Shows which fields are set.
fn show(name: &str, fields: &[(&str, bool)], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut debug = formatter.debug_struct(name);
    for (field, _) in fields.iter().filter(|(_, is_set)| *is_set) {
        debug.field(field, &format_args!(".."));
    }
    debug.finish()
}
