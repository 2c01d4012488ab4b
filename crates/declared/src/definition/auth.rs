//! How an account signs in.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A way to sign in. It names the account's credentials, and never holds one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Auth {
    /// The way.
    pub kind: AuthKind,
    /// The credentials of an account, by their keys in the account file, with a short description: `api_token = "an API token"`.
    pub credentials: BTreeMap<String, String>,
    /// `header`: the headers, each a text with the name of a credential in braces: `Authorization = "SSWS {api_token}"`. For `bearer`,
    /// the header is `Authorization: Bearer` with the only credential.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// `basic`: the user name, as a text with variables in braces. A credential in braces is allowed, too.
    #[serde(default)]
    pub user: Option<String>,
    /// `basic`: the name of the credential that is the password. Default: the only credential.
    #[serde(default)]
    pub password: Option<String>,
    /// `client_credentials`, `jwt_bearer` and `token_request`: the URL of the token endpoint, with variables in braces. One that begins with
    /// `/` is below the base URL.
    #[serde(default)]
    pub token_url: Option<String>,
    /// `client_credentials`: the client's id, as a text with variables or credentials in braces.
    #[serde(default)]
    pub client_id: Option<String>,
    /// `client_credentials`: the name of the credential that is the client's secret. Default: the only credential.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// `client_credentials` and `jwt_bearer`: the scope.
    #[serde(default)]
    pub scope: Option<String>,
    /// `client_credentials`: the audience, with variables in braces.
    #[serde(default)]
    pub audience: Option<String>,
    /// Whether the token request is a form or JSON. Default: a form.
    #[serde(default)]
    pub body: TokenBody,
    /// `client_credentials`: whether the client's id and secret are in the body, and not in the header `Authorization`. Default: no.
    #[serde(default)]
    pub client_in_body: bool,
    /// Further fields of the token request, as texts with variables and credentials in braces.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// `token_request`: where the token is in the response. Default: `/access_token`.
    #[serde(default)]
    pub token: Option<String>,
    /// `jwt_bearer`: the name of the credential that is the private key, as a PEM file. Default: the only credential.
    #[serde(default)]
    pub private_key: Option<String>,
    /// `jwt_bearer`: the issuer of the token, with variables in braces.
    #[serde(default)]
    pub issuer: Option<String>,
    /// `jwt_bearer`: whom the token is for, with variables in braces. Default: the issuer.
    #[serde(default)]
    pub subject: Option<String>,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum AuthKind {
    /// `Authorization: Bearer` and the credential.
    Bearer,
    /// Headers with one or more credentials.
    Header,
    /// A user name and a password (RFC 7617).
    Basic,
    /// An access token for a client's id and secret (RFC 6749 §4.4).
    ClientCredentials,
    /// An access token for a signed token (RFC 7523 §2.1). Needs the feature `jwt`.
    JwtBearer,
    /// An access token for fields of the service's own, such as a user name and a password.
    TokenRequest,
}

/// The form of a token request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum TokenBody {
    /// `application/x-www-form-urlencoded`.
    #[default]
    Form,
    /// JSON.
    Json,
}
