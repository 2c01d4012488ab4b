//! Filters for listings.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Capabilities, Expected, Field, FieldState, IdKind, Kind, Profile, Status, Timestamp, Verdict,
    condition::Condition, query::FilterPart,
};

/// A filter for a listing. A profile matches if it meets every part that is set.
///
/// An unknown value does not match a value: a profile without a status matches [`Expected::Unknown`] and no status.
/// Parts that the service supports are sent to it, and the others are applied locally;
/// [`ListQuery::filter_plan`](crate::ListQuery::filter_plan) says which. Profiles are checked against all parts in
/// any case.
///
/// `Debug` shows which parts are set, and no values.
///
/// ```
/// use anyprofile_core::{Expected, Filter, Status};
///
/// let filter = Filter::new().with_status(Status::Active).with_status(Expected::Unknown).with_mfa(false);
/// assert_eq!(filter.status.len(), 2);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Filter {
    /// The accepted statuses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<Expected<Status>>,
    /// The accepted kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<Expected<Kind>>,
    /// Whether sign-in requires a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa: Option<Expected<bool>>,
    /// An e-mail address of the profile. Case is ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name or id of a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The name or id of a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The earliest update time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_since: Option<Timestamp>,
    /// The earliest update times of profiles with ids of these kinds, in place of [`updated_since`](Self::updated_since).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub updated_since_of: BTreeMap<IdKind, Timestamp>,
    /// The earliest creation time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_since: Option<Timestamp>,
    /// A condition for everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

impl Filter {
    /// Creates a filter that matches every profile.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an accepted status.
    #[must_use]
    pub fn with_status(mut self, status: impl Into<Expected<Status>>) -> Self {
        self.status.push(status.into());
        self
    }

    /// Adds an accepted kind.
    #[must_use]
    pub fn with_kind(mut self, kind: impl Into<Expected<Kind>>) -> Self {
        self.kind.push(kind.into());
        self
    }

    /// Sets [`mfa`](Self::mfa).
    #[must_use]
    pub fn with_mfa(mut self, mfa: impl Into<Expected<bool>>) -> Self {
        self.mfa = Some(mfa.into());
        self
    }

    /// Sets [`email`](Self::email).
    #[must_use]
    pub fn with_email(mut self, address: impl Into<String>) -> Self {
        self.email = Some(address.into());
        self
    }

    /// Sets [`label`](Self::label).
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Sets [`role`](Self::role).
    #[must_use]
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// Sets [`updated_since`](Self::updated_since).
    #[must_use]
    pub fn with_updated_since(mut self, time: Timestamp) -> Self {
        self.updated_since = Some(time);
        self
    }

    /// Sets [`created_since`](Self::created_since).
    #[must_use]
    pub fn with_created_since(mut self, time: Timestamp) -> Self {
        self.created_since = Some(time);
        self
    }

    /// Sets [`condition`](Self::condition).
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Returns the earliest update time of profiles with ids of this kind; `None` if there is none.
    pub fn updated_since_of(&self, kind: &IdKind) -> Option<Timestamp> {
        self.updated_since_of.get(kind).copied().or(self.updated_since)
    }

    /// Returns the parts that are set.
    pub fn parts(&self) -> Vec<FilterPart> {
        let given = [
            (FilterPart::Status, !self.status.is_empty()),
            (FilterPart::Kind, !self.kind.is_empty()),
            (FilterPart::Mfa, self.mfa.is_some()),
            (FilterPart::Email, self.email.is_some()),
            (FilterPart::Label, self.label.is_some()),
            (FilterPart::Role, self.role.is_some()),
            (FilterPart::UpdatedSince, self.updated_since.is_some() || !self.updated_since_of.is_empty()),
            (FilterPart::CreatedSince, self.created_since.is_some()),
            (FilterPart::Condition, self.condition.is_some()),
        ];
        given.into_iter().filter_map(|(part, is_given)| is_given.then_some(part)).collect()
    }

    /// Returns whether the filter has no parts, and so matches every profile.
    pub fn is_empty(&self) -> bool {
        self.parts().is_empty()
    }

    /// Returns whether a profile is known to match. `capabilities` are those of its provider.
    pub fn matches(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        self.verdict(profile, capabilities).is_yes()
    }

    /// Returns whether a profile matches, or that this is unknown because a field that the filter needs is not known.
    /// Names of labels and roles are compared without regard to case.
    pub fn verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let verdict_of = |part| self.verdict_of(part, profile, capabilities);
        FilterPart::ALL.into_iter().map(verdict_of).fold(Verdict::Yes, Verdict::and)
    }

    /// Returns whether a profile is known to match. A negated condition holds only if its field is known.
    #[cfg(feature = "layers")]
    pub(crate) fn known_verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let verdict = self.verdict(profile, capabilities);
        match &self.condition {
            Some(condition) => verdict.and(condition.known_verdict(profile, capabilities)),
            None => verdict,
        }
    }

    /// Returns whether a profile meets one part. Every profile meets a part that is not set.
    pub(crate) fn verdict_of(
        &self,
        part: FilterPart,
        profile: &Profile,
        capabilities: &Capabilities,
    ) -> Verdict {
        let since = |time: &Field<Timestamp>, since: Option<Timestamp>| {
            since.map_or(Verdict::Yes, |since| time.verdict(|time| *time >= since))
        };
        // A list that is null has no items.
        let among = |state: FieldState, is_in: bool| match state {
            FieldState::Value | FieldState::Null => is_in.into(),
            _ => Verdict::Unknown,
        };
        match part {
            FilterPart::Status => one_of(&self.status, &profile.status),
            FilterPart::Kind => one_of(&self.kind, &profile.kind),
            FilterPart::Mfa => one_of(self.mfa.as_slice(), &profile.security.mfa_enabled),
            FilterPart::Email => self
                .email
                .as_ref()
                .map_or(Verdict::Yes, |email| among(profile.emails.record_state(), profile.has_email(email))),
            FilterPart::Label => self.label.as_ref().map_or(Verdict::Yes, |wanted| {
                let labels = profile.labels.items();
                let is_in = labels.iter().any(|it| is_named(&it.name, &it.id, wanted));
                among(profile.labels.record_state(), is_in)
            }),
            FilterPart::Role => self.role.as_ref().map_or(Verdict::Yes, |wanted| {
                let roles = profile.roles.items().iter().filter_map(|assignment| assignment.role.value());
                let is_in = roles.into_iter().any(|it| is_named(&it.name, &it.id, wanted));
                among(profile.roles.record_state(), is_in)
            }),
            FilterPart::UpdatedSince => {
                since(&profile.times.updated, self.updated_since_of(&profile.id.kind))
            }
            FilterPart::CreatedSince => since(&profile.times.created, self.created_since),
            FilterPart::Condition => {
                self.condition.as_ref().map_or(Verdict::Yes, |it| it.verdict(profile, capabilities))
            }
        }
    }
}

fn one_of<T: PartialEq>(wanted: &[Expected<T>], field: &Field<T>) -> Verdict {
    if wanted.is_empty() || wanted.iter().any(|it| it.holds(field)) {
        Verdict::Yes
    } else if field.is_known() {
        Verdict::No
    } else {
        Verdict::Unknown
    }
}

fn is_named(name: &Field<String>, id: &Field<String>, wanted: &str) -> bool {
    let has_name = name.value().is_some_and(|name| name.to_lowercase() == wanted.to_lowercase());
    has_name || id.is_known_to_be(wanted)
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Filter").field(&self.parts()).finish()
    }
}

#[cfg(test)]
mod tests;
