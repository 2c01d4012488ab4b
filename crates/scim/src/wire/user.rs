//! Users (RFC 7643 §4.1, §4.3).

use anyprofile_core::{
    open_record,
    wire::{OpaqueId, TimeText},
};

use super::Flag;

/// The schema of a user.
pub const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of the enterprise extension.
pub const ENTERPRISE_USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

open_record! {
    /// A user (`GET /Users/{id}`). Extensions that this version does not know are kept in `unknown`, by their URN.
    pub struct User {
        /// The schemas of the record. Some servers leave them out.
        schemas: Vec<String>,
        /// The id that the server gave the user.
        id: OpaqueId,
        /// The id that the client gave the user.
        external_id: String = "externalId",
        /// The name that the user signs in with, unique at the server.
        user_name: String = "userName",
        /// The parts of the name.
        name: Name,
        /// The name to show.
        display_name: String = "displayName",
        /// The name that the person is called by.
        nick_name: String = "nickName",
        /// The URL of the person's own page.
        profile_url: String = "profileUrl",
        /// The job title.
        title: String,
        /// What kind of user it is, in the organization's own words: `Employee`, `Contractor`.
        user_type: String = "userType",
        /// The preferred languages, as in `Accept-Language`.
        preferred_language: String = "preferredLanguage",
        /// The language tag for the formats of numbers and dates.
        locale: String,
        /// The time zone (IANA).
        timezone: String,
        /// Whether the user may sign in. What that means is up to the server.
        active: Flag,
        /// E-mail addresses.
        emails: Vec<MultiValued>,
        /// Phone numbers.
        phone_numbers: Vec<MultiValued> = "phoneNumbers",
        /// Pictures.
        photos: Vec<MultiValued>,
        /// Postal addresses.
        addresses: Vec<PostalAddress>,
        /// The groups that the user is a member of; read only.
        groups: Vec<ResourceGroup>,
        /// What the user may use.
        entitlements: Vec<MultiValued>,
        /// The user's roles.
        roles: Vec<MultiValued>,
        /// When the record was created and changed, and its version.
        meta: Meta,
        /// The person as an employee (§4.3).
        enterprise: EnterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    }
}

open_record! {
    /// The parts of a name.
    pub struct Name {
        /// The full name.
        formatted: String,
        /// The family name.
        family_name: String = "familyName",
        /// The given name.
        given_name: String = "givenName",
        /// The middle name.
        middle_name: String = "middleName",
        /// What stands before the name.
        honorific_prefix: String = "honorificPrefix",
        /// What stands behind the name.
        honorific_suffix: String = "honorificSuffix",
    }
}

open_record! {
    /// One of several values (§2.4).
    pub struct MultiValued {
        /// The value.
        value: String,
        /// The value as it is shown to people.
        display: String,
        /// What the value is for: `work`, `home`.
        value_type: String = "type",
        /// Whether it is the main one.
        primary: Flag,
    }
}

open_record! {
    /// A postal address.
    pub struct PostalAddress {
        /// The whole address, with line breaks.
        formatted: String,
        /// Street and house number, with line breaks.
        street_address: String = "streetAddress",
        /// The city.
        locality: String,
        /// The state, province or region.
        region: String,
        /// The postal code.
        postal_code: String = "postalCode",
        /// The country (ISO 3166-1 alpha-2).
        country: String,
        /// What the address is for: `work`, `home`.
        address_type: String = "type",
        /// Whether it is the main one.
        primary: Flag,
    }
}

open_record! {
    /// A group that a user is a member of.
    pub struct ResourceGroup {
        /// The id of the group.
        value: OpaqueId,
        /// The name of the group.
        display: String,
        /// `direct`, or `indirect` for a group in which another group is.
        membership: String = "type",
    }
}

open_record! {
    /// About a record (§3.1).
    pub struct Meta {
        /// `User`.
        resource_type: String = "resourceType",
        /// When the record was created.
        created: TimeText,
        /// When the record was last changed.
        last_modified: TimeText = "lastModified",
        /// The URL of the record.
        location: String,
        /// The version of the record, as in the header `ETag`.
        version: String,
    }
}

open_record! {
    /// A person as an employee (§4.3).
    pub struct EnterpriseUser {
        /// The number that the employer gave the person.
        employee_number: String = "employeeNumber",
        /// The cost center.
        cost_center: String = "costCenter",
        /// The organization.
        organization: String,
        /// The division.
        division: String,
        /// The department.
        department: String,
        /// The manager.
        manager: Manager,
    }
}

open_record! {
    /// The manager of a person.
    pub struct Manager {
        /// The id of the manager's user.
        value: OpaqueId,
        /// The manager's name; read only.
        display_name: String = "displayName",
    }
}
