//! What a snapshot is written to, by its name.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{
    SnapshotStore,
    file::FileStore,
    folder::{FolderStore, Layout, MANIFEST},
    form_file::FormFile,
    ndjson::{Compression, Ndjson},
};
use crate::{
    error::{Result, SnapshotError},
    form::{Form, FormOptions},
    stage,
};

/// Where a snapshot is, by what it is called.
///
/// | text | what it is | feature |
/// |---|---|---|
/// | `*.ndjson`, `*.jsonl` | one profile a line, as JSON | |
/// | `*.ndjson.gz`, `*.ndjson.zst` | the same, compressed | `gzip`, `zstd` |
/// | `*.csv` | comma-separated values | `csv` |
/// | `*.parquet` | one Parquet file | `parquet` |
/// | a name that ends with `/`, or a folder | Parquet files, partitioned as `service=…/account=…/` | `parquet` |
/// | `sqlite:FILE` | a SQLite database, which keeps the snapshots of several runs | `sqlite` |
/// | `postgres://…` | a PostgreSQL database, which keeps the snapshots of several runs | `postgres` |
/// | `s3://…`, `gs://…`, `az://…` | an object, or a prefix for a partitioned folder | `object-store` |
/// | `file:///…` | a file or a folder of this machine, as by its path | |
///
/// A database has the tables `runs`, with the manifest of each; `profiles`, with the columns that the module `arrow` lists, and their lists as
/// texts; and `emails`, `roles`, `groups`, `labels`, `entitlements`, `credentials` and `phones` by `run`, `profile_id` and `position`. The
/// views `latest_profiles`, `review_mfa`, `review_owners` and `review_dormant` show the newest run; each review also shows of whom the fact
/// is not known, and why. In PostgreSQL they are in the schema `anyprofile`, a password may be in `PGPASSWORD`, and a connection over a
/// network must be asked for with `?sslmode=disable`, since TLS is not built in.
///
/// ```
/// use anyprofile_snapshot::Target;
///
/// let target: Target = "review-2026q4.ndjson".parse()?;
/// assert!(target.is_file());
/// // What a name does not say is not guessed.
/// assert!("review.xlsx".parse::<Target>().is_err());
/// # Ok::<(), anyprofile_snapshot::SnapshotError>(())
/// ```
#[derive(Clone)]
pub struct Target(Place);

#[derive(Clone)]
enum Place {
    File(PathBuf, Format),
    /// A file in the form of another tool.
    Form(PathBuf, Form, FormOptions),
    Folder(PathBuf),
    Evidence(PathBuf),
    Sqlite(PathBuf),
    Postgres(String),
    Objects(String),
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Ndjson(Compression),
    Csv,
    Parquet,
}

impl Format {
    /// Returns the format of a file by its name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        Some(match () {
            () if ends(&[".ndjson", ".jsonl"]) => Self::Ndjson(Compression::None),
            () if ends(&[".ndjson.gz", ".jsonl.gz"]) => Self::Ndjson(Compression::Gzip),
            () if ends(&[".ndjson.zst", ".jsonl.zst"]) => Self::Ndjson(Compression::Zstd),
            () if ends(&[".csv"]) => Self::Csv,
            () if ends(&[".parquet"]) => Self::Parquet,
            () => return None,
        })
    }

    /// Returns how a file of this format is written and read.
    ///
    /// # Errors
    /// If it was not built in.
    pub(crate) fn file_format(self) -> Result<Box<dyn super::file::FileFormat>> {
        match self {
            Self::Ndjson(compression) => Ok(Box::new(Ndjson::new(compression)?)),
            #[cfg(feature = "csv")]
            Self::Csv => Ok(Box::new(super::csv_file::Csv)),
            #[cfg(not(feature = "csv"))]
            Self::Csv => Err(not_built_in("csv", "csv files")),
            #[cfg(feature = "parquet")]
            Self::Parquet => Ok(Box::new(super::parquet_file::Parquet { is_partition: false })),
            #[cfg(not(feature = "parquet"))]
            Self::Parquet => Err(not_built_in("parquet", "Parquet files")),
        }
    }
}

/// Returns the error for a target that was not built in.
#[allow(dead_code, reason = "with every feature, everything is built in")]
pub(crate) fn not_built_in(feature: &str, what: &str) -> SnapshotError {
    SnapshotError::Refused(format!(
        "{what} are not built into this program; build it with the feature `{feature}`, such as `cargo install anyprofile-cli --features {feature}`, or with `full`"
    ))
}

