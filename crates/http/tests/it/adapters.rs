//! Transports that use other HTTP clients.

#[cfg(feature = "tower")]
mod tower {
    use std::{
        future::{Ready, ready},
        io,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        task::{Context, Poll},
    };

    use anyprofile_core::{ErrorKind, async_trait};
    use anyprofile_http::{
        HttpOptions, RequestContext, ResponseBody, TowerTransport, Transport, TransportError,
        TransportErrorKind, TransportService, Url,
    };
    use bytes::Bytes;
    use tower_service::Service;

    use crate::{
        client_with, read,
        support::{Script, json, response},
    };

    /// A layer that checks tower's contract, and is not ready when it is first polled.
    #[derive(Debug)]
    struct Strict<S> {
        inner: S,
        polls: u32,
        calls: Arc<AtomicU32>,
    }

    impl<S: Clone> Clone for Strict<S> {
        fn clone(&self) -> Self {
            // A clone does not inherit readiness.
            Self { inner: self.inner.clone(), polls: 0, calls: Arc::clone(&self.calls) }
        }
    }

    impl<S: Service<http::Request<Bytes>>> Service<http::Request<Bytes>> for Strict<S> {
        type Response = S::Response;
        type Error = S::Error;
        type Future = S::Future;

        fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
            self.polls += 1;
            if self.polls == 1 {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.inner.poll_ready(context)
        }

