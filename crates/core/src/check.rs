//! Proof that a credential works, and what a service turns out to be.

use std::{borrow::Cow, fmt};

use serde::Serialize;

use crate::{ProfileId, RequestStats};

/// The result of [`ProfileProviderExt::check`](crate::ProfileProviderExt::check).
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ProfileProviderExt, check::CheckMethod};
///
/// let report = provider.check().await?;
/// // The credential belongs to no profile, so one page was listed.
/// assert_eq!(report.method, CheckMethod::List);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// What was requested.
    pub method: CheckMethod,
    /// The credential's own profile, if the service shows it.
    pub profile: Option<ProfileId>,
    /// The total number of profiles, if the service declares it.
    pub declared_total: Option<u64>,
    /// What the check cost.
    pub stats: RequestStats,
}

/// The request that proved a credential.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// use anyprofile_core::{AccountName, ProfileProviderExt, check::CheckMethod, memory::MemoryProvider};
///
/// let builder = MemoryProvider::builder(AccountName::from_static("test")).with_current(ada.id.clone());
/// let provider = builder.with_profile(ada.clone()).build()?;
/// let report = provider.check().await?;
/// // The service showed whose credential it is.
/// assert_eq!((report.method, report.profile), (CheckMethod::Current, Some(ada.id)));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckMethod {
    /// The credential's own profile.
    Current,
    /// A listing of one profile.
    List,
}

impl fmt::Display for CheckMethod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Current => "current",
            Self::List => "list",
        })
    }
}

/// What the examination of a service found: what it can do, or how it differs from what it says or from its standard.
///
/// ```
/// use anyprofile_core::check::Finding;
///
/// let finding = Finding::quirk("the pages begin at 0").with_hint("set 'first_page = 0'");
/// assert_eq!(finding.to_string(), "quirk: the pages begin at 0; set 'first_page = 0'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Whether it is something that the service can do, or a quirk.
    pub kind: FindingKind,
    /// The finding, as a sentence without a period.
    pub message: Cow<'static, str>,
    /// What to do about it, such as a setting of the account.
    pub hint: Option<Cow<'static, str>>,
}

/// The kind of a [`Finding`].
///
/// ```
/// use anyprofile_core::check::{Finding, FindingKind};
///
/// // What a provider returns from `examine`.
/// let findings = [Finding::ability("it filters by status"), Finding::quirk("it ignores the page size")];
/// let quirks: Vec<_> = findings.iter().filter(|finding| finding.kind == FindingKind::Quirk).collect();
/// assert_eq!(quirks[0].message, "it ignores the page size");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Something that the service can or cannot do.
    Ability,
    /// Something that the service does in another way than it says, or than its standard says.
    Quirk,
}

impl Finding {
    /// Creates the finding of what a service can or cannot do.
    pub fn ability(message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: FindingKind::Ability, message: message.into(), hint: None }
    }

    /// Creates the finding of a quirk.
    pub fn quirk(message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: FindingKind::Quirk, message: message.into(), hint: None }
    }

    /// Sets what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Finding {
    /// Writes `quirk: message; hint`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == FindingKind::Quirk {
            formatter.write_str("quirk: ")?;
        }
        formatter.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, "; {hint}"),
            None => Ok(()),
        }
    }
}
