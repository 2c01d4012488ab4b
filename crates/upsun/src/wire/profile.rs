//! Profiles of users and organizations, and what can be changed of them.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use anyprofile_http::SecretString;

use super::{CurrentTrial, SshKey, update::update};

open_enum! {
    /// What a profile is of.
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
        /// The user's id; for an organization's profile another id than the organization's.
        id: OpaqueId,
        /// The name that is shown.
        display_name: String,
        /// The e-mail address.
        email: String,
        /// The user name.
        username: String,
        /// User or organization.
        profile_type: ProfileType = "type",
        /// The URL of a picture.
        picture: String,
        /// The type of the company, free text.
        company_type: String,
        /// The name of the company.
        company_name: String,
        /// ISO 4217, given by the billing address.
        currency: String,
        /// The VAT number.
        vat_number: String,
        /// The user's role in the company.
        company_role: String,
        /// The website of the user or company.
        website_url: String,
        /// Whether the new interface is on.
        new_ui: bool,
        /// The color scheme of the interface.
        ui_colorscheme: String,
        /// The URL of a catalog in place of the default.
        default_catalog: String,
        /// The URL of the project options of the whole organization.
        project_options_url: String,
        /// Whether the user agreed to marketing messages.
        marketing: bool,
        /// When the account was made.
        created_at: TimeText,
        /// When the account was last changed.
        updated_at: TimeText,
        /// Where billing notices go.
        billing_contact: String,
        /// The trial. Left the OpenAPI document in 2026-01, and is still sent.
        current_trial: CurrentTrial,
        /// Whether the customer pays by invoice.
        invoiced: bool,
        /// `individual`, `corporation` or `government`; written with other words, see [`CustomerType`].
        customer_type: String,
        /// The legal name of the customer.
        legal_entity_name: String,
    }
}

open_record! {
    /// The response to the upload of a picture (`POST /profile/{uuid}/picture`).
    pub struct ProfilePicture {
        /// Where the picture is. The service sends a relative URL; the client makes it absolute.
        url: String,
    }
}

/// The legal form of a customer. Read with other words than it is written with: the document's list of
/// words to write holds `indvidual`, spelled so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustomerType {
    /// One person: reads `individual`, writes `indvidual`.
    Individual,
    /// A company: reads `corporation`, writes `company`.
    Company,
    /// A public body: reads and writes `government`.
    Government,
    /// Another word.
    Other(String),
}

impl CustomerType {
    /// From the word that the API sends.
    pub fn from_read_word(word: &str) -> Self {
        match word {
            "individual" | "indvidual" => Self::Individual,
            "corporation" | "company" => Self::Company,
            "government" => Self::Government,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word that the API takes.
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
    /// What to change of an organization's profile (`PATCH /organizations/{id}/profile`). Only what is set is sent;
    /// the API documents no way to clear a field.
    #[derive(PartialEq)]
    pub struct OrganizationProfileUpdate {
        /// The URL of a catalog in place of the default.
        default_catalog: String,
        /// The URL of the project options of the whole organization.
        project_options_url: String,
        /// The name of the company.
        company_name: String,
        /// The VAT number.
        vat_number: String,
        /// Where billing notices go.
        billing_contact: String,
        /// The legal name of the customer.
        legal_entity_name: String,
        /// The legal form of the customer.
        customer_type: CustomerType,
    }
}

update! {
    /// What to change of a user's profile (`PATCH /profiles/{id}`). Only what is set is sent. The API documents no
    /// way to clear a field: neither `null`, which cannot be written here, nor the empty text is said to do it.
    ///
    /// No limit of length is documented. Fields that are said to be from client code are not in the OpenAPI document:
    /// the service's own client for browsers sends them.
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
        /// The name that is shown.
        display_name: String,
        /// The user name. The user's record holds one too, see [`UserUpdate`](super::UserUpdate).
        username: String,
        /// The password that the user has now. That a new password asks for it is inferred.
        current_password: SecretString,
        /// The new password.
        password: SecretString,
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
        /// The URL of a catalog in place of the default.
        default_catalog: String,
        /// The URL of the project options of the whole account.
        project_options_url: String,
        /// The URL of a picture. To upload one, see
        /// [`create_profile_picture`](crate::UpsunClient::create_profile_picture).
        picture: String,
        /// The website of the user or company. From client code.
        website_url: String,
        /// Whether the new interface is on. From client code.
        new_ui: bool,
        /// The contrast of the interface, in the service's words. From client code.
        ui_contrast: String,
        /// The e-mail address, under the name that `GET /me` has for it. From client code; the documented way is
        /// [`reset_email_address`](crate::UpsunClient::reset_email_address).
        mail: String,
        /// Whether the user wants the newsletter. From client code.
        newsletter: bool,
        /// Whether the user wants mail as plain text. From client code; the meaning is inferred.
        plaintext: bool,
        /// The website, under the name that `GET /me` has for it. From client code.
        website: String,
        /// The public SSH keys. From client code; that the list takes the place of all keys there are is inferred.
        ssh_keys: Vec<SshKey>,
    }
}
