//! The settings of an account at a declared service.

mod descriptor;
mod signing;

use std::{collections::BTreeMap, sync::Arc};

use anyprofile_core::{AccountName, Error, ProviderInfo, Result, ServiceName};
use anyprofile_engine::{Connection, Secrets};
use anyprofile_http::{HeaderMap, HttpClient, HttpOptions};

pub(crate) use self::descriptor::of;
pub use self::descriptor::{SERVICE, service};
pub(crate) use self::signing::flaws_of;
use crate::{
    Service,
    connector::DeclaredConnector,
    dialect::DeclaredDialect,
    template::{Template, Values},
};

/// The settings of an account at a declared service. `Debug` shows no secrets.
///
/// ```no_run
/// use anyprofile_declared::{DeclaredConfig, Service};
/// use anyprofile_engine::Secrets;
///
/// let okta = Service::builtin("okta")?;
/// let secrets = Secrets::new().with("api_token", "an API token");
/// let config = DeclaredConfig::new("acme".parse()?, okta, secrets).with_variable("domain", "acme.okta.com");
/// let provider = config.connect()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeclaredConfig {
    /// The name of the account, as it appears in ids.
    pub account: AccountName,
    /// The service.
    pub service: Service,
    /// The credentials, by the keys that the definition names.
    pub secrets: Secrets,
    /// The variables of the definition.
    pub variables: BTreeMap<String, String>,
    /// Another base URL than that of the definition.
    pub base_url: Option<String>,
    /// Another token endpoint than that of the definition.
    pub token_url: Option<String>,
    /// The page size for queries that name none. Default: that of the definition.
    pub page_size: Option<u32>,
    /// Whether profiles keep the complete record as the service sent it. Default: no.
    pub keep_raw: bool,
    /// Timeouts, retries, TLS, proxy.
    pub http: HttpOptions,
}

impl DeclaredConfig {
    /// Creates the settings of an account.
    pub fn new(account: AccountName, service: Service, secrets: Secrets) -> Self {
        Self {
            account,
            service,
            secrets,
            variables: BTreeMap::new(),
            base_url: None,
            token_url: None,
            page_size: None,
            keep_raw: false,
            http: HttpOptions::default(),
        }
    }

    /// Sets a variable of the definition.
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Sets another base URL than that of the definition.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sets another token endpoint than that of the definition.
    pub fn with_token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Sets [`page_size`](Self::page_size).
    pub fn with_page_size(mut self, records: u32) -> Self {
        self.page_size = Some(records);
        self
    }

    /// Sets whether profiles keep the complete record as the service sent it.
    pub fn with_raw_records(mut self, keep_raw: bool) -> Self {
        self.keep_raw = keep_raw;
        self
    }

    /// Sets timeouts, retries, TLS, proxy.
    pub fn with_http(mut self, http: HttpOptions) -> Self {
        self.http = http;
        self
    }

    /// Creates the anyprofile provider of the account. No request is sent.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if a variable or a credential is missing, or cannot be used.
    pub fn connect(self) -> Result<Connection> {
        let plan = Arc::clone(&self.service.0);
        let definition = &plan.definition;
        let variables = self.all_variables()?;
        let values = Values { variables: Some(&variables), ..Values::default() };
        let render = |text: &str| -> Result<String> {
            let template = Template::parse(text).map_err(Error::config)?;
            template.render(&values).map_err(|name| Error::config(format!("{name} is required")))
        };
        let base_url = match &self.base_url {
            Some(base_url) => base_url.clone(),
            None => render(&definition.api.base_url)?,
        };
        let service: ServiceName = definition.name.parse()?;
        let info = ProviderInfo::new(
            service,
            self.account.clone(),
            definition.display_name.clone(),
            base_url.clone(),
        );
        let mut headers = HeaderMap::new();
        for (name, value) in &definition.api.headers {
            let of_header = || Error::config(format!("the header {name} of the definition cannot be sent"));
            let name: anyprofile_http::HeaderName = name.parse().map_err(|_| of_header())?;
            headers.insert(name, render(value)?.parse().map_err(|_| of_header())?);
        }
        let credential =
            signing::credential(definition, &self.secrets, &variables, &base_url, self.token_url.as_deref())
                .map_err(|error| error.with_provider(&info))?;
        let dialect = DeclaredDialect::new(&definition.errors);
        let accept = headers.remove(anyprofile_http::header::ACCEPT);
        let http = HttpClient::new(info, credential, headers, dialect, self.http.clone())?;
        let http = http.with_raw_records(self.keep_raw);
        let connector = DeclaredConnector::new(plan, variables, self.page_size).accepting(accept);
        Ok(Connection::new(connector, http))
    }

    /// Returns the variables with their defaults, and checks them.
    fn all_variables(&self) -> Result<BTreeMap<String, String>> {
        let declared = &self.service.0.definition.variables;
        let mut all = BTreeMap::new();
        for (name, variable) in declared {
            let Some(value) = self.variables.get(name).or(variable.default.as_ref()) else {
                // The base URL of the account replaces what only the base URL needs.
                if self.base_url.is_some() && self.service.only_in_base_url(name) {
                    continue;
                }
                return Err(Error::config(format!("{name} is required"))
                    .with_hint(format!("set {name}: {}", variable.doc)));
            };
            if !variable.one_of.is_empty() && !variable.one_of.contains(value) {
                let message = format!("{name} must be one of {}", variable.one_of.join(", "));
                return Err(Error::config(message));
            }
            let value = value.trim().trim_end_matches('/');
            if value.is_empty() {
                return Err(Error::config(format!("{name} must not be empty")));
            }
            all.insert(name.clone(), value.to_owned());
        }
        if let Some(unknown) = self.variables.keys().find(|name| !declared.contains_key(*name)) {
            return Err(Error::config(format!("the definition has no variable '{unknown}'")));
        }
        Ok(all)
    }
}
