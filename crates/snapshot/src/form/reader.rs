//! Reads a profile for a form, and keeps account of what found a home.

use std::borrow::Cow;

use anyprofile_core::{
    Capabilities, Email, Field, FieldPath, FieldState, Kind, Profile, Timestamp,
    profile::{EmailPurpose, Extension, FieldRef, RoleAssignment, ScopeTier, ValueRef},
};
use serde_json::Value;

use super::loss::LossReport;

/// A profile that is being written. Each field that is read has a home in the form; all others are counted as left out.
pub(super) struct Reader<'a> {
    pub(super) profile: &'a Profile,
    pub(super) capabilities: &'a Capabilities,
    used: Vec<FieldPath>,
    has_main_email_only: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(profile: &'a Profile, capabilities: &'a Capabilities) -> Self {
        Self { profile, capabilities, used: Vec::with_capacity(32), has_main_email_only: false }
    }

    /// Notes that a field has a home.
    pub(super) fn uses(&mut self, path: &FieldPath) {
        if !self.is_used(path) {
            self.used.push(path.clone());
        }
    }

    pub(super) fn is_used(&self, path: &FieldPath) -> bool {
        self.used.contains(path)
    }

    fn get(&mut self, path: &FieldPath) -> FieldRef<'a> {
        self.uses(path);
        self.profile.get(path)
    }

    pub(super) fn text(&mut self, path: &FieldPath) -> Option<&'a str> {
        self.get(path).value().and_then(ValueRef::as_text)
    }

    pub(super) fn bool(&mut self, path: &FieldPath) -> Option<bool> {
        self.get(path).value().and_then(ValueRef::as_bool)
    }

    pub(super) fn time(&mut self, path: &FieldPath) -> Option<Timestamp> {
        self.get(path).value().and_then(ValueRef::as_time)
    }

    /// Returns a text of the service's extension.
    pub(super) fn extension_text(&mut self, path: &FieldPath) -> Option<String> {
        match self.get(path).into_value() {
            Some(ValueRef::Json(json)) => json.decode().ok(),
            _ => None,
        }
    }

    pub(super) fn kind(&mut self) -> Option<&'a Kind> {
        self.uses(&FieldPath::KIND);
        self.profile.kind.value()
    }

    /// Returns the address to write to: the primary one, or the first. The form has a place for one address only.
    pub(super) fn main_email(&mut self) -> Option<&'a Email> {
        self.uses(&FieldPath::EMAILS);
        self.has_main_email_only = true;
        main_of(self.profile.emails.items(), |email| &email.primary)
    }

    /// Returns the text of the address to write to.
    pub(super) fn main_address(&mut self) -> Option<&'a str> {
        self.main_email()?.address.value().map(String::as_str)
    }

    /// Returns the name to sign in with: the user name, or the address that the service calls the one to sign in with.
    pub(super) fn sign_in_name(&mut self) -> Option<&'a str> {
        if let Some(name) = self.profile.username.value() {
            self.uses(&FieldPath::USERNAME);
            return Some(name);
        }
        let mut emails = self.profile.emails.items().iter();
        let login = emails.find(|email| email.purpose.is_known_to_be(&EmailPurpose::Login))?;
        let address = login.address.value()?;
        self.uses(&FieldPath::EMAILS);
        self.has_main_email_only = true;
        Some(address)
    }

    /// Returns the full name, or the name to show.
    pub(super) fn full_name(&mut self) -> Option<&'a str> {
        let name = &self.profile.name;
        let (formatted, display) = (name.formatted.value(), name.display.value());
        if let Some(formatted) = formatted {
            self.uses(&FieldPath::NAME_FORMATTED);
            if display.is_none_or(|display| display == formatted) {
                self.uses(&FieldPath::NAME_DISPLAY);
            }
            return Some(formatted);
        }
        self.uses(&FieldPath::NAME_DISPLAY);
        display.map(String::as_str)
    }

    /// Returns the roles as texts, with the place that a role is for. The rights over the whole account are roles too.
    pub(super) fn role_names(&mut self) -> Vec<Cow<'a, str>> {
        for path in [FieldPath::ROLES, FieldPath::ACCESS_OWNER, FieldPath::ACCESS_BILLING_ADMIN] {
            self.uses(&path);
        }
        let mut names: Vec<Cow<'a, str>> = self.profile.roles.items().iter().filter_map(role_name).collect();
        let access = &self.profile.access;
        for (right, name) in [(&access.owner, "Owner"), (&access.billing_admin, "Billing administrator")] {
            if right.is_known_to_be(&true) && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(Cow::Borrowed(name));
            }
        }
        names
    }

    /// Returns the number of milliseconds since 1970.
    pub(super) fn milliseconds(&mut self, path: &FieldPath) -> Option<i64> {
        self.time(path).map(milliseconds)
    }

    /// Returns the value of a field as JSON.
    pub(super) fn json(&mut self, path: &FieldPath) -> Option<Value> {
        self.get(path).into_value()?.to_json()
    }

    /// Returns the fields that have a value and no home so far.
    pub(super) fn unused(&self) -> impl Iterator<Item = &'static FieldPath> {
        FieldPath::CORE.iter().filter(|path| {
            **path != FieldPath::ID
                && !self.is_used(path)
                && self.profile.get(path).value().is_some_and(says_something)
        })
    }

    /// Returns whether a field has a value that holds nothing, such as an empty list.
    pub(super) fn is_empty(&self, path: &FieldPath) -> bool {
        self.profile.get(path).value().is_some_and(|value| !says_something(value))
    }

    /// Counts what had no home.
    pub(super) fn count(&self, loss: &mut LossReport, keeps_null: bool) {
        for path in self.unused() {
            loss.leave_out(path.as_str());
        }
        let fields = self.profile.extension.as_ref().map(fields_of).unwrap_or_default();
        for (key, _) in fields.iter().filter(|(_, value)| !is_empty(value)) {
            let path = format!("extension.{key}");
            if !self.used.iter().any(|used| used.as_str() == path) {
                loss.leave_out(&path);
            }
        }
        // The names of these fields come from the service and may be anything.
        if !self.profile.unknown.is_empty() {
            loss.leave_out("unknown");
        }
        if !self.profile.notes.is_empty() {
            loss.leave_out("notes");
        }
        if self.profile.origin.as_ref().is_some_and(|origin| !origin.missing.is_empty()) {
            loss.leave_out("origin.missing");
        }
        let emails = self.profile.emails.items();
        if self.has_main_email_only && (emails.len() > 1 || emails.iter().any(|it| it.verified.is_known())) {
            loss.alter("emails", "one address is written, and not all that is known of it or of others");
        }
        if !keeps_null {
            let null = |path: &&FieldPath| self.profile.get(path).record_state() == FieldState::Null;
            loss.null_as_unknown += FieldPath::CORE.iter().filter(null).count() as u64;
        }
    }
}

