//! The rules that a body must keep: which fields a beta knows, and the limits that the reference states. Words of open
//! enumerations are left to the service, which may know more of them than was published.

#[cfg(test)]
mod tests;

use std::{ops::RangeInclusive, time::Duration};

use anyprofile_core::{Change, Timestamp};
use anyprofile_http::Violations;

use crate::{
    beta::Shape,
    wire::{ExternalUserDetailsInput, InviteCreate, OrganizationRole, UserProfileCreate, UserProfileUpdate},
};

/// The most characters of a name, an id of the platform or a hash.
pub(crate) const MAX_TEXT: u32 = 255;
/// The characters that such a text has.
const TEXT: RangeInclusive<u32> = 1..=MAX_TEXT;
/// The most pairs of metadata.
pub(crate) const MAX_PAIRS: u32 = 16;
/// The most characters of a key of metadata.
pub(crate) const MAX_KEY: u32 = 64;
/// The most characters of a value of metadata.
pub(crate) const MAX_VALUE: u32 = 512;
/// How far ahead of now a time may be, for clocks that differ.
const MAX_AHEAD: Duration = Duration::from_secs(60);

/// What of a user profile has rules, whether it is made or changed.
struct Ruled<'a> {
    /// Whether each field that not all betas know is sent, be it as null.
    dated: [(&'static str, bool); 5],
    external_id: Option<&'a str>,
    name: Option<&'a str>,
    /// Keys with their values; with none, it is a removal.
    metadata: Vec<(&'a str, Option<&'a str>)>,
    onboarded_at: Option<Timestamp>,
    details: Option<&'a ExternalUserDetailsInput>,
}

/// The rules that a profile to be made breaks. `now` is what a time may not be far ahead of.
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

/// The rules that a change of a profile breaks. `now` is what a time may not be far ahead of.
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

/// The rules that an invite breaks.
pub(crate) fn invite(invite: &InviteCreate) -> Violations {
    let mut violations = role(&invite.role);
    violations.check_email("email", &invite.email);
    if invite.rbac_group_ids.iter().any(String::is_empty) {
        violations.add("rbac_group_ids", "holds no empty id");
    }
    violations
}

/// The rules that a role to give breaks: it is one that the API is known not to give.
pub(crate) fn role(role: &OrganizationRole) -> Violations {
    let mut violations = Violations::new();
    let is_known = !matches!(role, OrganizationRole::Other(_));
    if is_known && !OrganizationRole::SETTABLE.contains(role) {
        let words: Vec<_> = OrganizationRole::SETTABLE.iter().map(OrganizationRole::as_str).collect();
        violations.add("role", format!("is one of: {}", words.join(", ")));
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
            violations.add("external_user_details.country", "is two upper-case letters");
        }
        for (field, time) in [
            ("external_user_onboarded_at", self.onboarded_at),
            ("external_user_details.onboarded_at", details.and_then(|it| it.onboarded_at)),
        ] {
            let (Some(time), Some(now)) = (time, now) else { continue };
            if time.saturating_sub(MAX_AHEAD) > now {
                violations.add(field, "is at most a minute from now");
            }
        }
        self.check_metadata(&mut violations);
        violations
    }

    fn check_metadata(&self, violations: &mut Violations) {
        if is_more(self.metadata.len(), MAX_PAIRS) {
            violations.add("metadata", format!("has at most {MAX_PAIRS} pairs"));
        }
        let is_longer = |text: &str, most| is_more(text.chars().count(), most);
        for (key, value) in &self.metadata {
            if is_longer(key, MAX_KEY) {
                violations.add("metadata", format!("has keys of at most {MAX_KEY} characters"));
            }
            match value {
                // The service takes it for a removal, or for nothing that can be made.
                Some("") => violations.add("metadata", "has no empty values"),
                Some(value) if is_longer(value, MAX_VALUE) => {
                    violations.add("metadata", format!("has values of at most {MAX_VALUE} characters"));
                }
                Some(_) | None => {}
            }
        }
    }
}

fn is_more(count: usize, most: u32) -> bool {
    !u32::try_from(count).is_ok_and(|count| count <= most)
}

/// Why a field is not sent to an account's API, where that has no such field.
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
        Some(later) => format!("is not known to {api}, which has {later} in its place"),
        None => format!("is not known to {api}"),
    })
}
