//! Where a secret comes from.

use std::{fmt, path::PathBuf, process::Command};

use anyprofile_core::{Error, Result};
use anyprofile_http::SecretString;

/// Where a secret comes from. It is read when the account is connected. `Debug` shows none.
#[derive(Clone)]
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "only a file names the others"))]
pub(super) enum SecretSource {
    /// The secret itself, given by the program. A configuration file cannot.
    Literal(SecretString),
    /// An environment variable.
    Env(String),
    /// A file, whose surrounding white space does not count.
    File(PathBuf),
    /// A program and its arguments, whose standard output is the secret.
    Command(Vec<String>),
}

impl SecretSource {
    /// The secret itself.
    pub(super) fn literal(secret: impl Into<SecretString>) -> Self {
        Self::Literal(secret.into())
    }

    /// Reads it.
    ///
    /// # Errors
    /// A configuration error that names the source and repeats nothing of what it gave.
    pub(super) fn read(&self) -> Result<SecretString> {
        let text = match self {
            Self::Literal(secret) => return Ok(secret.clone()),
            Self::Env(name) => std::env::var(name).map_err(|_| {
                Error::config(format!("the environment variable {name} is not set"))
                    .with_hint("set it to the account's credential")
            })?,
            Self::File(path) => std::fs::read_to_string(path).map_err(|error| {
                Error::config(format!("the file {} cannot be read: {}", path.display(), error.kind()))
            })?,
            Self::Command(arguments) => run(arguments)?,
        };
        match text.trim() {
            "" => Err(Error::config(format!("{self:?} gave no secret"))),
            secret => Ok(secret.to_owned().into()),
        }
    }
}

fn run(arguments: &[String]) -> Result<String> {
    let Some((program, arguments)) = arguments.split_first() else {
        return Err(Error::config("the command for the secret is empty"));
    };
    // Its standard error goes to the person, who may have to unlock something.
    let output =
        Command::new(program).args(arguments).stderr(std::process::Stdio::inherit()).output().map_err(
            |error| Error::config(format!("the command '{program}' cannot be run: {}", error.kind())),
        )?;
    if !output.status.success() {
        return Err(Error::config(format!("the command '{program}' failed ({})", output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Error::config(format!("the command '{program}' gave no text")))
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => formatter.write_str("the given secret"),
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
    use anyprofile_http::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_is_read_without_what_surrounds_it() {
        let command = SecretSource::Command(vec!["echo".to_owned(), " hidden ".to_owned()]);
        assert_eq!(command.read().unwrap().expose_secret(), "hidden");
    }

    #[test]
    fn a_source_that_gives_nothing_is_named_and_not_quoted() {
        for (source, part) in [
            (SecretSource::Env("ANYPROFILE_TEST_UNSET".to_owned()), "ANYPROFILE_TEST_UNSET is not set"),
            (SecretSource::File("no/such/file".into()), "no/such/file cannot be read"),
            (SecretSource::Command(vec!["false".to_owned(), "hidden".to_owned()]), "'false' failed"),
            (SecretSource::Command(vec!["true".to_owned(), "hidden".to_owned()]), "'true' gave no secret"),
            (SecretSource::Command(vec![]), "is empty"),
        ] {
            let error = source.read().unwrap_err();
            assert!(error.message().contains(part), "{error}");
            assert!(!format!("{error:?}{source:?}").contains("hidden"));
        }
    }
}
