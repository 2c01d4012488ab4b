//! A TLS server on the loopback interface. Its certificate is signed by `tests/data/authority.pem`. The key is only for
//! these tests.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::{
    LazyConfigAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::Acceptor,
    },
};

/// The certificate authority of the server.
pub(crate) const AUTHORITY: &[u8] = include_bytes!("../data/authority.pem");

/// Returns the base URL of a server that responds once to each connection with `[]`, and the protocols that the first client
/// offers by ALPN.
pub(crate) async fn tls_server() -> (String, tokio::sync::oneshot::Receiver<Vec<String>>) {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../data/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../data/server-key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let (offer, offered) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut offer = Some(offer);
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(hello) = LazyConfigAcceptor::new(Acceptor::default(), stream).await else { continue };
            let protocols = hello.client_hello().alpn().into_iter().flatten();
            let protocols = protocols.map(|name| String::from_utf8(name.to_vec()).unwrap()).collect();
            let _ = offer.take().map(|offer| offer.send(protocols));
            // A client that does not accept the certificate closes the connection here.
            let Ok(mut stream) = hello.into_stream(Arc::clone(&config)).await else { continue };
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").await.unwrap();
                let _ = stream.shutdown().await;
            }
        }
    });
    (base, offered)
}
