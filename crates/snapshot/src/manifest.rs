//! What a snapshot holds, and the proof that it is complete.

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use anyprofile_core::{Capabilities, FieldPath, ListQuery, ProviderInfo, Timestamp, capabilities::Readable};
use serde::{Deserialize, Serialize};

use crate::{
    digest::{Digest, digest},
    form::LossReport,
    privacy::Privacy,
    stage::AccountExport,
};

/// The manifest of a snapshot: who was asked, what they said about the number of their people, and what was written.
///
/// It is JSON, named `manifest.json` in a folder, and `FILE.manifest.json` next to a file. A database has it in the table `runs`.
///
/// ```
/// use anyprofile_snapshot::Manifest;
///
/// # async fn example(snapshot: &anyprofile_snapshot::Snapshot) {
/// let manifest: &Manifest = snapshot.manifest();
/// for account in &manifest.accounts {
///     println!("{}: {} of {:?} profiles", account.account, account.seen, account.declared());
/// }
/// assert!(manifest.complete, "somebody may be missing: {:?}", manifest.gaps());
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Manifest {
    /// Always `anyprofile.snapshot`.
    pub format: String,
    /// The version of the manifest's form; this is 1.
    pub version: u32,
    /// The version of the columns and tables of the data; this is 1.
    pub schema_version: u32,
    /// The program that wrote the snapshot.
    pub tool: Tool,
    /// When the first account was asked.
    pub started: Timestamp,
    /// When the snapshot was written, after the last account was read.
    pub ended: Timestamp,
    /// Whether every profile that the query asks for was written, as far as the services show them.
    pub complete: bool,
    /// What was asked for. Fields of the query that are not set have no key. Where personal data is hidden, an address or a text that was
    /// searched is `[redacted]` or a pseudonym.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub query: ListQuery,
    /// Whether the query had a condition on fields, which is not repeated here because of what is hidden.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hides_condition: bool,
    /// Each account, in the order in which they were read.
    pub accounts: Vec<AccountManifest>,
    /// The accounts that could not be used at all, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unusable_accounts: Vec<String>,
    /// What was hidden or replaced before it was written.
    #[serde(default, skip_serializing_if = "Privacy::is_nothing")]
    pub privacy: Privacy,
    /// The form of the data, if it is not that of a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormManifest>,
    /// The number of profiles.
    pub rows: u64,
    /// Each file of the snapshot. A database has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileManifest>,
    /// The SHA-256 of this manifest, with an empty text here, as lower-case hexadecimal.
    pub seal: String,
}

/// A program and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Tool {
    /// The name, such as `anyprofile`.
    pub name: String,
    /// The version.
    pub version: String,
}

impl Tool {
    /// Names a program.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into() }
    }
}

/// A file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileManifest {
    /// The name, relative to the manifest, with `/` between folders.
    pub path: String,
    /// The number of profiles in it.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, as lower-case hexadecimal.
    pub sha256: String,
}

impl FileManifest {
    /// Names a file of a snapshot, with its SHA-256 as lower-case hexadecimal.
    pub fn new(path: impl Into<String>, rows: u64, bytes: u64, sha256: impl Into<String>) -> Self {
        Self { path: path.into(), rows, bytes, sha256: sha256.into() }
    }

    /// Returns whether the name is that of a file below the manifest, as every name that we write is.
    pub(crate) fn is_inside(&self) -> bool {
        let mut parts = Path::new(&self.path).components().peekable();
        parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
    }
}

/// The form in which another tool reads the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FormManifest {
    /// The name of the form, such as `vanta`.
    pub name: String,
    /// What is written where the form wants yes or no and the truth is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_mfa: Option<bool>,
    /// What had no home in the form, and what the form forced to a guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<LossReport>,
}

/// One account of a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountManifest {
    /// The service, as in ids.
    pub service: String,
    /// The account, as in ids: the tenant.
    pub account: String,
    /// The service, as people know it.
    pub service_name: String,
    /// Where the service was asked.
    pub base_url: String,
    /// The profile that the credential belongs to, with a pseudonym where ids are replaced; `None` if the service does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Why the owner of the credential is not known, if the service tells it and did not: the kind of the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_failure: Option<String>,
    /// Whether every profile was written, as far as the service shows them.
    pub complete: bool,
    /// Why not, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// The number of profiles written.
    pub seen: u64,
    /// The number of records that came again and were not written again.
    pub duplicates: u64,
    /// The number of records that could not be read and were not written.
    pub quarantined: u64,
    /// The number of profiles that the service counts and did not send; `None` if it does not count them.
    pub missing: Option<u64>,
    /// The number of profiles left out because a filtered field is not known of them.
    pub undetermined: u64,
    /// The number of profiles of which a record could not be read or may not be seen.
    pub partial: u64,
    /// The collections of the account. The key is the kind of the ids, and empty where there is one only.
    pub collections: BTreeMap<String, CollectionManifest>,
    /// What the service does not show of its people, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
    /// The fields that the service does not have or does not show.
    pub unsupported: Vec<String>,
    /// The fields that this credential may not see, with the permission that it lacks.
    pub withheld: BTreeMap<String, String>,
    /// Of how many profiles the status, the second factor, single sign-on, the last sign-in, the owner and the roles are in which state. The
    /// keys are a field and a state: `value`, `null`, `absent`, `unsupported`, `withheld`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub states: BTreeMap<String, BTreeMap<String, u64>>,
    /// Whether the service may have changed the list while it was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_at_one_moment: bool,
    /// The SHA-256 over the profiles of this account as ndjson, in their order, as lower-case hexadecimal. It is the same for every
    /// target.
    pub sha256: String,
    /// What the provider could do, to find out later why a field of a profile has no value
    /// ([`Profile::state`](anyprofile_core::Profile::state)).
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub capabilities: Capabilities,
}

