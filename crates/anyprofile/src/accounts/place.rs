//! Where the configuration file is, and who can change it.

use std::path::{Path, PathBuf};

use anyprofile_core::{Error, Result};

/// The usual place of the file.
pub(super) fn usual_path() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("anyprofile").join("config.toml"))
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::config(format!("the configuration file {} cannot be read: {}", path.display(), error.kind()))
}

/// The file, if it is there; `None` if it is not. That it cannot be known is neither.
pub(super) fn if_there(path: PathBuf) -> Result<Option<PathBuf>> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    // Not what a link leads to: a link to nowhere is there, and cannot be read.
    match std::fs::symlink_metadata(&path) {
        Ok(_) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(None),
        Err(error) => Err(unreadable(&path, &error)
            .with_hint("make its folder readable, or name another file in ANYPROFILE_CONFIG")),
    }
}

/// Tells that everybody on this machine can change which programs are run.
#[cfg(unix)]
pub(super) fn tell_if_writable(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;

    if std::fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o002 != 0) {
        tracing::warn!(
            target: "anyprofile::accounts",
            "everybody on this machine can change {}, which names commands that are run: take the right away (chmod o-w)",
            path.display()
        );
    }
}

#[cfg(not(unix))]
pub(super) fn tell_if_writable(_: &Path) {}

#[cfg(all(test, feature = "upsun"))]
mod tests {
    use super::*;
    use crate::Accounts;

    #[test]
    fn a_file_that_is_there_and_cannot_be_read_is_not_passed_over() {
        let folder = std::env::temp_dir().join(format!("anyprofile-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("config.toml");
        assert_eq!(if_there(path.clone()).unwrap(), None);
        std::fs::write(&path, "").unwrap();
        assert_eq!(if_there(path.clone()).unwrap(), Some(path.clone()));
        assert_eq!(if_there(path.join("config.toml")).unwrap(), None, "a file has nothing in it");
        // Longer than a name can be: whether it is there cannot be known, as with a folder that is closed to us.
        let error = if_there(folder.join("x".repeat(5000))).unwrap_err();
        assert!(error.message().contains("cannot be read"), "{error}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt as _, symlink};
            let link = folder.join("link.toml");
            symlink(folder.join("nowhere"), &link).unwrap();
            let there = if_there(link).unwrap().unwrap();
            assert!(Accounts::from_file(&there).unwrap_err().message().contains("cannot be read"));

            // Who can write the file decides what is run.
            let told = |text: &str, mode| {
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
                let lines: &'static std::sync::Mutex<Vec<u8>> = Box::leak(Box::default());
                let writer = move || tracing_subscriber::fmt::MakeWriter::make_writer(lines);
                let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
                tracing::subscriber::with_default(subscriber, || Accounts::from_file(&path).unwrap());
                !lines.lock().unwrap().is_empty()
            };
            let account = |source: &str| format!("[accounts.a]\nservice = \"upsun\"\napi_token = {source}");
            assert!(told(&account("{ command = [\"pass\"] }"), 0o666));
            assert!(!told(&account("{ command = [\"pass\"] }"), 0o644));
            assert!(!told(&account("{ env = \"X\" }"), 0o666));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
