//! Users, in the service's views of them.

use anyprofile_core::{
    Field, open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CurrentTrial, Decimal, LooseMap, SecretText, update::update};

open_record! {
    /// A user (`GET /users/me`, `/users/{id}`, `/users/email=…`, `/users/username=…`). It comes from another
    /// service than the profiles.
    pub struct User {
        /// The id.
        id: OpaqueId,
        /// Whether the user is deactivated and cannot sign in.
        deactivated: bool,
        /// The namespace in which the user name is unique.
        namespace: String,
        /// The user name.
        username: String,
        /// The e-mail address.
        email: String,
        /// Whether the e-mail address is verified.
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
        /// The country, ISO 3166-1 alpha-2.
        country: String,
        /// The time of creation of the account.
        created_at: TimeText,
        /// The time of the last change of the account.
        updated_at: TimeText,
        /// The time when the user agreed to the terms.
        consented_at: String,
        /// How the user agreed: `opt-in` or `text-ref`.
        consent_method: String,
        /// Whether a phone number is verified. Sent, but not in the OpenAPI document.
        phone_number_verified: bool,
        /// Whether a second factor is enabled. Sent, but not in the OpenAPI document.
        mfa_enabled: bool,
        /// Whether single sign-on is enabled. Sent, but not in the OpenAPI document.
        sso_enabled: bool,
    }
}

update! {
    /// The fields of a user to change (`PATCH /users/{id}`). Only the fields that are set are sent. The API
    /// documents no way to clear a field, and a maximum length only for the country.
    ///
    /// [`reset_email_address`](crate::UpsunClient::reset_email_address) changes the e-mail address.
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
        /// The country, ISO 3166-1 alpha-2: two letters. Other texts are refused before anything is sent.
        country: String,
    }
}

open_record! {
    /// The user of the token, in the older view (`GET /me`, deprecated). The e-mail address is `mail` here,
    /// and the status a number.
    ///
    /// Client code has more keys, whose types are not known (`teams`, `newsletter`, `plaintext`, `trial`,
    /// `stripe`). They are kept as unknown fields.
    pub struct CurrentUser {
        /// The id, a UUID.
        id: OpaqueId,
        /// The id again.
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
        /// Whether the user has a public SSH key.
        has_key: bool,
        /// The projects that the user has access to.
        projects: Vec<CurrentUserProject>,
        /// The sequence number of the user.
        sequence: OpaqueId,
        /// The names of the user's roles.
        roles: Vec<String>,
        /// The URL of a picture.
        picture: String,
        /// The number of support tickets by status. `[]` if there are none.
        tickets: LooseMap<Decimal>,
        /// The website. In client code, not in the OpenAPI document.
        website: String,
        /// The user's role in the company. In client code, not in the OpenAPI document.
        company_role: String,
        /// The type of the company, free text. In client code, not in the OpenAPI document.
        company_type: String,
        /// The trials. Removed from the OpenAPI document in 2026-01.
        current_trial: CurrentTrial,
    }
}

/// Whether a user can sign in: a number in the document, and a number as a text in some responses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountStatus {
    /// 0: the user cannot sign in.
    Blocked,
    /// 1: the user can sign in.
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
        /// The title that the user chose.
        title: String,
        /// The public key itself.
        value: String,
        /// The time of the last change of the key, ISO 8601.
        changed: TimeText,
    }
}

open_record! {
    /// A project in `GET /me`.
    pub struct CurrentUserProject {
        /// The id.
        id: OpaqueId,
        /// The display name.
        name: String,
        /// The display name again.
        title: String,
        /// The machine name of the region.
        cluster: String,
        /// The display name of the region.
        cluster_label: String,
        /// The machine name of the region again.
        region: String,
        /// The display name of the region again.
        region_label: String,
        /// The URL of the project's page in the console.
        uri: String,
        /// The URL of the project's API.
        endpoint: String,
        /// The id of the subscription, a number.
        license_id: OpaqueId,
        /// The id of the owner, a UUID.
        owner: OpaqueId,
        /// The part of the owner that collaborators may see.
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
        /// The time of creation of the subscription.
        created_at: TimeText,
    }
}

open_record! {
    /// The part of the owner of a project that collaborators may see.
    pub struct OwnerInfo {
        /// The type of the owner, usually `user`.
        owner_type: String = "type",
        /// The owner's user name.
        username: String,
        /// The owner's full name.
        display_name: String,
    }
}

open_record! {
    /// Whether a phone number must be verified before a project is created (`POST /me/phone`).
    pub struct PhoneVerification {
        /// Whether the verification is required.
        verify_phone: bool,
    }
}

open_enum! {
    /// The way a user is verified. The document has the first two, client code the third.
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
    /// Whether the user must be verified before creating a project (`POST /me/verification`).
    pub struct Verification {
        /// Whether the verification is required.
        state: bool,
        /// The way. `null` or `""` if no verification is required; see [`needed`](Self::needed).
        verification_type: VerificationType = "type",
    }
}

impl Verification {
    /// Returns the way the user must be verified; `Null` if no verification is required.
    pub fn needed(&self) -> Field<&VerificationType> {
        match self.verification_type.as_ref() {
            Field::Value(word) if word.as_str().is_empty() => Field::Null,
            Field::Value(_) if self.state.is_known_to_be(&false) => Field::Null,
            other => other,
        }
    }
}

open_record! {
    /// A user's login through another service (`GET /users/{id}/connections`).
    pub struct Connection {
        /// The name of the other service.
        provider: String,
        /// The type of the service, such as `okta`.
        provider_type: String,
        /// Whether the user must sign in through it.
        is_mandatory: bool,
        /// The user's id there.
        subject: OpaqueId,
        /// The user's e-mail address there.
        email_address: String,
        /// The time of creation of the connection.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
    }
}

open_record! {
    /// An API token of a user (`GET /users/{id}/api-tokens`).
    pub struct ApiToken {
        /// The id.
        id: OpaqueId,
        /// The name that the user chose.
        name: String,
        /// Whether the user had a second factor when the token was created.
        mfa_on_creation: bool,
        /// The token itself. Sent only once, in the response that creates it.
        token: SecretText,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
        /// The time when it was last exchanged for an access token. `null`: never, or before the service
        /// recorded this. The resulting access token may be used for longer.
        last_used_at: String,
    }
}
