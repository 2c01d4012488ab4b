//! Postal addresses.

use anyprofile_core::open_record;

use super::{LooseMap, LooseText, update::update};

open_record! {
    /// A postal address (`GET /profiles/{id}/address`, `/organizations/{id}/address`). A missing value may be
    /// `null` or `""`. Client code has more keys, which are kept as unknown fields.
    pub struct Address {
        /// The country, ISO 3166-1 alpha-2.
        country: String,
        /// The name of the user or company.
        name_line: String,
        /// Flat, suite, building.
        premise: String,
        /// The part of the premise: suite, floor.
        sub_premise: String,
        /// Street and number.
        thoroughfare: String,
        /// State, province or region, as a code of the country.
        administrative_area: String,
        /// County or district.
        sub_administrative_area: String,
        /// City.
        locality: String,
        /// The part of the city.
        dependent_locality: String,
        /// The postal code: a text; an integer in the document of 2020.
        postal_code: LooseText,
        /// The address format of the country. Sent for users, not for organizations.
        metadata: AddressMetadata,
    }
}

open_record! {
    /// The address format of a country.
    pub struct AddressMetadata {
        /// The keys of [`Address`] that are required.
        required_fields: Vec<String>,
        /// The country's names of the fields, by key.
        field_labels: LooseMap<String>,
        /// Whether companies of the country have a VAT number.
        show_vat: bool,
    }
}

update! {
    /// The fields of a postal address to change (`PATCH /profiles/{id}/address`,
    /// `/organizations/{id}/address`). Only the fields that are set are sent. The API documents neither a way
    /// to clear a field nor a maximum length. [`AddressMetadata`] has the required fields of a country.
    pub struct AddressUpdate {
        /// The country, ISO 3166-1 alpha-2.
        country: String,
        /// The name of the user or company.
        name_line: String,
        /// Flat, suite, building.
        premise: String,
        /// The part of the premise: suite, floor.
        sub_premise: String,
        /// Street and number.
        thoroughfare: String,
        /// State, province or region, as a code of the country.
        administrative_area: String,
        /// County or district.
        sub_administrative_area: String,
        /// City.
        locality: String,
        /// The part of the city.
        dependent_locality: String,
        /// Postal code.
        postal_code: String,
    }
}
