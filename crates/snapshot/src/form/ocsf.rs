//! Events of class User Inventory Info (5003) of the Open Cybersecurity Schema Framework, version 1.9.0-dev.

use anyprofile_core::{
    FieldPath, Kind, Status, Timestamp,
    profile::{Actor, Credential, CredentialKind, ScopeTier},
};
use serde_json::{Value, json};

use super::{
    loss::LossReport,
    object::{Object, object},
    reader::{Reader, milliseconds},
};

const CATEGORY: u32 = 5;
const CLASS: u32 = 5003;
/// The information was collected, and not read from a log.
const COLLECT: u32 = 2;
const INFORMATIONAL: u32 = 1;

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport, time: Timestamp) -> Object {
    let mut event = Object::default();
    event.set("category_uid", CATEGORY);
    event.set("category_name", "Discovery");
    event.set("class_uid", CLASS);
    event.set("class_name", "User Inventory Info");
    event.set("activity_id", COLLECT);
    event.set("activity_name", "Collect");
    event.set("type_uid", CLASS * 100 + COLLECT);
    event.set("type_name", "User Inventory Info: Collect");
    event.set("severity_id", INFORMATIONAL);
    event.set("time", milliseconds(time));
    event.set(
        "metadata",
        json!({ "version": "1.9.0-dev", "product": { "name": "anyprofile", "vendor_name": "anyprofile" } }),
    );
    let user = user(reader, loss);
    event.put_object("user", user);
    event.put_object("unmapped", unmapped(reader));
    event
}

fn user(reader: &mut Reader<'_>, loss: &mut LossReport) -> Object {
    let profile = reader.profile;
    let id = &profile.id;
    let mut user = Object::default();
    user.set("uid", id.native());
    user.put("uid_alt", reader.text(&FieldPath::EXTERNAL_ID));
    user.put("name", reader.sign_in_name());
    let (type_id, caption) = user_type(reader, loss);
    user.set("type_id", type_id);
    user.set("type", caption);
    // The schema has `has_mfa` left out where it is not known.
    user.put("has_mfa", reader.bool(&FieldPath::SECURITY_MFA_ENABLED));
    user.put("email_addr", profile.email());
    let emails = profile.emails.items();
    if emails.iter().any(|email| email.purpose.is_known() || email.verified.is_known()) {
        loss.alter("emails", "what an address is for and whether it is verified is not written");
    }
    user.put("full_name", reader.full_name());
    user.put("display_name", reader.text(&FieldPath::NAME_DISPLAY));
    // The directory that the id is unique in.
    user.set("domain", format!("{}:{}", id.service, id.account));
    user.set(
        "account",
        json!({ "name": id.account.as_str(), "uid": format!("{}:{}", id.service, id.account) }),
    );
    let org = reader.text(&FieldPath::ORGANIZATION_NAME);
    user.put("org", org.map(|name| json!({ "name": name })));
    reader.uses(&FieldPath::GROUPS);
    let groups = profile.groups.items().iter().map(|group| {
        let part = |text: Option<&String>| text.map(|text| text.as_str().into());
        object([
            ("uid", part(group.id.value())),
            ("name", part(group.name.value())),
            ("type", part(group.kind.value())),
        ])
    });
    user.put_list("groups", groups.filter(|group| !group.is_empty()).map(Value::from).collect());
    user.put_list("programmatic_credentials", credentials(reader));
    user.put_object("ldap_person", person(reader));
    user
}

/// Returns the type of the user, by its number and its caption.
fn user_type<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> (u32, &'a str) {
    const ADMIN: (u32, &str) = (2, "Admin");
    let kind = reader.kind();
    match kind {
        Some(Kind::Service) => return (4, "Service"),
        Some(Kind::Organization) => return (99, "organization"),
        _ => {}
    }
    if reader.profile.access.owner.is_known_to_be(&true) {
        return ADMIN;
    }
    if has_role_of_admin(reader) {
        loss.guess(
            "user.type_id",
            "Admin is written for a role over the whole account that is named admin, administrator or owner",
        );
        return ADMIN;
    }
    match kind {
        Some(Kind::Human) => (1, "User"),
        // The type is then a word of the source's own.
        Some(other) => (99, other.as_str()),
        None => (0, "Unknown"),
    }
}

