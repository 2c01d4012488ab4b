//! From when on to list changes.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{IdKind, Timestamp};

/// The times from which to list changes the next time, one for each collection of a service.
///
/// A collection in which little changes does not bring back what is known of the others: each has its own time.
/// [`ListReport::watermarks`](super::ListReport::watermarks) returns them,
/// [`ListQuery::changed_since`](crate::ListQuery::changed_since) takes them, and they can be stored as JSON.
///
/// ```
/// use std::time::Duration;
///
/// use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, Result, listing::Watermarks};
///
/// async fn changes(provider: &dyn ProfileProvider, known: &mut Watermarks) -> Result<()> {
///     let query = ListQuery::new().changed_since(known.clone(), Duration::from_secs(60));
///     let mut profiles = provider.list(query);
///     while let Some(profile) = profiles.try_next().await? {
///         println!("{}", profile.id);
///     }
///     // Unless somebody may be missing, the next time begins here.
///     if let Some(next) = profiles.report().watermarks(known) {
///         *known = next;
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Watermarks {
    /// The time for all collections that have none of their own. `None`: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Timestamp>,
    /// The times of collections, by the kind of their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub collections: BTreeMap<IdKind, Timestamp>,
}

impl Watermarks {
    /// Returns the time of a collection; `None` for everybody.
    pub fn of(&self, collection: Option<&IdKind>) -> Option<Timestamp> {
        collection.and_then(|kind| self.collections.get(kind)).copied().or(self.all)
    }

    /// Returns the times, each earlier by so much.
    pub(crate) fn earlier_by(&self, overlap: Duration) -> Self {
        let earlier = |time: &Timestamp| time.saturating_sub(overlap);
        Self {
            all: self.all.as_ref().map(earlier),
            collections: self.collections.iter().map(|(kind, time)| (kind.clone(), earlier(time))).collect(),
        }
    }
}

/// Makes it the time of all collections.
impl From<Timestamp> for Watermarks {
    fn from(time: Timestamp) -> Self {
        Self { all: Some(time), collections: BTreeMap::new() }
    }
}
