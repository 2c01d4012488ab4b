//! Postal addresses.

use anyprofile_core::open_record;

use super::{LooseMap, LooseText, update::update};

open_record! {
    /// A postal address (`GET /profiles/{id}/address`, `/organizations/{id}/address`). `null` and `""` both
    /// occur for what was not given; client code shows further keys, which are kept as unknown.
    pub struct Address {
        /// ISO 3166-1 alpha-2.
        country: String,
        /// The name of the user or company.
        name_line: String,
        /// Flat, suite, building.
        premise: String,
        /// What is inside the premise: suite, floor.
        sub_premise: String,
        /// Street and number.
        thoroughfare: String,
        /// State, province or region, by its code in the country.
        administrative_area: String,
        /// County or district.
        sub_administrative_area: String,
        /// City.
        locality: String,
        /// Part of the city.
        dependent_locality: String,
        /// Postal code. A text; an integer in the document of 2020.
        postal_code: LooseText,
        /// How addresses are written in this country. Sent for users, not for organizations.
        metadata: AddressMetadata,
    }
}

open_record! {
    /// How addresses are written in a country.
    pub struct AddressMetadata {
        /// The keys of [`Address`] that an address needs.
        required_fields: Vec<String>,
        /// What the fields are called in the country, by their key.
        field_labels: LooseMap<String>,
        /// Whether companies of the country have a VAT number.
        show_vat: bool,
    }
}

update! {
    /// What to change of a postal address (`PATCH /profiles/{id}/address`, `/organizations/{id}/address`). Only what
    /// is set is sent. The API documents no way to clear a field and no limit of length; which fields a country
    /// needs, [`AddressMetadata`] says.
    pub struct AddressUpdate {
        /// ISO 3166-1 alpha-2.
        country: String,
        /// The name of the user or company.
        name_line: String,
        /// Flat, suite, building.
        premise: String,
        /// What is inside the premise: suite, floor.
        sub_premise: String,
        /// Street and number.
        thoroughfare: String,
        /// State, province or region, by its code in the country.
        administrative_area: String,
        /// County or district.
        sub_administrative_area: String,
        /// City.
        locality: String,
        /// Part of the city.
        dependent_locality: String,
        /// Postal code.
        postal_code: String,
    }
}