fn has_role_of_admin(reader: &Reader<'_>) -> bool {
    reader.profile.roles.items().iter().any(|assignment| {
        let is_whole = assignment.scope.is_known_and(|scope| {
            scope.tier.is_known_and(|tier| matches!(tier, ScopeTier::Account | ScopeTier::Organization))
        });
        let is_admin = |name: &String| {
            ["admin", "administrator", "owner"].iter().any(|word| name.trim().eq_ignore_ascii_case(word))
        };
        is_whole
            && assignment
                .role
                .is_known_and(|role| role.name.is_known_and(is_admin) || role.id.is_known_and(is_admin))
    })
}

/// Returns the tokens and keys. The object requires `uid`; a session is not one, and neither is what has no id.
fn credentials(reader: &mut Reader<'_>) -> Vec<Value> {
    let all = reader.profile.credentials.items();
    let credentials = all.iter().filter_map(|credential| {
        let kind = credential.kind.value()?;
        if !matches!(kind, CredentialKind::ApiToken | CredentialKind::SshKey) {
            return None;
        }
        let mut object = Object::default();
        object.set("uid", credential.id.value()?.as_str());
        object.set("type", kind.as_str());
        object.put("last_usage_time", credential.last_used.value().copied().map(milliseconds));
        Some(Value::from(object))
    });
    let credentials: Vec<_> = credentials.collect();
    let is_whole = |it: &Credential| {
        !it.name.is_known() && !it.created.is_known() && !it.expires.is_known() && !it.last_used.is_null()
    };
    // What else is known of them goes to `unmapped`.
    if credentials.len() == all.len() && all.iter().all(is_whole) {
        reader.uses(&FieldPath::CREDENTIALS);
    }
    credentials
}

/// The attributes of a person in a directory: the object `ldap_person`.
fn person(reader: &mut Reader<'_>) -> Object {
    let mut person = Object::default();
    for (key, path) in [
        ("employee_uid", FieldPath::EMPLOYEE_NUMBER),
        ("department", FieldPath::EMPLOYEE_DEPARTMENT),
        ("cost_center", FieldPath::EMPLOYEE_COST_CENTER),
        ("job_title", FieldPath::TITLE),
        ("given_name", FieldPath::NAME_GIVEN),
        ("surname", FieldPath::NAME_FAMILY),
    ] {
        person.put(key, reader.text(&path));
    }
    for (key, path) in [
        ("created_time", FieldPath::TIMES_CREATED),
        ("modified_time", FieldPath::TIMES_UPDATED),
        ("last_login_time", FieldPath::SECURITY_LAST_LOGIN),
    ] {
        person.put(key, reader.milliseconds(&path));
    }
    // The time of the last change of a status is that of the deletion if the profile is deleted.
    if reader.profile.status.is_known_to_be(&Status::Deleted) {
        person.put("deleted_time", reader.milliseconds(&FieldPath::TIMES_STATUS_CHANGED));
    }
    reader.uses(&FieldPath::EMAILS);
    let emails = reader.profile.emails.items().iter().filter_map(|email| email.address.value());
    person.put_list("email_addrs", emails.map(|address| address.as_str().into()).collect());
    if let Some(manager) = reader.profile.employee.manager.value() {
        reader.uses(&FieldPath::EMPLOYEE_MANAGER);
        person.put_object("manager", actor(manager));
    }
    person
}

fn actor(actor: &Actor) -> Object {
    let part = |text: Option<&String>| text.map(|text| text.as_str().into());
    object([
        ("uid", part(actor.id.value())),
        ("full_name", part(actor.name.value())),
        ("email_addr", part(actor.email.value())),
    ])
}

/// Returns what the class has no attribute for, by the path of the field. `unmapped` is the base event's own place for that.
fn unmapped(reader: &mut Reader<'_>) -> Object {
    let mut unmapped = Object::default();
    unmapped.set("collection", reader.profile.id.kind.as_str());
    let paths: Vec<_> = reader.unused().collect();
    for path in paths {
        unmapped.put(path.as_str(), reader.json(path));
    }
    unmapped
}
