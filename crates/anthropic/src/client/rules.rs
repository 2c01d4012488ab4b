//! The rules that a body must keep: which fields a beta knows, and the limits that the reference states. Words of open
//! enumerations are left to the service, which may know more of them than was published.

use std::{ops::RangeInclusive, time::Duration};

use anyprofile_core::{Change, Timestamp};
use anyprofile_http::Violations;

use crate::{
    config::Shape,
    wire::{ExternalUserDetailsInput, InviteCreate, OrganizationRole, UserProfileCreate, UserProfileUpdate},
};

/// The characters of a name, an id of the platform or a hash.
const TEXT: RangeInclusive<u32> = 1..=255;
/// The most pairs of metadata.
const MAX_PAIRS: usize = 16;
/// The most characters of a key of metadata.
const MAX_KEY: usize = 64;
/// The most characters of a value of metadata.
const MAX_VALUE: usize = 512;
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
pub(super) fn create(create: &UserProfileCreate, beta: Option<&str>, now: Option<Timestamp>) -> Violations {
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
pub(super) fn update(update: &UserProfileUpdate, beta: Option<&str>, now: Option<Timestamp>) -> Violations {
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
pub(super) fn invite(invite: &InviteCreate) -> Violations {
    let mut violations = role(&invite.role);
    violations.check_email("email", &invite.email);
    if invite.rbac_group_ids.iter().any(String::is_empty) {
        violations.add("rbac_group_ids", "holds no empty id");
    }
    violations
}

/// The rules that a role to give breaks: it is one that the API is known not to give.
pub(super) fn role(role: &OrganizationRole) -> Violations {
    let mut violations = Violations::new();
    let is_known = !matches!(role, OrganizationRole::Other(_));
    if is_known && !OrganizationRole::SETTABLE.contains(role) {
        let words: Vec<_> = OrganizationRole::SETTABLE.iter().map(OrganizationRole::as_str).collect();
        violations.add("role", format!("is one of: {}", words.join(", ")));
    }
    violations
}

fn text(change: &Change<String>) -> Option<&str> {
    match change {
        Change::Set(text) => Some(text),
        Change::Keep | Change::Clear => None,
    }
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
        if self.metadata.len() > MAX_PAIRS {
            violations.add("metadata", format!("has at most {MAX_PAIRS} pairs"));
        }
        let is_longer = |text: &str, most: usize| text.chars().nth(most).is_some();
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

#[cfg(test)]
mod tests {
    use anyprofile_core::ProviderInfo;

    use super::*;
    use crate::{BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04};

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rules(violations: Violations) -> String {
        let info =
            ProviderInfo::new("anthropic".parse().unwrap(), "a".parse().unwrap(), "Anthropic", "https://x");
        violations.refuse(&info, "x").err().map(|error| error.message().to_owned()).unwrap_or_default()
    }

    #[test]
    fn each_beta_knows_its_own_fields() {
        let fields = [
            "external_id",
            "relationship",
            "access_type",
            "external_user_onboarded_at",
            "external_user_details",
        ];
        for (beta, known) in [
            (Some(BETA_2026_03_24), [true, true, false, false, false]),
            (Some(BETA_2026_08_18), [true, true, true, true, false]),
            (Some(BETA_2026_09_04), [false, false, true, false, true]),
            (None, [false, false, true, false, true]),
            // A later beta is taken as the newest.
            (Some("user-profiles-2027-01-01"), [false, false, true, false, true]),
        ] {
            assert_eq!(fields.map(|field| unknown_to(beta, field).is_none()), known, "{beta:?}");
        }
    }

    #[test]
    fn a_time_is_at_most_a_minute_ahead() {
        let now = time("2026-09-10T10:00:00Z");
        for (text, is_kept) in [
            ("2024-11-02T08:15:00Z", true),
            ("2026-09-10T12:01:00+02:00", true),
            ("2026-09-10T10:01:00.000000001Z", false),
            ("2999-12-31T23:59:59Z", false),
        ] {
            let body = UserProfileUpdate {
                external_user_onboarded_at: Some(time(text)),
                ..UserProfileUpdate::default()
            };
            assert_eq!(rules(update(&body, Some(BETA_2026_08_18), Some(now))).is_empty(), is_kept, "{text}");
            let details = ExternalUserDetailsInput {
                onboarded_at: Some(time(text)),
                ..ExternalUserDetailsInput::default()
            };
            let body =
                UserProfileCreate { external_user_details: Some(details), ..UserProfileCreate::default() };
            assert_eq!(rules(create(&body, None, Some(now))).is_empty(), is_kept, "{text}");
            // Without a clock nothing is refused for it.
            assert!(rules(create(&body, None, None)).is_empty());
        }
    }

    #[test]
    fn roles_that_the_api_does_not_give_are_known() {
        for (word, is_settable) in [
            ("billing", true),
            ("claude_code_user", true),
            ("developer", true),
            ("managed", true),
            ("user", true),
            ("auditor", true),
            ("admin", false),
            ("membership_admin", false),
            ("owner", false),
            ("primary_owner", false),
        ] {
            assert_eq!(rules(role(&word.into())).is_empty(), is_settable, "{word}");
        }
    }
}
