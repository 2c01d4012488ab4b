//! The second factor of the members of an organization.

use std::collections::BTreeMap;

use anyprofile_core::{Field, listing::Quarantined, open_record};
use serde::{Deserialize, Deserializer};

use super::reference::by_id;

open_record! {
    /// Whether an organization requires a second factor (`GET /organizations/{id}/mfa-enforcement`).
    pub struct MfaEnforcement {
        /// Whether members without a second factor are denied access to the organization.
        enforce_mfa: bool,
    }
}

open_record! {
    /// The result of a reminder to one user.
    pub struct MfaReminder {
        /// The status for this user, in the numbers of HTTP.
        code: u64,
        /// The service's message.
        message: String,
    }
}

impl MfaReminder {
    /// Returns whether the service reports that the reminder was sent: a code from 200 to 299.
    pub fn is_sent(&self) -> bool {
        self.code.value().is_some_and(|code| (200..300).contains(code))
    }
}

/// The results of reminders by user id (`POST /organizations/{id}/mfa/remind`). Single reminders may have
/// failed although the request succeeded.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MfaReminders {
    /// The results of the response.
    pub reminders: BTreeMap<String, Field<MfaReminder>>,
    /// Results that could not be read.
    pub quarantined: Vec<Quarantined>,
}

impl MfaReminders {
    /// Returns the result for a user; `Absent` if the response does not contain it.
    pub fn get(&self, user_id: &str) -> Field<&MfaReminder> {
        self.reminders.get(user_id).map_or(Field::Absent, Field::as_ref)
    }

    /// Returns whether the service reports that the reminder to this user was sent.
    pub fn is_sent_to(&self, user_id: &str) -> bool {
        self.get(user_id).value().is_some_and(|reminder| reminder.is_sent())
    }
}

impl<'de> Deserialize<'de> for MfaReminders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_id(deserializer).map(|(reminders, quarantined)| Self { reminders, quarantined })
    }
}
