//! Users of SCIM 2.0: RFC 7643, sections 3.1, 4.1 and 4.3.

use std::collections::BTreeSet;

use anyprofile_core::{
    Email, Field, FieldPath, Status, Timestamp,
    profile::{EmailPurpose, Photo},
};
use serde_json::{Value, json};

use super::{
    loss::LossReport,
    object::{Object, object},
    reader::Reader,
    scim_extension::{self, extension},
    scim_text::{is_plain_address, is_reference},
};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The fields that the SCIM service's extension has, and RFC 7643 too.
const USER_TYPE: FieldPath = FieldPath::extension("extension.user_type");
const LOCALE: FieldPath = FieldPath::extension("extension.locale");
const VERSION: FieldPath = FieldPath::extension("extension.version");

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport) -> Object {
    let mut user = Object::default();
    user.set("id", reader.profile.id.native());
    user.put("externalId", reader.text(&FieldPath::EXTERNAL_ID));
    let meta = meta(reader);
    user.put_object("meta", meta);
    let user_name = user_name(reader, loss);
    user.set("userName", user_name);
    let name = name(reader);
    user.put_object("name", name);
    for (attribute, path) in [
        ("displayName", FieldPath::NAME_DISPLAY),
        ("nickName", FieldPath::NICKNAME),
        ("title", FieldPath::TITLE),
        ("preferredLanguage", FieldPath::LOCALE),
        ("timezone", FieldPath::TIMEZONE),
    ] {
        user.put(attribute, reader.text(&path));
    }
    for (attribute, path) in [("userType", USER_TYPE), ("locale", LOCALE)] {
        user.put(attribute, reader.extension_text(&path));
    }
    if reader.profile.website.is_known_and(|url| is_reference(url)) {
        user.put("profileUrl", reader.text(&FieldPath::WEBSITE));
    }
    user.put("active", active(reader));
    for (attribute, values) in [
        ("emails", emails(reader)),
        ("phoneNumbers", phones(reader)),
        ("photos", photos(reader)),
        ("addresses", addresses(reader)),
        ("groups", groups(reader)),
        ("entitlements", entitlements(reader)),
        ("roles", roles(reader)),
    ] {
        user.put_list(attribute, values);
    }
    let enterprise = enterprise(reader);
    let mut schemas = vec![CORE];
    if !enterprise.is_empty() {
        schemas.push(ENTERPRISE);
    }
    schemas.push(scim_extension::URN);
    user.set("schemas", schemas);
    user.put_object(ENTERPRISE, enterprise);
    user.put_object(scim_extension::URN, extension(reader, loss));
    user
}

fn meta(reader: &mut Reader<'_>) -> Object {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string().into());
    object([
        ("resourceType", Some("User".into())),
        ("created", time(reader.time(&FieldPath::TIMES_CREATED))),
        ("lastModified", time(reader.time(&FieldPath::TIMES_UPDATED))),
        ("version", reader.extension_text(&VERSION).map(Value::from)),
    ])
}

/// Returns the user name, which section 4.1.1 requires.
fn user_name<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> &'a str {
    let profile = reader.profile;
    // An empty one is none.
    if let Some(name) = profile.username.value().filter(|name| !name.is_empty()) {
        reader.uses(&FieldPath::USERNAME);
        return name;
    }
    let is_login = |email: &&Email| email.purpose.is_known_to_be(&EmailPurpose::Login);
    let login = profile.emails.items().iter().find(is_login).and_then(|email| email.address.value());
    if let Some(address) = login.filter(|address| !address.is_empty()) {
        return address;
    }
    if let Some(address) = profile.email().filter(|address| !address.is_empty()) {
        loss.guess("userName", "the user name is not known; the e-mail address is written");
        return address;
    }
    loss.guess("userName", "the user name is not known; the id is written");
    profile.id.native()
}

fn name(reader: &mut Reader<'_>) -> Object {
    let mut name = Object::default();
    for (attribute, path) in [
        ("formatted", FieldPath::NAME_FORMATTED),
        ("familyName", FieldPath::NAME_FAMILY),
        ("givenName", FieldPath::NAME_GIVEN),
        ("middleName", FieldPath::NAME_MIDDLE),
        ("honorificPrefix", FieldPath::NAME_PREFIX),
        ("honorificSuffix", FieldPath::NAME_SUFFIX),
    ] {
        name.put(attribute, reader.text(&path));
    }
    name
}

/// Returns `active`. Section 4.1.1 has true for a user who can sign in and false for one who is suspended. Somebody who is invited is
/// neither, and a status that is not known is not sent. The word of the status is in our extension.
fn active(reader: &Reader<'_>) -> Option<bool> {
    match reader.profile.status.value()? {
        Status::Active => Some(true),
        Status::Suspended | Status::Deleted => Some(false),
        _ => None,
    }
}

/// Passes on `primary: true` once: section 2.4 allows it for one value of an attribute.
#[derive(Default)]
struct Primary {
    is_taken: bool,
    is_repeated: bool,
}

impl Primary {
    fn once(&mut self, primary: Field<bool>) -> Option<Value> {
        let primary = primary.into_value()?;
        if primary && std::mem::replace(&mut self.is_taken, true) {
            self.is_repeated = true;
            return None;
        }
        Some(primary.into())
    }
}

fn text(field: &Field<String>) -> Option<Value> {
    field.value().map(|text| text.as_str().into())
}

