//! Trials and amounts of money.

use anyprofile_core::{
    Field, open_record,
    profile::RawJson,
    wire::{OpaqueId, Tolerant as _},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Decimal, OneOrMany};

open_record! {
    /// A trial.
    pub struct Trial {
        /// Whether the trial is active.
        active: bool,
        /// The time when it began.
        created: String,
        /// The description.
        description: String,
        /// The time when it ends.
        expiration: String,
        /// The amount spent in the current period.
        current: Money,
        /// The amount spent.
        spend: Money,
        /// The amount that remains.
        spend_remaining: Money,
        /// The projects under the trial.
        projects: OneOrMany<TrialProject>,
        /// The verification that is required before it begins.
        pending_verification: String,
        /// The model of the trial.
        model: String,
        /// The number of days that remain.
        days_remaining: Decimal,
    }
}

open_record! {
    /// A project under a trial.
    pub struct TrialProject {
        /// The id.
        id: OpaqueId,
        /// The name.
        name: String,
        /// The cost.
        total: Money,
    }
}

open_record! {
    /// An amount of money.
    pub struct MoneyRecord {
        /// The formatted text, with the currency.
        formatted: String,
        /// The amount.
        amount: Decimal,
        /// The currency, ISO 4217.
        currency: String,
        /// The currency, ISO 4217, under its other name.
        currency_code: String,
        /// The symbol of the currency.
        currency_symbol: String,
        /// Whether the amount is unlimited.
        unlimited: bool,
    }
}

/// The trial in all its known types: an object in profiles, an array in the former `/me`. The JSON is kept as
/// the service sent it and parsed on request, so that a trial that cannot be parsed does not affect the
/// profile.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CurrentTrial(RawJson);

impl CurrentTrial {
    /// Returns the trials; empty if the value is neither a trial nor a list of trials.
    pub fn trials(&self) -> Vec<Trial> {
        match self.0.get().trim_start().as_bytes().first() {
            Some(b'[') => self.0.decode().unwrap_or_default(),
            Some(b'{') => self.0.decode().map(|trial| vec![trial]).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Returns the JSON as the service sent it.
    pub fn raw(&self) -> &RawJson {
        &self.0
    }
}

impl CurrentTrial {
    /// Returns the one trial that a profile shows, as an object of a fixed type, and whether the service sent
    /// anything else. Of several trials, it is the active one, else the first. Programs that read an export
    /// want one type for each field: numbers are texts, money and projects are always objects and lists.
    pub(crate) fn uniform(&self) -> (Option<Self>, bool) {
        let text = self.0.get().trim_start();
        let sent: Vec<RawJson> = match text.as_bytes().first() {
            Some(b'[') => self.0.decode().unwrap_or_default(),
            _ => vec![self.0.clone()],
        };
        let mut trials: Vec<_> = sent.iter().filter_map(|raw| Trial::read(raw.get()).ok()).collect();
        let is_all = sent.len() <= 1 && sent.len() == trials.len();
        let shown = trials.iter().position(|trial| trial.active.is_known_to_be(&true)).unwrap_or(0);
        let trial = (shown < trials.len()).then(|| trials.swap_remove(shown).uniform());
        let written = trial.and_then(|trial| serde_json::value::to_raw_value(&trial).ok());
        (written.map(|raw| Self(raw.into())), !is_all)
    }
}

impl Trial {
    fn uniform(self) -> Self {
        let project =
            |project: TrialProject| TrialProject { total: project.total.map(Money::uniform), ..project };
        Self {
            current: self.current.map(Money::uniform),
            spend: self.spend.map(Money::uniform),
            spend_remaining: self.spend_remaining.map(Money::uniform),
            projects: self.projects.map(|projects| {
                let projects = match projects {
                    OneOrMany::One(one) => vec![one],
                    OneOrMany::Many(many) => many,
                };
                OneOrMany::Many(projects.into_iter().map(project).collect())
            }),
            days_remaining: self.days_remaining.map(Decimal::quoted),
            ..self
        }
    }
}

/// An amount of money: an object, or only the amount.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Money {
    /// The amount with its currency.
    Record(Box<MoneyRecord>),
    /// Only the amount.
    Amount(Decimal),
}

impl Money {
    /// Returns the amount.
    pub fn amount(&self) -> Field<&str> {
        match self {
            Self::Record(record) => record.amount.as_ref().map(Decimal::as_str),
            Self::Amount(amount) => Field::Value(amount.as_str()),
        }
    }

    /// Returns the currency, under either of its names.
    pub fn currency(&self) -> Field<&str> {
        match self {
            Self::Record(record) => record.currency.as_deref().or(record.currency_code.as_deref()),
            Self::Amount(_) => Field::Absent,
        }
    }
}

impl Money {
    fn uniform(self) -> Self {
        let record = match self {
            Self::Record(record) => *record,
            Self::Amount(amount) => MoneyRecord { amount: Field::Value(amount), ..MoneyRecord::default() },
        };
        Self::Record(Box::new(MoneyRecord { amount: record.amount.map(Decimal::quoted), ..record }))
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let money = if raw.get().trim_start().starts_with('{') {
            raw.decode().map(Self::Record)
        } else {
            raw.decode().map(Self::Amount)
        };
        money.map_err(serde::de::Error::custom)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Record(record) => record.serialize(serializer),
            Self::Amount(amount) => amount.serialize(serializer),
        }
    }
}

/// Shows no amounts.
impl std::fmt::Debug for CurrentTrial {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CurrentTrial(..)")
    }
}
