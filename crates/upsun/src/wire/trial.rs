//! Trials, and the money in them.

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
        /// Whether it runs.
        active: bool,
        /// When it began.
        created: String,
        /// What it is.
        description: String,
        /// When it ends.
        expiration: String,
        /// What was spent in the present period.
        current: Money,
        /// What was spent.
        spend: Money,
        /// What is left.
        spend_remaining: Money,
        /// The projects under the trial.
        projects: OneOrMany<TrialProject>,
        /// What has to be verified before it begins.
        pending_verification: String,
        /// The model of the trial.
        model: String,
        /// How many days are left.
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
        /// What it costs.
        total: Money,
    }
}

open_record! {
    /// An amount of money.
    pub struct MoneyRecord {
        /// As it is shown, with the currency.
        formatted: String,
        /// The amount.
        amount: Decimal,
        /// ISO 4217.
        currency: String,
        /// ISO 4217, under its other name.
        currency_code: String,
        /// The currency's symbol.
        currency_symbol: String,
        /// Whether there is no limit.
        unlimited: bool,
    }
}

/// The trial in all the shapes it is known in: an object in profiles, an array in the former `/me`. Kept as it came, and
/// read when it is asked for: few ask, and no shape of it costs the profile.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CurrentTrial(RawJson);

impl CurrentTrial {
    /// The trials; none where what was sent is neither a trial nor a list of them.
    pub fn trials(&self) -> Vec<Trial> {
        match self.0.get().trim_start().as_bytes().first() {
            Some(b'[') => self.0.decode().unwrap_or_default(),
            Some(b'{') => self.0.decode().map(|trial| vec![trial]).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// What was sent.
    pub fn raw(&self) -> &RawJson {
        &self.0
    }
}

impl CurrentTrial {
    /// The one trial that is told of a profile, always an object of the same shape, and whether what was sent held
    /// anything else. The running one of several, else the first. Programs that read an export want one type a field:
    /// numbers are texts, money and projects always objects and lists.
    pub(crate) fn uniform(&self) -> (Option<Self>, bool) {
        let text = self.0.get().trim_start();
        let sent: Vec<RawJson> = match text.as_bytes().first() {
            Some(b'[') => self.0.decode().unwrap_or_default(),
            _ => vec![self.0.clone()],
        };
        let mut trials: Vec<_> = sent.iter().filter_map(|raw| Trial::read(raw.get()).ok()).collect();
        let is_all = sent.len() <= 1 && sent.len() == trials.len();
        let told = trials.iter().position(|trial| trial.active.is_known_to_be(&true)).unwrap_or(0);
        let told = (told < trials.len()).then(|| trials.swap_remove(told).uniform());
        let written = told.and_then(|trial| serde_json::value::to_raw_value(&trial).ok());
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

/// Money: an object, or the bare amount.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Money {
    /// With its currency.
    Record(Box<MoneyRecord>),
    /// The amount alone.
    Amount(Decimal),
}

impl Money {
    /// The amount.
    pub fn amount(&self) -> Field<&str> {
        match self {
            Self::Record(record) => record.amount.as_ref().map(Decimal::as_str),
            Self::Amount(amount) => Field::Value(amount.as_str()),
        }
    }

    /// The currency, under either of its names.
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

/// Shows no amount.
impl std::fmt::Debug for CurrentTrial {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CurrentTrial(..)")
    }
}
