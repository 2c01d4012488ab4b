//! How accounts of a service are configured.

mod key;
mod secrets;

use std::{borrow::Cow, fmt, sync::Arc};

use anyprofile_core::{AccountName, Error, ProfileProvider, Result, ServiceName};
use anyprofile_http::HttpOptions;
use serde::de::DeserializeOwned;

pub use self::{
    key::{SettingKey, SettingKind, Settings},
    secrets::{CredentialKey, CredentialSet, Secrets},
};

/// Connects an account with settings that were read before.
type Connect = dyn Fn(AccountName, &Secrets, HttpOptions) -> Result<Arc<dyn ProfileProvider>> + Send + Sync;

/// The description of how accounts of a service are configured: keys in an account file, credentials, environment variables, and the
/// function that connects an account. Cheap to clone.
///
/// Each service crate has one. `Services` of the crate `anyprofile` reads account files with it, and the command shows its keys.
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile_core::{AccountName, ProfileProvider, Result, ServiceName};
/// use anyprofile_engine::{CredentialKey, Secrets, ServiceDescriptor, SettingKey};
/// use anyprofile_http::HttpOptions;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct LibrarySettings {
///     base_url: Option<String>,
/// }
///
/// fn connect(
///     account: AccountName,
///     settings: &LibrarySettings,
///     secrets: &Secrets,
///     http: HttpOptions,
/// ) -> Result<Arc<dyn ProfileProvider>> {
///     let base_url = settings.base_url.as_deref().unwrap_or("https://library.example.com");
///     let key = secrets.required("api_key")?;
///     // let client = HttpClient::new(…)?;
///     // Ok(Arc::new(Connection::new(Library::new(), client)))
/// #   let _ = (account, base_url, key, http);
/// #   Err(anyprofile_core::Error::config("of an example"))
/// }
///
/// pub fn service() -> ServiceDescriptor {
///     ServiceDescriptor::new(ServiceName::from_static("library"), "Library", connect)
///         .with_summary("the members of a library")
///         .with_key(SettingKey::url("base_url", "the API").with_variable("LIBRARY_URL"))
///         .with_credential(CredentialKey::new("api_key", "an API key").with_variable("LIBRARY_API_KEY"))
/// }
/// # assert_eq!(service().keys().len(), 1);
/// ```
#[derive(Clone)]
pub struct ServiceDescriptor(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    name: ServiceName,
    display_name: Cow<'static, str>,
    summary: Cow<'static, str>,
    keys: Vec<SettingKey>,
    credentials: Vec<CredentialSet>,
    configure: Arc<dyn Fn(Settings) -> Result<Box<Connect>> + Send + Sync>,
    resolve: Option<Arc<Resolve>>,
}

/// Returns the description of the service that an account's settings name.
type Resolve = dyn Fn(&Settings) -> Result<ServiceDescriptor> + Send + Sync;

impl ServiceDescriptor {
    /// Creates a description from the name in account files and ids, the display name, and the function that connects an account.
    ///
    /// serde reads `S` from the keys of an account, without those that every account has. `S` should deny unknown fields and have a
    /// field for each [key](Self::with_key). An error of `S`, such as for two keys that exclude each other, is an error of the account
    /// file, and must not repeat values. `connect` must send no request.
    pub fn new<S>(
        name: ServiceName,
        display_name: impl Into<Cow<'static, str>>,
        connect: impl Fn(AccountName, &S, &Secrets, HttpOptions) -> Result<Arc<dyn ProfileProvider>>
        + Clone
        + Send
        + Sync
        + 'static,
    ) -> Self
    where
        S: DeserializeOwned + Send + Sync + 'static,
    {
        let configure = move |settings: Settings| {
            let settings: S = settings.read()?;
            let connect = connect.clone();
            let connect: Box<Connect> =
                Box::new(move |account, secrets, http| connect(account, &settings, secrets, http));
            Ok(connect)
        };
        Self(Arc::new(Inner {
            name,
            display_name: display_name.into(),
            summary: Cow::Borrowed(""),
            keys: Vec::new(),
            credentials: Vec::new(),
            configure: Arc::new(configure),
            resolve: None,
        }))
    }

