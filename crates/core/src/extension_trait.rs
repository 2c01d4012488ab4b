//! What callers use on top of the trait that every service implements.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Applied, ApplyOptions, CheckReport, Effect, Enrollment, Error, ErrorKind, FoundCreated, GetOptions,
    ListQuery, Pages, Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProfileStream,
    Result, Timestamp, UpdatePlan, WriteOptions, created, plan, reading,
};

/// What callers use; every provider has it.
#[async_trait]
pub trait ProfileProviderExt: ProfileProvider {
    /// All profiles that the query asks for, one after the other. The next page is fetched while the
    /// last one is being read, and of numbered pages several; dropping the stream ends that. Without an order, a filter
    /// or a limit, a list that can be read from both ends
    /// ([`both_ends`](crate::ListingCapabilities::both_ends)) comes as a page of each in turn: see
    /// [`ListQuery::concurrency`]. The stream ends after its first error;
    /// use [`pages`](Self::pages) to go on after one.
    ///
    /// ```
    /// use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, Result};
    /// use futures_util::TryStreamExt;
    ///
    /// async fn count(provider: &dyn ProfileProvider) -> Result<usize> {
    ///     let mut profiles = provider.list(ListQuery::new());
    ///     let mut count = 0;
    ///     while let Some(profile) = profiles.try_next().await? {
    ///         println!("{} {}", profile.id, profile.status.state());
    ///         count += 1;
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    fn list(&self, query: ListQuery) -> ProfileStream<'_> {
        ProfileStream::new(self, query)
    }

    /// The members of an organization, with what the service says of their membership: the listing of
    /// [`ListQuery::member_of`].
    fn members(&self, organization: &ProfileId, query: ListQuery) -> ProfileStream<'_> {
        self.list(query.with_member_of(organization.clone()))
    }

    /// [`list`](Self::list) as a stream that owns its provider, to be spawned or returned.
    fn list_owned(self: Arc<Self>, query: ListQuery) -> ProfileStream<'static> {
        ProfileStream::new(self, query)
    }

    /// Page by page, from one end: after an error the same page can be asked for again, and
    /// [`Pages::cursor`] is what to store to go on later.
    fn pages(&self, query: ListQuery) -> Pages<'_, &Self> {
        Pages::new(self, query)
    }

    /// One profile.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where nobody has the id and a request that must succeed has proven that the account is where
    /// the configuration says, else that request's error; [`ErrorKind::InvalidRequest`] if the id is another account's;
    /// [`ErrorKind::Decode`] if the service sent somebody else.
    async fn get(&self, id: &ProfileId) -> Result<Profile> {
        reading::read(self, id, &GetOptions::default()).await
    }

    /// One profile, with options.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        reading::read(self, id, options).await
    }

    /// The profile of the credential.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the service has no such thing.
    async fn current(&self) -> Result<Profile> {
        self.current_with(&GetOptions::default()).await
    }

    /// Changes one profile, and gives it as the service then shows it.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], with nothing sent, and the service's.
    async fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        self.info().check_id(id)?;
        let profile = self.update_with(id, change, &WriteOptions::default()).await?;
        plan::check_written(self, id, profile, change.is_empty())
    }

    /// Works out what a change does: the differences to the profile as it is now, and the requests. Reads the profile and
    /// writes nothing.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], with nothing sent, and the service's.
    async fn plan(&self, id: &ProfileId, change: &ProfileChange) -> Result<UpdatePlan> {
        self.info().check_id(id)?;
        change.check(id, self.info(), self.capabilities())?;
        let mut current = self.get(id).await?;
        let enrich = UpdatePlan::needs_more(self, change, &current);
        if enrich {
            current = self.get_opts(id, &GetOptions::default().with_enrich(true)).await?;
        }
        UpdatePlan::of(self, id, change, &current, enrich)
    }

    /// As [`plan`](Self::plan), for a profile that was read before with these options.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], and [`ErrorKind::InvalidRequest`] if the profile is another one's. Nothing is sent.
    async fn plan_of(
        &self,
        id: &ProfileId,
        change: &ProfileChange,
        current: &Profile,
        options: &GetOptions,
    ) -> Result<UpdatePlan> {
        self.info().check_id(id)?;
        // To change nothing is possible everywhere.
        if !change.is_empty() {
            change.check(id, self.info(), self.capabilities())?;
        }
        reading::check_same(self, id, current)?;
        UpdatePlan::of(self, id, change, current, options.enrich)
    }

    /// Reads the profile of a plan, and checks that nothing which the plan touches has changed since: the precondition of
    /// [`ApplyOptions::unchanged`] alone, for a caller who decides in between whether to write at all.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if something has changed; and the service's.
    async fn check_unchanged(&self, plan: &UpdatePlan) -> Result<()> {
        plan::check_unchanged(self, plan).await
    }

    /// Makes a plan true, and says which fields the service shows otherwise than they were written.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`], with nothing sent, if the precondition of the options is not met; and the service's.
    async fn apply(&self, plan: &UpdatePlan, options: &ApplyOptions) -> Result<Applied> {
        plan::apply(self, plan, options).await
    }

    /// Creates a profile, and gives it as the service then shows it.
    ///
    /// # Errors
    /// Those of [`ProfileDraft::check`], with nothing sent, and the service's; [`ErrorKind::Decode`] if it sent somebody else,
    /// whose address, user name or external id is another one: the profile may have been made.
    async fn create(&self, draft: &ProfileDraft) -> Result<Profile> {
        draft.check(self)?;
        let profile = self.create_with(draft, &WriteOptions::default()).await?;
        created::check_created(self, draft, profile)
    }

    /// Looks for what [`create`](Self::create) may have made where its error says that it
    /// [may have taken effect](Error::may_have_taken_effect), before somebody makes a second one. `sent` is the time
    /// before it was called, by the local clock; services show what was made a little later, so that nothing found does
    /// not prove that nothing was made.
    ///
    /// # Errors
    /// The service's.
    async fn find_created(&self, draft: &ProfileDraft, sent: Timestamp) -> Result<FoundCreated> {
        created::find_created(self, draft, sent).await
    }

    /// Keeps a profile from signing in, without deleting it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile.
    async fn deactivate(&self, id: &ProfileId) -> Result<()> {
        self.capabilities().operations.deactivate.check(self.info(), "deactivate", id)?;
        self.deactivate_with(id, &WriteOptions::default()).await
    }

    /// Deletes a profile for good.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile.
    async fn delete(&self, id: &ProfileId) -> Result<()> {
        self.capabilities().operations.delete.check(self.info(), "delete", id)?;
        self.delete_with(id, &WriteOptions::default()).await
    }

    /// Makes a link for the person of a profile to enroll with.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile;
    /// [`ErrorKind::Decode`] where it sent a link that no person can be sent to (see
    /// [`SecretLink::check`](crate::SecretLink::check)): one may have been made.
    async fn enroll(&self, id: &ProfileId) -> Result<Enrollment> {
        self.capabilities().operations.enroll.check(self.info(), "enroll", id)?;
        let enrollment = self.enroll_with(id, &WriteOptions::default()).await?;
        match enrollment.url.check() {
            Ok(()) => Ok(enrollment),
            Err(reason) => Err(Error::new(
                ErrorKind::Decode,
                format!("the link is not handed out: {reason}"),
            )
            .with_provider(self.info())
            .with_operation("enroll")
            .with_effect(Effect::Possible)
            .with_hint(
                "a link may have been made all the same: look at the profile before making another one",
            )),
        }
    }

    /// Proves that the credential works, with one small request: the credential's own profile, or where
    /// the service has no such thing a listing of one.
    async fn check(&self) -> Result<CheckReport> {
        reading::check(self).await
    }
}

impl<P: ProfileProvider + ?Sized> ProfileProviderExt for P {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trait_is_object_safe_and_the_object_has_the_extensions() {
        fn object(provider: Arc<dyn ProfileProvider>) -> ProfileStream<'static> {
            let _ = provider.list(ListQuery::new());
            provider.list_owned(ListQuery::new())
        }
        let _ = object;
    }
}
