//! Maps the API's records to the normalized profile.

mod belongings;
mod extension;
mod organization;

use anyprofile_core::{
    Email, Field, FieldPath, IdKind, Kind, Profile, ProfileId, Status,
    profile::{Extension, Note, NoteKind, OrganizationKind, PostalAddress, View},
    wire::{note_other_types, read_time},
};

pub use self::extension::UpsunExtension;
pub(crate) use self::{
    belongings::{credentials, teams},
    organization::{gone, member, organization, user_reference},
};
use crate::wire::{self, CustomerType, ProfileType};

/// The view of a profile in `/profiles`.
pub(crate) const PROFILE: View = View::new("profile");
/// The view of a user in `/users`.
pub(crate) const USER: View = View::new("user");
/// The view of an address in `/profiles/{id}/address` or `/organizations/{id}/address`.
pub(crate) const ADDRESS: View = View::new("address");
/// The view of an organization in `/organizations`.
pub(crate) const ORGANIZATION: View = View::new("organization");
/// The view of a profile in `/organizations/{id}/profile`.
pub(crate) const ORGANIZATION_PROFILE: View = View::new("organization_profile");
/// The view of a member in `/organizations/{id}/members`.
pub(crate) const MEMBER: View = View::new("member");
/// The view of a user in `/ref/users`.
pub(crate) const USER_REFERENCE: View = View::new("user_reference");
/// The view of the user's teams (`/users/{id}/teams`).
pub(crate) const TEAMS: View = View::new("teams");
/// The view of the user's API tokens and logins through other services.
pub(crate) const CREDENTIALS: View = View::new("credentials");

/// Maps a profile of `/profiles`, or the profile of an organization if `id` is an organization's.
pub(crate) fn profile(id: ProfileId, record: wire::Profile) -> Profile {
    let view = if id.kind == IdKind::ORGANIZATION { ORGANIZATION_PROFILE } else { PROFILE };
    let mut profile = Profile::read_from(view, id);
    let is_addressed_otherwise = record.id.value().is_some_and(|own| own.as_str() != profile.id.native());
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::Profile::KEYS);
    profile.kind = record.profile_type.map(|kind| match kind {
        ProfileType::User => Kind::Human,
        ProfileType::Organization => Kind::Organization,
        other => Kind::from(other.as_str()),
    });
    profile.name.display = record.display_name.empty_as_null();
    profile.username = record.username.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null());
    profile.picture = record.picture.empty_as_null();
    profile.website = record.website_url.empty_as_null();
    profile.organization.name = record.company_name.empty_as_null();
    profile.organization.legal_name = record.legal_entity_name.empty_as_null();
    profile.organization.role = record.company_role.empty_as_null();
    let company_type = record.company_type.empty_as_null();
    let customer_type = record.customer_type.empty_as_null();
    profile.organization.kind = match customer_type.as_deref() {
        Field::Value(word) => organization_kind(CustomerType::from_read_word(word)).into(),
        Field::Null => Field::Null,
        // For an organization `company_type` is another field, with another name in writes.
        Field::Absent if profile.id.kind == IdKind::ORGANIZATION => Field::Absent,
        Field::Absent => company_type.clone().map(OrganizationKind::from),
    };
    profile.billing.contact = record.billing_contact.empty_as_null();
    profile.billing.vat_number = record.vat_number.empty_as_null();
    profile.billing.currency = record.currency.empty_as_null();
    profile.billing.invoiced = record.invoiced;
    profile.times.created =
        read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", record.created_at);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", record.updated_at);
    let current_trial = current_trial(&mut profile, record.current_trial);
    profile.extension = Some(Extension::new(UpsunExtension {
        profile_id: if is_addressed_otherwise { record.id.map(String::from) } else { Field::Absent },
        company_type,
        customer_type,
        marketing: record.marketing,
        new_ui: record.new_ui,
        ui_colorscheme: record.ui_colorscheme.empty_as_null(),
        default_catalog: record.default_catalog.empty_as_null(),
        project_options_url: record.project_options_url.empty_as_null(),
        current_trial,
        ..UpsunExtension::default()
    }));
    profile
}

