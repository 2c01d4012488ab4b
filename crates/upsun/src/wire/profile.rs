//! Profiles of users and organizations, and their updates.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use anyprofile_http::Secret;

use super::{CurrentTrial, SshKey, update::update};

open_enum! {
    /// The type of a profile.
    pub enum ProfileType {
        /// A person.
        User = "user",
        /// An organization.
        Organization = "organization",
    }
}

open_record! {
    /// A profile of a user or an organization (`GET /profiles`, `/profiles/{id}`, `/organizations/{id}/profile`).
    pub struct Profile {
        /// The user's id. In an organization's profile, it differs from the organization's id.
        id: OpaqueId,
        /// The display name.
        display_name: String,
        /// The e-mail address.
        email: String,
        /// The user name.
        username: String,
        /// The type, user or organization.
        profile_type: ProfileType = "type",
        /// The URL of a picture.
        picture: String,
        /// The type of the company, free text.
        company_type: String,
        /// The name of the company.
        company_name: String,
        /// The currency, ISO 4217. It follows from the billing address.
        currency: String,
        /// The VAT number.
        vat_number: String,
        /// The user's role in the company.
        company_role: String,
        /// The website of the user or company.
        website_url: String,
        /// Whether the new interface is enabled.
        new_ui: bool,
        /// The color scheme of the interface.
        ui_colorscheme: String,
        /// The URL of a catalog that replaces the default one.
        default_catalog: String,
        /// The URL of the project options of the whole organization.
        project_options_url: String,
        /// Whether the user agreed to marketing messages.
        marketing: bool,
        /// The time of creation of the account.
        created_at: TimeText,
        /// The time of the last change of the account.
        updated_at: TimeText,
        /// The contact for billing notices.
        billing_contact: String,
        /// The trial. Removed from the OpenAPI document in 2026-01, but still sent.
        current_trial: CurrentTrial,
        /// Whether the customer pays by invoice.
        invoiced: bool,
        /// The legal form: `individual`, `corporation` or `government`. Written with other words, see
        /// [`CustomerType`].
        customer_type: String,
        /// The legal name of the customer.
        legal_entity_name: String,
    }
}

open_record! {
    /// The response to the upload of a picture (`POST /profile/{uuid}/picture`).
    pub struct ProfilePicture {
        /// The URL of the picture. The service sends a relative URL; the client makes it absolute.
        url: String,
    }
}

/// The legal form of a customer. The API reads and writes different words: the document's list of words to
/// write contains `indvidual`, in this spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustomerType {
    /// A person: read as `individual`, written as `indvidual`.
    Individual,
    /// A company: read as `corporation`, written as `company`.
    Company,
    /// A public body: read and written as `government`.
    Government,
    /// Another word.
    Other(String),
}

impl CustomerType {
    /// Returns the legal form for the word that the API sends.
    pub fn from_read_word(word: &str) -> Self {
        match word {
            "individual" | "indvidual" => Self::Individual,
            "corporation" | "company" => Self::Company,
            "government" => Self::Government,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Returns the word that the API accepts.
    pub fn write_word(&self) -> &str {
        match self {
            Self::Individual => "indvidual",
            Self::Company => "company",
            Self::Government => "government",
            Self::Other(word) => word,
        }
    }
}

update! {
    /// The fields of an organization's profile to change (`PATCH /organizations/{id}/profile`). Only the
    /// fields that are set are sent. The API documents no way to clear a field.
    #[derive(PartialEq)]
    pub struct OrganizationProfileUpdate {
        /// The URL of a catalog that replaces the default one.
        default_catalog: String,
        /// The URL of the project options of the whole organization.
        project_options_url: String,
        /// The name of the company.
        company_name: String,
        /// The VAT number.
        vat_number: String,
        /// The contact for billing notices.
        billing_contact: String,
        /// The legal name of the customer.
        legal_entity_name: String,
        /// The legal form of the customer.
        customer_type: CustomerType,
    }
}

update! {
    /// The fields of a user's profile to change (`PATCH /profiles/{id}`). Only the fields that are set are
    /// sent. The API documents no way to clear a field: it mentions neither `null`, which cannot be written
    /// here, nor the empty text.
    ///
    /// No maximum length is documented. Fields marked as "from client code" are not in the OpenAPI document:
    /// the service's own browser client sends them.
    ///
    /// ```
    /// use anyprofile_upsun::wire::ProfileUpdate;
    ///
    /// let mut update = ProfileUpdate::default();
    /// update.display_name = Some("Ada Lovelace".to_owned());
    /// update.password = Some("correct horse".into());
    /// assert!(!format!("{update:?}").contains("Ada"));
    /// assert!(!serde_json::to_string(&update)?.contains("horse"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ProfileUpdate {
        /// The display name.
        display_name: String,
        /// The user name. The user record also has one, see [`UserUpdate`](super::UserUpdate).
        username: String,
        /// The current password. That a new password requires it is inferred.
        current_password: Secret,
        /// The new password.
        password: Secret,
        /// The type of the company, free text.
        company_type: String,
        /// The name of the company.
        company_name: String,
        /// The VAT number.
        vat_number: String,
        /// The user's role in the company.
        company_role: String,
        /// Whether the user agrees to marketing messages.
        marketing: bool,
        /// The color scheme of the interface, `light` or `dark`.
        ui_colorscheme: String,
        /// The URL of a catalog that replaces the default one.
        default_catalog: String,
        /// The URL of the project options of the whole account.
        project_options_url: String,
        /// The URL of a picture. To upload one, see
        /// [`create_profile_picture`](crate::UpsunClient::create_profile_picture).
        picture: String,
        /// The website of the user or company. From client code.
        website_url: String,
        /// Whether the new interface is enabled. From client code.
        new_ui: bool,
        /// The contrast of the interface, in the service's words. From client code.
        ui_contrast: String,
        /// The e-mail address, under its name in `GET /me`. From client code; the documented way is
        /// [`reset_email_address`](crate::UpsunClient::reset_email_address).
        mail: String,
        /// Whether the user wants the newsletter. From client code.
        newsletter: bool,
        /// Whether the user wants e-mail messages as plain text. From client code; the meaning is inferred.
        plaintext: bool,
        /// The website, under its name in `GET /me`. From client code.
        website: String,
        /// The public SSH keys. From client code; that the list replaces all keys is inferred.
        ssh_keys: Vec<SshKey>,
    }
}