/// One collection of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CollectionManifest {
    /// The number of profiles that were received.
    pub seen: u64,
    /// The number that the service declares; `None` if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<u64>,
}

/// The version of the columns and tables: a new column keeps it, one that goes or means something else does not.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// The value of [`Manifest::format`].
pub(crate) const FORMAT: &str = "anyprofile.snapshot";

impl Manifest {
    /// The version that this program writes, and the newest that it reads.
    pub const VERSION: u32 = 1;

    /// Returns what is not complete, by account.
    pub fn gaps(&self) -> Vec<(&str, &str)> {
        self.accounts
            .iter()
            .flat_map(|it| it.gaps.iter().map(|gap| (it.account.as_str(), gap.as_str())))
            .chain(self.unusable_accounts.iter().map(|name| (name.as_str(), "it could not be used")))
            .collect()
    }

    /// Returns the account that a profile belongs to.
    pub fn account(&self, service: &str, account: &str) -> Option<&AccountManifest> {
        self.accounts.iter().find(|it| it.service == service && it.account == account)
    }

    /// Returns whether the query leaves profiles out.
    pub fn is_filtered(&self) -> bool {
        !self.query.filter.is_empty()
            || self.query.search.is_some()
            || self.query.member_of.is_some()
            || self.query.collection.is_some()
            || self.query.limit.is_some()
            || self.hides_condition
    }

    /// Returns the manifest as it is stored, sealed.
    ///
    /// # Errors
    /// If a part cannot be written as JSON.
    pub fn sealed(mut self) -> serde_json::Result<Self> {
        self.seal = self.seal_of()?;
        Ok(self)
    }

    /// Returns the text to store.
    pub(crate) fn text(&self) -> serde_json::Result<String> {
        Ok(format!("{}\n", serde_json::to_string_pretty(self)?))
    }

    /// Returns whether the seal is that of this content.
    pub fn is_sealed(&self) -> bool {
        self.seal_of().is_ok_and(|seal| seal == self.seal)
    }

    fn seal_of(&self) -> serde_json::Result<String> {
        let unsealed = Self { seal: String::new(), ..self.clone() };
        Ok(digest(serde_json::to_string(&unsealed)?.as_bytes()))
    }
}

impl AccountManifest {
    /// Creates the entry of an account, before its profiles are written.
    pub(crate) fn new(
        info: &ProviderInfo,
        capabilities: &Capabilities,
        export: &AccountExport,
        credential: Result<String, Option<String>>,
    ) -> Self {
        let (mut unsupported, mut withheld) = (Vec::new(), BTreeMap::new());
        for path in FieldPath::CORE.iter().filter(|path| **path != FieldPath::ID) {
            match capabilities.fields.readable(path) {
                Readable::No => unsupported.push(path.to_string()),
                Readable::Withheld { needs } => _ = withheld.insert(path.to_string(), needs.into_owned()),
                _ => {}
            }
        }
        let collection =
            |it: &crate::stage::CollectionExport| CollectionManifest { seen: it.seen, declared: it.declared };
        Self {
            service: info.service.to_string(),
            account: info.account.to_string(),
            service_name: info.display_name.clone(),
            base_url: info.base_url.clone(),
            credential_failure: credential.as_ref().err().cloned().flatten(),
            credential: credential.ok(),
            complete: export.is_complete(),
            gaps: export.gaps(),
            seen: export.seen,
            duplicates: export.duplicates,
            quarantined: export.quarantined,
            missing: export.is_counted().then(|| export.missing()),
            undetermined: export.undetermined,
            partial: export.partial,
            collections: export.collections.iter().map(|(name, it)| (name.clone(), collection(it))).collect(),
            hidden: capabilities.listing.hides.iter().map(|it| it.clone().into_owned()).collect(),
            unsupported,
            withheld,
            states: BTreeMap::new(),
            not_at_one_moment: export.not_at_one_moment,
            sha256: Digest::default().finish(),
            capabilities: capabilities.clone(),
        }
    }

    /// Returns the number of profiles that the service declares, over all collections; `None` if one has no total.
    pub fn declared(&self) -> Option<u64> {
        if self.collections.is_empty() {
            return None;
        }
        self.collections.values().map(|it| it.declared).sum()
    }
}
