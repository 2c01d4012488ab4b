//! Credentials, as a definition says them.

use std::collections::BTreeMap;

use anyprofile_core::{Error, Result, Secret};
use anyprofile_engine::Secrets;
use anyprofile_http::{Credential, HeaderName, TokenExchange, Url, header};

use crate::{
    definition::{Auth, AuthKind, Definition, TokenBody, Variable},
    template::{Template, Values},
};

/// Returns what is wrong with a way to sign in: the key, and the message.
pub(crate) fn flaws_of(auth: &Auth, variables: &BTreeMap<String, Variable>) -> Vec<(&'static str, String)> {
    let mut flaws = Vec::new();
    let is_named = |name: &str| variables.contains_key(name) || auth.credentials.contains_key(name);
    let mut check = |key: &'static str, text: &str| match Template::parse(text) {
        Ok(template) => {
            for name in template.names().filter(|name| !is_named(name)) {
                flaws.push((key, format!("{{{name}}} is neither a variable nor a credential")));
            }
        }
        Err(message) => flaws.push((key, message)),
    };
    for text in auth.headers.values() {
        check("headers", text);
    }
    for text in auth.fields.values() {
        check("fields", text);
    }
    for (key, text) in [
        ("user", &auth.user),
        ("token_url", &auth.token_url),
        ("client_id", &auth.client_id),
        ("scope", &auth.scope),
        ("audience", &auth.audience),
        ("issuer", &auth.issuer),
        ("subject", &auth.subject),
    ] {
        if let Some(text) = text {
            check(key, text);
        }
    }
    let texts = auth.headers.values().chain(auth.fields.values());
    let texts = texts.chain(
        [&auth.user, &auth.token_url, &auth.client_id, &auth.scope, &auth.audience].into_iter().flatten(),
    );
    let texts: Vec<&String> = texts.chain([&auth.issuer, &auth.subject].into_iter().flatten()).collect();
    for name in auth.credentials.keys().filter(|_| auth.credentials.len() > 1) {
        let is_in_text = texts.iter().any(|text| text.contains(&format!("{{{name}}}")));
        let is_named = [&auth.password, &auth.client_secret, &auth.private_key]
            .into_iter()
            .flatten()
            .any(|it| it == name);
        if !is_in_text && !is_named {
            flaws.push(("credentials", format!("`{name}` is never sent")));
        }
    }
    let only = |name: &Option<String>| match name {
        Some(name) => auth.credentials.contains_key(name),
        None => auth.credentials.len() == 1,
    };
    let mut need = |is_there: bool, key: &'static str, message: &str| {
        if !is_there {
            flaws.push((key, message.to_owned()));
        }
    };
    match auth.kind {
        AuthKind::Bearer => {
            need(auth.credentials.len() == 1, "credentials", "a bearer token is one credential");
        }
        AuthKind::Header => {
            need(!auth.headers.is_empty(), "headers", "say which headers hold the credentials");
            for (name, text) in &auth.headers {
                need(name.parse::<HeaderName>().is_ok(), "headers", "it is no name of a header");
                // The secret is at the end, so that it can be hidden wherever it appears.
                let ends =
                    auth.credentials.keys().any(|credential| text.ends_with(&format!("{{{credential}}}")));
                need(ends, "headers", "the text of a header ends with a credential: \"Token {api_token}\"");
            }
        }
        AuthKind::Basic => {
            need(auth.user.is_some(), "user", "say who signs in: user");
            need(only(&auth.password), "password", "say which credential is the password");
        }
        AuthKind::ClientCredentials => {
            need(auth.token_url.is_some(), "token_url", "say where the token endpoint is");
            need(
                auth.client_id.is_some(),
                "client_id",
                "say what the client's id is: a variable or a credential in braces",
            );
            need(only(&auth.client_secret), "client_secret", "say which credential is the client's secret");
        }
        AuthKind::JwtBearer => {
            need(auth.token_url.is_some(), "token_url", "say where the token endpoint is");
            need(auth.issuer.is_some(), "issuer", "say who the issuer is");
            need(only(&auth.private_key), "private_key", "say which credential is the private key");
        }
        AuthKind::TokenRequest => {
            need(auth.token_url.is_some(), "token_url", "say where the token endpoint is");
            need(!auth.fields.is_empty(), "fields", "say what the token request has");
        }
    }
    flaws
}

/// Creates the credential of an account.
pub(super) fn credential(
    definition: &Definition,
    secrets: &Secrets,
    variables: &BTreeMap<String, String>,
    base_url: &str,
    token_url: Option<&str>,
) -> Result<Credential> {
    let has_all = |auth: &&Auth| auth.credentials.keys().all(|name| secrets.get(name).is_some());
    let auth = definition.auth.iter().filter(has_all).max_by_key(|auth| auth.credentials.len()).ok_or_else(
        || {
            let ways: Vec<String> = definition
                .auth
                .iter()
                .map(|auth| auth.credentials.keys().cloned().collect::<Vec<_>>().join(" with "))
                .collect();
            Error::config(format!(
                "an account of {} must have its credential: {}",
                definition.name,
                ways.join(", or ")
            ))
        },
    )?;
    Signing { auth, secrets, variables, base_url, token_url }.credential()
}

struct Signing<'a> {
    auth: &'a Auth,
    secrets: &'a Secrets,
    variables: &'a BTreeMap<String, String>,
    base_url: &'a str,
    /// The account's own token endpoint.
    token_url: Option<&'a str>,
}

