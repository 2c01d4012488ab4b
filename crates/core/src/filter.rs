//! Which profiles of a listing are wanted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Capabilities, Expected, Expression, Field, FieldState, FilterPart, Kind, Profile, Status, Timestamp,
    Verdict,
};

/// Which profiles of a listing are wanted: those that meet every part that is given.
///
/// What is not known is no value: a profile whose status was not sent is found by [`Expected::Unknown`] and by
/// no status. A part that the service can answer is sent to it; the rest is applied to what comes, and
/// [`ListQuery::filter_plan`](crate::ListQuery::filter_plan) says which is which. A part that the service answered is checked all the same.
///
/// `Debug` shows which parts are given, and no values.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Filter {
    /// One of these statuses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<Expected<Status>>,
    /// One of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<Expected<Kind>>,
    /// Whether a second factor is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa: Option<Expected<bool>>,
    /// This e-mail address, letters without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A label with this name or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A role with this name or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Changed at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_since: Option<Timestamp>,
    /// Made at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_since: Option<Timestamp>,
    /// A condition for the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<Expression>,
}

impl Filter {
    /// The parts that are given.
    pub fn parts(&self) -> Vec<FilterPart> {
        let given = [
            (FilterPart::Status, !self.status.is_empty()),
            (FilterPart::Kind, !self.kind.is_empty()),
            (FilterPart::Mfa, self.mfa.is_some()),
            (FilterPart::Email, self.email.is_some()),
            (FilterPart::Label, self.label.is_some()),
            (FilterPart::Role, self.role.is_some()),
            (FilterPart::UpdatedSince, self.updated_since.is_some()),
            (FilterPart::CreatedSince, self.created_since.is_some()),
            (FilterPart::Expression, self.expression.is_some()),
        ];
        given.into_iter().filter_map(|(part, is_given)| is_given.then_some(part)).collect()
    }

    /// Whether every profile is wanted.
    pub fn is_empty(&self) -> bool {
        self.parts().is_empty()
    }

    /// Whether a profile is wanted. `capabilities` are those of its provider.
    pub fn matches(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        self.verdict(profile, capabilities) == Verdict::Wanted
    }

    /// Whether a profile is wanted, or nobody can say, since what the filter asks for is not known of it. Names of
    /// labels and roles are compared without regard to case.
    pub fn verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let verdict_of = |part| self.verdict_of(part, profile, capabilities);
        FilterPart::ALL.into_iter().map(verdict_of).fold(Verdict::Wanted, Verdict::and)
    }

    /// Whether it is known that a profile is wanted: also a condition that something is not so holds only where that is known.
    #[cfg(feature = "layers")]
    pub(crate) fn known_verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let verdict = self.verdict(profile, capabilities);
        match &self.expression {
            Some(expression) => verdict.and(expression.known_verdict(profile, capabilities)),
            None => verdict,
        }
    }

    /// Whether a profile is wanted by one part alone; everybody is by a part that is not given.
    pub(crate) fn verdict_of(
        &self,
        part: FilterPart,
        profile: &Profile,
        capabilities: &Capabilities,
    ) -> Verdict {
        let holds = |is_so: bool| if is_so { Verdict::Wanted } else { Verdict::Unwanted };
        let since = |time: &Field<Timestamp>, since: Option<Timestamp>| match (since, time.value()) {
            (None, _) => Verdict::Wanted,
            (Some(since), Some(time)) => holds(*time >= since),
            (Some(_), None) => Verdict::Undetermined,
        };
        // Of a list, null says that there is nothing in it.
        let among = |state: FieldState, is_in: bool| match state {
            FieldState::Value | FieldState::Null => holds(is_in),
            _ => Verdict::Undetermined,
        };
        match part {
            FilterPart::Status => one_of(&self.status, &profile.status),
            FilterPart::Kind => one_of(&self.kind, &profile.kind),
            FilterPart::Mfa => one_of(self.mfa.as_slice(), &profile.security.mfa_enabled),
            FilterPart::Email => self
                .email
                .as_ref()
                .map_or(Verdict::Wanted, |email| among(profile.emails.state(), profile.has_email(email))),
            FilterPart::Label => self.label.as_ref().map_or(Verdict::Wanted, |wanted| {
                let labels = profile.labels.items();
                let is_in = labels.iter().any(|it| is_named(&it.name, &it.id, wanted));
                among(profile.labels.state(), is_in)
            }),
            FilterPart::Role => self.role.as_ref().map_or(Verdict::Wanted, |wanted| {
                let roles = profile.roles.items().iter().filter_map(|assignment| assignment.role.value());
                let is_in = roles.into_iter().any(|it| is_named(&it.name, &it.id, wanted));
                among(profile.roles.state(), is_in)
            }),
            FilterPart::UpdatedSince => since(&profile.times.updated, self.updated_since),
            FilterPart::CreatedSince => since(&profile.times.created, self.created_since),
            FilterPart::Expression => {
                self.expression.as_ref().map_or(Verdict::Wanted, |it| it.verdict(profile, capabilities))
            }
        }
    }
}

fn one_of<T: PartialEq>(wanted: &[Expected<T>], field: &Field<T>) -> Verdict {
    if wanted.is_empty() || wanted.iter().any(|it| it.holds(field)) {
        Verdict::Wanted
    } else if field.is_known() {
        Verdict::Unwanted
    } else {
        Verdict::Undetermined
    }
}

fn is_named(name: &Field<String>, id: &Field<String>, wanted: &str) -> bool {
    let has_name = name.value().is_some_and(|name| name.to_lowercase() == wanted.to_lowercase());
    has_name || *id == wanted
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Filter").field(&self.parts()).finish()
    }
}

#[cfg(test)]
mod tests;
