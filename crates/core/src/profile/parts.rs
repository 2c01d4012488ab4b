//! The groups of a profile's fields.

use std::{fmt, str::FromStr};

use super::words::{CredentialKind, EmailPurpose, OrganizationKind, ScopeTier};
use crate::{Timestamp, redact::profile_part};

profile_part! {
    /// The name of a person or an organization.
    pub struct Name {
        /// The name to show.
        display | with_display: String,
        /// The given name.
        given | with_given: String,
        /// The family name.
        family | with_family: String,
        /// The middle name or names.
        middle | with_middle: String,
        /// What stands before the name, such as a title.
        prefix | with_prefix: String,
        /// What stands behind the name, such as `III`.
        suffix | with_suffix: String,
        /// The full name with all its parts, in the order in which it is written.
        formatted | with_formatted: String,
        /// Whether this crate composed `display` from `given` and `family`.
        derived | with_derived: bool,
    }
}

profile_part! {
    /// An e-mail address of a person. The billing address of an organization is [`Billing::contact`].
    ///
    /// ```
    /// use anyprofile_core::{Email, profile::EmailPurpose};
    ///
    /// let email = Email::new("ada@example.org").with_purpose(EmailPurpose::Login).with_verified(true);
    /// assert!(email.verified.is_known_to_be(&true));
    /// // Nothing is said about the address that is the person's first one.
    /// assert!(!email.primary.is_known_to_be(&false));
    /// ```
    pub struct Email {
        /// The address as the service sent it. Its syntax is not checked.
        address | with_address: String,
        /// What the address is used for.
        purpose | with_purpose: EmailPurpose,
        /// Whether this is the address to write to.
        primary | with_primary: bool,
        /// Whether the service has verified that the person receives mail at this address.
        verified | with_verified: bool,
    }
}

profile_part! {
    /// The organization that the person belongs to, or that the profile is.
    pub struct Organization {
        /// The name.
        name | with_name: String,
        /// The name in contracts and on invoices.
        legal_name | with_legal_name: String,
        /// The legal form.
        kind | with_kind: OrganizationKind,
        /// The person's role in the organization, in the person's own words.
        role | with_role: String,
    }
}

profile_part! {
    /// A postal address, with the field names of SCIM (RFC 7643 §4.1.2).
    pub struct PostalAddress {
        /// The name on the envelope.
        recipient | with_recipient: String,
        /// Street, house number and floor, as lines separated by `\n`.
        street_address | with_street_address: String,
        /// The city.
        locality | with_locality: String,
        /// The state, province or region.
        region | with_region: String,
        /// The postal code.
        postal_code | with_postal_code: String,
        /// The country code (ISO 3166-1 alpha-2).
        country | with_country: String,
    }
}

profile_part! {
    /// A postal address of a person.
    pub struct Address {
        /// What the address is for, in the service's word: `work`, `home`.
        kind | with_kind: String,
        /// Whether this is the address to write to.
        primary | with_primary: bool,
        /// The address as one text, with line breaks.
        formatted | with_formatted: String,
        /// Street, house number and floor, as lines separated by `\n`.
        street_address | with_street_address: String,
        /// The city.
        locality | with_locality: String,
        /// The state, province or region.
        region | with_region: String,
        /// The postal code.
        postal_code | with_postal_code: String,
        /// The country code (ISO 3166-1 alpha-2), as the service sent it.
        country | with_country: String,
    }
}

profile_part! {
    /// A phone number.
    pub struct Phone {
        /// The number as the service sent it.
        number | with_number: String,
        /// What the number is for, in the service's word: `work`, `mobile`.
        kind | with_kind: String,
        /// Whether this is the number to call.
        primary | with_primary: bool,
        /// Whether the service has verified that the person answers at this number.
        verified | with_verified: bool,
    }
}

profile_part! {
    /// A picture.
    pub struct Photo {
        /// The URL, as the service sent it.
        url | with_url: String,
        /// What the picture is, in the service's word: `photo`, `thumbnail`.
        kind | with_kind: String,
        /// Whether this is the picture to show.
        primary | with_primary: bool,
    }
}

