//! What the fields of a record mean.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Rule, Scalars};

/// What the fields of a record mean. Everything else that a record has is kept under `unknown`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Map {
    /// The id. A number is a text with its digits.
    pub id: Option<Rule>,
    /// What kind of profile it is: `human`, `service`, `organization`.
    pub kind: Option<Rule>,
    /// The status: `active`, `suspended`, `pending`, `deleted`. Any other word is kept as it is.
    pub status: Option<Rule>,
    /// The service's own word for the status. Default: what `status` was read from.
    pub status_raw: Option<Rule>,
    /// The id that the customer gave the profile.
    pub external_id: Option<Rule>,
    /// The name to sign in with.
    pub username: Option<Rule>,
    /// The e-mail addresses.
    pub emails: Option<Vec<EmailRule>>,
    /// The URL of a picture.
    pub picture: Option<Rule>,
    /// The URL of a website.
    pub website: Option<Rule>,
    /// The job title.
    pub title: Option<Rule>,
    /// The language: `en`, `de-AT`.
    pub locale: Option<Rule>,
    /// The country: two letters.
    pub country: Option<Rule>,
    /// The nickname.
    pub nickname: Option<Rule>,
    /// The time zone: `Europe/Vienna`.
    pub timezone: Option<Rule>,
    /// The roles.
    pub roles: Option<Vec<ItemRule>>,
    /// The groups and teams.
    pub groups: Option<Vec<ItemRule>>,
    /// The labels.
    pub labels: Option<Vec<ItemRule>>,
    /// What the profile may use, such as a licence.
    pub entitlements: Option<Vec<ItemRule>>,
    /// The telephone numbers.
    pub phones: Option<Vec<ItemRule>>,
    /// Who changed the profile last.
    pub changed_by: Option<ActorRule>,
    /// Who owns the profile, if it is a program.
    pub owner: Option<ActorRule>,
    /// The parts of the name.
    pub name: BTreeMap<String, Rule>,
    /// The organization: `name`, `legal_name`, `kind`, `role`.
    pub organization: BTreeMap<String, Rule>,
    /// What the employer says: `number`, `department`, `division`, `cost_center`.
    pub employee: BTreeMap<String, Rule>,
    /// The manager.
    pub manager: Option<ActorRule>,
    /// Special rights: `owner`, `billing_admin`.
    pub access: BTreeMap<String, Rule>,
    /// Signing in: `mfa_enabled`, `sso`, `last_login`, `first_login`.
    pub security: BTreeMap<String, Rule>,
    /// The kinds of second factors: a list of texts.
    pub mfa_methods: Option<ItemRule>,
    /// Times: `created`, `updated`, `status_changed`.
    pub times: BTreeMap<String, Rule>,
}

impl Map {
    /// Returns whether there is no rule.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the fields with one text, by their names.
    pub(crate) fn texts(&self) -> [(&'static str, &Option<Rule>); 9] {
        [
            ("external_id", &self.external_id),
            ("username", &self.username),
            ("picture", &self.picture),
            ("website", &self.website),
            ("title", &self.title),
            ("locale", &self.locale),
            ("country", &self.country),
            ("nickname", &self.nickname),
            ("timezone", &self.timezone),
        ]
    }
}

/// An e-mail address, or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EmailRule {
    /// Where the list is, if there are several. Pointers are then relative to each element.
    pub each: Option<String>,
    /// Whether a record without the list has none of these. It needs `because`. Default: no, the field is then not known.
    pub absent_is_none: bool,
    /// Why what is absent has a meaning: what the service documents.
    pub because: Option<String>,
    /// The values that an element must have, by pointer.
    #[serde(rename = "where")]
    pub conditions: BTreeMap<String, Scalars>,
    /// Whether an element without a value that `where` asks for is none of these. It needs `because`. Default: no, the field is then not known.
    pub absent_is_no: bool,
    /// Where the address is; in a list, the empty text for the element itself.
    pub at: super::OneOrMany,
    /// Whether it is the address to sign in with. Default: no.
    pub login: bool,
    /// The purpose: `work`, `home`, `billing`.
    pub purpose: Option<Rule>,
    /// Whether it is the primary one: a rule with true or false. Default: yes for the login address, and not known for others.
    pub primary: Option<Rule>,
    /// Whether it was verified: a rule with true or false.
    pub verified: Option<Rule>,
}

/// An item of a list such as roles, or several.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ItemRule {
    /// Where the list is, if there are several. Pointers are then relative to each element.
    pub each: Option<String>,
    /// Whether a record without the list has none of these. It needs `because`. Default: no, the field is then not known.
    pub absent_is_none: bool,
    /// Why what is absent has a meaning: what the service documents.
    pub because: Option<String>,
    /// The values that an element must have, by pointer.
    #[serde(rename = "where")]
    pub conditions: BTreeMap<String, Scalars>,
    /// Whether an element without a value that `where` asks for is none of these. It needs `because`. Default: no, the field is then not known.
    pub absent_is_no: bool,
    /// Whether a text in place of the list is the name of the only item. Default: no. An empty text is always null.
    pub or_name: bool,
    /// Where the id is, and for a telephone, the number; in a list, the empty text for the element itself.
    pub id: Option<Rule>,
    /// Where the name is.
    pub name: Option<Rule>,
    /// The kind.
    pub kind: Option<Rule>,
    /// The color of a label.
    pub color: Option<Rule>,
    /// The name that the flag at `if` gives: `{ if = "/is_admin", name_is = "admin" }`.
    #[serde(rename = "if")]
    pub flag: Option<String>,
    /// The name of the item, if the flag is true.
    pub name_is: Option<String>,
    /// The tier of the scope of a role: `{ constant = "team" }`, or where it is.
    pub scope: Option<Rule>,
    /// Where the id of the scope is.
    pub scope_id: Option<Rule>,
    /// Where the name of the scope is.
    pub scope_name: Option<Rule>,
}

/// A person or program that a profile refers to.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ActorRule {
    /// Where the record of the person or program is, if it has one: null there is null, and an object is a person, whatever it has.
    pub at: Option<String>,
    /// The id.
    pub id: Option<Rule>,
    /// The name.
    pub name: Option<Rule>,
    /// The e-mail address.
    pub email: Option<Rule>,
}