impl Signing<'_> {
    /// Returns a text with variables and credentials.
    fn render(&self, text: &str) -> Result<String> {
        let mut values = self.variables.clone();
        for name in self.auth.credentials.keys() {
            if let Some(secret) = self.secrets.get(name) {
                values.insert(name.clone(), secret.expose().trim().to_owned());
            }
        }
        let values = Values { variables: Some(&values), ..Values::default() };
        let template = Template::parse(text).map_err(Error::config)?;
        template.render(&values).map_err(|name| Error::config(format!("{name} is required")))
    }

    fn optional(&self, text: Option<&String>) -> Result<Option<String>> {
        text.map(|text| self.render(text)).transpose()
    }

    fn required(&self, key: &str, text: Option<&String>) -> Result<String> {
        self.optional(text)?.ok_or_else(|| Error::config(format!("auth.{key} is missing in the definition")))
    }

    /// Returns the credential that a key names, or the only one.
    fn secret(&self, name: Option<&String>) -> Result<Secret> {
        match name {
            Some(name) => self.secrets.required(name).cloned(),
            None => match self.auth.credentials.keys().next() {
                Some(name) => self.secrets.required(name).cloned(),
                None => Err(Error::config("the definition names no credential")),
            },
        }
    }

    fn token_url(&self) -> Result<Url> {
        let text = match self.token_url {
            Some(url) => url.to_owned(),
            None => self.required("token_url", self.auth.token_url.as_ref())?,
        };
        let text = if text.starts_with('/') {
            format!("{}{text}", self.base_url.trim_end_matches('/'))
        } else {
            text
        };
        Url::parse(&text).map_err(|_| Error::config("the URL of the token endpoint is not a URL"))
    }

    fn credential(&self) -> Result<Credential> {
        let auth = self.auth;
        match auth.kind {
            AuthKind::Bearer => {
                Credential::header(header::AUTHORIZATION, Some("Bearer"), &self.secret(None)?)
            }
            AuthKind::Header => self.headers(),
            AuthKind::Basic => {
                let user = self.required("user", auth.user.as_ref())?;
                Credential::basic(&user, &self.secret(auth.password.as_ref())?)
            }
            AuthKind::ClientCredentials => {
                let client_id = self.required("client_id", auth.client_id.as_ref())?;
                let secret = self.secret(auth.client_secret.as_ref())?;
                let exchange = TokenExchange::client_credentials(self.token_url()?, client_id, secret)?;
                let exchange = if auth.client_in_body { exchange.with_client_in_form() } else { exchange };
                self.exchange(exchange)
            }
            AuthKind::TokenRequest => self.exchange(TokenExchange::of_fields(self.token_url()?, [])?),
            AuthKind::JwtBearer => self.assertion(),
        }
    }

    fn headers(&self) -> Result<Credential> {
        let mut headers = Vec::new();
        for (name, text) in &self.auth.headers {
            let name: HeaderName =
                name.parse().map_err(|_| Error::config("a header of the definition has no valid name"))?;
            let of =
                self.auth.credentials.keys().find(|credential| text.ends_with(&format!("{{{credential}}}")));
            let Some(credential) = of else {
                return Err(Error::config("a header of the definition has no credential"));
            };
            let before = &text[..text.len() - credential.len() - 2];
            headers.push((name, self.render(before)?, self.secrets.required(credential)?.clone()));
        }
        Credential::headers(headers)
    }

    fn exchange(&self, mut exchange: TokenExchange) -> Result<Credential> {
        let auth = self.auth;
        if let Some(scope) = self.optional(auth.scope.as_ref())? {
            exchange = exchange.with_scope(scope);
        }
        if let Some(audience) = self.optional(auth.audience.as_ref())? {
            exchange = exchange.with_audience(audience);
        }
        for (name, text) in &auth.fields {
            exchange = exchange.with_parameter(name.clone(), self.render(text)?.into());
        }
        if auth.body == TokenBody::Json {
            exchange = exchange.with_json_body();
        }
        if let Some(token) = auth.token.as_ref().filter(|token| *token != "/access_token") {
            exchange = exchange.with_token_at(token.clone());
        }
        Ok(Credential::exchange(exchange.configured_by("the token endpoint of the definition")))
    }

    #[cfg(not(feature = "jwt"))]
    fn assertion(&self) -> Result<Credential> {
        Err(Error::config("the definition signs in with a signed token, which was not built in")
            .with_hint("build the program with the feature 'jwt'"))
    }

    #[cfg(feature = "jwt")]
    fn assertion(&self) -> Result<Credential> {
        use anyprofile_http::{JwtAssertion, SigningKey};

        let auth = self.auth;
        let issuer = self.required("issuer", auth.issuer.as_ref())?;
        let key = SigningKey::from_pem(&self.secret(auth.private_key.as_ref())?)?;
        let mut assertion = JwtAssertion::new(key).with_issuer(issuer);
        if let Some(subject) = self.optional(auth.subject.as_ref())? {
            assertion = assertion.with_subject(subject);
        }
        // Some services take the scope from the signed token, and ignore it in the form.
        if let Some(scope) = self.optional(auth.scope.as_ref())? {
            assertion = assertion.with_claim("scope", scope);
        }
        if let Some(audience) = self.optional(auth.audience.as_ref())? {
            assertion = assertion.with_audience(audience);
        }
        let mut exchange = TokenExchange::jwt_bearer(self.token_url()?, assertion);
        for (name, text) in &auth.fields {
            exchange = exchange.with_parameter(name.clone(), self.render(text)?.into());
        }
        Ok(Credential::exchange(exchange.configured_by("the token endpoint of the definition")))
    }
}