impl Target {
    /// Returns the target of a path: a folder, or a file by its name.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] if the name does not say what it is.
    pub fn of_path(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let text = path.to_string_lossy();
        if text.ends_with(['/', std::path::MAIN_SEPARATOR]) || path.is_dir() {
            return Ok(Self(Place::Folder(path)));
        }
        match Format::of(&text) {
            Some(format) => Ok(Self(Place::File(path, format))),
            None => Err(SnapshotError::Refused(format!(
                "{}: the name does not say what it is; use *.ndjson, *.ndjson.gz, *.ndjson.zst, *.csv, *.parquet, a folder such as people/, sqlite:FILE, postgres://…, s3://…, gs://…, az://… or file://…",
                path.display()
            ))),
        }
    }

    /// Returns a folder for an auditor: the data as `profiles.ndjson`, the manifest, a cover page that a browser shows and prints
    /// (`cover.html`), and the hashes of all of them (`SHA256SUMS`).
    pub fn evidence(folder: impl Into<PathBuf>) -> Self {
        Self(Place::Evidence(folder.into()))
    }

    /// Returns a file in the form of another tool. Profiles cannot be read back from it; its manifest says what was lost.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] if the name of the file does not end as the form does: `.csv`, or `.ndjson` or `.jsonl`.
    pub fn form(path: impl Into<PathBuf>, form: Form, options: FormOptions) -> Result<Self> {
        let path = path.into();
        let text = path.to_string_lossy();
        if text.contains("://") || text.starts_with("sqlite:") {
            return Err(SnapshotError::Refused(format!(
                "the form '{form}' is written to a file of this machine alone"
            )));
        }
        let format = Format::of(&text);
        let is_right = match format {
            Some(Format::Csv) => form.is_csv(),
            Some(Format::Ndjson(Compression::None)) => !form.is_csv(),
            _ => false,
        };
        if !is_right {
            let ends = if form.is_csv() { "*.csv" } else { "*.ndjson" };
            return Err(SnapshotError::Refused(format!(
                "{}: the form '{form}' is written to a file such as {ends}",
                path.display()
            )));
        }
        Ok(Self(Place::Form(path, form, options)))
    }

    /// Returns whether it is one file or folder of this machine.
    pub const fn is_file(&self) -> bool {
        matches!(self.0, Place::File(..) | Place::Form(..) | Place::Folder(_) | Place::Evidence(_))
    }

    /// Returns the path, if it is a file, a folder or a SQLite database of this machine.
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Place::File(path, _)
            | Place::Form(path, ..)
            | Place::Folder(path)
            | Place::Evidence(path)
            | Place::Sqlite(path) => Some(path),
            Place::Postgres(_) | Place::Objects(_) => None,
        }
    }

    /// Returns the path of the stage of an export to this target: beside it, or for what is not on this machine, in a folder.
    pub fn stage(&self, otherwise: &Path) -> PathBuf {
        match &self.0 {
            Place::File(path, _) | Place::Form(path, ..) | Place::Sqlite(path) => {
                anyprofile_files::beside(path, stage::PARTIAL)
            }
            Place::Folder(path) | Place::Evidence(path) => {
                // Without the last separator, the suffix would be the name of a file in the folder.
                let path: PathBuf = path.components().collect();
                anyprofile_files::beside(&path, stage::PARTIAL)
            }
            Place::Postgres(url) | Place::Objects(url) => {
                let name = crate::digest::digest(url.as_bytes());
                otherwise.join(format!("{}{}", &name[..16], stage::PARTIAL))
            }
        }
    }

    /// Returns the files that an export may write beside the target: its stage, the stage's checkpoint, and others that it replaces.
    pub fn companions(&self, otherwise: &Path) -> Vec<PathBuf> {
        let mut files = stage::companions(&self.stage(otherwise)).to_vec();
        if let Place::File(path, _) | Place::Form(path, ..) = &self.0 {
            files.push(super::file::manifest_of(path));
        }
        files
    }

    /// Opens the store.
    ///
    /// # Errors
    /// [`SnapshotError::Refused`] if it is not built into this program, or its address cannot be used.
    #[cfg_attr(not(feature = "postgres"), allow(clippy::unused_async, reason = "a database is connected"))]
    pub async fn open(&self) -> Result<Box<dyn SnapshotStore>> {
        match &self.0 {
            Place::File(path, format) => Ok(Box::new(FileStore::new(path, format.file_format()?))),
            Place::Form(path, form, options) => {
                Ok(Box::new(FileStore::new(path, Box::new(FormFile::new(*form, options.clone())?))))
            }
            Place::Folder(path) => {
                // What a folder holds, its manifest says. Only what is new is Parquet, which may not be built in.
                if !path.join(MANIFEST).exists() {
                    Format::Parquet.file_format()?;
                }
                Ok(Box::new(FolderStore::new(path, Layout::Partitioned)))
            }
            Place::Evidence(path) => Ok(Box::new(FolderStore::new(path, Layout::Evidence))),
            #[cfg(feature = "sqlite")]
            Place::Sqlite(path) => Ok(Box::new(super::sqlite::SqliteStore::new(path))),
            #[cfg(not(feature = "sqlite"))]
            Place::Sqlite(_) => Err(not_built_in("sqlite", "SQLite databases")),
            #[cfg(feature = "postgres")]
            Place::Postgres(url) => Ok(Box::new(super::postgres::PostgresStore::connect(url).await?)),
            #[cfg(not(feature = "postgres"))]
            Place::Postgres(_) => Err(not_built_in("postgres", "PostgreSQL databases")),
            #[cfg(feature = "object-store")]
            Place::Objects(url) => Ok(Box::new(super::objects::ObjectStore::new(url)?)),
            #[cfg(not(feature = "object-store"))]
            Place::Objects(_) => Err(not_built_in("object-store", "object stores")),
        }
    }
}

