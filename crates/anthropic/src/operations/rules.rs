//! The rules for request bodies: the fields that a beta has, and the limits that the reference states. Words
//! of open enumerations are not checked: the service may accept more than it publishes.

#[cfg(test)]
mod tests;

use std::{ops::RangeInclusive, time::Duration};

use anyprofile_core::{Change, Timestamp};
use anyprofile_http::Violations;

use crate::{
    beta::Shape,
    wire::{
        ExternalUserDetailsInput, InviteCreate, OrganizationRole, UserProfileCreate, UserProfileUpdate,
        WorkspaceRole, WorkspaceUpdate,
    },
};

/// The maximum length of a name, a platform id or a hash, in characters.
pub(crate) const MAX_TEXT: u32 = 255;
/// The allowed lengths of such a text.
const TEXT: RangeInclusive<u32> = 1..=MAX_TEXT;
/// The maximum number of metadata entries.
pub(crate) const MAX_PAIRS: u32 = 16;
/// The maximum length of a metadata key, in characters.
pub(crate) const MAX_KEY: u32 = 64;
/// The maximum length of a metadata value, in characters.
pub(crate) const MAX_VALUE: u32 = 512;
/// How far in the future a time may be, for clocks that differ.
const MAX_AHEAD: Duration = Duration::from_secs(60);

/// The parts of a user profile that have rules, in a creation or an update.
struct Ruled<'a> {
    /// The fields that some betas do not have, and whether each is sent, also as null.
    dated: [(&'static str, bool); 5],
    external_id: Option<&'a str>,
    name: Option<&'a str>,
    /// The keys and values. A key without a value is removed.
    metadata: Vec<(&'a str, Option<&'a str>)>,
    onboarded_at: Option<Timestamp>,
    details: Option<&'a ExternalUserDetailsInput>,
}

/// Returns the rules that a profile to create violates. `now` is the limit for times.
pub(crate) fn create(create: &UserProfileCreate, beta: Option<&str>, now: Option<Timestamp>) -> Violations {
    let ruled = Ruled {
        dated: [
            ("external_id", create.external_id.is_some()),
            ("relationship", create.relationship.is_some()),
            ("access_type", create.access_type.is_some()),
            ("external_user_onboarded_at", create.external_user_onboarded_at.is_some()),
            ("external_user_details", create.external_user_details.is_some()),
        ],
        external_id: create.external_id.as_deref(),
        name: create.name.as_deref(),
        metadata: create.metadata.iter().map(|(key, value)| (key.as_str(), Some(value.as_str()))).collect(),
        onboarded_at: create.external_user_onboarded_at,
        details: create.external_user_details.as_ref(),
    };
    ruled.violations(beta, now)
}

/// Returns the rules that an update of a profile violates. `now` is the limit for times.
pub(crate) fn update(update: &UserProfileUpdate, beta: Option<&str>, now: Option<Timestamp>) -> Violations {
    let ruled = Ruled {
        dated: [
            ("external_id", !update.external_id.is_keep()),
            ("relationship", !update.relationship.is_keep()),
            ("access_type", !update.access_type.is_keep()),
            ("external_user_onboarded_at", update.external_user_onboarded_at.is_some()),
            ("external_user_details", update.external_user_details.is_some()),
        ],
        external_id: text(&update.external_id),
        name: text(&update.name),
        metadata: update.metadata.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect(),
        onboarded_at: update.external_user_onboarded_at,
        details: update.external_user_details.as_ref(),
    };
    ruled.violations(beta, now)
}

/// Returns the rules that an invite violates.
pub(crate) fn invite(invite: &InviteCreate) -> Violations {
    let mut violations = role(&invite.role);
    violations.check_email("email", &invite.email);
    if invite.rbac_group_ids.iter().any(String::is_empty) {
        violations.add("rbac_group_ids", "must not contain an empty id");
    }
    violations
}

/// Returns the rule that a required text violates.
pub(crate) fn required(field: &'static str, text: &str) -> Violations {
    let mut violations = Violations::new();
    if text.is_empty() {
        violations.add(field, "is required");
    }
    violations
}

/// Returns the rule that the name of a group violates.
pub(crate) fn name(name: &str) -> Violations {
    let mut violations = Violations::new();
    violations.check_characters("name", name, TEXT);
    violations
}

/// Returns the rules that the name of a service account violates.
pub(crate) fn service_account_name(name: &str) -> Violations {
    let mut violations = self::name(name);
    if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        violations.add("name", "must be lower-case letters, digits and hyphens");
    }
    violations
}