profile_part! {
    /// A group that a profile is a member of.
    pub struct Group {
        /// The service's id of the group.
        id | with_id: String,
        /// The name of the group.
        name | with_name: String,
        /// What the group is, in the service's word: `team`, or SCIM's `direct` and `indirect`.
        kind | with_kind: String,
    }
}

profile_part! {
    /// Something that a profile may use.
    pub struct Entitlement {
        /// The service's word for it.
        value | with_value: String,
        /// The name to show.
        name | with_name: String,
        /// What kind of entitlement it is, in the service's word.
        kind | with_kind: String,
        /// Whether this is the main one.
        primary | with_primary: bool,
    }
}

profile_part! {
    /// What a profile signs in or acts with. It never has the secret.
    pub struct Credential {
        /// The service's id of the credential.
        id | with_id: String,
        /// What it is.
        kind | with_kind: CredentialKind,
        /// The name that it was given.
        name | with_name: String,
        /// When it was created.
        created | with_created: Timestamp,
        /// When it was last used; null if never.
        last_used | with_last_used: Timestamp,
        /// When it expires; null if never.
        expires | with_expires: Timestamp,
    }
}

profile_part! {
    /// The person as an employee.
    pub struct Employee {
        /// The number that the employer gave the person.
        number | with_number: String,
        /// The department.
        department | with_department: String,
        /// The division.
        division | with_division: String,
        /// The cost center.
        cost_center | with_cost_center: String,
        /// The manager.
        manager | with_manager: Actor,
    }
}

profile_part! {
    /// The data that an invoice needs.
    pub struct Billing {
        /// The e-mail address that receives billing notices.
        contact | with_contact: String,
        /// The VAT number.
        vat_number | with_vat_number: String,
        /// The currency code (ISO 4217).
        currency | with_currency: String,
        /// Whether the customer pays by invoice.
        invoiced | with_invoiced: bool,
        /// The address on the invoice.
        address | with_address: Box<PostalAddress>,
    }
}

profile_part! {
    /// Rights over the whole account.
    pub struct Access {
        /// Whether the profile owns the account and is its main contact.
        owner | with_owner: bool,
        /// Whether the profile may manage billing.
        billing_admin | with_billing_admin: bool,
    }
}

profile_part! {
    /// A role.
    pub struct Role {
        /// The service's id of the role.
        id | with_id: String,
        /// The name of the role.
        name | with_name: String,
    }
}

profile_part! {
    /// The scope of a role.
    pub struct RoleScope {
        /// How far the scope reaches.
        tier | with_tier: ScopeTier,
        /// The service's id of the team or target.
        id | with_id: String,
        /// The name of the team or target.
        name | with_name: String,
    }
}

profile_part! {
    /// A role that the profile has, and its scope.
    ///
    /// ```
    /// # fn main() -> anyprofile_core::Result<()> {
    /// # let profile = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
    /// use anyprofile_core::profile::ScopeTier;
    ///
    /// // Who is an administrator of the whole account?
    /// let is_administrator = profile.roles.items().iter().any(|assignment| {
    ///     let (Some(role), Some(scope)) = (assignment.role.value(), assignment.scope.value()) else { return false };
///     role.name.is_known_to_be("admin") && scope.tier.is_known_to_be(&ScopeTier::Account)
    /// });
    /// # assert!(!is_administrator);
    /// # Ok(())
    /// # }
    /// ```
    pub struct RoleAssignment {
        /// The role.
        role | with_role: Role,
        /// The scope of the role.
        scope | with_scope: RoleScope,
    }
}

profile_part! {
    /// A label on the profile.
    pub struct Label {
        /// The service's id of the label.
        id | with_id: String,
        /// The text of the label.
        name | with_name: String,
        /// The color of the label: `#RRGGBB` or a word.
        color | with_color: String,
    }
}

profile_part! {
    /// How the profile signs in.
    pub struct Security {
        /// Whether sign-in requires a second factor. Absent means not known, never `false`.
        mfa_enabled | with_mfa_enabled: bool,
        /// Whether the profile signs in through the organization's identity provider.
        sso | with_sso: bool,
        /// The last sign-in.
        last_login | with_last_login: Timestamp,
        /// The first sign-in.
        first_login | with_first_login: Timestamp,
        /// The second factors that are set up, in the service's words: `totp`, `sms`. Empty if there are none.
        mfa_methods | with_mfa_methods: Vec<String>,
    }
}

