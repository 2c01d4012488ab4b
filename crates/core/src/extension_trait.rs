//! The methods that callers use on every provider.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Error, ErrorKind, ExecuteOptions, Executed, GetOptions, ListQuery, Plan, PlanOptions, Profile,
    ProfileChange, ProfileDraft, ProfileId, ProfileProvider, ProviderInfo, Result, Timestamp, Write,
    check::CheckReport,
    created,
    enrollment::Enrollment,
    error::Effect,
    find::FoundCreated,
    listing::{Cursor, Listing, Pages, ProfileStream},
    plan::execution::check_unchanged,
    reading,
};

/// The methods that callers use. Implemented for every [`ProfileProvider`].
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, ListQuery, ProfileChange, ProfileProviderExt, Status};
///
/// let everybody = provider.list_all(ListQuery::new()).await?.profiles;
/// let ada = provider.get(&everybody[0].id).await?;
/// let change = ProfileChange::new().set(FieldPath::TITLE, "countess");
/// assert!(provider.update(&ada.id, &change).await?.title.is_known_to_be("countess"));
/// provider.deactivate(&ada.id).await?;
/// assert!(provider.get(&ada.id).await?.status.is_known_to_be(&Status::Suspended));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[async_trait]
pub trait ProfileProviderExt: ProfileProvider {
    /// Returns a stream of all profiles that the query selects.
    ///
    /// The next pages are fetched while the current one is read; dropping the stream stops that. Profiles come in the
    /// service's order, unless the query names another one or is [unordered](ListQuery::unordered). The stream ends
    /// after its first error; use [`pages`](Self::pages) to continue after an error.
    ///
    /// ```
    /// use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, Result};
    ///
    /// async fn count(provider: &dyn ProfileProvider) -> Result<usize> {
    ///     let mut profiles = provider.list(ListQuery::new());
    ///     let mut count = 0;
    ///     while let Some(profile) = profiles.try_next().await? {
    ///         println!("{} {}", profile.id, profile.status.record_state());
    ///         count += 1;
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    fn list(&self, query: ListQuery) -> ProfileStream<'_> {
        ProfileStream::new(self, query)
    }

    /// Reads all profiles that the query selects.
    ///
    /// ```
    /// use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, Result};
    ///
    /// async fn count(provider: &dyn ProfileProvider) -> Result<usize> {
    ///     Ok(provider.list_all(ListQuery::new()).await?.profiles.len())
    /// }
    /// ```
    ///
    /// # Errors
    /// The first error of the listing, and [`ErrorKind::Incomplete`] if somebody lacks or may lack. To have what came all the
    /// same, use `list(query).read_all()`. A [limit](ListQuery::limit) of the query is no gap.
    async fn list_all(&self, query: ListQuery) -> Result<Listing> {
        let listed = self.list(query).require_complete().read_all().await;
        listed.map_err(|error| error.with_provider(self.info()))
    }

    /// Returns a stream that continues at a stored [cursor](Pages::cursor), with the query that it was started with.
    fn list_from(&self, query: ListQuery, cursor: Cursor) -> ProfileStream<'_> {
        ProfileStream::resume(self, query, cursor)
    }

    /// Returns the members of an organization, with what the service says about their membership; see
    /// [`ListQuery::member_of`].
    fn members(&self, organization: &ProfileId, query: ListQuery) -> ProfileStream<'_> {
        self.list(query.with_member_of(organization.clone()))
    }

    /// Returns a [`list`](Self::list) stream that owns its provider, so that it can be spawned or returned.
    fn list_owned(self: Arc<Self>, query: ListQuery) -> ProfileStream<'static> {
        ProfileStream::new(self, query)
    }

    /// Returns the listing page by page, from one end. After an error the same page can be fetched again.
    /// [`Pages::cursor`] can be stored to continue later.
    fn pages(&self, query: ListQuery) -> Pages<'_, &Self> {
        Pages::new(self, query)
    }

    /// Returns one profile.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if no profile has this id. It is returned only after another request has proven that
    /// the account is at the configured URL; if that request fails, its error is returned.
    /// [`ErrorKind::InvalidRequest`] if the id belongs to another account. [`ErrorKind::Decode`] if the service sent
    /// another profile.
    async fn get(&self, id: &ProfileId) -> Result<Profile> {
        reading::read(self, id, &GetOptions::default()).await
    }

    /// Returns one profile, read with options.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    async fn get_checked(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        reading::read(self, id, options).await
    }

    /// Returns the profile that the credential belongs to.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the service does not support this.
    async fn current(&self) -> Result<Profile> {
        self.current_opts(&GetOptions::default()).await
    }

    /// Plans a write and executes it at once, for a write that needs no review.
    ///
    /// # Errors
    /// Those of [`plan`](ProfileProvider::plan) and [`execute`](ProfileProvider::execute), and a failure of the write
    /// itself.
    async fn write(&self, write: Write) -> Result<Executed> {
        let plan = self.plan(&write, &PlanOptions::new()).await?;
        self.execute(&plan, &ExecuteOptions::new()).await?.into_result()
    }

    /// Updates one profile, and returns it as the service then shows it. Values that are unchanged are not sent.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], with nothing sent, and those of the service.
    async fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        let executed = self.write(Write::update(id.clone(), change.clone())).await?;
        executed.profile.ok_or_else(|| not_shown(self.info(), "update"))
    }

    /// Reads the profile of a plan, and checks that no field that the plan touches has changed since. This is the
    /// precondition of [`ExecuteOptions::unchanged`], for a caller that decides later whether to write.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if a field has changed, and those of the service.
    async fn check_unchanged(&self, plan: &Plan) -> Result<()> {
        check_unchanged(self, plan).await
    }

    /// Creates a profile, and returns it as the service then shows it.
    ///
    /// # Errors
    /// Those of [`ProfileDraft::check`], with nothing sent, and those of the service. [`ErrorKind::Decode`] if the
    /// service sent a profile with another address, user name or external id: the profile may have been created.
    async fn create(&self, draft: &ProfileDraft) -> Result<Profile> {
        let executed = self.write(Write::create(draft.clone())).await?;
        executed.profile.ok_or_else(|| not_shown(self.info(), "create"))
    }

    /// Plans the write of a stored plan again, and compares the result with the record. `now` is the time at which
    /// the record must not have expired.
    ///
    /// # Errors
    /// Those of [`PlanRecord::check_time`](crate::plan::PlanRecord::check_time), [`ErrorKind::InvalidRequest`] for
    /// the plan of another account, and those of [`plan`](ProfileProvider::plan).
    #[cfg(feature = "plan-record")]
    async fn resume(&self, record: &crate::plan::PlanRecord, now: Timestamp) -> Result<crate::plan::Resumed> {
        record.check_time(now).map_err(|error| error.with_provider(self.info()))?;
        if record.issuer != crate::plan::Issuer::of(self.info()) {
            let crate::plan::Issuer { service, account, base_url, .. } = &record.issuer;
            let message = format!(
                "the plan was created for {service} account '{account}' at {base_url}, or with other settings"
            );
            return Err(Error::new(ErrorKind::InvalidRequest, message)
                .with_provider(self.info())
                .with_operation(record.write.operation())
                .with_hint("create the plan again with the account that executes it"));
        }
        let options = match record.write {
            // A profile that does not exist yet cannot be read.
            Write::Create { .. } => PlanOptions::new(),
            _ => PlanOptions::always(),
        };
        Ok(record.compare(self.plan(&record.write, &options).await?, self.capabilities()))
    }

    /// Searches for the profile that [`create`](Self::create) may have created although it failed; see
    /// [`Error::may_have_taken_effect`]. Call it before you create the profile a second time. `sent` is a time before
    /// `create` was called, by the local clock. Services may show a new profile late, so an empty result does not
    /// prove that nothing was created.
    ///
    /// # Errors
    /// Those of the service.
    async fn find_created(&self, draft: &ProfileDraft, sent: Timestamp) -> Result<FoundCreated> {
        created::find_created(self, draft, sent).await
    }

    /// Deactivates a profile: it can no longer sign in, and is not deleted. Nothing is sent if it is already
    /// deactivated.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, if the service cannot deactivate this profile.
    /// [`ErrorKind::Upstream`] if the service accepts the request and still shows another status.
    async fn deactivate(&self, id: &ProfileId) -> Result<()> {
        let executed = self.write(Write::deactivate(id.clone())).await?;
        if executed.ignored.is_empty() {
            return Ok(());
        }
        let message = "the service accepted the request, but shows that the profile may still sign in";
        Err(Error::new(ErrorKind::Upstream, message)
            .with_provider(self.info())
            .with_operation("deactivate")
            .with_effect(Effect::Possible))
    }

    /// Deletes a profile permanently.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, if the service cannot delete this profile.
    async fn delete(&self, id: &ProfileId) -> Result<()> {
        self.write(Write::delete(id.clone())).await.map(drop)
    }

    /// Creates a link with which the person of a profile can enroll.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, if the service has no such links for this profile.
    /// [`ErrorKind::Decode`] if the service sent a link that must not be passed on (see
    /// [`SecretLink::check`](crate::enrollment::SecretLink::check)): a link may have been created.
    async fn enroll(&self, id: &ProfileId) -> Result<Enrollment> {
        let executed = self.write(Write::enroll(id.clone())).await?;
        executed.enrollment.ok_or_else(|| not_shown(self.info(), "enroll"))
    }

    /// Proves that the credential works, with one small request: for the credential's own profile, or for a listing
    /// of one profile if the service does not show it.
    async fn check(&self) -> Result<CheckReport> {
        reading::check(self).await
    }
}

impl<P: ProfileProvider + ?Sized> ProfileProviderExt for P {}

/// Creates the error for a write that was executed, and whose result the provider does not return.
fn not_shown(info: &ProviderInfo, operation: &'static str) -> Error {
    Error::new(ErrorKind::Internal, "the provider executed the plan and did not return the result")
        .with_provider(info)
        .with_operation(operation)
        .with_effect(Effect::Whole)
}

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
