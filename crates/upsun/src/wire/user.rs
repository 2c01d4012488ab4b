//! Users, in the views that the service has of them.

use std::collections::BTreeMap;

use anyprofile_core::{
    Field,
    listing::Quarantined,
    open_enum, open_record,
    profile::RawJson,
    wire::{OpaqueId, TimeText, Tolerant as _, decode_failure},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CurrentTrial, Decimal, LooseMap, SecretText, update::update};

open_record! {
    /// A user (`GET /users/me`, `/users/{id}`, `/users/email=…`, `/users/username=…`), from another service than
    /// the profiles.
    pub struct User {
        /// The id.
        id: OpaqueId,
        /// Whether the user cannot sign in.
        deactivated: bool,
        /// The namespace in which the user name is unique.
        namespace: String,
        /// The user name.
        username: String,
        /// The e-mail address.
        email: String,
        /// Whether the address was verified.
        email_verified: bool,
        /// The given name.
        first_name: String,
        /// The family name.
        last_name: String,
        /// The URL of a picture.
        picture: String,
        /// The company.
        company: String,
        /// The website.
        website: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// When the account was made.
        created_at: TimeText,
        /// When the account was last changed.
        updated_at: TimeText,
        /// When the user agreed to the terms.
        consented_at: String,
        /// How the user agreed: `opt-in` or `text-ref`.
        consent_method: String,
        /// Whether a phone number was verified. Sent, and not in the OpenAPI document.
        phone_number_verified: bool,
        /// Whether a second factor is on. Sent, and not in the OpenAPI document.
        mfa_enabled: bool,
        /// Whether single sign-on is on. Sent, and not in the OpenAPI document.
        sso_enabled: bool,
    }
}

update! {
    /// What to change of a user (`PATCH /users/{id}`). Only what is set is sent; the API documents no way to clear a
    /// field, and no limit of length but that of the country.
    ///
    /// The e-mail address is changed by [`reset_email_address`](crate::UpsunClient::reset_email_address).
    pub struct UserUpdate {
        /// The user name.
        username: String,
        /// The given name.
        first_name: String,
        /// The family name.
        last_name: String,
        /// The URL of a picture.
        picture: String,
        /// The company.
        company: String,
        /// The URL of the website.
        website: String,
        /// ISO 3166-1 alpha-2: two letters. Others are refused before anything is sent.
        country: String,
    }
}

open_record! {
    /// The user whom the token belongs to, in the older view (`GET /me`, deprecated). The address is `mail`
    /// here, and the status a number.
    ///
    /// Client code names further keys whose form is not known (`teams`, `newsletter`, `plaintext`, `trial`,
    /// `stripe`): they are kept as unknown.
    pub struct CurrentUser {
        /// The id, a UUID.
        id: OpaqueId,
        /// The id once more.
        uuid: OpaqueId,
        /// The user name.
        username: String,
        /// The full name.
        display_name: String,
        /// Whether the user can sign in.
        status: AccountStatus,
        /// The e-mail address.
        mail: String,
        /// The public SSH keys.
        ssh_keys: Vec<SshKey>,
        /// Whether there is a public SSH key.
        has_key: bool,
        /// The projects that the user has access to.
        projects: Vec<CurrentUserProject>,
        /// The user's number in order.
        sequence: OpaqueId,
        /// The names of the user's roles.
        roles: Vec<String>,
        /// The URL of a picture.
        picture: String,
        /// How many support tickets there are, by their status. `[]` where there are none.
        tickets: LooseMap<Decimal>,
        /// The website. In client code, not in the OpenAPI document.
        website: String,
        /// The user's role in the company. In client code, not in the OpenAPI document.
        company_role: String,
        /// The type of the company, free text. In client code, not in the OpenAPI document.
        company_type: String,
        /// The trials. Left the OpenAPI document in 2026-01.
        current_trial: CurrentTrial,
    }
}

/// Whether a user can sign in: a number in the document, and a number in a text in some answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountStatus {
    /// 0: the user cannot sign in.
    Blocked,
    /// 1: the user can.
    Active,
    /// Another number or word.
    Other(OpaqueId),
}

impl<'de> Deserialize<'de> for AccountStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let status = OpaqueId::deserialize(deserializer)?;
        Ok(match status.as_str() {
            "0" => Self::Blocked,
            "1" => Self::Active,
            _ => Self::Other(status),
        })
    }
}

impl Serialize for AccountStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Blocked => serializer.serialize_u8(0),
            Self::Active => serializer.serialize_u8(1),
            Self::Other(status) => status.serialize(serializer),
        }
    }
}

open_record! {
    /// A public SSH key.
    pub struct SshKey {
        /// The id of the key, a number.
        key_id: OpaqueId,
        /// The number of the user.
        uid: OpaqueId,
        /// The fingerprint.
        fingerprint: String,
        /// The name that the user gave it.
        title: String,
        /// The public key itself.
        value: String,
        /// When the key was last changed, ISO 8601.
        changed: TimeText,
    }
}

