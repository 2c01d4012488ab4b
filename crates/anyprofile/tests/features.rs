//! Tests of each set of features. `cargo xtask features` runs them with none of the services, each alone, and all.
#![allow(clippy::unwrap_used)]

use anyprofile::{Accounts, Directory, ErrorKind, Field, ListQuery, Profile, ProfileId};

/// Without a service, the crate has the trait, the model and the directory, for a program's own provider.
#[tokio::test]
async fn the_model_and_the_directory_are_always_there() {
    let id: ProfileId = "elsewhere:mine/user/x".parse().unwrap();
    assert_eq!(Profile::new(id).status, Field::Absent);
    assert!(Directory::new(vec![]).list(ListQuery::new()).next().await.is_none());
}

#[test]
fn without_a_service_the_error_names_the_features() {
    if cfg!(any(feature = "upsun", feature = "probely", feature = "anthropic", feature = "scim")) {
        return;
    }
    let error = Accounts::from_variables(|_| Some("secret".to_owned())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let hint = error.hint().unwrap();
    for feature in ["--features", "upsun", "probely", "anthropic", "scim"] {
        assert!(hint.contains(feature), "{hint}");
    }
}

/// `use anyprofile::*` takes away neither the crate `http` nor the standard library's `Result`.
mod everything_imported {
    #[allow(unused_imports, clippy::wildcard_imports, reason = "what is tested")]
    use anyprofile::*;

    #[test]
    fn names_are_what_they_are_elsewhere() {
        fn status(text: &str) -> Result<http::StatusCode, String> {
            text.parse().map_err(|_| "not a status".to_owned())
        }
        assert_eq!(status("200"), Ok(http::StatusCode::OK));
    }
}

#[cfg(any(feature = "upsun", feature = "probely", feature = "anthropic", feature = "scim"))]
mod with_a_service {
    use anyprofile::{Accounts, ErrorKind};

    /// The accounts, with the variable of each credential.
    const ACCOUNTS: &[(&str, &str)] = &[
        #[cfg(feature = "upsun")]
        ("upsun", "UPSUN_API_TOKEN"),
        #[cfg(feature = "probely")]
        ("probely", "PROBELY_API_KEY"),
        #[cfg(feature = "anthropic")]
        ("anthropic", "ANTHROPIC_API_KEY"),
        #[cfg(feature = "anthropic")]
        ("anthropic-organization", "ANTHROPIC_ADMIN_KEY"),
        #[cfg(feature = "scim")]
        ("scim", "SCIM_TOKEN"),
    ];

    /// Sets all variables, those of services that were not built in too.
    fn variables(base_url: &'static str) -> anyprofile::Result<Accounts> {
        Accounts::from_variables(|name| match name {
            "UPSUN_ORGANIZATIONS" => Some("discovered".to_owned()),
            name if name.ends_with("_URL") => Some(base_url.to_owned()),
            _ => Some("secret".to_owned()),
        })
    }

    /// Whether TLS works with what was built in: `rustls-no-provider` alone needs a provider, and none is installed here.
    const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls"));
    /// Whether a client can be created without TLS.
    const HAS_HTTP: bool = HAS_TLS || cfg!(not(feature = "rustls-no-provider"));

    #[test]
    fn the_accounts_are_those_of_the_services_that_were_built_in() {
        if !HAS_HTTP {
            return;
        }
        let providers = variables("http://127.0.0.1:1").unwrap().connect().unwrap();
        let accounts: Vec<_> = providers.iter().map(|provider| provider.info().account.as_str()).collect();
        assert_eq!(accounts, ACCOUNTS.iter().map(|(account, _)| *account).collect::<Vec<_>>());
    }

    #[test]
    fn https_without_tls_is_a_configuration_error_and_no_failure_to_connect() {
        let connected = variables("https://127.0.0.1:1").unwrap().connect();
        if HAS_TLS {
            assert_eq!(connected.unwrap().len(), ACCOUNTS.len());
        } else {
            let error = connected.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("rustls"), "{error}");
            assert_eq!(error.hint().unwrap().contains("install_default"), !HAS_HTTP, "{error}");
        }
    }

    #[test]
    fn no_credential_says_which_to_set() {
        let error = Accounts::from_variables(|_| None).unwrap_err();
        for (_, credential) in ACCOUNTS {
            assert!(error.to_string().contains(credential), "{error}");
        }
    }
}
