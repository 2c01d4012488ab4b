//! The groups of a profile's fields.

use std::{fmt, str::FromStr};

use super::words::{CredentialKind, EmailPurpose, OrganizationKind, ScopeTier};
use crate::{Timestamp, redact::profile_part};

profile_part! {
    /// The name of a person or an organization.
    ///
    /// ```
    /// use anyprofile_core::{Profile, profile::Name};
    ///
    /// let mut ada = Profile::new("library:main/user/17".parse()?);
    /// let name = Name::default().with_given("Ada").with_family("Lovelace");
    /// ada.name = name.with_display("Ada Lovelace").with_derived(true);
    /// assert_eq!(ada.label(), "Ada Lovelace");
    /// // The service sent only the two parts, and no name to show.
    /// assert!(ada.name.derived.is_known_to_be(&true));
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::profile::{Organization, OrganizationKind};
    ///
    /// let library = Organization::default().with_name("City Library").with_kind(OrganizationKind::NonProfit);
    /// assert!(library.kind.is_known_to_be(&OrganizationKind::NonProfit));
    /// // The name on a contract may be another one, and this service did not send it.
    /// assert!(library.legal_name.is_absent());
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::profile::PostalAddress;
    ///
    /// let address = PostalAddress::default()
    ///     .with_recipient("Ada Lovelace")
    ///     .with_street_address("12 Example Street\nfirst floor")
    ///     .with_country("GB");
    /// // What to print on an envelope. There is no line for what is not known.
    /// let parts = [&address.recipient, &address.street_address, &address.locality, &address.country];
    /// let lines: Vec<_> = parts.into_iter().flatten().flat_map(|part| part.lines()).collect();
    /// assert_eq!(lines, ["Ada Lovelace", "12 Example Street", "first floor", "GB"]);
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::profile::Address;
    ///
    /// let addresses = [
    ///     Address::default().with_kind("home").with_locality("London"),
    ///     Address::default().with_kind("work").with_locality("Paris").with_primary(true),
    /// ];
    /// // Where does a parcel go?
    /// let primary = addresses.iter().find(|address| address.primary.is_known_to_be(&true));
    /// assert!(primary.is_some_and(|address| address.locality.is_known_to_be("Paris")));
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::profile::Phone;
    ///
    /// let phone = Phone::default().with_number("+44 20 7946 0123").with_kind("mobile").with_primary(true);
    /// assert!(phone.kind.is_known_to_be("mobile"));
    /// // Nobody is known to answer there, so do not send it a code to sign in with.
    /// assert!(!phone.verified.is_known_to_be(&true));
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::profile::Photo;
    ///
    /// let photos = [
    ///     Photo::default().with_kind("photo").with_url("https://example.org/ada.png"),
    ///     Photo::default().with_kind("thumbnail").with_url("https://example.org/ada-48.png"),
    /// ];
    /// // A list of people shows the small pictures.
    /// let small = photos.iter().find(|photo| photo.kind.is_known_to_be("thumbnail"));
    /// assert_eq!(small, Some(&photos[1]));
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Profile, profile::Group};
    ///
    /// let mut ada = Profile::new("library:main/user/ada".parse()?);
    /// let readers = Group::default().with_name("Readers").with_kind("direct");
    /// let everybody = Group::default().with_name("Everybody").with_kind("indirect");
    /// ada.groups = vec![readers.clone(), everybody].into();
    /// // She is in the other group only because she is in this one.
    /// let direct = ada.groups.items().iter().filter(|group| group.kind.is_known_to_be("direct"));
    /// assert!(direct.eq([&readers]));
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Profile, profile::Entitlement};
    ///
    /// let mut ada = Profile::new("library:main/user/ada".parse()?);
    /// ada.entitlements = vec![Entitlement::default().with_kind("license").with_value("archive")].into();
    /// // Does she use up one of the licenses for the archive?
    /// assert!(ada.entitlements.items().iter().any(|it| it.value.is_known_to_be("archive")));
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Field, Timestamp, profile::Credential};
    ///
    /// let now: Timestamp = "2026-01-31T12:00:00Z".parse()?;
    /// let expired = Credential::default().with_expires("2025-12-31T00:00:00Z".parse::<Timestamp>()?);
    /// assert!(expired.expires.older_than(now).is_yes());
    /// // Null: this one never expires. If the field were absent, that would not be known.
    /// let eternal = Credential::default().with_expires(Field::Null);
    /// assert!(eternal.expires.is_null() && !eternal.expires.older_than(now).is_yes());
    /// # Ok::<(), anyprofile_core::time::TimestampError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::profile::Employee;
    ///
    /// let staff = [
    ///     Employee::default().with_number("17").with_cost_center("4711"),
    ///     Employee::default().with_number("18"),
    /// ];
    /// // Who pays for these accounts? For one of them that is not known.
    /// let unassigned = staff.iter().filter(|employee| !employee.cost_center.is_known());
    /// assert!(unassigned.eq([&staff[1]]));
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{FieldPath, Profile, profile::{Billing, PostalAddress}};
    ///
    /// let mut library = Profile::new("library:main/organization/7".parse()?);
    /// library.billing = Billing::default()
    ///     .with_contact("accounts@example.org")
    ///     .with_address(Box::new(PostalAddress::default().with_country("GB")));
    /// // Each part of the address has a path of its own.
    /// assert_eq!(library.get(&FieldPath::BILLING_ADDRESS_COUNTRY).to_string(), "GB");
    /// assert_eq!(library.get(&FieldPath::BILLING_VAT_NUMBER).to_string(), "absent");
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Verdict, profile::Access};
    ///
    /// let access = Access::default().with_billing_admin(true);
    /// assert!(access.billing_admin.is_known_to_be(&true));
    /// // Does the profile own the account too? The service did not say.
    /// assert_eq!(access.owner.equals(&true), Verdict::Unknown);
    /// ```
    pub struct Access {
        /// Whether the profile owns the account and is its main contact.
        owner | with_owner: bool,
        /// Whether the profile may manage billing.
        billing_admin | with_billing_admin: bool,
    }
}

