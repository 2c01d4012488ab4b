//! Options of planning and executing a write.

use std::sync::Arc;

use crate::Profile;

/// Options of planning a write.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ListQuery, PlanOptions, ProfileProvider, ProfileProviderExt, Write};
///
/// let ada = provider.list_all(ListQuery::new()).await?.profiles.remove(0);
/// let listed = provider.request_count();
/// // The profile is at hand, so planning sends nothing.
/// let plan = provider.plan(&Write::deactivate(ada.id.clone()), &PlanOptions::given(ada)).await?;
/// assert_eq!(provider.request_count(), listed);
/// assert!(plan.current().is_some_and(|profile| profile.label() == "Ada"));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// Where the current profile comes from. By default it is read if the plan needs it.
    pub read: PlanRead,
}

/// Where a plan gets the current profile from.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{PlanOptions, ProfileProvider, Write, plan::PlanRead};
///
/// let delete = Write::delete(ada.id);
/// let mut options = PlanOptions::new();
/// // A deletion needs only the id.
/// assert!(provider.plan(&delete, &options).await?.current().is_none());
/// // A person who confirms it wants to see who it is.
/// options.read = PlanRead::Always;
/// let plan = provider.plan(&delete, &options).await?;
/// assert!(plan.current().is_some_and(|profile| profile.label() == "Ada"));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum PlanRead {
    /// The profile is read if that affects what is sent: before an update and before a deactivation, so that
    /// unchanged values are not sent.
    #[default]
    AsNeeded,
    /// The profile is always read, so that the plan can show it.
    Always,
    /// The profile was read before, for example by a listing. Planning sends nothing, unless a provider with a
    /// restricted scope must check whether the profile is in it. Fields that the given profile does not show are not
    /// known.
    Given(Arc<Profile>),
}

impl PlanOptions {
    /// Creates the default options: the profile is read if needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates options that always read the profile.
    pub fn always() -> Self {
        Self { read: PlanRead::Always }
    }

    /// Creates options that use this profile as the current one.
    pub fn given(profile: impl Into<Arc<Profile>>) -> Self {
        Self { read: PlanRead::Given(profile.into()) }
    }
}

/// Options of executing a plan.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{
///     ErrorKind, ExecuteOptions, FieldPath, PlanOptions, ProfileChange, ProfileProvider, ProfileProviderExt, Write,
/// };
///
/// let write = |title: &str| Write::update(ada.id.clone(), ProfileChange::new().set(FieldPath::TITLE, title));
/// provider.write(write("analyst")).await?;
/// let plan = provider.plan(&write("countess"), &PlanOptions::always()).await?;
/// // Meanwhile, somebody else writes.
/// provider.write(write("baroness")).await?;
/// // The profile is read again before anything is sent. What differs from the plan is an error.
/// let options = ExecuteOptions::new().with_unchanged(true);
/// assert_eq!(provider.execute(&plan, &options).await.unwrap_err().kind(), ErrorKind::Conflict);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecuteOptions {
    /// Whether to read the profile again before writing, and to write nothing if a field that the plan touches has
    /// changed since. A change between this read and the write is detected only by a service whose writes name the version of
    /// the record (SCIM with `ETag`s). The default is `false`.
    pub unchanged: bool,
}

impl ExecuteOptions {
    /// Creates the default options, without a precondition.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`unchanged`](Self::unchanged).
    pub fn with_unchanged(mut self, unchanged: bool) -> Self {
        self.unchanged = unchanged;
        self
    }
}
