//! Reads the further records of a profile.

use anyprofile_core::{
    Error, FieldPath, Profile, ProfileProvider as _, Result,
    capabilities::Readable,
    profile::{MissingReason, Origin, View},
};
use anyprofile_http::Caller;
use futures_util::{StreamExt as _, future::join_all, stream};

use crate::Connection;

/// The number of profiles of a page whose further records are read concurrently. Each takes one or more requests.
pub const SIDE_BY_SIDE: usize = 4;

/// Returns the reason why a record is missing, or `None` if the error fails the whole read. For a profile of a page, more errors are
/// reasons, so that one profile does not fail the others.
type ReasonOf = fn(&Error) -> Option<MissingReason>;

/// Returns those of `views` that a profile does not have yet.
fn lacking(profile: &Profile, views: &[View]) -> Vec<View> {
    let has = |view: &View| {
        let origin = profile.origin.as_ref();
        origin.is_some_and(|it| {
            it.views().any(|known| known == view) || it.missing.iter().any(|it| it.view == *view)
        })
    };
    views.iter().filter(|view| !has(view)).cloned().collect()
}

impl Connection {
    /// Adds the records that a profile does not have yet: those that show one of these fields, or all if no field is named.
    pub(crate) async fn complete(
        &self,
        caller: &Caller,
        profile: &mut Profile,
        fields: &[FieldPath],
    ) -> Result<()> {
        let views = if fields.is_empty() {
            self.connector().further_views(&profile.id.kind)
        } else {
            self.views_of(profile, fields)
        };
        self.complete_with(caller, profile, &views, MissingReason::of).await
    }

    /// Returns the further records that show these fields, for fields that no record of the profile shows yet.
    pub(crate) fn views_of(&self, profile: &Profile, fields: &[FieldPath]) -> Vec<View> {
        let table = &self.capabilities().fields;
        let read: Vec<&View> = profile.origin.iter().flat_map(Origin::views).collect();
        let mut further = self.connector().further_views(&profile.id.kind);
        further.retain(|view| {
            fields.iter().any(|field| {
                let shows = |view: &View| table.readable_in(field, [view]) == Readable::Yes;
                !read.iter().any(|view| shows(view)) && shows(view)
            })
        });
        further
    }

    /// Adds those of `views` that a profile does not have yet. Reads them concurrently, and adds them in their order.
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

    /// Adds those of `views` that the profiles of a page do not have yet, for a few profiles concurrently.
    pub(crate) async fn complete_all(
        &self,
        caller: &Caller,
        profiles: &mut Vec<Profile>,
        views: &[View],
    ) -> Result<()> {
        // Each profile has at least the record that it was read from.
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
