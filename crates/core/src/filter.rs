//! Which profiles of a listing are wanted.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    Capabilities, Expression, Field, FieldPath, FieldState, IdKind, Kind, ListQuery, Profile, Readable,
    Status, Timestamp,
};

/// Which profiles of a listing are wanted: those that meet every part that is given.
///
/// What is not known is no value: a profile whose status was not sent is found by [`Expected::Unknown`] and by
/// no status. A part that the service can answer is sent to it; the rest is applied to what comes, and
/// [`ListQuery::filter_plan`] says which is which. A part that the service answered is checked all the same.
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

/// A part of a [`Filter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FilterPart {
    /// [`Filter::status`]
    Status,
    /// [`Filter::kind`]
    Kind,
    /// [`Filter::mfa`]
    Mfa,
    /// [`Filter::email`]
    Email,
    /// [`Filter::label`]
    Label,
    /// [`Filter::role`]
    Role,
    /// [`Filter::updated_since`]
    UpdatedSince,
    /// [`Filter::created_since`]
    CreatedSince,
    /// [`Filter::expression`]
    Expression,
}

impl FilterPart {
    /// All parts.
    const ALL: [Self; 9] = [
        Self::Status,
        Self::Kind,
        Self::Mfa,
        Self::Email,
        Self::Label,
        Self::Role,
        Self::UpdatedSince,
        Self::CreatedSince,
        Self::Expression,
    ];

    /// Whether a service that answers the part sends nobody who does not meet it. An address is searched for, in the
    /// service's own way, which finds others too.
    pub(crate) const fn is_exact(self) -> bool {
        matches!(self, Self::Status | Self::Kind | Self::Mfa)
    }

    /// The part as a word of snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Mfa => "mfa",
            Self::Email => "email",
            Self::Label => "label",
            Self::Role => "role",
            Self::UpdatedSince => "updated_since",
            Self::CreatedSince => "created_since",
            Self::Expression => "expression",
        }
    }

    /// The field that the part asks for; a condition may ask for any.
    pub const fn path(self) -> Option<FieldPath> {
        Some(match self {
            Self::Status => FieldPath::STATUS,
            Self::Kind => FieldPath::KIND,
            Self::Mfa => FieldPath::SECURITY_MFA_ENABLED,
            Self::Email => FieldPath::EMAILS,
            Self::Label => FieldPath::LABELS,
            Self::Role => FieldPath::ROLES,
            Self::UpdatedSince => FieldPath::TIMES_UPDATED,
            Self::CreatedSince => FieldPath::TIMES_CREATED,
            Self::Expression => return None,
        })
    }
}

/// What is expected of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected<T> {
    /// This value.
    Is(T),
    /// No value, for whatever reason.
    Unknown,
}

impl<T: PartialEq> Expected<T> {
    /// Whether a field is as expected.
    pub fn holds(&self, field: &Field<T>) -> bool {
        match self {
            Self::Is(expected) => field == expected,
            Self::Unknown => !field.is_known(),
        }
    }
}

impl<T> From<T> for Expected<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

/// The word `unknown` stands for [`Expected::Unknown`].
impl<T: FromStr> FromStr for Expected<T> {
    type Err = T::Err;

    fn from_str(word: &str) -> Result<Self, T::Err> {
        if word == "unknown" { Ok(Self::Unknown) } else { word.parse().map(Self::Is) }
    }
}

impl<T: fmt::Display> fmt::Display for Expected<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => value.fmt(formatter),
            Self::Unknown => formatter.write_str("unknown"),
        }
    }
}

impl<T: fmt::Display> Serialize for Expected<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Expected<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?
            .map_err(|_| de::Error::custom("not a value of this field"))
    }
}

/// Which parts of a filter the service answers, and which are applied to what comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FilterPlan {
    /// Sent to the service, so that it need not send the rest.
    pub pushed: Vec<FilterPart>,
    /// Applied to what the service sends.
    pub applied: Vec<FilterPart>,
    /// Those parts whose field is in nothing that the listing shows: nobody can be found by them here, which says
    /// nothing of anybody. With [`ListQuery::enrich`] it may be there.
    pub unanswerable: Vec<FilterPart>,
    /// Those parts whose field one of several collections does not show.
    pub unanswerable_in: Vec<UnanswerableIn>,
}

/// A part of a filter that one of several collections cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnanswerableIn {
    /// The part.
    pub part: FilterPart,
    /// The collection.
    pub collection: IdKind,
}

impl FilterPlan {
    /// Whether the filter has this part.
    pub fn asks_for(&self, part: FilterPart) -> bool {
        self.pushed.contains(&part) || self.applied.contains(&part)
    }
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

    /// Whether a part is met by what is not known, too.
    fn takes_unknown(&self, part: FilterPart) -> bool {
        match part {
            FilterPart::Status => self.status.contains(&Expected::Unknown),
            FilterPart::Kind => self.kind.contains(&Expected::Unknown),
            FilterPart::Mfa => self.mfa == Some(Expected::Unknown),
            _ => false,
        }
    }

    /// The fields without which a part cannot be answered.
    fn asked(&self, part: FilterPart) -> Vec<FieldPath> {
        if self.takes_unknown(part) {
            return Vec::new();
        }
        match (part.path(), &self.expression) {
            (Some(path), _) => vec![path],
            (None, Some(expression)) => expression.compared(),
            (None, None) => Vec::new(),
        }
    }
}

/// Whether a profile is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Wanted,
    /// It is not.
    Unwanted,
    /// It may be: what decides is not known of it.
    Undetermined,
}

impl Verdict {
    /// What is wanted by both, as far as it is known.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unwanted, _) | (_, Self::Unwanted) => Self::Unwanted,
            (Self::Undetermined, _) | (_, Self::Undetermined) => Self::Undetermined,
            (Self::Wanted, Self::Wanted) => Self::Wanted,
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

impl ListQuery {
    /// Which parts of the filter the service answers, and which are applied to what comes.
    pub fn filter_plan(&self, capabilities: &Capabilities) -> FilterPlan {
        let listing = capabilities.listing_of(self);
        let can_push = |part: &FilterPart| match part {
            // A service answers for one word of its own; several of ours, or "unknown", it does not have.
            FilterPart::Status => match &self.filter.status[..] {
                [Expected::Is(status)] => listing.filter_statuses.contains(status),
                _ => false,
            },
            FilterPart::Kind => matches!(self.filter.kind[..], [Expected::Is(_)]),
            FilterPart::Mfa => matches!(self.filter.mfa, Some(Expected::Is(_))),
            // An address is found by searching for it, and there is one text to search for.
            FilterPart::Email => self.search.is_none(),
            _ => true,
        };
        let (pushed, applied): (Vec<_>, Vec<_>) = self
            .filter
            .parts()
            .into_iter()
            .partition(|part| !self.local_filter && listing.filters.contains(part) && can_push(part));
        let mut plan = FilterPlan { pushed, applied, ..FilterPlan::default() };
        for part in self.filter.parts() {
            let asked = self.filter.asked(part);
            let is_pushed = plan.pushed.contains(&part);
            if !is_pushed && asked.iter().any(|path| capabilities.listed(path, self) != Readable::Yes) {
                plan.unanswerable.push(part);
                continue;
            }
            let without = asked.iter().flat_map(|path| capabilities.unlisted(path, self));
            for collection in without {
                let gap = UnanswerableIn { part, collection };
                if !plan.unanswerable_in.contains(&gap) {
                    plan.unanswerable_in.push(gap);
                }
            }
        }
        plan
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Filter").field(&self.parts()).finish()
    }
}

#[cfg(test)]
mod tests;
