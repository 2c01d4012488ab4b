//! All that is made of all faults, as tables for a person.

use std::{collections::BTreeSet, io};

use super::{listing, profiles, queries};

/// What came of every fault.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Listings of everybody.
    pub listings: Vec<listing::Row>,
    /// Listings in an order, or of some.
    pub queries: Vec<queries::Row>,
    /// Reading and finding one profile.
    pub reading: Vec<profiles::Row>,
    /// Writing one.
    pub writing: Vec<profiles::Row>,
}

impl Tables {
    /// Tries everything. Time is paused, but for what needs a connection.
    ///
    /// # Errors
    /// If no sandbox can be had.
    pub fn make() -> io::Result<Self> {
        let mut listings = super::without_waiting(listing::matrix())?;
        let connected = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        listings.extend(connected.block_on(listing::connected_matrix())?);
        Ok(Self {
            listings,
            queries: super::without_waiting(queries::matrix())?,
            reading: super::without_waiting(profiles::reading_matrix())?,
            writing: super::without_waiting(profiles::writing_matrix())?,
        })
    }

    /// All that must not be.
    pub fn violations(&self) -> Vec<String> {
        let mut violations = Vec::new();
        for row in &self.listings {
            for outcome in row.outcomes.iter().flatten() {
                let violation = outcome.violation(&[row.fault], outcome.service != "anthropic");
                violations.extend(violation.map(|it| format!("{} at {}: {it}", row.fault, outcome.service)));
            }
        }
        for row in &self.queries {
            let faults: Vec<_> = row.fault.into_iter().collect();
            for outcome in row.outcomes.iter().flatten() {
                let violation = outcome.violation(&faults, outcome.service != "anthropic");
                let what = format!("{}, {faults:?} at {}", row.query, outcome.service);
                violations.extend(violation.map(|it| format!("{what}: {it}")));
            }
        }
        for row in self.reading.iter().chain(&self.writing) {
            for outcome in row.outcomes.iter().flatten() {
                let what = format!("{} at {}", row.fault, outcome.service);
                violations.extend(outcome.violations().map(|it| format!("{what}: {it}")));
            }
        }
        violations
    }

    /// The faults that made a difference somewhere.
    pub fn struck(&self) -> BTreeSet<&str> {
        let listings = self.listings.iter().map(|row| (row.fault, &row.outcomes));
        let queries = self.queries.iter().filter_map(|row| Some((row.fault?, &row.outcomes)));
        let has_struck = |outcomes: &[Option<listing::Outcome>]| {
            outcomes.iter().flatten().any(|outcome| outcome.strikes.iter().any(|strikes| *strikes > 0))
        };
        let listed = listings.chain(queries).filter(|(_, outcomes)| has_struck(outcomes));
        let profiles = self.reading.iter().chain(&self.writing);
        let profiles =
            profiles.filter(|row| row.outcomes.iter().flatten().any(|outcome| outcome.strikes > 0));
        listed.map(|(fault, _)| fault).chain(profiles.map(|row| row.fault)).collect()
    }

    /// For a person.
    pub fn document(&self) -> String {
        [
            include_str!("faults.md"),
            &listing::table(&self.listings),
            include_str!("queries.md"),
            &queries::table(&self.queries),
            include_str!("reading.md"),
            &profiles::table(&self.reading),
            include_str!("writing.md"),
            &profiles::table(&self.writing),
        ]
        .concat()
    }
}
