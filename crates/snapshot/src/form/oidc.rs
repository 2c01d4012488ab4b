//! The standard claims of OpenID Connect Core 1.0, section 5.1.

use anyprofile_core::FieldPath;

use super::{
    loss::LossReport,
    object::{Object, object},
    reader::{Reader, main_of},
};

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport) -> Object {
    let profile = reader.profile;
    let mut claims = Object::default();
    claims.set("sub", profile.id.native());
    loss.alter("id", "the id at the service is written, without the service, the account and the collection");
    claims.put("name", reader.full_name());
    for (claim, path) in [
        ("given_name", FieldPath::NAME_GIVEN),
        ("family_name", FieldPath::NAME_FAMILY),
        ("middle_name", FieldPath::NAME_MIDDLE),
        ("nickname", FieldPath::NICKNAME),
        ("preferred_username", FieldPath::USERNAME),
        ("picture", FieldPath::PICTURE),
        ("website", FieldPath::WEBSITE),
        ("zoneinfo", FieldPath::TIMEZONE),
        ("locale", FieldPath::LOCALE),
    ] {
        claims.put(claim, reader.text(&path));
    }
    if let Some(email) = reader.main_email() {
        claims.put("email", email.address.value().map(String::as_str));
        claims.put("email_verified", email.verified.value().copied());
    }
    phone(reader, loss, &mut claims);
    address(reader, loss, &mut claims);
    let updated = reader.time(&FieldPath::TIMES_UPDATED);
    // Section 5.1 counts whole seconds from 1970.
    claims.put(
        "updated_at",
        updated
            .map(|time| time.unix_nanoseconds().div_euclid(1_000_000_000))
            .and_then(|it| i64::try_from(it).ok()),
    );
    claims
}

fn phone(reader: &mut Reader<'_>, loss: &mut LossReport, claims: &mut Object) {
    reader.uses(&FieldPath::PHONES);
    let phones = reader.profile.phones.items();
    if phones.len() > 1 {
        loss.alter("phones", "one number of several is written");
    }
    if let Some(phone) = main_of(phones, |phone| &phone.primary) {
        claims.put("phone_number", phone.number.value().map(String::as_str));
        claims.put("phone_number_verified", phone.verified.value().copied());
    }
}

/// The claim `address`: section 5.1.1.
fn address(reader: &mut Reader<'_>, loss: &mut LossReport, claims: &mut Object) {
    reader.uses(&FieldPath::ADDRESSES);
    let addresses = reader.profile.addresses.items();
    if addresses.len() > 1 {
        loss.alter("addresses", "one address of several is written");
    }
    if let Some(address) = main_of(addresses, |address| &address.primary) {
        let part = |text: Option<&String>| text.map(|text| text.as_str().into());
        let claim = object([
            ("formatted", part(address.formatted.value())),
            ("street_address", part(address.street_address.value())),
            ("locality", part(address.locality.value())),
            ("region", part(address.region.value())),
            ("postal_code", part(address.postal_code.value())),
            ("country", part(address.country.value())),
        ]);
        claims.put_object("address", claim);
    }
}
