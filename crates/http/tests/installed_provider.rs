//! A crypto provider that the program has installed for its process. A process has only one, so this test has its own binary.
#![cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "rustls-no-provider"))]
#![allow(clippy::unwrap_used)]

#[path = "support/tls_server.rs"]
mod tls_server;

use anyprofile_core::ProviderInfo;
use anyprofile_http::{
    Credential, HeaderMap, HttpClient, HttpOptions, Proxy, Request, TOKEN_DIALECT, TlsBackend, header,
};
use tls_server::{AUTHORITY, tls_server};

#[tokio::test]
async fn the_provider_that_the_program_has_installed_is_used_where_it_is_asked_for() {
    tokio_rustls::rustls::crypto::ring::default_provider().install_default().unwrap();
    let (base, _offered) = tls_server().await;
    let credential = Credential::header(header::AUTHORIZATION, Some("JWT"), &"the-key".into()).unwrap();
    let options = HttpOptions::default()
        .with_tls(TlsBackend::RustlsInstalledProvider)
        .with_root_certificate(AUTHORITY)
        .with_proxy(Proxy::None);
    let info = ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Probely", base);
    let client = HttpClient::new(info, credential, HeaderMap::new(), TOKEN_DIALECT, options).unwrap();
    let response = client.send(Request::get("users_list").path("/users")).await.unwrap();
    assert_eq!(response.decode::<Vec<u8>>().unwrap(), [0_u8; 0]);
}
