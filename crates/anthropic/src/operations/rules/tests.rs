//! The rules, one by one.

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
    let fields =
        ["external_id", "relationship", "access_type", "external_user_onboarded_at", "external_user_details"];
    for (beta, known) in [
        (Some(BETA_2026_03_24), [true, true, false, false, false]),
        (Some(BETA_2026_08_18), [true, true, true, true, false]),
        (Some(BETA_2026_09_04), [false, false, true, false, true]),
        (None, [false, false, true, false, true]),
        // A later beta counts as the newest version.
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
        let body = UserProfileCreate { external_user_details: Some(details), ..UserProfileCreate::default() };
        assert_eq!(rules(create(&body, None, Some(now))).is_empty(), is_kept, "{text}");
        // Without a clock, times are not checked.
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
