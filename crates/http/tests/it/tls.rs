//! TLS over the loopback interface, with each library that was built in.

use anyprofile_core::{ErrorKind, error::Retry};
use anyprofile_http::{HeaderMap, HttpClient, HttpOptions, Proxy, TlsBackend};

use crate::{
    DIALECT, fixed_credential, info,
    network::client,
    read,
    tls_server::{AUTHORITY, tls_server},
};

/// The libraries that need no setup by the program.
const BUILT_IN: &[TlsBackend] = &[
    #[cfg(feature = "rustls")]
    TlsBackend::RustlsRing,
    #[cfg(feature = "rustls-aws-lc")]
    TlsBackend::RustlsAwsLc,
    #[cfg(feature = "native-tls")]
    TlsBackend::Native,
];

fn options(tls: TlsBackend) -> HttpOptions {
    HttpOptions::default().with_tls(tls).with_proxy(Proxy::None).with_max_attempts(1)
}

#[tokio::test]
async fn a_root_certificate_is_trusted_beside_the_platforms_and_http2_is_offered() {
    for tls in BUILT_IN {
        let (base, offered) = tls_server().await;
        let client = client(&base, options(*tls).with_root_certificate(AUTHORITY));
        assert_eq!(client.send(read()).await.unwrap().decode::<Vec<u8>>().unwrap(), [0_u8; 0], "{tls:?}");
        assert_eq!(offered.await.unwrap(), ["h2", "http/1.1"], "{tls:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_not_asked_for_again() {
    for tls in BUILT_IN {
        let (base, _offered) = tls_server().await;
        let error = client(&base, options(*tls)).send(read()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Transport, Retry::No), "{tls:?}: {error:?}");
        assert!(error.message().contains("a certificate was not accepted"), "{tls:?}: {error:?}");
    }
}

/// Nothing in this process installs a provider. The error about a missing one shows that no client installs one either.
#[cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "rustls-no-provider"))]
#[tokio::test]
async fn a_provider_that_was_not_installed_is_a_configuration_error_and_no_panic() {
    for base in ["https://api.example.com", "http://127.0.0.1:1"] {
        #[cfg(any(feature = "rustls", feature = "rustls-aws-lc"))]
        client(base, options(TlsBackend::Rustls));
        let options = options(TlsBackend::RustlsInstalledProvider);
        let error = HttpClient::new(info(base), fixed_credential(), HeaderMap::new(), DIALECT, options);
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("install_default"), "{error:?}");
    }
}

#[test]
fn a_root_certificate_that_is_none_is_a_configuration_error() {
    for pem in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        for tls in BUILT_IN.iter().chain(&[TlsBackend::Default]) {
            let options = options(*tls).with_root_certificate(pem);
            let base = info("https://api.example.com");
            let error =
                HttpClient::new(base, fixed_credential(), HeaderMap::new(), DIALECT, options).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{tls:?} {pem:?}");
        }
    }
}
