//! The result of executing a plan.

use std::fmt;

use crate::{Error, FieldPath, Profile, Result, enrollment::Enrollment};

/// The outcome of one request of a plan.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ProfileProviderExt, Write, plan::StepOutcome};
///
/// let executed = provider.write(Write::delete(ada.id)).await?;
/// // Is there a request of which nobody knows what became of it?
/// assert!(!executed.steps.contains(&StepOutcome::Unknown));
/// assert_eq!(executed.steps, [StepOutcome::Made]);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepOutcome {
    /// The service confirmed the write.
    Made,
    /// The write failed without an effect.
    NotMade,
    /// No response says whether the write succeeded.
    Unknown,
    /// The request was not sent, because one before it failed or has an unknown outcome.
    NotBegun,
}

/// The service's response to one request of a plan.
///
/// ```
/// use anyprofile_core::{Profile, plan::Receipt};
///
/// /// The service confirms a write with the record, or with an empty body.
/// fn receipt(record: Option<Profile>) -> Receipt {
///     record.map_or(Receipt::Accepted, |profile| Receipt::Shows(Box::new(profile)))
/// }
///
/// let ada = Profile::new("library:main/user/ada".parse()?);
/// assert!(matches!(receipt(Some(ada)), Receipt::Shows(profile) if profile.label() == "ada"));
/// assert!(matches!(receipt(None), Receipt::Accepted));
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Receipt {
    /// The service accepted the request, and its response shows no profile.
    Accepted,
    /// The response shows the profile after the write.
    Shows(Box<Profile>),
    /// The service created an enrollment link.
    Enrollment(Enrollment),
}

impl fmt::Debug for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Accepted => "Accepted",
            Self::Shows(_) => "Shows",
            Self::Enrollment(_) => "Enrollment",
        })
    }
}

/// The result of executing a plan.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, ProfileChange, ProfileProviderExt, Write, plan::StepOutcome};
///
/// let change = ProfileChange::new().set(FieldPath::TITLE, "countess");
/// let executed = provider.write(Write::update(ada.id.clone(), change)).await?;
/// assert_eq!(executed.steps, [StepOutcome::Made]);
/// // Fields that the service accepted and did not store, and others that it changed.
/// assert!(executed.ignored.is_empty() && executed.also_changed.is_empty());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Executed {
    /// The outcome of each request, in the order of [`Plan::requests`](crate::Plan::requests). A provider that sends
    /// no requests has one outcome. Empty if everything was unchanged.
    pub steps: Vec<StepOutcome>,
    /// The profile after the write, if the service shows it.
    pub profile: Option<Profile>,
    /// The enrollment link that was created.
    pub enrollment: Option<Enrollment>,
    /// The fields that the service accepted and then shows with another value: it ignored or changed them.
    pub ignored: Vec<FieldPath>,
    /// The fields that the service accepted and does not show, so that their result is not known.
    pub unshown: Vec<FieldPath>,
    /// The fields that an update was not for and of which the records that were read before and after show something else, or nothing more: the
    /// service replaces what is not sent, or somebody else wrote meanwhile. Times and persons of a change do not count, nor does what follows from a written field, such
    /// as the display name from the given name. Empty if the plan was made without the profile. What only
    /// [`Profile::unknown`] has is not compared.
    pub also_changed: Vec<FieldPath>,
    /// The failure, if there is one. Its [`effect`](Error::effect) says whether something was written.
    pub error: Option<Error>,
}

impl Executed {
    /// Returns the failure as an error, or else the result itself.
    ///
    /// # Errors
    /// [`error`](Self::error).
    pub fn into_result(self) -> Result<Self> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// Returns whether everything was unchanged, so that nothing was sent.
    pub fn is_settled(&self) -> bool {
        self.steps.is_empty() && self.error.is_none()
    }

    /// Returns whether something was written, or may have been.
    pub fn may_have_taken_effect(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, StepOutcome::Made | StepOutcome::Unknown))
    }
}