/// Returns the rules that an update of a workspace violates.
pub(crate) fn workspace_update(update: &WorkspaceUpdate) -> Violations {
    let mut violations = update.name.as_deref().map_or_else(Violations::new, |name| required("name", name));
    if update.data_residency.as_ref().is_some_and(|residency| residency.workspace_geo.is_some()) {
        violations.add("data_residency.workspace_geo", "cannot be changed");
    }
    violations
}

/// Returns the rule that the role of a new member of a workspace violates.
pub(crate) fn addable(role: &WorkspaceRole) -> Violations {
    let mut violations = Violations::new();
    if *role == WorkspaceRole::Billing {
        violations.add("workspace_role", "must not be workspace_billing");
    }
    violations
}

/// Returns the rules that a role to grant violates: the API is known not to grant it.
pub(crate) fn role(role: &OrganizationRole) -> Violations {
    let mut violations = Violations::new();
    let is_known = !matches!(role, OrganizationRole::Other(_));
    if is_known && !OrganizationRole::SETTABLE.contains(role) {
        let words: Vec<_> = OrganizationRole::SETTABLE.iter().map(OrganizationRole::as_str).collect();
        violations.add("role", format!("must be one of: {}", words.join(", ")));
    }
    violations
}

fn text(change: &Change<String>) -> Option<&str> {
    change.as_ref().into_set().map(String::as_str)
}

impl Ruled<'_> {
    fn violations(&self, beta: Option<&str>, now: Option<Timestamp>) -> Violations {
        let mut violations = Violations::new();
        for (field, _) in self.dated.iter().filter(|(_, is_sent)| *is_sent) {
            if let Some(rule) = unknown_to(beta, field) {
                violations.add(*field, rule);
            }
        }
        let mut check_text = |field, text: Option<&str>| {
            if let Some(text) = text {
                violations.check_characters(field, text, TEXT);
            }
        };
        check_text("external_id", self.external_id);
        check_text("name", self.name);
        let details = self.details;
        check_text("external_user_details.email_hash", details.and_then(|it| it.email_hash.as_deref()));
        check_text("external_user_details.name_hash", details.and_then(|it| it.name_hash.as_deref()));
        check_text("external_user_details.reference_id", details.and_then(|it| it.reference_id.as_deref()));
        let country = details.and_then(|it| it.country.as_deref());
        if country.is_some_and(|it| it.len() != 2 || !it.bytes().all(|byte| byte.is_ascii_uppercase())) {
            violations.add("external_user_details.country", "must be two upper-case letters");
        }
        for (field, time) in [
            ("external_user_onboarded_at", self.onboarded_at),
            ("external_user_details.onboarded_at", details.and_then(|it| it.onboarded_at)),
        ] {
            let (Some(time), Some(now)) = (time, now) else { continue };
            if time.saturating_sub(MAX_AHEAD) > now {
                violations.add(field, "must be at most a minute from now");
            }
        }
        self.check_metadata(&mut violations);
        violations
    }

    fn check_metadata(&self, violations: &mut Violations) {
        if is_more(self.metadata.len(), MAX_PAIRS) {
            violations.add("metadata", format!("must have at most {MAX_PAIRS} entries"));
        }
        let is_longer = |text: &str, most| is_more(text.chars().count(), most);
        for (key, value) in &self.metadata {
            if is_longer(key, MAX_KEY) {
                violations.add("metadata", format!("must have keys of at most {MAX_KEY} characters"));
            }
            match value {
                // The service reads it as a removal, or refuses it in a creation.
                Some("") => violations.add("metadata", "must not have empty values"),
                Some(value) if is_longer(value, MAX_VALUE) => {
                    violations.add("metadata", format!("must have values of at most {MAX_VALUE} characters"));
                }
                Some(_) | None => {}
            }
        }
    }
}

fn is_more(count: usize, most: u32) -> bool {
    !u32::try_from(count).is_ok_and(|count| count <= most)
}

/// Returns why a field cannot be sent to an account's API; `None` if it can.
fn unknown_to(beta: Option<&str>, field: &str) -> Option<String> {
    use Shape::{August, GenerallyAvailable, March, September};
    let (since, until, later) = match field {
        "external_id" => (March, August, Some("external_user_details.reference_id")),
        "relationship" => (March, August, None),
        "access_type" => (August, GenerallyAvailable, None),
        "external_user_onboarded_at" => (August, August, Some("external_user_details.onboarded_at")),
        "external_user_details" => (September, GenerallyAvailable, None),
        _ => return None,
    };
    let shape = Shape::of(beta);
    if (since..=until).contains(&shape) {
        return None;
    }
    let api = beta.map_or_else(|| "the API without a beta".to_owned(), |beta| format!("the beta {beta}"));
    Some(match later.filter(|_| shape > until) {
        Some(later) => format!("is not supported by {api} (use {later})"),
        None => format!("is not supported by {api}"),
    })
}
