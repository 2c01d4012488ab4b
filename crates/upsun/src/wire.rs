//! Records as the API sends them. Every field may be missing, null or empty, and new ones may come:
//! the OpenAPI document lists no required field for a profile, and its nullability is not reliable.

use std::collections::BTreeMap;

use anyprofile_core::{Field, RawJson, open_enum, open_record, wire::OpaqueId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

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

open_record! {
    /// A user (`GET /users/me`), from another service than the profiles.
    pub struct User {
        /// The id.
        id: OpaqueId = "id",
        /// Whether the user cannot sign in.
        deactivated: bool = "deactivated",
        /// The namespace in which the user name is unique.
        namespace: String = "namespace",
        /// The user name.
        username: String = "username",
        /// The e-mail address.
        email: String = "email",
        /// Whether the address was verified.
        email_verified: bool = "email_verified",
        /// The given name.
        first_name: String = "first_name",
        /// The family name.
        last_name: String = "last_name",
        /// The URL of a picture.
        picture: String = "picture",
        /// The company.
        company: String = "company",
        /// The website.
        website: String = "website",
        /// ISO 3166-1 alpha-2.
        country: String = "country",
        /// When the account was made.
        created_at: String = "created_at",
        /// When the account was last changed.
        updated_at: String = "updated_at",
        /// When the user agreed to the terms.
        consented_at: String = "consented_at",
        /// How the user agreed: `opt-in` or `text-ref`.
        consent_method: String = "consent_method",
        /// Whether a phone number was verified. Sent, and not in the OpenAPI document.
        phone_number_verified: bool = "phone_number_verified",
        /// Whether a second factor is on. Sent, and not in the OpenAPI document.
        mfa_enabled: bool = "mfa_enabled",
        /// Whether single sign-on is on. Sent, and not in the OpenAPI document.
        sso_enabled: bool = "sso_enabled",
    }
}

open_record! {
    /// A trial.
    pub struct Trial {
        /// Whether it runs.
        active: bool = "active",
        /// When it began.
        created: String = "created",
        /// What it is.
        description: String = "description",
        /// When it ends.
        expiration: String = "expiration",
        /// What was spent in the present period.
        current: Money = "current",
        /// What was spent.
        spend: Money = "spend",
        /// What is left.
        spend_remaining: Money = "spend_remaining",
        /// The projects under the trial.
        projects: OneOrMany<TrialProject> = "projects",
        /// What has to be verified before it begins.
        pending_verification: String = "pending_verification",
        /// The model of the trial.
        model: String = "model",
        /// How many days are left.
        days_remaining: Decimal = "days_remaining",
    }
}

open_record! {
    /// A project under a trial.
    pub struct TrialProject {
        /// The id.
        id: OpaqueId = "id",
        /// The name.
        name: String = "name",
        /// What it costs.
        total: Money = "total",
    }
}

open_record! {
    /// An amount of money.
    pub struct MoneyRecord {
        /// As it is shown, with the currency.
        formatted: String = "formatted",
        /// The amount.
        amount: Decimal = "amount",
        /// ISO 4217.
        currency: String = "currency",
        /// ISO 4217, under its other name.
        currency_code: String = "currency_code",
        /// The currency's symbol.
        currency_symbol: String = "currency_symbol",
        /// Whether there is no limit.
        unlimited: bool = "unlimited",
    }
}

/// The trial in all the shapes it is known in: an object in profiles, an array in the former `/me`.
/// What fits neither is kept as it came, and does not cost the profile.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum CurrentTrial {
    /// One trial.
    One(Box<Trial>),
    /// Several trials.
    Many(Vec<Trial>),
    /// Something else.
    Other(RawJson),
}

impl CurrentTrial {
    /// The trials.
    pub fn trials(&self) -> &[Trial] {
        match self {
            Self::One(trial) => std::slice::from_ref(trial),
            Self::Many(trials) => trials,
            Self::Other(_) => &[],
        }
    }
}

impl<'de> Deserialize<'de> for CurrentTrial {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        Ok(match raw.get().trim_start().as_bytes().first() {
            Some(b'{') => raw.decode().map(Self::One).unwrap_or(Self::Other(raw)),
            Some(b'[') => raw.decode().map(Self::Many).unwrap_or(Self::Other(raw)),
            _ => Self::Other(raw),
        })
    }
}

