//! Maps the records to the normalized profile.

use anyprofile_core::{
    Email, Field, FieldPath, FieldState, Kind, Profile, ProfileId, Status, open_record,
    profile::{
        Actor, Address, EmailPurpose, Employee, Entitlement, Extension, Group, Phone, Photo,
        ProfileExtension, Role, RoleAssignment, View,
    },
    wire::{note_other_types, read_time},
};

use crate::wire::{self, Flag, MultiValued};

/// The view of a user in `/Users`.
pub(crate) const USER: View = View::new("user");
/// The view of a member in a group.
pub(crate) const MEMBER: View = View::new("member");
/// The view of the credential's user in `/Me`.
pub(crate) const ME: View = View::new("me");

open_record! {
    /// The fields of a profile that only SCIM has.
    pub struct ScimExtension {
        /// What kind of user it is, in the organization's own words: `Employee`, `Contractor`.
        user_type: String,
        /// The language tag for the formats of numbers and dates, beside the preferred language.
        locale: String,
        /// The version of the record, which a write can name.
        version: String,
    }
}

impl ProfileExtension for ScimExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<FieldState> {
        self.state(key)
    }
}

/// Maps a user.
pub(crate) fn user(id: ProfileId, record: wire::User) -> Profile {
    read(USER, id, record)
}

/// Maps what a group says of a member.
pub(crate) fn member(id: ProfileId, record: wire::GroupMember) -> Profile {
    let mut profile = Profile::read_from(MEMBER, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::GroupMember::KEYS);
    profile.kind = Kind::Human.into();
    profile.name.display = record.display.empty_as_null();
    profile
}

/// Maps the credential's user.
pub(crate) fn me(id: ProfileId, record: wire::User) -> Profile {
    read(ME, id, record)
}

fn read(view: View, id: ProfileId, record: wire::User) -> Profile {
    let mut profile = Profile::read_from(view, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::User::KEYS);
    profile.kind = Kind::Human.into();
    profile.status = record.active.map(|active| if active.0 { Status::Active } else { Status::Suspended });
    profile.external_id = record.external_id.empty_as_null();
    profile.username = record.user_name.empty_as_null();
    let name = record.name.into_value().unwrap_or_default();
    profile.name.display = record.display_name.empty_as_null();
    profile.name.given = name.given_name.empty_as_null();
    profile.name.family = name.family_name.empty_as_null();
    profile.name.middle = name.middle_name.empty_as_null();
    profile.name.prefix = name.honorific_prefix.empty_as_null();
    profile.name.suffix = name.honorific_suffix.empty_as_null();
    profile.name.formatted = name.formatted.empty_as_null();
    profile.nickname = record.nick_name.empty_as_null();
    profile.website = record.profile_url.empty_as_null();
    profile.title = record.title.empty_as_null();
    profile.locale = record.preferred_language.empty_as_null().or(record.locale.clone().empty_as_null());
    profile.timezone = record.timezone.empty_as_null();
    profile.emails = record.emails.map(|emails| emails.into_iter().map(email).collect());
    profile.phones = record.phone_numbers.map(|phones| phones.into_iter().map(phone).collect());
    profile.photos = record.photos.map(|photos| photos.into_iter().map(photo).collect());
    profile.addresses = record.addresses.map(|addresses| addresses.into_iter().map(address).collect());
    profile.groups = record.groups.map(|groups| groups.into_iter().map(group).collect());
    profile.entitlements = record.entitlements.map(|all| all.into_iter().map(entitlement).collect());
    profile.roles = record.roles.map(|roles| roles.into_iter().map(role).collect());
    let employee = record.enterprise.into_value().unwrap_or_default();
    profile.organization.name = employee.organization.empty_as_null();
    profile.employee = Employee::default()
        .with_number(employee.employee_number.empty_as_null())
        .with_department(employee.department.empty_as_null())
        .with_division(employee.division.empty_as_null())
        .with_cost_center(employee.cost_center.empty_as_null())
        .with_manager(employee.manager.map(|manager| {
            Actor::default()
                .with_id(manager.value.map(|id| id.as_str().to_owned()))
                .with_name(manager.display_name.empty_as_null())
        }));
    let meta = record.meta.into_value().unwrap_or_default();
    profile.times.created = read_time(&mut profile, FieldPath::TIMES_CREATED, "meta.created", meta.created);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "meta.lastModified", meta.last_modified);
    profile.extension = Some(Extension::new(ScimExtension {
        user_type: record.user_type,
        locale: record.locale,
        version: meta.version,
        ..ScimExtension::default()
    }));
    profile
}

fn flag(flag: Field<Flag>) -> Field<bool> {
    flag.map(|flag| flag.0)
}

fn email(value: MultiValued) -> Email {
    Email::default()
        .with_address(value.value.empty_as_null())
        .with_purpose(value.value_type.empty_as_null().map(EmailPurpose::from))
        .with_primary(flag(value.primary))
}

fn phone(value: MultiValued) -> Phone {
    Phone::default()
        .with_number(value.value.empty_as_null())
        .with_kind(value.value_type.empty_as_null())
        .with_primary(flag(value.primary))
}

fn photo(value: MultiValued) -> Photo {
    Photo::default()
        .with_url(value.value.empty_as_null())
        .with_kind(value.value_type.empty_as_null())
        .with_primary(flag(value.primary))
}

fn entitlement(value: MultiValued) -> Entitlement {
    Entitlement::default()
        .with_value(value.value.empty_as_null())
        .with_name(value.display.empty_as_null())
        .with_kind(value.value_type.empty_as_null())
        .with_primary(flag(value.primary))
}

fn role(value: MultiValued) -> RoleAssignment {
    RoleAssignment::default().with_role(Role::new(value.value.empty_as_null(), value.display.empty_as_null()))
}

fn group(group: wire::ResourceGroup) -> Group {
    Group::default()
        .with_id(group.value.map(|id| id.as_str().to_owned()))
        .with_name(group.display.empty_as_null())
        .with_kind(group.membership.empty_as_null())
}

fn address(address: wire::PostalAddress) -> Address {
    Address::default()
        .with_kind(address.address_type.empty_as_null())
        .with_primary(flag(address.primary))
        .with_formatted(address.formatted.empty_as_null())
        .with_street_address(address.street_address.empty_as_null())
        .with_locality(address.locality.empty_as_null())
        .with_region(address.region.empty_as_null())
        .with_postal_code(address.postal_code.empty_as_null())
        .with_country(address.country.empty_as_null())
}
