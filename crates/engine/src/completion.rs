//! The further records in which a service shows a profile.

use anyprofile_core::{
    Error, Profile, Result,
    profile::{MissingReason, View},
};
use anyprofile_http::Caller;
use futures_util::{StreamExt as _, future::join_all, stream};

use crate::Connection;

/// How many things of a page are read side by side that are a request or a few each: a service that is asked for a page of
/// them must not be flooded.
pub const SIDE_BY_SIDE: usize = 4;

/// Which failures are a reason why a record is missing: more of them for one among many, which must not cost the others.
type ReasonOf = fn(&Error) -> Option<MissingReason>;

/// The records that a profile lacks of these.
fn lacking(profile: &Profile, views: &[View]) -> Vec<View> {
    let is_there = |view: &View| {
        let origin = profile.origin.as_ref();
        origin.is_some_and(|it| {
            it.views().any(|known| known == view) || it.missing.iter().any(|it| it.view == *view)
        })
    };
    views.iter().filter(|view| !is_there(view)).cloned().collect()
}

impl Connection {
    /// Adds to a profile all records that it lacks.
    pub(crate) async fn complete(&self, caller: &Caller, profile: &mut Profile) -> Result<()> {
        let views = self.connector().further_views(&profile.id.kind);
        self.complete_with(caller, profile, &views, MissingReason::of).await
    }

    /// Adds to a profile those of these records that it lacks, side by side, in their order.
    pub(crate) async fn complete_with(
        &self,
        caller: &Caller,
        profile: &mut Profile,
        views: &[View],
        reason_of: ReasonOf,
    ) -> Result<()> {
        let lacking = lacking(profile, views);
        let reads = lacking.iter().map(|view| self.connector().complete(caller, profile, view));
        let records = join_all(reads).await;
        for (view, record) in lacking.into_iter().zip(records) {
            profile.merge_or_note(view, record, reason_of)?;
        }
        Ok(())
    }

    /// Adds to the profiles of a page those of these records that they lack, a few profiles side by side.
    pub(crate) async fn complete_all(
        &self,
        caller: &Caller,
        profiles: &mut Vec<Profile>,
        views: &[View],
    ) -> Result<()> {
        // Each has at least the one that it was read from.
        if views.len() <= 1 || profiles.iter().all(|profile| lacking(profile, views).is_empty()) {
            return Ok(());
        }
        let mut reads = stream::iter(std::mem::take(profiles))
            .map(|mut profile| async move {
                self.complete_with(caller, &mut profile, views, MissingReason::of_one_among_many).await?;
                Ok::<_, Error>(profile)
            })
            .buffered(SIDE_BY_SIDE);
        while let Some(profile) = reads.next().await {
            profiles.push(profile?);
        }
        Ok(())
    }
}