    fn change(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// Sets in a few words which profiles the service has, such as "users and API users".
    pub fn with_summary(self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.change(|inner| inner.summary = summary.into())
    }

    /// Adds a key of an account that is not a secret.
    pub fn with_key(self, key: SettingKey) -> Self {
        self.change(|inner| inner.keys.push(key))
    }

    /// Adds a way to sign in: one credential, or several that belong together. An account has exactly one of the ways. A service
    /// without any needs no credential.
    pub fn with_credential(self, credential: impl Into<CredentialSet>) -> Self {
        self.change(|inner| inner.credentials.push(credential.into()))
    }

    /// Makes it the description of many services: `resolve` returns that of the service that an account's settings name, such as by the
    /// name of a file.
    pub fn resolved_by(self, resolve: impl Fn(&Settings) -> Result<Self> + Send + Sync + 'static) -> Self {
        self.change(|inner| inner.resolve = Some(Arc::new(resolve)))
    }

    /// Returns the description of the service that an account's settings name; this one, unless it is [of many](Self::resolved_by).
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the settings name no service.
    pub fn resolve(&self, settings: &Settings) -> Result<Self> {
        match &self.0.resolve {
            Some(resolve) => resolve(settings),
            None => Ok(self.clone()),
        }
    }

    /// Returns whether it is the description of many services: an account's settings decide which keys it has.
    pub fn is_of_many(&self) -> bool {
        self.0.resolve.is_some()
    }

    /// Returns the name in account files and ids.
    pub fn name(&self) -> &ServiceName {
        &self.0.name
    }

    /// Returns the display name.
    pub fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// Returns in a few words which profiles the service has.
    pub fn summary(&self) -> &str {
        &self.0.summary
    }

    /// Returns the keys of an account that are not secrets.
    pub fn keys(&self) -> &[SettingKey] {
        &self.0.keys
    }

    /// Returns the ways to sign in. An account has exactly one of them.
    pub fn credentials(&self) -> &[CredentialSet] {
        &self.0.credentials
    }

    /// Returns the keys of all credentials, each once.
    pub fn credential_keys(&self) -> Vec<&CredentialKey> {
        let mut keys: Vec<&CredentialKey> = Vec::new();
        for key in self.0.credentials.iter().flat_map(CredentialSet::keys) {
            if keys.iter().all(|known| known.name != key.name) {
                keys.push(key);
            }
        }
        keys
    }

    /// Checks an account's settings and the names of its credentials, before any credential is read. Sends no request.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). The error names the key and repeats no value.
    pub fn configure(&self, settings: Settings, credentials: &[&str]) -> Result<ConfiguredAccount> {
        for key in &self.0.keys {
            match settings.get(&key.name) {
                Some(value) => key.check(value)?,
                None if key.is_required => {
                    let how = match &key.variable {
                        Some(variable) => format!("set {} ({variable} in the environment)", key.name),
                        None => format!("set {}", key.name),
                    };
                    return Err(Error::config(format!("{} is required", key.name))
                        .with_hint(format!("{how}: {}", key.doc)));
                }
                None => {}
            }
        }
        self.check_credentials(credentials)?;
        let connect = (self.0.configure)(settings)?;
        Ok(ConfiguredAccount { service: self.name().clone(), connect: connect.into() })
    }

    fn check_credentials(&self, named: &[&str]) -> Result<()> {
        let is_set = |set: &CredentialSet| {
            set.keys().len() == named.len() && set.keys().iter().all(|key| named.contains(&&*key.name))
        };
        if self.0.credentials.iter().any(is_set) || (self.0.credentials.is_empty() && named.is_empty()) {
            return Ok(());
        }
        let ways: Vec<_> = self.0.credentials.iter().map(ToString::to_string).collect();
        let message = match &*ways {
            [] => format!("{} takes no credential", self.name()),
            [only] => format!("an account of {} must have its credential: {only}", self.name()),
            _ => {
                format!("an account of {} must have exactly one credential: {}", self.name(), either(&ways))
            }
        };
        Err(Error::config(message).with_hint(if named.is_empty() {
            "name it as { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }"
        } else {
            "name all keys of one of them, and no other"
        }))
    }
}

impl fmt::Debug for ServiceDescriptor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServiceDescriptor")
            .field("name", &self.name().as_str())
            .field("keys", &self.keys())
            .field("credentials", &self.credentials())
            .finish_non_exhaustive()
    }
}

/// An account with valid settings. `Debug` shows none of them.
#[derive(Clone)]
pub struct ConfiguredAccount {
    service: ServiceName,
    connect: Arc<Connect>,
}

impl ConfiguredAccount {
    /// Returns the name of the service.
    pub fn service(&self) -> &ServiceName {
        &self.service
    }

    /// Connects the account. Sends no request.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a credential, the base URL or an option cannot be used.
    pub fn connect(
        &self,
        account: AccountName,
        secrets: &Secrets,
        http: HttpOptions,
    ) -> Result<Arc<dyn ProfileProvider>> {
        (self.connect)(account, secrets, http)
    }
}

impl fmt::Debug for ConfiguredAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConfiguredAccount")
            .field("service", &self.service.as_str())
            .finish_non_exhaustive()
    }
}

/// Returns `a`, `a or b`, `a, b or c`.
pub(crate) fn either(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match &*words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
