//! The groups of a profile's fields.

use std::{fmt, str::FromStr};

use crate::{Timestamp, open_enum, redact::profile_part};

open_enum! {
    /// What a profile stands for.
    pub enum Kind {
        /// A person.
        Human = "human",
        /// A program that signs in on its own account.
        Service = "service",
        /// A company or another group of people.
        Organization = "organization",
    }
}

open_enum! {
    /// Whether a profile may be used, in the words of every service.
    pub enum Status {
        /// It may sign in and act.
        Active = "active",
        /// It exists and is kept from signing in or acting.
        Suspended = "suspended",
        /// It was invited or is under review, and does not act yet.
        Pending = "pending",
        /// It was deleted and is still shown.
        Deleted = "deleted",
    }
}

open_enum! {
    /// What an e-mail address is used for.
    pub enum EmailPurpose {
        /// The person signs in with it.
        Login = "login",
        /// Invoices and billing notices go to it.
        Billing = "billing",
    }
}

open_enum! {
    /// The legal form of an organization.
    pub enum OrganizationKind {
        /// One person.
        Individual = "individual",
        /// A company.
        Company = "company",
        /// A public body.
        Government = "government",
        /// A non-profit organization.
        NonProfit = "non_profit",
    }
}

open_enum! {
    /// How far a role reaches.
    pub enum ScopeTier {
        /// The whole account.
        Account = "account",
        /// One organization.
        Organization = "organization",
        /// One team.
        Team = "team",
        /// One target: a thing that the service tests.
        Target = "target",
    }
}

open_enum! {
    /// The state of a grant.
    pub enum GrantStatus {
        /// It is held.
        Active = "active",
        /// It was asked for and is not decided.
        Pending = "pending",
        /// It was asked for and refused.
        Rejected = "rejected",
    }
}

profile_part! {
    /// The name of a person or an organization.
    pub struct Name {
        /// The name as it is shown.
        display | with_display: String,
        /// The given name.
        given | with_given: String,
        /// The family name.
        family | with_family: String,
        /// True where `display` was put together by us from `given` and `family`.
        derived | with_derived: bool,
    }
}

profile_part! {
    /// An e-mail address of a person. The billing address of an organization is at
    /// [`Billing::contact`].
    pub struct Email {
        /// The address as the service sent it, unchecked.
        address | with_address: String,
        /// What it is used for.
        purpose | with_purpose: EmailPurpose,
        /// Whether it is the one to write to.
        primary | with_primary: bool,
        /// Whether the service has proof that the person reads it.
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
        /// What the person does there, in the person's own words.
        role | with_role: String,
    }
}

profile_part! {
    /// A postal address, with the words of SCIM (RFC 7643 §4.1.2).
    pub struct PostalAddress {
        /// The name on the letter.
        recipient | with_recipient: String,
        /// Street, house, floor: lines separated by `\n`.
        street_address | with_street_address: String,
        /// The city.
        locality | with_locality: String,
        /// The state, province or region.
        region | with_region: String,
        /// The postal code.
        postal_code | with_postal_code: String,
        /// ISO 3166-1 alpha-2.
        country | with_country: String,
    }
}

profile_part! {
    /// What is needed to send an invoice.
    pub struct Billing {
        /// The e-mail address that billing notices go to.
        contact | with_contact: String,
        /// The VAT number.
        vat_number | with_vat_number: String,
        /// ISO 4217, three letters.
        currency | with_currency: String,
        /// Whether the customer pays by invoice.
        invoiced | with_invoiced: bool,
        /// The address on the invoice.
        address | with_address: Box<PostalAddress>,
    }
}

profile_part! {
    /// Powers over the whole account.
    pub struct Access {
        /// Answers for the account and is its main contact.
        owner | with_owner: bool,
        /// May manage billing.
        billing_admin | with_billing_admin: bool,
    }
}

profile_part! {
    /// A role.
    pub struct Role {
        /// The service's id of the role.
        id | with_id: String,
        /// Its name.
        name | with_name: String,
    }
}

profile_part! {
    /// Where a role holds.
    pub struct RoleScope {
        /// How far it reaches.
        tier | with_tier: ScopeTier,
        /// The service's id of the team or target.
        id | with_id: String,
        /// The name of the team or target.
        name | with_name: String,
    }
}

profile_part! {
    /// A role that the profile holds, and where.
    pub struct RoleAssignment {
        /// The role.
        role | with_role: Role,
        /// Where it holds.
        scope | with_scope: RoleScope,
    }
}

profile_part! {
    /// A label that somebody put on the profile.
    pub struct Label {
        /// The service's id of the label.
        id | with_id: String,
        /// Its text.
        name | with_name: String,
        /// Its color: `#RRGGBB` or a word.
        color | with_color: String,
    }
}

profile_part! {
    /// How the profile signs in.
    pub struct Security {
        /// Whether a second factor is asked for. Never assumed: absent is not `false`.
        mfa_enabled | with_mfa_enabled: bool,
        /// Whether it signs in through the organization's identity provider.
        sso | with_sso: bool,
        /// The last sign-in.
        last_login | with_last_login: Timestamp,
        /// The first sign-in.
        first_login | with_first_login: Timestamp,
    }
}

profile_part! {
    /// When the service's record was made and changed.
    pub struct Times {
        /// When it was made.
        created | with_created: Timestamp,
        /// When it was last changed.
        updated | with_updated: Timestamp,
    }
}

profile_part! {
    /// Who did something.
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
    /// The address that a person signs in with, which is also the primary one.
    pub fn login(address: crate::Field<String>) -> crate::Field<Vec<Self>> {
        address.map(|address| vec![Self::new(address).with_purpose(EmailPurpose::Login).with_primary(true)])
    }

    /// Creates an e-mail address of which nothing else is known.
    pub fn new(address: impl Into<crate::Field<String>>) -> Self {
        Self::default().with_address(address)
    }
}

impl Role {
    /// Creates a role with the service's id and its name.
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
    /// Creates an assignment of a role that holds in this place; without one, where it holds is not known.
    pub fn new(role: impl Into<crate::Field<Role>>, scope: impl Into<crate::Field<RoleScope>>) -> Self {
        Self::default().with_role(role).with_scope(scope)
    }

    /// The role and where it holds as one text: `ROLE` for the whole account or organization, `ROLE@TIER:ID` for a
    /// place in it (`sDw5iRCtV_Yq@team:4Tk_m2Qx8vBn`). The role is named by its id, or where it has none by its name.
    /// `None` if the service names neither, or not the place.
    ///
    /// Read again by [`FromStr`].
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

/// The text is no reference to a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleReferenceError;

impl fmt::Display for RoleReferenceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a role is written as ROLE, or as ROLE@TIER:ID for a place")
    }
}

impl std::error::Error for RoleReferenceError {}