/// Returns the trial as one object, if there is one. Everything else that was sent is kept under `unknown`,
/// and noted.
fn current_trial(profile: &mut Profile, sent: Field<wire::CurrentTrial>) -> Field<wire::CurrentTrial> {
    sent.and_then(|sent| {
        let (trial, is_more) = sent.uniform();
        if is_more {
            profile.unknown.insert("current_trial", sent.raw().clone());
            profile.notes.push(Note::new(FieldPath::unknown("current_trial"), NoteKind::OtherType));
        }
        trial.map_or(Field::Absent, Field::Value)
    })
}

/// Maps a user of `/users`.
pub(crate) fn user(id: ProfileId, record: wire::User) -> Profile {
    let mut profile = Profile::read_from(USER, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::User::KEYS);
    profile.kind = Kind::Human.into();
    profile.status =
        record.deactivated.map(|deactivated| if deactivated { Status::Suspended } else { Status::Active });
    let word = |deactivated| if deactivated { "deactivated=true" } else { "deactivated=false" };
    profile.status_raw = record.deactivated.map(|deactivated| word(deactivated).to_owned());
    name_of(&mut profile, record.first_name, record.last_name);
    profile.username = record.username.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null()).map(|mut emails| {
        for email in &mut emails {
            email.verified = record.email_verified;
        }
        emails
    });
    profile.picture = record.picture.empty_as_null();
    profile.website = record.website.empty_as_null();
    profile.country = record.country.empty_as_null();
    profile.organization.name = record.company.empty_as_null();
    profile.security.mfa_enabled = record.mfa_enabled;
    profile.security.sso = record.sso_enabled;
    profile.times.created =
        read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", record.created_at);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", record.updated_at);
    profile.extension = Some(Extension::new(UpsunExtension {
        namespace: record.namespace.empty_as_null(),
        consented_at: record.consented_at.empty_as_null(),
        consent_method: record.consent_method.empty_as_null(),
        phone_number_verified: record.phone_number_verified,
        ..UpsunExtension::default()
    }));
    profile
}

/// Sets the name from its parts.
fn name_of(profile: &mut Profile, given: Field<String>, family: Field<String>) {
    profile.name.given = given.empty_as_null();
    profile.name.family = family.empty_as_null();
    let parts: Vec<_> =
        [&profile.name.given, &profile.name.family].into_iter().filter_map(Field::value).cloned().collect();
    if !parts.is_empty() {
        profile.name.display = parts.join(" ").into();
        profile.name.derived = true.into();
    }
}

/// Maps a postal address. Lines that only some countries have are not normalized: the record is in the
/// extension.
pub(crate) fn address(id: ProfileId, mut record: wire::Address) -> Profile {
    let mut profile = Profile::read_from(ADDRESS, id);
    let text = |field: &Field<String>| field.clone().empty_as_null();
    let lines = [&record.thoroughfare, &record.premise, &record.sub_premise];
    // An empty line keeps its place, so that the address can be written back.
    let known = lines.map(|line| line.value().map_or("", String::as_str)).join("\n");
    let street_address = match known.trim_end_matches('\n') {
        "" if lines.iter().all(|line| line.is_absent()) => Field::Absent,
        "" => Field::Null,
        known => known.to_owned().into(),
    };
    let postal_code = record.postal_code.as_ref().map(|code| code.as_str().to_owned());
    let address = PostalAddress::default()
        .with_recipient(text(&record.name_line))
        .with_street_address(street_address)
        .with_locality(text(&record.locality))
        .with_region(text(&record.administrative_area))
        .with_postal_code(postal_code.empty_as_null())
        .with_country(text(&record.country));
    // A response without any of these fields says nothing about an address.
    profile.billing.address = if address.is_empty() { Field::Absent } else { Box::new(address).into() };
    // The service sends an empty map as `[]`. The serialized form is always an object, or missing.
    if let Field::Value(metadata) = &mut record.metadata
        && metadata.field_labels.value().is_some_and(|labels| !labels.is_object())
    {
        metadata.field_labels = Field::Absent;
    }
    profile.extension = Some(Extension::new(UpsunExtension {
        address: Box::new(record).into(),
        ..UpsunExtension::default()
    }));
    profile
}

fn organization_kind(customer_type: CustomerType) -> OrganizationKind {
    match customer_type {
        CustomerType::Individual => OrganizationKind::Individual,
        CustomerType::Company => OrganizationKind::Company,
        CustomerType::Government => OrganizationKind::Government,
        CustomerType::Other(word) => OrganizationKind::from(word),
    }
}
