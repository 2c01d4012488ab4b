//! The built-in transport. The only file that names reqwest's client.

use anyprofile_core::{Error, Result, async_trait};
use bytes::Bytes;
use reqwest::redirect::Policy;
use url::Url;

use crate::{
    HttpOptions, Proxy, ResponseBody, TlsBackend, Transport, TransportError, TransportErrorKind,
    origin::is_loopback,
};

#[derive(Debug)]
pub(crate) struct Builtin(reqwest::Client);

/// Which TLS libraries were built in.
const RUSTLS: bool = cfg!(feature = "rustls");
const NATIVE: bool = cfg!(feature = "native-tls");

impl Builtin {
    /// Builds the client for a base URL.
    pub(crate) fn new(options: &HttpOptions, base: &Url) -> Result<Self> {
        let backend = choose_tls(options.tls, RUSTLS, NATIVE, base.scheme() == "https")?;
        let mut builder = reqwest::Client::builder()
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .redirect(Policy::none())
            .referer(false)
            // Ours decides what is repeated; reqwest's would repeat beneath it.
            .retry(reqwest::retry::never());
        builder = match &options.proxy {
            // Loopback may be spoken to without TLS because it stays on this machine: no proxy may see it.
            Proxy::Environment if is_loopback(base) => builder.no_proxy(),
            Proxy::Environment => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Url(url) => {
                // The cause is left out: it may repeat the URL with its credentials.
                let proxy =
                    reqwest::Proxy::all(url).map_err(|_| Error::config("the proxy's URL is not valid"))?;
                builder.proxy(proxy)
            }
        };
        builder = with_tls(builder, backend, options)?;
        let client = builder.build().map_err(|error| {
            Error::config("the HTTP client cannot be built").with_source(plain(&error.without_url()))
        })?;
        Ok(Self(client))
    }
}

/// The TLS library to use, decided before reqwest would fail late: without one, https fails there as a
/// connection error, which looks as if trying again could help; with both, it takes the platform's silently.
fn choose_tls(wanted: TlsBackend, rustls: bool, native: bool, https: bool) -> Result<Option<TlsBackend>> {
    match wanted {
        TlsBackend::Rustls if rustls => Ok(Some(TlsBackend::Rustls)),
        TlsBackend::Native if native => Ok(Some(TlsBackend::Native)),
        TlsBackend::Default if rustls => Ok(Some(TlsBackend::Rustls)),
        TlsBackend::Default if native => Ok(Some(TlsBackend::Native)),
        TlsBackend::Default if !https => Ok(None),
        TlsBackend::Default => Err(Error::config("https needs TLS, and none was built in")
            .with_hint("turn on the feature 'rustls' or 'native-tls', or bring a transport of your own")),
        TlsBackend::Rustls => {
            Err(Error::config("rustls was not built in").with_hint("turn on the feature 'rustls'"))
        }
        TlsBackend::Native => Err(Error::config("the platform's TLS was not built in")
            .with_hint("turn on the feature 'native-tls'")),
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn with_tls(
    mut builder: reqwest::ClientBuilder,
    backend: Option<TlsBackend>,
    options: &HttpOptions,
) -> Result<reqwest::ClientBuilder> {
    let mut certificates = Vec::new();
    for pem in &options.root_certificates {
        let bundle = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
            Error::config("a root certificate is not valid PEM").with_source(plain(&error))
        })?;
        if bundle.is_empty() {
            return Err(Error::config("a root certificate file holds no certificate"));
        }
        certificates.extend(bundle);
    }
    if !certificates.is_empty() {
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(match backend {
        #[cfg(feature = "rustls")]
        Some(TlsBackend::Rustls) => builder.tls_backend_rustls(),
        #[cfg(feature = "native-tls")]
        Some(TlsBackend::Native) => builder.tls_backend_native(),
        _ => builder,
    })
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn with_tls(
    builder: reqwest::ClientBuilder,
    _: Option<TlsBackend>,
    options: &HttpOptions,
) -> Result<reqwest::ClientBuilder> {
    if options.root_certificates.is_empty() {
        return Ok(builder);
    }
    Err(Error::config("root certificates need TLS, and none was built in")
        .with_hint("turn on the feature 'rustls' or 'native-tls'"))
}

#[async_trait]
impl Transport for Builtin {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(transport_error)?;
        let mut response = self.0.execute(request).await.map_err(transport_error)?;
        let mut answer = http::Response::new(());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer.map(|()| ResponseBody::from_client(response)))
    }
}

pub(crate) fn transport_error(error: reqwest::Error) -> TransportError {
    // The URL may hold an e-mail address in its query.
    let error = error.without_url();
    // A connection that takes too long is both: nothing was sent.
    let kind = if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_builder() {
        TransportErrorKind::Request
    } else if error.is_decode() && !is_cut(&error) {
        TransportErrorKind::Encoding
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(kind).with_source(plain(&error))
}

/// Whether the body broke off beneath the decompression, which reqwest reports as its failure: the
/// decompression's own errors are I/O errors, those of the connection are not.
fn is_cut(error: &reqwest::Error) -> bool {
    std::iter::successors(std::error::Error::source(error), |error| error.source())
        .find(|cause| !cause.is::<reqwest::Error>())
        .is_some_and(|cause| !cause.is::<std::io::Error>())
}

/// The chain of causes as text, so that no type of the client is in ours.
fn plain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use anyprofile_core::ErrorKind;

    use super::*;

    #[test]
    fn the_tls_library_is_chosen_before_the_first_request() {
        use TlsBackend::{Default, Native, Rustls};
        for (wanted, rustls, native, https, chosen) in [
            (Default, true, true, true, Some(Rustls)),
            (Default, false, true, true, Some(Native)),
            (Default, false, false, false, None),
            (Native, true, true, true, Some(Native)),
        ] {
            assert_eq!(choose_tls(wanted, rustls, native, https).unwrap(), chosen);
        }
        for (wanted, rustls, native) in
            [(Default, false, false), (Rustls, false, true), (Native, true, false)]
        {
            assert_eq!(choose_tls(wanted, rustls, native, true).unwrap_err().kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn a_bad_proxy_is_a_configuration_error_that_does_not_repeat_it() {
        let options = HttpOptions::default().with_proxy(Proxy::Url("http://user:secret@[".to_owned()));
        let error = Builtin::new(&options, &Url::parse("https://x").unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error} {error:?} {options:?}").contains("secret"));
    }
}