impl FromStr for Target {
    type Err = SnapshotError;

    fn from_str(text: &str) -> Result<Self> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("postgres" | "postgresql") => return Ok(Self(Place::Postgres(text.to_owned()))),
            Some("s3" | "gs" | "az") => return Ok(Self(Place::Objects(text.to_owned()))),
            Some("file") => return of_file_url(text),
            Some(other) => {
                return Err(SnapshotError::Refused(format!(
                    "'{other}://' is not known; use postgres://, s3://, gs://, az:// or file://"
                )));
            }
            None => {}
        }
        match text.strip_prefix("sqlite:") {
            Some("") => {
                Err(SnapshotError::Refused("sqlite: must be followed by the name of a file".to_owned()))
            }
            Some(path) => Ok(Self(Place::Sqlite(path.into()))),
            None => Self::of_path(text),
        }
    }
}

/// Returns the target of a `file:` URL (RFC 8089), which is that of its path.
fn of_file_url(text: &str) -> Result<Target> {
    let refused = || SnapshotError::Refused(format!("{text}: a file URL must be file:///PATH"));
    let path = text.get("file://".len()..).filter(|path| path.starts_with('/')).ok_or_else(refused)?;
    if path.contains(['%', '?', '#']) {
        return Err(SnapshotError::Refused(format!("{text}: name the path itself, without file://")));
    }
    Target::of_path(path)
}

/// Without the credentials that an address may contain.
impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::File(path, _) | Place::Form(path, ..) | Place::Folder(path) | Place::Evidence(path) => {
                write!(formatter, "{}", path.display())
            }
            Place::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Place::Postgres(url) | Place::Objects(url) => formatter.write_str(&without_credentials(url)),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Target({self})")
    }
}

/// Returns an address without what is before `@` in its host and without its query.
pub(crate) fn without_credentials(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_known_by_its_name_and_shows_no_password() {
        for (text, shown) in [
            ("a.ndjson", "a.ndjson"),
            ("a.NDJSON.gz", "a.NDJSON.gz"),
            ("people/", "people/"),
            ("sqlite:a b.db", "sqlite:a b.db"),
            (
                "postgres://ada:pass@db.example.com/reviews?sslmode=disable",
                "postgres://db.example.com/reviews",
            ),
            ("s3://bucket/reviews/2026", "s3://bucket/reviews/2026"),
            ("file:///tmp/a.ndjson", "/tmp/a.ndjson"),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!(target.to_string(), shown);
            assert!(!format!("{target:?}").contains("pass"));
        }
        for text in ["file:///tmp/a", "a.json", "a", "ftp://x/y", "sqlite:", "a.xlsx", ""] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_stage_is_beside_a_file_and_elsewhere_for_what_is_not_on_this_machine() {
        let stage = |text: &str| text.parse::<Target>().unwrap().stage(Path::new("state"));
        assert_eq!(stage("a.parquet"), Path::new("a.parquet.partial"));
        assert_eq!(stage("people/"), Path::new("people.partial"));
        assert!(stage("s3://bucket/a").starts_with("state"));
        assert_ne!(stage("s3://bucket/a"), stage("s3://bucket/b"));
    }
}
