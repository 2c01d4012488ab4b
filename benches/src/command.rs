//! The `anyprofile` command, with the server's accounts.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::service::Service;

/// The command.
pub(crate) struct Command {
    path: PathBuf,
    /// What names the accounts and their credentials.
    pub(crate) environment: Vec<(&'static str, OsString)>,
}

impl Command {
    pub(crate) fn new(path: &Path, origin: &str) -> Self {
        let environment = [
            ("UPSUN_API_TOKEN", "sandbox-upsun-api-token".to_owned()),
            ("UPSUN_API_URL", format!("{origin}/upsun")),
            ("UPSUN_AUTH_URL", format!("{origin}/upsun-auth")),
            ("PROBELY_API_KEY", "sandbox-probely-api-key".to_owned()),
            ("PROBELY_API_BASE_URL", format!("{origin}/probely")),
            ("ANTHROPIC_API_KEY", "sandbox-anthropic-api-key".to_owned()),
            ("ANTHROPIC_BASE_URL", format!("{origin}/anthropic")),
            // Not the file of the person who measures.
            ("XDG_CONFIG_HOME", std::env::temp_dir().join("anyprofile-bench").display().to_string()),
        ];
        let environment = environment.map(|(name, value)| (name, OsString::from(value)));
        Self { path: path.to_owned(), environment: environment.into() }
    }

    /// A call for one account.
    pub(crate) fn of(&self, service: Service, arguments: &[OsString]) -> Vec<OsString> {
        let account: [OsString; 2] = ["--account".into(), service.name().into()];
        let mut program = self.of_all(&account);
        program.extend_from_slice(arguments);
        program
    }

    /// A call for all accounts.
    pub(crate) fn of_all(&self, arguments: &[OsString]) -> Vec<OsString> {
        let mut program = vec![self.path.clone().into_os_string()];
        program.extend_from_slice(arguments);
        program
    }
}
