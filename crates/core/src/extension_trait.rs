//! What callers use on top of the trait that every service implements.

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
    listing::{Pages, ProfileStream},
    plan::execution::check_unchanged,
    reading,
};

/// What callers use; every provider has it.
#[async_trait]
pub trait ProfileProviderExt: ProfileProvider {
    /// All profiles that the query asks for, one after the other. The next page is fetched while the
    /// last one is being read, and of numbered pages several; dropping the stream ends that. They come in the service's
    /// order, unless the query names another one or says that [none matters](ListQuery::unordered). The stream ends after
    /// its first error; use [`pages`](Self::pages) to go on after one.
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
    async fn get_checked(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        reading::read(self, id, options).await
    }

    /// The profile of the credential.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the service has no such thing.
    async fn current(&self) -> Result<Profile> {
        self.current_opts(&GetOptions::default()).await
    }

    /// Makes a write that nobody has to look at before: a plan, and what came of it.
    ///
    /// # Errors
    /// Those of [`plan`](ProfileProvider::plan) and [`execute`](ProfileProvider::execute), and what went wrong with what was
    /// sent.
    async fn write(&self, write: Write) -> Result<Executed> {
        let plan = self.plan(&write, &PlanOptions::new()).await?;
        self.execute(&plan, &ExecuteOptions::new()).await?.into_result()
    }

    /// Changes one profile, and gives it as the service then shows it. What is so already is not sent.
    ///
    /// # Errors
    /// Those of [`ProfileChange::check`], with nothing sent, and the service's.
    async fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        let executed = self.write(Write::update(id.clone(), change.clone())).await?;
        executed.profile.ok_or_else(|| not_shown(self.info(), "update"))
    }

    /// Reads the profile of a plan, and checks that nothing which the plan touches has changed since: the precondition of
    /// [`ExecuteOptions::unchanged`] alone, for a caller who decides in between whether to write at all.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if something has changed; and the service's.
    async fn check_unchanged(&self, plan: &Plan) -> Result<()> {
        check_unchanged(self, plan).await
    }

    /// Creates a profile, and gives it as the service then shows it.
    ///
    /// # Errors
    /// Those of [`ProfileDraft::check`], with nothing sent, and the service's; [`ErrorKind::Decode`] if it sent somebody else,
    /// whose address, user name or external id is another one: the profile may have been made.
    async fn create(&self, draft: &ProfileDraft) -> Result<Profile> {
        let executed = self.write(Write::create(draft.clone())).await?;
        executed.profile.ok_or_else(|| not_shown(self.info(), "create"))
    }

    /// Makes a plan anew that was kept, and says whether it still comes to the same. `now` is the time by which it must not
    /// have expired.
    ///
    /// # Errors
    /// Those of [`PlanRecord::check_time`](crate::plan::PlanRecord::check_time), [`ErrorKind::InvalidRequest`] for the plan of another
    /// account, and those of [`plan`](ProfileProvider::plan).
    #[cfg(feature = "plan-record")]
    async fn resume(&self, record: &crate::plan::PlanRecord, now: Timestamp) -> Result<crate::plan::Resumed> {
        record.check_time(now).map_err(|error| error.with_provider(self.info()))?;
        if record.issuer != crate::plan::Issuer::of(self.info()) {
            let crate::plan::Issuer { service, account, base_url, .. } = &record.issuer;
            let message = format!(
                "the plan was made with {service} account '{account}' at {base_url}, or with other settings of it"
            );
            return Err(Error::new(ErrorKind::InvalidRequest, message)
                .with_provider(self.info())
                .with_operation(record.write.operation())
                .with_hint("make the plan anew with the account that is to execute it"));
        }
        let options = match record.write {
            // Who is created is not there to be read.
            Write::Create { .. } => PlanOptions::new(),
            _ => PlanOptions::always(),
        };
        Ok(record.compare(self.plan(&record.write, &options).await?, self.capabilities()))
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

    /// Keeps a profile from signing in, without deleting it. Where it cannot already, nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile;
    /// [`ErrorKind::Upstream`] if the service accepts it and shows another status.
    async fn deactivate(&self, id: &ProfileId) -> Result<()> {
        let executed = self.write(Write::deactivate(id.clone())).await?;
        if executed.ignored.is_empty() {
            return Ok(());
        }
        let message = "the service accepted it, and shows that the profile may still sign in";
        Err(Error::new(ErrorKind::Upstream, message)
            .with_provider(self.info())
            .with_operation("deactivate")
            .with_effect(Effect::Possible))
    }

    /// Deletes a profile for good.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile.
    async fn delete(&self, id: &ProfileId) -> Result<()> {
        self.write(Write::delete(id.clone())).await.map(drop)
    }

    /// Makes a link for the person of a profile to enroll with.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with nothing sent, where the service has no such thing for this profile;
    /// [`ErrorKind::Decode`] where it sent a link that no person can be sent to (see
    /// [`SecretLink::check`](crate::enrollment::SecretLink::check)): one may have been made.
    async fn enroll(&self, id: &ProfileId) -> Result<Enrollment> {
        let executed = self.write(Write::enroll(id.clone())).await?;
        executed.enrollment.ok_or_else(|| not_shown(self.info(), "enroll"))
    }

    /// Proves that the credential works, with one small request: the credential's own profile, or where
    /// the service has no such thing a listing of one.
    async fn check(&self) -> Result<CheckReport> {
        reading::check(self).await
    }
}

impl<P: ProfileProvider + ?Sized> ProfileProviderExt for P {}

/// The error of a write that was made, of which the provider does not say what became.
fn not_shown(info: &ProviderInfo, operation: &'static str) -> Error {
    Error::new(ErrorKind::Internal, "the provider executed the plan and does not say what came of it")
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
