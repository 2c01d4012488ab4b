//! The counts of an access review, without personal data.

use std::{collections::BTreeMap, time::Duration};

use anyprofile::{FieldPath, FieldState, Profile, ProfileProvider, Timestamp, Verdict};
use serde_json::{Value, json};

/// The counts of one account.
#[derive(Default)]
pub(super) struct Counts {
    profiles: u64,
    statuses: BTreeMap<String, u64>,
    mfa: BTreeMap<String, u64>,
    dormant: u64,
    last_login_not_known: u64,
}

/// A day.
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Counts {
    /// Counts a profile. Whoever has not signed in since `limit` is dormant.
    pub(super) fn add(&mut self, profile: &Profile, provider: &dyn ProfileProvider, limit: Timestamp) {
        let capabilities = provider.capabilities();
        self.profiles += 1;
        let status = match profile.status.value() {
            Some(status) => status.to_string(),
            None => format!("not known ({})", profile.state(&FieldPath::STATUS, capabilities)),
        };
        *self.statuses.entry(status).or_default() += 1;
        let mfa = match profile.state(&FieldPath::SECURITY_MFA_ENABLED, capabilities) {
            FieldState::Value if profile.security.mfa_enabled.is_known_to_be(&true) => "on".to_owned(),
            FieldState::Value => "off".to_owned(),
            state => format!("not known ({state})"),
        };
        *self.mfa.entry(mfa).or_default() += 1;
        match profile.security.last_login.older_than(limit) {
            Verdict::Yes => self.dormant += 1,
            Verdict::Unknown => self.last_login_not_known += 1,
            _ => {}
        }
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "profiles": self.profiles,
            "statuses": self.statuses,
            "mfa": self.mfa,
            "dormant": self.dormant,
            "last_login_not_known": self.last_login_not_known,
        })
    }
}
