//! The location and permissions of the configuration file.

use std::path::{Path, PathBuf};

use anyprofile_core::{Error, Result};

/// Returns the default path of the file.
pub(super) fn usual_path() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("anyprofile").join("config.toml"))
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::config(format!("the configuration file {} cannot be read: {}", path.display(), error.kind()))
}

/// Returns the path if the file exists, or `None`. It is an error if that cannot be known.
pub(super) fn if_exists(path: PathBuf) -> Result<Option<PathBuf>> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    // Does not follow links: a broken link exists and cannot be read, which must be an error.
    match std::fs::symlink_metadata(&path) {
        Ok(_) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(None),
        Err(error) => Err(unreadable(&path, &error)
            .with_hint("make its folder readable, or name another file in ANYPROFILE_CONFIG")),
    }
}

/// Warns if every user of this machine can change which programs are run.
#[cfg(unix)]
pub(super) fn warn_if_writable(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;

    if std::fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o002 != 0) {
        tracing::warn!(
            target: "anyprofile::accounts",
            "every user of this machine can change {}, and it names commands that are run: remove the permission (chmod o-w)",
            path.display()
        );
    }
}

#[cfg(not(unix))]
pub(super) fn warn_if_writable(_: &Path) {}

#[cfg(all(test, feature = "upsun"))]
mod tests {
    use super::*;
    use crate::Accounts;

    #[test]
    fn a_file_that_is_there_and_cannot_be_read_is_not_passed_over() {
        let folder = std::env::temp_dir().join(format!("anyprofile-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("config.toml");
        assert_eq!(if_exists(path.clone()).unwrap(), None);
        std::fs::write(&path, "").unwrap();
        assert_eq!(if_exists(path.clone()).unwrap(), Some(path.clone()));
        assert_eq!(if_exists(path.join("config.toml")).unwrap(), None, "a file is not a folder");
        // Longer than a name can be: whether it exists cannot be known, as in a folder without permission.
        let error = if_exists(folder.join("x".repeat(5000))).unwrap_err();
        assert!(error.message().contains("cannot be read"), "{error}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt as _, symlink};
            let link = folder.join("link.toml");
            symlink(folder.join("nowhere"), &link).unwrap();
            let there = if_exists(link).unwrap().unwrap();
            assert!(Accounts::from_file(&there).unwrap_err().message().contains("cannot be read"));

            // Every user who can write the file can decide what is run.
            let warns = |text: &str, mode| {
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
                let lines: &'static std::sync::Mutex<Vec<u8>> = Box::leak(Box::default());
                let writer = move || tracing_subscriber::fmt::MakeWriter::make_writer(lines);
                let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
                tracing::subscriber::with_default(subscriber, || Accounts::from_file(&path).unwrap());
                !lines.lock().unwrap().is_empty()
            };
            let account = |source: &str| format!("[accounts.a]\nservice = \"upsun\"\napi_token = {source}");
            assert!(warns(&account("{ command = [\"pass\"] }"), 0o666));
            assert!(!warns(&account("{ command = [\"pass\"] }"), 0o644));
            assert!(!warns(&account("{ env = \"X\" }"), 0o666));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
