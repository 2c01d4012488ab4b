//! Where a secret is.

use std::{
    env::VarError,
    fmt,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyprofile_core::{Error, Result};
use anyprofile_http::Secret;
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

/// Where a secret is. It is read when the account is connected. `Debug` shows no secret.
///
/// In an account file it is `{ env = "NAME" }`, `{ file = "PATH" }` or `{ command = ["PROGRAM", "ARGUMENT"] }`, and it serializes like
/// that. Serializing a [`Literal`](Self::Literal) is an error.
#[derive(Clone)]
#[non_exhaustive]
pub enum SecretSource {
    /// The secret itself, passed by the program. An account file cannot hold it.
    Literal(Secret),
    /// An environment variable.
    Env(String),
    /// A file. White space around the secret is ignored.
    File(PathBuf),
    /// A program with its arguments. The first line of its standard output is the secret.
    Command(Vec<String>),
}

/// Creates the error for a variable that is not valid UTF-8. Ignoring it would hide its account.
pub(super) fn not_text(name: &str) -> Error {
    Error::config(format!("the environment variable {name} is not valid UTF-8"))
        .with_hint(format!("correct {name}, or unset it"))
}

impl SecretSource {
    /// Creates a source that is the secret itself.
    pub fn literal(secret: impl Into<Secret>) -> Self {
        Self::Literal(secret.into())
    }

    /// Reads from an account file where a secret is.
    ///
    /// # Errors
    /// A configuration error. It repeats no value.
    #[cfg(feature = "config")]
    pub(super) fn from_table(key: &str, source: serde_json::Map<String, serde_json::Value>) -> Result<Self> {
        use serde_json::Value;

        let mut parts = source.into_iter();
        match (parts.next(), parts.next()) {
            (Some((form, Value::String(name))), None) if form == "env" => Ok(Self::Env(name)),
            (Some((form, Value::String(path))), None) if form == "file" => Ok(Self::File(path.into())),
            (Some((form, Value::Array(arguments))), None) if form == "command" => {
                let arguments = arguments.iter().map(|it| it.as_str().map(str::to_owned));
                let arguments: Option<Vec<_>> = arguments.collect();
                arguments
                    .map(Self::Command)
                    .ok_or_else(|| Error::config(format!("{key}: command must be a list of strings")))
            }
            _ => Err(Error::config(format!("{key} must say where the secret is"))),
        }
        .and_then(|source| match &source {
            Self::Env(name) if is_blank(name) => {
                Err(Error::config(format!("{key}: env must name a variable")))
            }
            Self::File(path) if path.as_os_str().is_empty() => {
                Err(Error::config(format!("{key}: file must name a file")))
            }
            Self::Command(arguments) if arguments.first().is_none_or(|program| is_blank(program)) => {
                Err(Error::config(format!("{key}: command must name a program")))
            }
            _ => Ok(source),
        })
        .map_err(|error| {
            error.with_hint(
                "write { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }",
            )
        })
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// A configuration error. It names the source, and repeats nothing of its content.
    pub(super) fn read(&self) -> Result<Secret> {
        let text = match self {
            Self::Literal(secret) => return Ok(secret.clone()),
            Self::Env(name) => std::env::var(name).map_err(|error| match error {
                VarError::NotPresent => Error::config(format!("the environment variable {name} is not set"))
                    .with_hint("set it to the account's credential"),
                VarError::NotUnicode(_) => not_text(name),
            })?,
            Self::File(path) => read_file(path).map_err(|error| {
                Error::config(format!("the file {} cannot be read: {}", path.display(), error.kind()))
            })?,
            Self::Command(arguments) => super::command::first_line(arguments)?,
        };
        match text.trim() {
            "" => Err(Error::config(format!("{self:?} holds no secret"))),
            secret => Ok(secret.to_owned().into()),
        }
    }
}

/// Returns whether a text is empty or white space, which counts as not set.
pub(super) fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}

impl Serialize for SecretSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut table = serializer.serialize_map(Some(1))?;
        match self {
            Self::Literal(_) => {
                return Err(S::Error::custom("a secret that the program passed must not be serialized"));
            }
            Self::Env(name) => table.serialize_entry("env", name)?,
            Self::File(path) => table.serialize_entry("file", path)?,
            Self::Command(arguments) => table.serialize_entry("command", arguments)?,
        }
        table.end()
    }
}

/// Warns if every user of this machine can read the file.
#[cfg(unix)]
fn warn_if_readable(path: &Path, file: &std::fs::File) {
    use std::os::unix::fs::MetadataExt as _;

    if file.metadata().is_ok_and(|metadata| metadata.mode() & 0o004 != 0) {
        tracing::warn!(
            target: "anyprofile::accounts",
            "every user of this machine can read the secret in {}: remove the permission (chmod o-r)",
            path.display()
        );
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path, _: &std::fs::File) {}

fn read_file(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    warn_if_readable(path, &file);
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => formatter.write_str("the literal secret"),
            Self::Env(name) => write!(formatter, "the environment variable {name}"),
            Self::File(path) => write!(formatter, "the file {}", path.display()),
            // The arguments may hold a password.
            Self::Command(arguments) => {
                write!(formatter, "the command '{}'", arguments.first().map_or("", String::as_str))
            }
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_that_everybody_can_read_is_told_and_another_is_not() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = std::env::temp_dir().join(format!("anyprofile-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("key");
        std::fs::write(&path, "hidden\n").unwrap();
        for (mode, warns) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let lines: &'static std::sync::Mutex<Vec<u8>> = Box::leak(Box::default());
            let writer = move || tracing_subscriber::fmt::MakeWriter::make_writer(lines);
            let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
            let source = SecretSource::File(path.clone());
            tracing::subscriber::with_default(subscriber, || {
                assert_eq!(source.read().unwrap().expose(), "hidden");
            });
            let log = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
            assert_eq!(
                log.contains("WARN") && log.contains("every user of this machine can read"),
                warns,
                "{log}"
            );
            assert!(!log.contains("hidden"));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_secret_is_read_without_what_surrounds_it() {
        let command = SecretSource::Command(vec!["echo".to_owned(), " hidden ".to_owned()]);
        assert_eq!(command.read().unwrap().expose(), "hidden");
    }

    #[test]
    fn a_source_that_gives_nothing_is_named_and_not_quoted() {
        for (source, part) in [
            (SecretSource::Env("ANYPROFILE_TEST_UNSET".to_owned()), "ANYPROFILE_TEST_UNSET is not set"),
            (SecretSource::File("no/such/file".into()), "no/such/file cannot be read"),
            (SecretSource::Command(vec!["false".to_owned(), "hidden".to_owned()]), "'false' failed"),
            (SecretSource::Command(vec!["true".to_owned(), "hidden".to_owned()]), "'true' holds no secret"),
            (SecretSource::Command(vec![]), "must name a program"),
        ] {
            let error = source.read().unwrap_err();
            assert!(error.message().contains(part), "{error}");
            assert!(!format!("{error:?}{source:?}").contains("hidden"));
        }
    }
}
