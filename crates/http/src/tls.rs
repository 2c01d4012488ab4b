//! Chooses and configures the TLS library.
//!
//! rustls is configured here and passed to reqwest. reqwest's own `rustls` feature always brings aws-lc-rs, uses the provider that
//! the process has installed, and panics if none is installed.

use anyprofile_core::{Error, Result};

use crate::{HttpOptions, TlsBackend};

/// The TLS library of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    Rustls(Provider),
    Native,
}

/// The crypto provider of rustls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provider {
    Ring,
    AwsLc,
    /// The one that the program has installed for the whole process.
    Installed,
}

/// The TLS features that were built in.
#[derive(Clone, Copy, Debug)]
struct BuiltIn {
    ring: bool,
    aws_lc: bool,
    no_provider: bool,
    native: bool,
}

const BUILT_IN: BuiltIn = BuiltIn {
    ring: cfg!(feature = "rustls"),
    aws_lc: cfg!(feature = "rustls-aws-lc"),
    no_provider: cfg!(feature = "rustls-no-provider"),
    native: cfg!(feature = "native-tls"),
};

/// The hint for https without a TLS feature.
const ANY_TLS: &str = "turn on the feature 'rustls', 'rustls-aws-lc', 'rustls-no-provider' or 'native-tls'";

/// Chooses the TLS library when the client is created. Without one, reqwest would fail each https request with a connection error,
/// as if a retry could help.
fn choose_tls(wanted: TlsBackend, built_in: BuiltIn, https: bool) -> Result<Option<Tls>> {
    let BuiltIn { ring, aws_lc, no_provider, native } = built_in;
    // A library that needs no setup by the program comes first, so that a feature turned on by another crate breaks nothing.
    let rustls = [(ring, Provider::Ring), (aws_lc, Provider::AwsLc), (no_provider, Provider::Installed)]
        .into_iter()
        .find_map(|(is_built_in, provider)| is_built_in.then_some(provider));
    let missing =
        |what: &str, hint: &str| Err(Error::config(format!("{what} was not built in")).with_hint(hint));
    let chosen = match wanted {
        TlsBackend::Default if native && rustls == Some(Provider::Installed) => Tls::Native,
        TlsBackend::Default => match rustls {
            Some(provider) => Tls::Rustls(provider),
            None if native => Tls::Native,
            None if !https => return Ok(None),
            None => {
                return Err(Error::config("https requires a TLS library, and none was built in")
                    .with_hint(format!("{ANY_TLS}, or bring your own transport")));
            }
        },
        TlsBackend::Rustls => match rustls {
            Some(provider) => Tls::Rustls(provider),
            None => return missing("rustls", "turn on the feature 'rustls'"),
        },
        TlsBackend::RustlsRing if ring => Tls::Rustls(Provider::Ring),
        TlsBackend::RustlsRing => return missing("rustls with ring", "turn on the feature 'rustls'"),
        TlsBackend::RustlsAwsLc if aws_lc => Tls::Rustls(Provider::AwsLc),
        TlsBackend::RustlsAwsLc => {
            return missing("rustls with aws-lc-rs", "turn on the feature 'rustls-aws-lc'");
        }
        TlsBackend::RustlsInstalledProvider if rustls.is_some() => Tls::Rustls(Provider::Installed),
        TlsBackend::RustlsInstalledProvider => {
            return missing("rustls", "turn on the feature 'rustls-no-provider'");
        }
        TlsBackend::Native if native => Tls::Native,
        TlsBackend::Native => return missing("the platform's TLS", "turn on the feature 'native-tls'"),
    };
    Ok(Some(chosen))
}

/// Configures TLS as the options say.
///
/// # Errors
/// A configuration error if the library was not built in, or a certificate cannot be used.
pub(crate) fn with_tls(
    builder: reqwest::ClientBuilder,
    options: &HttpOptions,
    https: bool,
) -> Result<reqwest::ClientBuilder> {
    match choose_tls(options.tls, BUILT_IN, https)? {
        #[cfg(feature = "_rustls")]
        Some(Tls::Rustls(provider)) => {
            let config =
                rustls_backend::config(rustls_backend::provider(provider)?, &options.root_certificates)?;
            Ok(builder.tls_backend_preconfigured(config))
        }
        #[cfg(feature = "native-tls")]
        Some(Tls::Native) => native_backend::with_native(builder, &options.root_certificates),
        // Other libraries are chosen only if they are built in.
        _ if options.root_certificates.is_empty() => Ok(builder),
        _ => Err(Error::config("root certificates require a TLS library, and none was built in")
            .with_hint(ANY_TLS)),
    }
}

#[cfg(any(feature = "_rustls", feature = "native-tls"))]
fn not_pem(source: String) -> Error {
    Error::config("root certificates must be valid PEM").with_source(source)
}

#[cfg(any(feature = "_rustls", feature = "native-tls"))]
fn no_certificate() -> Error {
    Error::config("a root certificate file must hold at least one certificate")
}

#[cfg(feature = "_rustls")]
mod rustls_backend {
    use std::sync::Arc;

    use anyprofile_core::{Error, Result};
    use rustls::{
        ClientConfig,
        crypto::CryptoProvider,
        pki_types::{CertificateDer, pem::PemObject as _},
    };
    use rustls_platform_verifier::Verifier;

    use super::{Provider, no_certificate, not_pem};
    use crate::transport_error::plain;

