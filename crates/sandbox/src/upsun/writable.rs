//! The writable fields of each operation.

use super::rules::{Rule, Writable};

/// The words of writes and the words of reads; the first is spelled as in Upsun's API.
const CUSTOMER_TYPES: [(&str, &str); 3] =
    [("indvidual", "individual"), ("company", "corporation"), ("government", "government")];

/// The API names these two words, but not as an enumeration; that others are refused is inferred.
const COLOR_SCHEMES: [(&str, &str); 2] = [("light", "light"), ("dark", "dark")];

pub(super) const CHANNELS: [(&str, &str); 3] = [("sms", "sms"), ("whatsapp", "whatsapp"), ("call", "call")];

pub(super) const ORGANIZATION: [Writable; 7] = [
    ("default_catalog", Rule::Text),
    ("project_options_url", Rule::Uri),
    ("company_name", Rule::Text),
    ("legal_entity_name", Rule::Text),
    ("customer_type", Rule::Word(&CUSTOMER_TYPES)),
    ("vat_number", Rule::Text),
    ("billing_contact", Rule::Email),
];

/// The documented fields, and after them those that the service's own console sends.
pub(super) const PROFILE: [Writable; 21] = [
    ("display_name", Rule::Text),
    ("username", Rule::Filled),
    ("current_password", Rule::Secret),
    ("password", Rule::Secret),
    ("company_type", Rule::Text),
    ("company_name", Rule::Text),
    ("vat_number", Rule::Text),
    ("company_role", Rule::Text),
    ("marketing", Rule::Flag),
    ("ui_colorscheme", Rule::Word(&COLOR_SCHEMES)),
    ("default_catalog", Rule::Text),
    ("project_options_url", Rule::Text),
    ("picture", Rule::Text),
    ("website_url", Rule::Text),
    ("new_ui", Rule::Flag),
    ("ui_contrast", Rule::Text),
    ("mail", Rule::Email),
    ("newsletter", Rule::Flag),
    ("plaintext", Rule::Flag),
    ("website", Rule::Text),
    ("ssh_keys", Rule::List),
];

/// The fields that are written to the profile, but only read from `/me`.
pub(super) const OF_ME_ONLY: [&str; 4] = ["newsletter", "plaintext", "website", "ssh_keys"];

/// The fields that are written to the profile, and also read from `/me`.
pub(super) const OF_ME_TOO: [&str; 4] = ["display_name", "picture", "company_type", "company_role"];

/// The fields of a user without the e-mail address, which has an operation of its own.
pub(super) const USER: [Writable; 7] = [
    ("username", Rule::Filled),
    ("first_name", Rule::Text),
    ("last_name", Rule::Text),
    ("picture", Rule::Uri),
    ("company", Rule::Text),
    ("website", Rule::Uri),
    ("country", Rule::Country),
];

/// The area is documented as a code too, but records contain any text.
pub(super) const ADDRESS: [Writable; 10] = [
    ("country", Rule::Country),
    ("name_line", Rule::Text),
    ("premise", Rule::Text),
    ("sub_premise", Rule::Text),
    ("thoroughfare", Rule::Text),
    ("administrative_area", Rule::Text),
    ("sub_administrative_area", Rule::Text),
    ("locality", Rule::Text),
    ("dependent_locality", Rule::Text),
    ("postal_code", Rule::Text),
];