/// Returns the values of an attribute. The field has its home here if they say all of it; our extension has it too otherwise.
fn values<T>(
    reader: &mut Reader<'_>,
    path: &FieldPath,
    items: &[T],
    mut value: impl FnMut(&T, &mut Primary) -> (Option<Object>, bool),
) -> Vec<Value> {
    let mut primary = Primary::default();
    let mut is_whole = true;
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let (value, is_all) = value(item, &mut primary);
        let value = value.filter(|value| !value.is_empty());
        is_whole &= is_all && value.is_some();
        values.extend(value.map(Value::from));
    }
    if is_whole && !primary.is_repeated {
        reader.uses(path);
    }
    values
}

fn emails(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.emails.items();
    values(reader, &FieldPath::EMAILS, items, |email, primary| {
        if !email.address.is_known_and(|address| is_plain_address(address)) {
            return (None, false);
        }
        let value = object([
            ("value", text(&email.address)),
            ("type", email.purpose.value().map(|purpose| purpose.as_str().into())),
            ("primary", primary.once(email.primary)),
        ]);
        (Some(value), email.verified.is_absent())
    })
}

fn phones(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.phones.items();
    values(reader, &FieldPath::PHONES, items, |phone, primary| {
        let value = object([
            ("value", text(&phone.number)),
            ("type", text(&phone.kind)),
            ("primary", primary.once(phone.primary)),
        ]);
        (Some(value), phone.verified.is_absent())
    })
}

fn photos(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.photos.items();
    let mut photos = values(reader, &FieldPath::PHOTOS, items, |photo, primary| {
        if !photo.url.is_known_and(|url| is_reference(url)) {
            return (None, false);
        }
        let value = object([
            ("value", text(&photo.url)),
            ("type", text(&photo.kind)),
            ("primary", primary.once(photo.primary)),
        ]);
        (Some(value), true)
    });
    if let Some(url) = reader.profile.picture.value().filter(|url| is_reference(url)) {
        reader.uses(&FieldPath::PICTURE);
        let is_same = |photo: &Photo| photo.url.is_known_to_be(url);
        if !items.iter().any(is_same) {
            photos.insert(0, json!({ "value": url, "type": "photo" }));
        }
    }
    photos
}

fn addresses(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.addresses.items();
    values(reader, &FieldPath::ADDRESSES, items, |address, primary| {
        // Section 4.1.2 has the two letters of ISO 3166-1 alone.
        let is_code =
            |country: &String| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
        let has_code = !address.country.is_known() || address.country.is_known_and(is_code);
        let value = object([
            ("formatted", text(&address.formatted)),
            ("streetAddress", text(&address.street_address)),
            ("locality", text(&address.locality)),
            ("region", text(&address.region)),
            ("postalCode", text(&address.postal_code)),
            ("country", text(&address.country).filter(|_| has_code)),
            ("type", text(&address.kind)),
            ("primary", primary.once(address.primary)),
        ]);
        (Some(value), has_code)
    })
}

fn groups(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.groups.items();
    values(reader, &FieldPath::GROUPS, items, |group, _| {
        // Section 4.1.2 has these two words for how somebody came to be a member.
        let kind = text(&group.kind).filter(|kind| kind == "direct" || kind == "indirect");
        let is_whole = kind.is_some() || !group.kind.is_known();
        let value = object([("value", text(&group.id)), ("display", text(&group.name)), ("type", kind)]);
        (Some(value), is_whole)
    })
}

fn entitlements(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.entitlements.items();
    values(reader, &FieldPath::ENTITLEMENTS, items, |entitlement, primary| {
        let value = object([
            ("value", text(&entitlement.value)),
            ("display", text(&entitlement.name)),
            ("type", text(&entitlement.kind)),
            ("primary", primary.once(entitlement.primary)),
        ]);
        (Some(value), true)
    })
}

/// Returns the roles, each once: section 2.4 advises against repeating a value. Where a role is for a part of the account, our extension
/// says of which.
fn roles(reader: &mut Reader<'_>) -> Vec<Value> {
    let items = reader.profile.roles.items();
    let mut seen = BTreeSet::new();
    let mut is_whole = true;
    let mut roles = Vec::with_capacity(items.len());
    for assignment in items {
        is_whole &= assignment.scope.is_absent();
        let Some(role) = assignment.role.value() else {
            is_whole = false;
            continue;
        };
        let Some(value) = role.id.value().or(role.name.value()) else { continue };
        if seen.insert(value) {
            roles
                .push(object([("value", Some(value.as_str().into())), ("display", text(&role.name))]).into());
        }
    }
    if is_whole {
        reader.uses(&FieldPath::ROLES);
    }
    roles
}

/// The extension for employees: section 4.3.
fn enterprise(reader: &mut Reader<'_>) -> Object {
    let mut enterprise = Object::default();
    for (attribute, path) in [
        ("employeeNumber", FieldPath::EMPLOYEE_NUMBER),
        ("costCenter", FieldPath::EMPLOYEE_COST_CENTER),
        ("organization", FieldPath::ORGANIZATION_NAME),
        ("division", FieldPath::EMPLOYEE_DIVISION),
        ("department", FieldPath::EMPLOYEE_DEPARTMENT),
    ] {
        enterprise.put(attribute, reader.text(&path));
    }
    // A manager without an id is a person without a SCIM resource, and is in our extension.
    if let Some(manager) = reader.profile.employee.manager.value().filter(|manager| manager.id.is_known()) {
        let value = object([("value", text(&manager.id)), ("displayName", text(&manager.name))]);
        enterprise.put_object("manager", value);
        if !manager.email.is_known() {
            reader.uses(&FieldPath::EMPLOYEE_MANAGER);
        }
    }
    enterprise
}