impl Serialize for CurrentTrial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(trial) => trial.serialize(serializer),
            Self::Many(trials) => trials.serialize(serializer),
            Self::Other(raw) => raw.serialize(serializer),
        }
    }
}

/// One thing or a list of them: the document says an object and describes a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<T>),
    /// One thing.
    One(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let things = if raw.get().starts_with('[') {
            raw.decode().map(Self::Many)
        } else {
            raw.decode().map(Self::One)
        };
        things.map_err(serde::de::Error::custom)
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Many(things) => things.serialize(serializer),
            Self::One(thing) => thing.serialize(serializer),
        }
    }
}

/// Money: an object, or the bare amount.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Money {
    /// With its currency.
    Record(Box<MoneyRecord>),
    /// The amount alone.
    Amount(Decimal),
}

impl Money {
    /// The amount.
    pub fn amount(&self) -> Field<&str> {
        match self {
            Self::Record(record) => record.amount.as_ref().map(Decimal::as_str),
            Self::Amount(amount) => Field::Value(amount.as_str()),
        }
    }

    /// The currency, under either of its names.
    pub fn currency(&self) -> Field<&str> {
        match self {
            Self::Record(record) => record.currency.as_deref().or(record.currency_code.as_deref()),
            Self::Amount(_) => Field::Absent,
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let money = if raw.get().trim_start().starts_with('{') {
            raw.decode().map(Self::Record)
        } else {
            raw.decode().map(Self::Amount)
        };
        money.map_err(serde::de::Error::custom)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Record(record) => record.serialize(serializer),
            Self::Amount(amount) => amount.serialize(serializer),
        }
    }
}

/// A decimal number, sent as a number in some places and as a text in others; kept digit by digit.
#[derive(Clone, Debug, PartialEq)]
pub struct Decimal {
    text: String,
    quoted: bool,
}

impl Decimal {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        match raw.get().as_bytes().first() {
            Some(b'"') => {
                raw.decode().map(|text| Self { text, quoted: true }).map_err(serde::de::Error::custom)
            }
            Some(b'0'..=b'9' | b'-') => Ok(Self { text: raw.get().to_owned(), quoted: false }),
            _ => Err(serde::de::Error::custom("expected a number, or a number in a string")),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<RawJson>(&self.text) {
            Ok(number) if !self.quoted => number.serialize(serializer),
            _ => serializer.serialize_str(&self.text),
        }
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

/// A page of profiles, in the shape of the service behind `/profiles`.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de>")]
#[non_exhaustive]
pub struct ProfileList<R = Profile> {
    /// How many profiles there are on all pages; may be missing.
    #[serde(default)]
    pub count: Field<u64>,
    /// The profiles of this page.
    pub profiles: Vec<R>,
    /// Where to go on.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// Links of a page. Further ones are left out: some are lists, some are signed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Links {
    /// This page.
    pub this: Option<Link>,
    /// The page before.
    pub previous: Option<Link>,
    /// The page after.
    pub next: Option<Link>,
}

/// A link.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// What it is called.
    #[serde(default)]
    pub title: Field<String>,
    /// Where it leads: a URL, or a path alone.
    #[serde(default)]
    pub href: Field<String>,
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An empty map may come as `[]`, and a link as a list of links.
        let raw = RawJson::deserialize(deserializer)?;
        let links: BTreeMap<String, RawJson> = raw.decode().unwrap_or_default();
        let link = |name: &str| {
            let raw = links.get(name)?;
            match raw.get().as_bytes().first() {
                Some(b'n') => None,
                Some(b'[') => raw.decode::<Vec<Link>>().unwrap_or_default().into_iter().next(),
                // A link that cannot be read is there all the same: without it a listing would look whole.
                _ => Some(raw.decode().unwrap_or_default()),
            }
        };
        Ok(Self { this: link("self"), previous: link("previous"), next: link("next") })
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

impl std::fmt::Debug for CurrentTrial {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CurrentTrial({} trials)", self.trials().len())
    }
}

impl std::fmt::Debug for OrganizationProfileUpdate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OrganizationProfileUpdate(..)")
    }
}