open_record! {
    /// A project in `GET /me`.
    pub struct CurrentUserProject {
        /// The id.
        id: OpaqueId,
        /// The name that is shown.
        name: String,
        /// The name that is shown, once more.
        title: String,
        /// The machine name of the region.
        cluster: String,
        /// The name of the region that is shown.
        cluster_label: String,
        /// The machine name of the region, once more.
        region: String,
        /// The name of the region that is shown, once more.
        region_label: String,
        /// The URL of the project's page in the console.
        uri: String,
        /// The URL of the project's API.
        endpoint: String,
        /// The id of the subscription, a number.
        license_id: OpaqueId,
        /// The id of the owner, a UUID.
        owner: OpaqueId,
        /// What collaborators may know of the owner.
        owner_info: OwnerInfo,
        /// The plan of the subscription.
        plan: String,
        /// The id of the subscription, a number.
        subscription_id: OpaqueId,
        /// The status, in the service's word.
        status: String,
        /// The machine name of the vendor.
        vendor: String,
        /// The name of the vendor.
        vendor_label: String,
        /// The URL of the vendor.
        vendor_website: String,
        /// The link to the vendor's resources.
        vendor_resources: String,
        /// When the subscription was made.
        created_at: TimeText,
    }
}

open_record! {
    /// What collaborators may know of the owner of a project.
    pub struct OwnerInfo {
        /// What the owner is, as a rule `user`.
        owner_type: String = "type",
        /// The owner's user name.
        username: String,
        /// The owner's full name.
        display_name: String,
    }
}

open_record! {
    /// Whether a phone number has to be verified before a project is made (`POST /me/phone`).
    pub struct PhoneVerification {
        /// Whether it has to be.
        verify_phone: bool,
    }
}

open_enum! {
    /// How a user is verified. The document knows the first two, client code the third.
    pub enum VerificationType {
        /// By phone.
        Phone = "phone",
        /// By the service's staff, through a support ticket.
        Ticket = "ticket",
        /// With a credit card.
        CreditCard = "credit-card",
    }
}

open_record! {
    /// Whether the user has to be verified before making a project (`POST /me/verification`).
    pub struct Verification {
        /// Whether it has to be.
        state: bool,
        /// How. `null` or `""` where it is not needed; see [`needed`](Self::needed).
        verification_type: VerificationType = "type",
    }
}

impl Verification {
    /// How the user has to be verified; `Null` where that is not needed.
    pub fn needed(&self) -> Field<&VerificationType> {
        match self.verification_type.as_ref() {
            Field::Value(word) if word.as_str().is_empty() => Field::Null,
            Field::Value(_) if self.state.is_known_to_be(&false) => Field::Null,
            other => other,
        }
    }
}

open_record! {
    /// A user whom another record names (`GET /ref/users`).
    pub struct UserReference {
        /// The id.
        id: OpaqueId,
        /// The user name.
        username: String,
        /// The e-mail address.
        email: String,
        /// The given name.
        first_name: String,
        /// The family name.
        last_name: String,
        /// The URL of a picture.
        picture: String,
        /// Whether the service's own second factor is on. It may be off where single sign-on asks for one.
        mfa_enabled: bool,
        /// Whether the user must sign in through a provider of single sign-on.
        sso_enabled: bool,
        /// When the account was made. In client code, not in the OpenAPI document.
        created_at: TimeText,
        /// When the account was last changed. In client code, not in the OpenAPI document.
        updated_at: TimeText,
    }
}

/// Users whom other records name, by their id.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReferencedUsers {
    /// Those who came. `Null`: the user no longer exists.
    pub users: BTreeMap<String, Field<UserReference>>,
    /// Records that did not decode.
    pub quarantined: Vec<Quarantined>,
}

impl ReferencedUsers {
    /// A user: `Null` if it no longer exists, `Absent` if the response does not have it.
    pub fn get(&self, id: &str) -> Field<&UserReference> {
        self.users.get(id).map_or(Field::Absent, Field::as_ref)
    }
}

impl<'de> Deserialize<'de> for ReferencedUsers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        // An empty map may come as `[]`.
        let is_empty_list = raw.decode::<[(); 0]>().is_ok();
        let records: BTreeMap<String, RawJson> =
            if is_empty_list { BTreeMap::new() } else { raw.decode().map_err(serde::de::Error::custom)? };
        let mut this = Self::default();
        for (position, (id, record)) in records.into_iter().enumerate() {
            let user = match record.get() {
                "null" => Ok(Field::Null),
                text => UserReference::read(text).map(Field::Value),
            };
            match user {
                Ok(user) => drop(this.users.insert(id, user)),
                Err(error) => {
                    let reason = decode_failure(&error).reason;
                    this.quarantined.push(Quarantined::new(position, reason));
                }
            }
        }
        Ok(this)
    }
}

open_record! {
    /// A way to sign in through another service (`GET /users/{id}/connections`).
    pub struct Connection {
        /// The name of the other service.
        provider: String,
        /// What it is: `okta` and the like.
        provider_type: String,
        /// Whether the user must sign in through it.
        is_mandatory: bool,
        /// The user's id there.
        subject: OpaqueId,
        /// The user's e-mail address there.
        email_address: String,
        /// When the connection was made.
        created_at: TimeText,
        /// When it was last changed.
        updated_at: TimeText,
    }
}

open_record! {
    /// An API token of a user (`GET /users/{id}/api-tokens`).
    pub struct ApiToken {
        /// The id.
        id: OpaqueId,
        /// The name that the user gave it.
        name: String,
        /// Whether the user had a second factor when the token was made.
        mfa_on_creation: bool,
        /// The token itself. Shown once, in the response that makes it.
        token: SecretText,
        /// When it was made.
        created_at: TimeText,
        /// When it was last changed.
        updated_at: TimeText,
        /// When it was last exchanged for an access token. `null`: never, or before this was recorded. What
        /// came of the exchange may be used for longer.
        last_used_at: String,
    }
}