profile_part! {
    /// When the service's record was created and updated.
    pub struct Times {
        /// When the record was created.
        created | with_created: Timestamp,
        /// When the record was last updated.
        updated | with_updated: Timestamp,
        /// When the status last changed.
        status_changed | with_status_changed: Timestamp,
    }
}

profile_part! {
    /// The user who did something.
    pub struct Actor {
        /// The service's id of the user.
        id | with_id: String,
        /// The user's name.
        name | with_name: String,
        /// The user's e-mail address.
        email | with_email: String,
    }
}

impl Email {
    /// Returns a list with one address that a person signs in with. It is also the primary address.
    pub fn login(address: crate::Field<String>) -> crate::Field<Vec<Self>> {
        address.map(|address| vec![Self::new(address).with_purpose(EmailPurpose::Login).with_primary(true)])
    }

    /// Creates an e-mail address. All its other fields are absent.
    pub fn new(address: impl Into<crate::Field<String>>) -> Self {
        Self::default().with_address(address)
    }
}

impl Role {
    /// Creates a role with this id and this name.
    pub fn new(id: impl Into<crate::Field<String>>, name: impl Into<crate::Field<String>>) -> Self {
        Self::default().with_id(id).with_name(name)
    }
}

impl Label {
    /// Creates a label with this text.
    pub fn new(name: impl Into<crate::Field<String>>) -> Self {
        Self::default().with_name(name)
    }
}

impl RoleAssignment {
    /// Creates an assignment of a role. Without a scope, its scope is not known.
    pub fn new(role: impl Into<crate::Field<Role>>, scope: impl Into<crate::Field<RoleScope>>) -> Self {
        Self::default().with_role(role).with_scope(scope)
    }

    /// Returns the role and its scope as text: `ROLE` for the whole account or organization, `ROLE@TIER:ID` for a
    /// part of it (`sDw5iRCtV_Yq@team:4Tk_m2Qx8vBn`). `ROLE` is the id of the role, or its name if it has no id.
    /// Returns `None` if both are missing, or if the scope has no id.
    ///
    /// [`FromStr`] parses this text.
    pub fn reference(&self) -> Option<String> {
        let role = self.role.value()?;
        let role = role.id.value().or(role.name.value())?;
        let Some(scope) = self.scope.value() else { return Some(role.clone()) };
        match (scope.tier.value(), scope.id.value()) {
            (None | Some(ScopeTier::Account | ScopeTier::Organization), _) => Some(role.clone()),
            (Some(tier), Some(place)) => Some(format!("{role}@{}:{place}", tier.as_str())),
            (Some(_), None) => None,
        }
    }
}

impl FromStr for RoleAssignment {
    type Err = RoleReferenceError;

    fn from_str(text: &str) -> Result<Self, RoleReferenceError> {
        let (role, scope) = text.split_once('@').map_or((text, None), |(role, scope)| (role, Some(scope)));
        let scope = scope.map(|scope| scope.split_once(':').ok_or(RoleReferenceError)).transpose()?;
        let parts = [role].into_iter().chain(scope.into_iter().flat_map(|(tier, place)| [tier, place]));
        if parts.into_iter().any(str::is_empty) {
            return Err(RoleReferenceError);
        }
        let assignment = Self::default().with_role(Role::default().with_id(role));
        Ok(match scope {
            Some((tier, place)) => {
                assignment.with_scope(RoleScope::default().with_tier(ScopeTier::from(tier)).with_id(place))
            }
            None => assignment,
        })
    }
}

/// The error for a text that is not a role reference.
///
/// ```
/// use anyprofile_core::profile::{RoleAssignment, RoleReferenceError};
///
/// assert!("admin@team:4Tk".parse::<RoleAssignment>().is_ok());
/// // An administrator of which team?
/// assert_eq!("admin@team".parse::<RoleAssignment>(), Err(RoleReferenceError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleReferenceError;

impl fmt::Display for RoleReferenceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a role must be ROLE, or ROLE@TIER:ID for a narrower scope")
    }
}

impl std::error::Error for RoleReferenceError {}