    /// Returns the crypto provider. It is never installed for the process: only the program decides that.
    pub(super) fn provider(provider: Provider) -> Result<Arc<CryptoProvider>> {
        match provider {
            #[cfg(feature = "rustls")]
            Provider::Ring => Ok(Arc::new(rustls::crypto::ring::default_provider())),
            #[cfg(feature = "rustls-aws-lc")]
            Provider::AwsLc => Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider())),
            // Other providers are chosen only if they are built in.
            _ => installed(CryptoProvider::get_default().cloned()),
        }
    }

    pub(super) fn installed(provider: Option<Arc<CryptoProvider>>) -> Result<Arc<CryptoProvider>> {
        provider.ok_or_else(|| {
            Error::config("rustls requires a CryptoProvider, and the program has not installed one").with_hint(
                "call `install_default` of one at the start of the program, or turn on the feature 'rustls' or 'rustls-aws-lc'",
            )
        })
    }

    /// Creates a configuration that trusts the platform's certificate authorities and these.
    pub(super) fn config(
        provider: Arc<CryptoProvider>,
        root_certificates: &[Vec<u8>],
    ) -> Result<ClientConfig> {
        let unusable =
            |error: rustls::Error| Error::config("TLS cannot be configured").with_source(plain(&error));
        let roots = certificates(root_certificates)?;
        let verifier = if roots.is_empty() {
            Verifier::new(Arc::clone(&provider)).map_err(unusable)?
        } else {
            with_roots(roots, Arc::clone(&provider))?
        };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    #[cfg(not(target_os = "android"))]
    fn with_roots(roots: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Verifier> {
        Verifier::new_with_extra_roots(roots, provider)
            .map_err(|error| Error::config("a root certificate cannot be used").with_source(plain(&error)))
    }

    #[cfg(target_os = "android")]
    fn with_roots(_: Vec<CertificateDer<'static>>, _: Arc<CryptoProvider>) -> Result<Verifier> {
        Err(Error::config("further root certificates are not supported with rustls on Android")
            .with_hint("add them to the platform's, or use the feature 'native-tls'"))
    }

    fn certificates(bundles: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>> {
        let mut certificates = Vec::new();
        for pem in bundles {
            let before = certificates.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                certificates.push(certificate.map_err(|error| not_pem(error.to_string()))?);
            }
            if certificates.len() == before {
                return Err(no_certificate());
            }
        }
        Ok(certificates)
    }
}

#[cfg(feature = "native-tls")]
mod native_backend {
    use anyprofile_core::Result;

    use super::{no_certificate, not_pem};
    use crate::transport_error::plain;

    pub(super) fn with_native(
        mut builder: reqwest::ClientBuilder,
        root_certificates: &[Vec<u8>],
    ) -> Result<reqwest::ClientBuilder> {
        let mut certificates = Vec::new();
        for pem in root_certificates {
            let bundle =
                reqwest::Certificate::from_pem_bundle(pem).map_err(|error| not_pem(plain(&error)))?;
            if bundle.is_empty() {
                return Err(no_certificate());
            }
            certificates.extend(bundle);
        }
        if !certificates.is_empty() {
            builder = builder.tls_certs_merge(certificates);
        }
        Ok(builder.tls_backend_native())
    }
}

#[cfg(test)]
mod tests {
    use anyprofile_core::ErrorKind;

    use super::*;

    /// Returns the built-in features of a text with one letter each: ring, aws-lc-rs, no provider, native.
    fn built_in(letters: &str) -> BuiltIn {
        let has = |letter| letters.contains(letter);
        BuiltIn { ring: has('r'), aws_lc: has('a'), no_provider: has('p'), native: has('n') }
    }

    #[test]
    fn the_tls_library_is_chosen_before_the_first_request() {
        use Provider::{AwsLc, Installed, Ring};
        use TlsBackend::{Default, Native, Rustls, RustlsAwsLc, RustlsInstalledProvider, RustlsRing};
        for (wanted, features, https, chosen) in [
            (Default, "rapn", true, Some(Tls::Rustls(Ring))),
            (Default, "rn", true, Some(Tls::Rustls(Ring))),
            (Default, "apn", true, Some(Tls::Rustls(AwsLc))),
            (Default, "pn", true, Some(Tls::Native)),
            (Default, "p", true, Some(Tls::Rustls(Installed))),
            (Default, "n", true, Some(Tls::Native)),
            (Default, "p", false, Some(Tls::Rustls(Installed))),
            (Default, "", false, None),
            (Rustls, "rapn", true, Some(Tls::Rustls(Ring))),
            (Rustls, "apn", true, Some(Tls::Rustls(AwsLc))),
            (Rustls, "pn", true, Some(Tls::Rustls(Installed))),
            (RustlsRing, "rapn", true, Some(Tls::Rustls(Ring))),
            (RustlsAwsLc, "rapn", true, Some(Tls::Rustls(AwsLc))),
            (RustlsInstalledProvider, "rapn", true, Some(Tls::Rustls(Installed))),
            (RustlsInstalledProvider, "r", true, Some(Tls::Rustls(Installed))),
            (Native, "rapn", true, Some(Tls::Native)),
        ] {
            let found = choose_tls(wanted, built_in(features), https).unwrap();
            assert_eq!(found, chosen, "{wanted:?} of {features:?}");
        }
        for (wanted, features, hint) in [
            (Default, "", "'rustls-aws-lc'"),
            (Rustls, "n", "'rustls'"),
            (RustlsRing, "apn", "'rustls'"),
            (RustlsAwsLc, "rpn", "'rustls-aws-lc'"),
            (RustlsInstalledProvider, "n", "'rustls-no-provider'"),
            (Native, "rap", "'native-tls'"),
        ] {
            let error = choose_tls(wanted, built_in(features), true).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains(hint), "{wanted:?} of {features:?}: {error:?}");
        }
    }

    #[cfg(feature = "_rustls")]
    #[test]
    fn a_provider_that_is_not_installed_is_a_configuration_error() {
        let error = rustls_backend::installed(None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("install_default"), "{error:?}");
    }
}
