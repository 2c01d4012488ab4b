//! The numbers of one account.

use std::collections::BTreeMap;

use anyprofile_core::{
    Capabilities, Field, FieldPath, Profile, ProfileId, Timestamp, Verdict, profile::Privilege,
};
use serde::Serialize;

use crate::{date::days_before, judge::may_act};

/// The numbers of one account: how many profiles have which status, a second factor, and a sign-in of which age.
///
/// What is not known is counted apart, by its state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccountCounts {
    /// The profiles.
    pub profiles: u64,
    /// The profiles by status, as the service sets it; `not known (STATE)` where it does not say.
    pub statuses: BTreeMap<String, u64>,
    /// The second factors.
    pub mfa: MfaCounts,
    /// The profiles by the time since the last sign-in.
    pub last_login: LastLoginCounts,
    /// Those who are known to own the account.
    pub owners: Vec<ProfileId>,
    /// Those who are known to administer it.
    pub admins: Vec<ProfileId>,
    /// The profiles of which the service says neither whether they own the account nor which roles they have.
    pub owner_not_known: u64,
    /// The owners who may act at the service.
    #[serde(skip)]
    pub(crate) acting_owners: Vec<ProfileId>,
    /// Those who may be owners who may act: one or the other is not known.
    #[serde(skip)]
    pub(crate) possible_owners: u64,
}

/// How many profiles have a second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MfaCounts {
    /// The service says that they have one.
    pub on: u64,
    /// The service says that they have none.
    pub off: u64,
    /// The others, by the state of the field: `null`, `absent`, `unsupported`, `withheld`.
    pub not_known: BTreeMap<String, u64>,
}

/// How many profiles signed in when. Each is counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LastLoginCounts {
    /// Within 7 days.
    pub week: u64,
    /// Within 30 days, and not within 7.
    pub month: u64,
    /// Within 90 days, and not within 30.
    pub quarter: u64,
    /// Within 365 days, and not within 90.
    pub year: u64,
    /// Longer ago.
    pub longer: u64,
    /// The service says that there is no sign-in.
    pub never: u64,
    /// The service does not say.
    pub not_known: u64,
}

impl LastLoginCounts {
    /// Returns the numbers, each with what it counts in words.
    pub fn in_words(&self) -> [(&'static str, u64); 7] {
        [
            ("up to 7 days", self.week),
            ("8 to 30 days", self.month),
            ("31 to 90 days", self.quarter),
            ("91 to 365 days", self.year),
            ("more than a year", self.longer),
            ("never", self.never),
            ("not known", self.not_known),
        ]
    }
}

impl AccountCounts {
    /// Counts a profile.
    pub(crate) fn add(&mut self, profile: &Profile, capabilities: &Capabilities, now: Timestamp) {
        self.profiles += 1;
        let status = profile.status.value().map_or_else(
            || format!("not known ({})", profile.state(&FieldPath::STATUS, capabilities)),
            ToString::to_string,
        );
        *self.statuses.entry(status).or_default() += 1;
        match profile.security.mfa_enabled.value() {
            Some(true) => self.mfa.on += 1,
            Some(false) => self.mfa.off += 1,
            None => {
                let state = profile.state(&FieldPath::SECURITY_MFA_ENABLED, capabilities);
                *self.mfa.not_known.entry(state.to_string()).or_default() += 1;
            }
        }
        let logins = &mut self.last_login;
        let since = |days| days_before(now, days);
        *match &profile.security.last_login {
            Field::Value(last) if *last >= since(7) => &mut logins.week,
            Field::Value(last) if *last >= since(30) => &mut logins.month,
            Field::Value(last) if *last >= since(90) => &mut logins.quarter,
            Field::Value(last) if *last >= since(365) => &mut logins.year,
            Field::Value(_) => &mut logins.longer,
            Field::Null => &mut logins.never,
            Field::Absent => &mut logins.not_known,
        } += 1;
        let privileges = profile.privileges();
        if privileges.contains(&Privilege::Owner) {
            self.owners.push(profile.id.clone());
            match may_act(profile) {
                Verdict::Yes => self.acting_owners.push(profile.id.clone()),
                Verdict::No => {}
                _ => self.possible_owners += 1,
            }
        }
        if privileges.contains(&Privilege::Admin) {
            self.admins.push(profile.id.clone());
        }
        if !profile.access.owner.is_known() && !profile.roles.is_known() {
            self.owner_not_known += 1;
            self.possible_owners +=
                u64::from(!may_act(profile).is_no() && !privileges.contains(&Privilege::Owner));
        }
    }
}