        fn call(&mut self, request: http::Request<Bytes>) -> S::Future {
            assert!(self.polls > 1, "called before it was ready");
            assert!(request.extensions().get::<RequestContext>().is_some());
            self.polls = 0;
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.inner.call(request)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn layers_of_tower_wrap_a_transport_and_are_called_once_they_are_ready() {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let options = HttpOptions::default().with_transport_layer(move |inner| {
            let calls = Arc::clone(&counted);
            Arc::new(TowerTransport::around(inner, |inner| Strict { inner, polls: 0, calls }))
        });
        let script = Script::of([
            response(503),
            json(200, "").chunks(["[1", ",2]"]),
            json(200, "").chunks(["["]).broken(),
        ]);
        let client = client_with(&script, options.with_max_attempts(2));
        assert_eq!(client.send(read()).await.unwrap().decode::<Vec<u8>>().unwrap(), [1, 2]);
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_that_passes_layers_stays_what_it_is() {
        for kind in [TransportErrorKind::Certificate, TransportErrorKind::Refused] {
            let script = Script::of([crate::support::Step::Fail(kind)]);
            let transport = TowerTransport::new(TransportService::new(script));
            let error = transport.send(http::Request::new(Bytes::new())).await.unwrap_err();
            assert_eq!(error.kind, kind);
        }
        let script = Script::of([json(200, "").chunks(["[1"]).broken()]);
        let transport = TowerTransport::new(TransportService::new(script));
        let mut body = transport.send(http::Request::new(Bytes::new())).await.unwrap().into_body();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "[1");
        assert_eq!(body.chunk().await.unwrap_err().kind, TransportErrorKind::Interrupted);
    }

    /// A foreign client whose errors hold sensitive text.
    #[derive(Clone)]
    struct Foreign;

    impl Service<http::Request<Bytes>> for Foreign {
        type Response = http::Response<ResponseBody>;
        type Error = io::Error;
        type Future = Ready<Result<Self::Response, io::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
            ready(Err(io::Error::new(io::ErrorKind::ConnectionRefused, request.uri().to_string())))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_that_is_not_known_may_have_been_sent_and_its_text_is_not_shown() {
        let options = HttpOptions::default().with_max_attempts(1);
        for (transport, message) in [
            (TowerTransport::new(Foreign), "the connection broke before the response was complete"),
            (
                TowerTransport::new(Foreign)
                    .with_error_map(|_| TransportError::new(TransportErrorKind::Connect)),
                "could not connect to api.example.com",
            ),
        ] {
            // The script of the client is not used: the layer replaces it.
            let transport = Arc::new(transport);
            let layer = move |_| Arc::clone(&transport) as Arc<dyn Transport>;
            let client = client_with(&Script::silent(), options.clone().with_transport_layer(layer));
            let error = client.send(read()).await.unwrap_err();
            assert_eq!((error.kind(), error.message()), (ErrorKind::Transport, message));
            assert!(!format!("{error:?}").contains("ada"), "{error:?}");
        }
    }

    #[test]
    fn what_is_around_a_transport_knows_its_proxy_and_closes_its_connections() {
        #[derive(Debug, Default)]
        struct Inner(AtomicU32);
        #[async_trait]
        impl Transport for Inner {
            async fn send(
                &self,
                _: http::Request<Bytes>,
            ) -> Result<http::Response<ResponseBody>, TransportError> {
                Err(TransportError::new(TransportErrorKind::Request))
            }
            fn proxy_for(&self, _: &Url) -> Option<String> {
                Some("proxy:3128".to_owned())
            }
            fn close_idle(&self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let inner = Arc::new(Inner::default());
        let transport = TowerTransport::around(Arc::clone(&inner) as _, |service| service);
        assert_eq!(transport.proxy_for(&"https://x".parse().unwrap()).unwrap(), "proxy:3128");
        transport.close_idle();
        assert_eq!(inner.0.load(Ordering::Relaxed), 1);
    }
}

#[cfg(feature = "reqwest-middleware")]
mod middleware {
    use std::{
        io::Write as _,
        sync::{Arc, Mutex},
    };

    use anyprofile_core::{ErrorKind, async_trait};
    use anyprofile_http::{HttpOptions, MiddlewareTransport, RequestContext};
    use httpmock::prelude::*;
    use reqwest_middleware::{
        ClientBuilder, Error, Middleware, Next, Result,
        reqwest::{self, Client, Request, Response, redirect::Policy},
    };

    use crate::{network::client, read};

    /// Records requests, or fails with the URL in the error's text.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<String>>>, bool);

    #[async_trait]
    impl Middleware for Notes {
        async fn handle(
            &self,
            request: Request,
            extensions: &mut http::Extensions,
            next: Next<'_>,
        ) -> Result<Response> {
            let context = extensions.get::<RequestContext>().unwrap();
            self.0.lock().unwrap().push(context.operation.name.to_string());
            if self.1 {
                return Err(Error::middleware(std::io::Error::other(request.url().to_string())));
            }
            next.run(request, extensions).await
        }
    }

    fn options(client: Client, middleware: Notes) -> HttpOptions {
        let client = ClientBuilder::new(client).with(middleware).build();
        HttpOptions::default().with_transport(Arc::new(MiddlewareTransport::new(client))).with_max_attempts(1)
    }

    /// Returns a client builder for loopback. With reqwest's rustls and no provider in the process, it needs its own configuration.
    fn loopback() -> reqwest::ClientBuilder {
        let builder = Client::builder().no_proxy();
        #[cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "rustls-no-provider"))]
        let builder = {
            use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring::default_provider};
            let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth();
            builder.tls_backend_preconfigured(config)
        };
        builder
    }

    fn direct() -> Client {
        loopback().redirect(Policy::none()).build().unwrap()
    }

    #[tokio::test]
    async fn middleware_knows_what_it_sends_and_a_compressed_response_is_read() {
        let server = MockServer::start_async().await;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(b"[1,2]").unwrap();
        let body = encoder.finish().unwrap();
        server
            .mock_async(|when, then| {
                when.path("/users/").header("authorization", "JWT the-key");
                then.status(200).header("content-encoding", "gzip").body(body);
            })
            .await;
        let notes = Notes::default();
        let client = client(&server.base_url(), options(direct(), notes.clone()));
        assert_eq!(client.send(read()).await.unwrap().decode::<Vec<u8>>().unwrap(), [1, 2]);
        assert_eq!(*notes.0.lock().unwrap(), ["users_list"]);
    }

    #[tokio::test]
    async fn an_error_of_middleware_is_a_broken_connection_and_its_text_is_not_shown() {
        let failing = Notes(Arc::default(), true);
        let client = client("http://127.0.0.1:1", options(direct(), failing));
        let error = client.send(read()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(!format!("{error:?}").contains("ada"), "{error:?}");
    }

    #[tokio::test]
    async fn a_client_that_follows_redirects_by_itself_is_found_out() {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.path("/users/");
                then.status(302).header("location", "/elsewhere");
            })
            .await;
        server
            .mock_async(|when, then| {
                when.path("/elsewhere");
                then.status(200).body("[]");
            })
            .await;
        let follows = loopback().build().unwrap();
        let error =
            client(&server.base_url(), options(follows, Notes::default())).send(read()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("redirect"), "{error:?}");
    }

    /// Changes the URL of a request.
    struct Moves;

    #[async_trait]
    impl Middleware for Moves {
        async fn handle(
            &self,
            mut request: Request,
            extensions: &mut http::Extensions,
            next: Next<'_>,
        ) -> Result<Response> {
            request.url_mut().set_path("/elsewhere");
            next.run(request, extensions).await
        }
    }

    #[tokio::test]
    async fn middleware_that_changes_the_url_is_found_out_and_not_called_a_redirect() {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.path("/elsewhere");
                then.status(200).body("[]");
            })
            .await;
        let moving = ClientBuilder::new(direct()).with(Moves).build();
        let options = HttpOptions::default()
            .with_transport(Arc::new(MiddlewareTransport::new(moving)))
            .with_max_attempts(1);
        let error = client(&server.base_url(), options).send(read()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.message().starts_with("the response came from a different URL than the requested one"),
            "{error:?}"
        );
        assert!(error.hint().unwrap().contains("its middleware changed the URL"), "{error:?}");
    }
}
