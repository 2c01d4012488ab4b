//! The contract of a store, as a check for stores of one's own.

use std::{future::Future, sync::Arc};

use anyprofile_core::{
    Capabilities, Field, FieldPath, ListQuery, Profile, ProviderInfo, Timestamp, capabilities::FieldSpec,
    profile::Email,
};
use futures_util::TryStreamExt as _;

use crate::{
    digest::Tally,
    error::SnapshotError,
    manifest::{AccountManifest, FORMAT, Manifest, Tool},
    privacy::Privacy,
    stage::AccountExport,
    store::{Row, SnapshotStore},
};

/// Checks that a store does what [`SnapshotStore`] asks for. `open` opens the same place each time, which must have no snapshot at first.
///
/// It writes a snapshot that is not committed, and one that is, of profiles with every state of a field and texts that formats get wrong.
///
/// ```
/// # futures_util::FutureExt::now_or_never(async {
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("people.ndjson");
/// use anyprofile_snapshot::{Target, check_store};
///
/// let target = Target::of_path(&file)?;
/// check_store(|| target.open()).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap().unwrap();
/// ```
///
/// # Errors
/// [`SnapshotError::Refused`] with what the store does not do, and what the store itself says.
pub async fn check_store<S, F>(open: impl Fn() -> F) -> Result<(), SnapshotError>
where
    S: std::ops::DerefMut<Target = dyn SnapshotStore>,
    F: Future<Output = Result<S, SnapshotError>>,
{
    let (manifest, rows) = planted()?;
    require(open().await?.manifest().await.is_err(), "the place must have no snapshot before the check")?;

    let mut abandoned = open().await?;
    abandoned.begin(&manifest).await?;
    abandoned.write(&rows).await?;
    drop(abandoned);
    require(open().await?.manifest().await.is_err(), "a snapshot that was not committed can be read")?;

    let mut store = open().await?;
    store.begin(&manifest).await?;
    let (first, rest) = rows.split_at(rows.len() / 2);
    store.write(first).await?;
    require(open().await?.manifest().await.is_err(), "a part of a snapshot can be read while it is written")?;
    store.write(&[]).await?;
    store.write(rest).await?;
    let committed = store.commit(manifest).await?;
    require(committed.is_sealed(), "the manifest that `commit` returns is not sealed")?;
    drop(store);

    let store = open().await?;
    require(store.manifest().await? == committed, "another manifest is read than was committed")?;
    let read: Vec<Profile> = store.read().try_collect().await?;
    require(read.len() == rows.len(), &format!("{} profiles of {} are read", read.len(), rows.len()))?;
    for (number, (read, row)) in read.iter().zip(&rows).enumerate() {
        require(read == &row.profile, &format!("profile {number} is read otherwise than it was written"))?;
        let line = serde_json::to_string(read).unwrap_or_default();
        require(*line == *row.line, &format!("profile {number} has another JSON than it had"))?;
    }
    let findings = store.check_files(&committed).await?;
    require(findings.is_empty(), &findings.join("; "))
}

fn require(is_so: bool, why: &str) -> Result<(), SnapshotError> {
    if is_so { Ok(()) } else { Err(SnapshotError::Refused(why.to_owned())) }
}

/// Returns profiles of two accounts, and the manifest without what a store adds.
pub(crate) fn planted() -> Result<(Manifest, Vec<Row>), SnapshotError> {
    let id = |text: &str| text.parse().map_err(|_| SnapshotError::Refused(format!("{text} is no id")));
    let mut capabilities = Capabilities::default();
    capabilities.fields = [FieldPath::SECURITY_MFA_ENABLED, FieldPath::TITLE, FieldPath::EMAILS]
        .map(|path| FieldSpec::read(path, "planted"))
        .into_iter()
        .collect();
    let capabilities = Arc::new(capabilities);
    let mut profiles = Vec::new();
    for (number, title) in TITLES.into_iter().enumerate() {
        let mut profile = Profile::new(id(&format!("planted:one/user/{number}"))?);
        profile.title = title.into();
        profile.name.display = format!("Ada {title}").into();
        profile.security.mfa_enabled = match number % 4 {
            0 => true.into(),
            1 => false.into(),
            2 => Field::Null,
            _ => Field::Absent,
        };
        profiles.push(profile);
    }
    let mut other = Profile::new(id("planted:two/service_account/0")?);
    other.emails = Field::from(vec![Email::new("ada@example.com"), Email::new(Field::Null)]);
    profiles.push(other);
    let mut empty = Profile::new(id("planted:two/user/1")?);
    empty.emails = Field::from(Vec::<Email>::new());
    profiles.push(empty);
    let mut rows = Vec::new();
    for profile in profiles {
        let account = usize::from(profile.id.account == *"two");
        rows.push(Row::new(account, profile, Arc::clone(&capabilities))?);
    }
    let mut accounts = Vec::new();
    for (number, name) in ["one", "two"].into_iter().enumerate() {
        let of_account: Vec<_> = rows.iter().filter(|row| row.account == number).collect();
        let mut export = AccountExport::new(name, "planted");
        (export.seen, export.reached_end) = (of_account.len() as u64, true);
        let [service, account] = [id("planted:one/user/0")?, id(&format!("planted:{name}/user/0"))?];
        let info = ProviderInfo::new(service.service, account.account, "Planted", "https://planted.example");
        let mut tally = Tally::default();
        for row in of_account {
            tally.add(row.line.as_bytes());
        }
        let mut account = AccountManifest::new(&info, &capabilities, &export, Err(None));
        account.sha256 = tally.sha256();
        accounts.push(account);
    }
    let now = Timestamp::now();
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: Manifest::VERSION,
        schema_version: crate::manifest::SCHEMA_VERSION,
        tool: Tool::new("check_store", env!("CARGO_PKG_VERSION")),
        started: now,
        ended: now,
        complete: true,
        query: ListQuery::new(),
        hides_condition: false,
        accounts,
        unusable_accounts: Vec::new(),
        privacy: Privacy::default(),
        form: None,
        rows: rows.len() as u64,
        files: Vec::new(),
        seal: String::new(),
    };
    Ok((manifest, rows))
}

/// Texts that formats get wrong: delimiters, quotes, escapes, formulas, what looks like no value, what is not ASCII.
const TITLES: [&str; 10] = [
    "cto",
    "a,b;c\td",
    "two\r\nlines",
    "quote \" and ' and \\ and \\N and \\.",
    "=1+1",
    "NULL",
    "",
    "Hữu Phước Vũ 張偉 🦀",
    "\u{202e}right to left\u{202c}",
    "{\"a\": null}",
];
