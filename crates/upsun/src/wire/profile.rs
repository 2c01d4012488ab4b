//! Profiles of users and organizations, and what can be changed of them.

use anyprofile_core::{open_enum, open_record, wire::OpaqueId};
use serde::{Serialize, Serializer};

use super::CurrentTrial;

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
        id: OpaqueId = "id",
        /// The name that is shown.
        display_name: String = "display_name",
        /// The e-mail address.
        email: String = "email",
        /// The user name.
        username: String = "username",
        /// User or organization.
        profile_type: ProfileType = "type",
        /// The URL of a picture.
        picture: String = "picture",
        /// The type of the company, free text.
        company_type: String = "company_type",
        /// The name of the company.
        company_name: String = "company_name",
        /// ISO 4217, given by the billing address.
        currency: String = "currency",
        /// The VAT number.
        vat_number: String = "vat_number",
        /// The user's role in the company.
        company_role: String = "company_role",
        /// The website of the user or company.
        website_url: String = "website_url",
        /// Whether the new interface is on.
        new_ui: bool = "new_ui",
        /// The color scheme of the interface.
        ui_colorscheme: String = "ui_colorscheme",
        /// The URL of a catalog in place of the default.
        default_catalog: String = "default_catalog",
        /// The URL of the project options of the whole organization.
        project_options_url: String = "project_options_url",
        /// Whether the user agreed to marketing messages.
        marketing: bool = "marketing",
        /// When the account was made.
        created_at: String = "created_at",
        /// When the account was last changed.
        updated_at: String = "updated_at",
        /// Where billing notices go.
        billing_contact: String = "billing_contact",
        /// The trial. Left the OpenAPI document in 2026-01, and is still sent.
        current_trial: CurrentTrial = "current_trial",
        /// Whether the customer pays by invoice.
        invoiced: bool = "invoiced",
        /// `individual`, `corporation` or `government`; written with other words, see [`CustomerType`].
        customer_type: String = "customer_type",
        /// The legal name of the customer.
        legal_entity_name: String = "legal_entity_name",
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

/// What to change of an organization's profile (`PATCH /organizations/{id}/profile`). A field that is
/// `None` is not sent; the API documents no way to clear one.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OrganizationProfileUpdate {
    /// The URL of a catalog in place of the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_catalog: Option<String>,
    /// The URL of the project options of the whole organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_options_url: Option<String>,
    /// The name of the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// The VAT number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// Where billing notices go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_contact: Option<String>,
    /// The legal name of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_entity_name: Option<String>,
    /// The legal form of the customer.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_word")]
    pub customer_type: Option<CustomerType>,
}

#[allow(clippy::ref_option, reason = "serde asks for this type")]
fn write_word<S: Serializer>(customer_type: &Option<CustomerType>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(customer_type.as_ref().map_or("", CustomerType::write_word))
}

impl std::fmt::Debug for OrganizationProfileUpdate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OrganizationProfileUpdate(..)")
    }
}