profile_part! {
    /// A role.
    ///
    /// ```
    /// use anyprofile_core::profile::Role;
    ///
    /// let before = Role::new("sDw5iRCtV_Yq", "Admin");
    /// let after = Role::new("sDw5iRCtV_Yq", "Administrator");
    /// // The role was renamed. It is still the same one.
    /// assert_ne!(before, after);
    /// assert_eq!(before.id, after.id);
    /// ```
    pub struct Role {
        /// The service's id of the role.
        id | with_id: String,
        /// The name of the role.
        name | with_name: String,
    }
}

profile_part! {
    /// The scope of a role.
    ///
    /// ```
    /// use anyprofile_core::profile::{Role, RoleAssignment, RoleScope, ScopeTier};
    ///
    /// // An editor, but only of one team.
    /// let scope = RoleScope::default().with_tier(ScopeTier::Team).with_id("4Tk");
    /// let assignment = RoleAssignment::new(Role::default().with_id("editor"), scope);
    /// assert_eq!(assignment.reference().as_deref(), Some("editor@team:4Tk"));
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Profile, profile::Label};
    ///
    /// let mut ada = Profile::new("library:main/user/ada".parse()?);
    /// ada.labels = vec![Label::new("contractor").with_color("#FF8800")].into();
    /// assert!(ada.labels.items().iter().any(|label| label.name.is_known_to_be("contractor")));
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Verdict, profile::Security};
    ///
    /// // Who signs in without a second factor?
    /// let without = |security: &Security| security.mfa_enabled.equals(&false);
    /// assert_eq!(without(&Security::default().with_mfa_enabled(false)), Verdict::Yes);
    /// assert_eq!(without(&Security::default().with_mfa_enabled(true)), Verdict::No);
    /// // The service did not send the field: somebody has to look.
    /// assert_eq!(without(&Security::default()), Verdict::Unknown);
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Timestamp, profile::Times};
    ///
    /// let times = Times::default().with_updated("2023-04-19T10:00:00Z".parse::<Timestamp>()?);
    /// // Is the account dormant? Nothing in its record has changed since this day.
    /// let limit: Timestamp = "2025-01-31T00:00:00Z".parse()?;
    /// assert!(times.updated.older_than(limit).is_yes());
    /// // How long it has had its status is not known.
    /// assert!(times.status_changed.older_than(limit).is_unknown());
    /// # Ok::<(), anyprofile_core::time::TimestampError>(())
    /// ```
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
    ///
    /// ```
    /// use anyprofile_core::{Profile, profile::Actor};
    ///
    /// let mut ada = Profile::new("library:main/user/ada".parse()?);
    /// ada.employee.manager = Actor::default().with_id("18").with_email("charles@example.org").into();
    /// // Who is asked whether she still needs the account?
    /// let manager = ada.employee.manager.value().and_then(|manager| manager.email.value());
    /// assert_eq!(manager.map(String::as_str), Some("charles@example.org"));
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
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