/// Returns the item that is marked as the primary one, or the first.
pub(super) fn main_of<T>(items: &[T], primary: fn(&T) -> &Field<bool>) -> Option<&T> {
    items.iter().find(|item| primary(item).is_known_to_be(&true)).or_else(|| items.first())
}

/// Returns the number of milliseconds from 1970 to a time.
pub(super) fn milliseconds(time: Timestamp) -> i64 {
    // The years 1 to 9999 fit.
    i64::try_from(time.unix_nanoseconds().div_euclid(1_000_000)).unwrap_or_default()
}

/// Returns the name of a role, or else its id, with the place that it is for.
fn role_name(assignment: &RoleAssignment) -> Option<Cow<'_, str>> {
    let role = assignment.role.value()?;
    let name = role.name.value().or(role.id.value())?;
    let scope = assignment.scope.value();
    let is_narrow = |tier: &ScopeTier| !matches!(tier, ScopeTier::Account | ScopeTier::Organization);
    let scope = scope.filter(|scope| scope.tier.value().is_none_or(is_narrow));
    let place = scope.and_then(|scope| scope.name.value().or(scope.id.value()));
    Some(place.map_or(Cow::Borrowed(name.as_str()), |place| format!("{name} ({place})").into()))
}

fn says_something(value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::List(list) => !list.items().is_empty(),
        ValueRef::Record(record) => record.fields().iter().any(|(_, field)| field.is_known()),
        _ => true,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn fields_of(extension: &Extension) -> serde_json::Map<String, Value> {
    match serde_json::to_value(extension) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    }
}
