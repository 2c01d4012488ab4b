//! Which profiles of a listing are wanted.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    Capabilities, Expression, Field, FieldPath, Kind, ListQuery, Profile, Readable, Status, Timestamp,
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
        crate::wire::word(deserializer, str::parse)?
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
    /// Those of the applied parts whose field the service does not have or does not show: nobody can be found by
    /// them here, which says nothing of anybody.
    pub unanswerable: Vec<FilterPart>,
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
        let any = |given: bool, mut holds: &mut dyn Iterator<Item = bool>| {
            !given || Iterator::any(&mut holds, |it| it)
        };
        let since = |time: &Field<Timestamp>, since: Option<Timestamp>| {
            since.is_none_or(|since| time.value().is_some_and(|time| *time >= since))
        };
        any(!self.status.is_empty(), &mut self.status.iter().map(|it| it.holds(&profile.status)))
            && any(!self.kind.is_empty(), &mut self.kind.iter().map(|it| it.holds(&profile.kind)))
            && self.mfa.as_ref().is_none_or(|it| it.holds(&profile.security.mfa_enabled))
            && self.email.as_ref().is_none_or(|email| profile.has_email(email))
            && self.label.as_ref().is_none_or(|wanted| {
                profile.labels.items().iter().any(|label| label.name == *wanted || label.id == *wanted)
            })
            && self.role.as_ref().is_none_or(|wanted| {
                let roles = profile.roles.items().iter().filter_map(|assignment| assignment.role.value());
                roles.into_iter().any(|role| role.name == *wanted || role.id == *wanted)
            })
            && since(&profile.times.updated, self.updated_since)
            && since(&profile.times.created, self.created_since)
            && self.expression.as_ref().is_none_or(|it| it.matches(profile, capabilities))
    }
}

impl ListQuery {
    /// Which parts of the filter the service answers, and which are applied to what comes.
    pub fn filter_plan(&self, capabilities: &Capabilities) -> FilterPlan {
        let listing = capabilities.listing_of(self);
        let can_push = |part: &FilterPart| match part {
            // A service answers for one word of its own; several of ours, or "unknown", it does not have.
            FilterPart::Status => {
                matches!(self.filter.status[..], [Expected::Is(Status::Active | Status::Suspended)])
            }
            FilterPart::Kind => matches!(self.filter.kind[..], [Expected::Is(_)]),
            FilterPart::Mfa => matches!(self.filter.mfa, Some(Expected::Is(_))),
            // An address is found by searching for it, and there is one text to search for.
            FilterPart::Email => self.search.is_none(),
            _ => true,
        };
        let (pushed, applied) = self
            .filter
            .parts()
            .into_iter()
            .partition(|part| listing.filters.contains(part) && can_push(part));
        let applied: Vec<FilterPart> = applied;
        let is_shown = |part: &FilterPart| {
            part.path().is_none_or(|path| capabilities.listed(&path, self) == Readable::Yes)
        };
        let unanswerable = applied.iter().copied().filter(|part| !is_shown(part)).collect();
        FilterPlan { pushed, applied, unanswerable }
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Filter").field(&self.parts()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Email, ListingCapabilities};

    fn profile(status: Field<Status>, mfa: Field<bool>) -> Profile {
        let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
        profile.status = status;
        profile.security.mfa_enabled = mfa;
        profile.emails = Email::login("Ada@example.com".into());
        profile
    }

    #[test]
    fn what_is_not_known_is_found_by_unknown_and_by_nothing_else() {
        let known = profile(Status::Active.into(), true.into());
        for (filter, of_known, of_unknown) in [
            (Filter { status: vec![Status::Active.into()], ..Filter::default() }, true, false),
            (Filter { status: vec![Status::Suspended.into()], ..Filter::default() }, false, false),
            (
                Filter { status: vec![Expected::Unknown, Status::Active.into()], ..Filter::default() },
                true,
                true,
            ),
            (Filter { mfa: Some(false.into()), ..Filter::default() }, false, false),
            (Filter { mfa: Some(Expected::Unknown), ..Filter::default() }, false, true),
            (Filter { kind: vec![Expected::Unknown], ..Filter::default() }, true, true),
            (Filter { email: Some("ada@EXAMPLE.com".to_owned()), ..Filter::default() }, true, true),
            (Filter { label: Some("x".to_owned()), ..Filter::default() }, false, false),
            (
                Filter { updated_since: "2020-01-01T00:00:00Z".parse().ok(), ..Filter::default() },
                false,
                false,
            ),
            (Filter::default(), true, true),
        ] {
            let capabilities = Capabilities::default();
            assert_eq!(filter.matches(&known, &capabilities), of_known, "{filter:?}");
            for field in [Field::Null, Field::Absent] {
                let unknown = profile(field.map(|(): ()| Status::Active), field.map(|()| true));
                assert_eq!(filter.matches(&unknown, &capabilities), of_unknown, "{filter:?}");
            }
        }
    }

    #[test]
    fn a_part_is_pushed_where_the_service_has_a_word_for_it() {
        let capabilities = Capabilities {
            listing: ListingCapabilities {
                filters: vec![FilterPart::Status, FilterPart::Mfa],
                ..ListingCapabilities::default()
            },
            ..Capabilities::default()
        };
        let mut query = ListQuery::new();
        query.filter.status = vec![Status::Active.into()];
        query.filter.mfa = Some(Expected::Unknown);
        query.filter.label = Some("x".to_owned());
        let plan = query.filter_plan(&capabilities);
        assert_eq!(plan.pushed, [FilterPart::Status]);
        assert_eq!(plan.applied, [FilterPart::Mfa, FilterPart::Label]);
        assert_eq!(plan.unanswerable, plan.applied, "this service has no fields at all");
    }

    #[test]
    fn a_filter_survives_json_and_debug_shows_no_values() {
        let filter = Filter {
            status: vec![Expected::Unknown, Status::from("odd").into()],
            mfa: Some(true.into()),
            email: Some("ada@example.com".to_owned()),
            expression: Some("title = cto".parse().unwrap()),
            ..Filter::default()
        };
        let json = serde_json::to_string(&filter).unwrap();
        assert_eq!(
            json,
            r#"{"status":["unknown","odd"],"mfa":"true","email":"ada@example.com","expression":"title = cto"}"#
        );
        assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
        assert_eq!(format!("{filter:?}"), "Filter([Status, Mfa, Email, Expression])");
    }
}
