//! Drafts of new profiles.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Capabilities, Change, Error, FieldPath, IdKind, Profile, ProfileChange, ProviderInfo, Result,
    capabilities::Support,
    rules::{draft_violations, pair_violations, refuse},
    written::{WrittenField, shown},
};

/// The draft of a new profile: its collection and its fields.
///
/// `Debug` shows the fields and no values.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, IdKind, ProfileDraft, ProfileProviderExt};
///
/// let draft = ProfileDraft::new(IdKind::USER)
///     .set(FieldPath::NAME_DISPLAY, "Grace")
///     .set(FieldPath::TITLE, "rear admiral");
/// let grace = provider.create(&draft).await?;
/// assert!(grace.title.is_known_to_be("rear admiral"));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileDraft {
    kind: IdKind,
    fields: ProfileChange,
}

impl ProfileDraft {
    /// Creates an empty draft for a collection.
    pub fn new(kind: IdKind) -> Self {
        Self { kind, fields: ProfileChange::new() }
    }

    /// Sets a field.
    pub fn set(mut self, path: FieldPath, value: impl Into<Value>) -> Self {
        self.fields = self.fields.set(path, value);
        self
    }

    /// Returns the collection.
    pub fn kind(&self) -> &IdKind {
        &self.kind
    }

    /// Returns the fields; all of them are set.
    pub fn fields(&self) -> &ProfileChange {
        &self.fields
    }

    /// Returns warnings about side effects of creating the profile.
    pub fn warnings(&self, capabilities: &Capabilities) -> Vec<String> {
        let warning = |path: &FieldPath| {
            let rule = capabilities.fields.get(path)?.write.as_ref()?;
            Some(format!("{path}: {}", rule.creation_warning.as_ref()?))
        };
        self.fields.iter().filter_map(|(path, _)| warning(path)).collect()
    }

    /// Checks the draft against the service's rules, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if no profile can be created in this collection.
    /// Otherwise [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), with every violation in
    /// [`Error::field_errors`].
    pub fn check(&self, info: &ProviderInfo, capabilities: &Capabilities) -> Result<()> {
        if !capabilities.operations.create.kinds().contains(&self.kind) {
            let reason = match &capabilities.operations.create {
                Support::No(reason) => reason.to_string(),
                Support::For(kinds) => {
                    let kinds: Vec<_> = kinds.iter().map(IdKind::as_str).collect();
                    format!("profiles of kind '{}' cannot be created; only: {}", self.kind, kinds.join(", "))
                }
            };
            return Err(Error::unsupported(info, "create", &reason));
        }
        let mut violations = draft_violations(&self.fields, &self.kind, capabilities);
        violations.extend(pair_violations(&self.fields, None, capabilities));
        refuse("create", info, violations)
    }

    /// Returns the fields that the created profile shows with another value than the draft. Fields that it does not
    /// show are not included.
    pub fn ignored(&self, created: &Profile, capabilities: &Capabilities) -> Vec<FieldPath> {
        let differs = |(path, change): &(&FieldPath, Change<&Value>)| match change {
            Change::Set(then) => shown(Some(then), created, path, capabilities) == WrittenField::Otherwise,
            Change::Keep | Change::Clear => false,
        };
        self.fields.iter().filter(differs).map(|(path, _)| path.clone()).collect()
    }
}
