use std::ffi::OsString;

use anyprofile_core::ErrorKind;
use serde_json::json;

use super::*;

fn variables(pairs: &'static [(&str, &str)]) -> Result<Accounts> {
    Accounts::from_variables(|name| {
        pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn each_service_is_an_account_if_its_variable_is_set() {
    let accounts = variables(&[
        ("UPSUN_API_TOKEN", "t"),
        ("ANTHROPIC_API_KEY", "k"),
        ("ANTHROPIC_BASE_URL", "http://127.0.0.1:1/x"),
        ("PROBELY_API_KEY", " "),
    ])
    .unwrap();
    let providers = accounts.connect().unwrap();
    let infos: Vec<_> =
        providers.iter().map(|it| (it.info().account.as_str(), it.info().base_url.as_str())).collect();
    assert_eq!(infos, [("upsun", "https://api.upsun.com"), ("anthropic", "http://127.0.0.1:1/x")]);
}

#[test]
fn the_people_of_an_organization_are_an_account_of_their_own() {
    let accounts = variables(&[
        ("ANTHROPIC_API_KEY", "k"),
        ("ANTHROPIC_ADMIN_KEY", "a"),
        ("UPSUN_API_TOKEN", "t"),
        ("UPSUN_ORGANIZATIONS", "01A, name=acme, 01A"),
    ])
    .unwrap();
    let providers = accounts.connect().unwrap();
    let lists: Vec<_> = providers
        .iter()
        .map(|it| (it.info().account.to_string(), it.capabilities().operations.list.kinds().len()))
        .collect();
    let expected = [("upsun", 2), ("anthropic", 1), ("anthropic-organization", 2)];
    assert_eq!(lists, expected.map(|(name, kinds)| (name.to_owned(), kinds)));
    assert_eq!(providers[0].info().shape, "01A name=acme");
}

#[test]
fn no_account_says_what_to_set_and_an_unknown_one_which_there_are() {
    let error = variables(&[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("UPSUN_API_TOKEN"), "{error}");
    let accounts = variables(&[("PROBELY_API_KEY", "k")]).unwrap();
    let error = accounts.select(&["prod".to_owned()]).unwrap_err();
    assert!(error.to_string().contains("the accounts are: probely"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_an_error_and_no_account_vanishes() {
    use std::os::unix::ffi::OsStringExt as _;

    for broken in ["PROBELY_API_KEY", "PROBELY_API_BASE_URL", "ANTHROPIC_ADMIN_KEY", "UPSUN_AUTH_URL"] {
        let error = Services::builtin()
            .read_os_variables(|name| match name {
                _ if name == broken => Some(OsString::from_vec(b"hidden\xff".to_vec())),
                "UPSUN_API_TOKEN" => Some("t".into()),
                _ => None,
            })
            .unwrap_err();
        assert!(error.message().contains(&format!("{broken} is not valid UTF-8")), "{error}");
        assert!(!format!("{error:?}").contains("hidden"));
    }
}

#[test]
fn credentials_that_lie_beside_a_file_are_named_unless_the_file_reads_them() {
    let variable = |name: &str| match name {
        "UPSUN_API_TOKEN" | "PROBELY_API_KEY" => Some("k".into()),
        "ANTHROPIC_API_KEY" => Some(" ".into()),
        _ => None,
    };
    let services = Services::builtin();
    let entry = AccountEntry::new("a".parse().unwrap(), "probely".parse().unwrap())
        .with_secret("api_key", SecretSource::Env("PROBELY_API_KEY".to_owned()));
    let mut accounts = services.open([entry]).unwrap();
    assert!(accounts.beside_file().is_empty());
    accounts.beside_file = services.beside(&accounts, variable);
    assert_eq!(accounts.beside_file(), ["UPSUN_API_TOKEN"]);
    assert_eq!(accounts.select(&[]).unwrap().beside_file(), ["UPSUN_API_TOKEN"]);
}

#[test]
fn debug_shows_no_secret() {
    let accounts = variables(&[("PROBELY_API_KEY", "marker")]).unwrap();
    assert!(!format!("{accounts:?} {:?}", accounts.connect().unwrap()).contains("marker"));
}

/// Sets each key, beside those that are required, to a value of its kind: the settings of a service must have each key that it describes.
#[test]
fn what_a_service_describes_is_what_it_reads() {
    use anyprofile_engine::{SettingKey, SettingKind, Settings};

    // What a description of many services has is decided by an account's settings.
    for service in Services::builtin().iter().filter(|service| !service.is_of_many()) {
        let credentials: Vec<&str> = service.credentials()[0].keys().iter().map(|key| &*key.name).collect();
        let value = |key: &SettingKey| match &key.kind {
            SettingKind::Choice(words) => json!(words[0]),
            SettingKind::Number { at_least, .. } => json!(at_least),
            SettingKind::Flag => json!(true),
            SettingKind::List { words } => json!([words.first().map_or("x", |word| &**word)]),
            SettingKind::Table(_) => key.placeholder(),
            _ => json!("https://127.0.0.1"),
        };
        for key in service.keys() {
            let mut settings = Settings::default();
            for key in service.keys().iter().filter(|it| it.is_required || it.name == key.name) {
                settings.insert(key.name.clone(), value(key));
            }
            for (text, is_there) in [(key.default.as_deref(), false), (key.widest.as_deref(), true)] {
                let Some(text) = text else { continue };
                let value = key.value_of(text).unwrap();
                assert!(!is_there || value.is_string(), "{}: {text}", key.name);
            }
            service.configure(settings, &credentials).unwrap();
        }
    }
}

#[test]
fn accounts_are_written_as_a_file_that_is_read_again_and_secrets_by_where_they_are() {
    let text = r#"
        [accounts.acme]
        service = "upsun"
        organizations = ["01A", "name=acme"]
        api_token = { env = "UPSUN_API_TOKEN" }
        max_attempts = 2
        [accounts.eu]
        service = "probely"
        region = "eu"
        api_key = { file = "/keys/probely" }
        [accounts.people]
        service = "anthropic"
        admin_key = { command = ["pass", "anthropic"] }
    "#;
    let services = Services::builtin();
    let accounts = services.from_toml(text, std::path::Path::new("/etc")).unwrap();
    let written = toml::to_string(&accounts).unwrap();
    let again = services.from_toml(&written, std::path::Path::new("/elsewhere")).unwrap();
    assert_eq!(serde_json::to_value(&accounts).unwrap(), serde_json::to_value(&again).unwrap());
    assert_eq!(
        toml::from_str::<toml::Table>(&written).unwrap(),
        toml::from_str::<toml::Table>(text).unwrap()
    );
    // Accounts of the environment are serialized too. A secret that a program passed is not.
    let named = services.read_os_variables(|name| (name == "PROBELY_API_KEY").then(|| "hunter2".into()));
    let written = toml::to_string(&named.unwrap().unwrap()).unwrap();
    assert!(written.contains("env = \"PROBELY_API_KEY\"") && !written.contains("hunter2"), "{written}");
    let error = toml::to_string(&variables(&[("PROBELY_API_KEY", "hunter2")]).unwrap()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

#[test]
fn an_account_of_a_program_is_checked_as_one_of_a_file() {
    let entry = || AccountEntry::new("a".parse().unwrap(), "probely".parse().unwrap());
    let key = || SecretSource::literal("hunter2");
    for (entries, part) in [
        (vec![entry()], "account 'a': an account of probely must have its credential: api_key"),
        (vec![entry().with_secret("api_key", key()).with("page_size", "hunter2")], "page_size must be"),
        (
            vec![entry().with_secret("api_key", key()).with("api_key", "hunter2")],
            "api_key must not be a literal secret",
        ),
        (vec![entry().with_secret("base_url", key())], "base_url is not a secret"),
        (
            vec![entry().with_secret("api_key", key()), entry().with_secret("api_key", key())],
            "account names must be unique, and two are named 'a'",
        ),
    ] {
        let error = Services::builtin().open(entries).unwrap_err();
        assert!(error.message().contains(part), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

fn vault() -> Services {
    use anyprofile_core::ServiceName;
    use anyprofile_engine::{CredentialKey, CredentialSet, ServiceDescriptor};

    let connect = |_: AccountName, _: &serde_json::Value, _: &Secrets, _: HttpOptions| {
        Err(Error::config("the tenant is not valid"))
    };
    let key =
        |name: &'static str, variable: &'static str| CredentialKey::new(name, "").with_variable(variable);
    let client = || key("client_id", "VAULT_ID");
    Services::none().with(
        ServiceDescriptor::new(ServiceName::from_static("vault"), "Vault", connect)
            .with_credential(CredentialSet::new([client(), key("secret", "VAULT_SECRET")]))
            .with_credential(CredentialSet::new([client(), key("certificate", "VAULT_CERTIFICATE")])),
    )
}

#[test]
fn of_several_ways_to_sign_in_the_one_that_is_whole_makes_the_account() {
    let with = |names: &'static [&str]| {
        vault().from_variables(move |name| names.contains(&name).then(|| "hunter2".to_owned()))
    };
    let accounts = with(&["VAULT_ID", "VAULT_SECRET"]).unwrap();
    assert_eq!(accounts.names().map(AccountName::as_str).collect::<Vec<_>>(), ["vault"]);
    // An error of the service's own rule names the account.
    let error = accounts.connect().unwrap_err();
    assert!(error.to_string().contains("vault account 'vault'"), "{error}");
    for (names, part) in [
        (&["VAULT_ID"][..], "VAULT_ID is set without VAULT_SECRET"),
        (&["VAULT_SECRET"], "VAULT_SECRET is set without VAULT_ID"),
        (
            &["VAULT_ID", "VAULT_SECRET", "VAULT_CERTIFICATE"],
            "VAULT_ID with VAULT_SECRET and VAULT_ID with VAULT_CERTIFICATE are credentials of the same account",
        ),
        (&[], "no account is configured"),
    ] {
        let error = with(names).unwrap_err();
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn a_table_has_only_its_own_keys() {
    let account = |quirks: &str| {
        let text = format!(
            "[accounts.a]\nservice = \"scim\"\nbase_url = \"https://x.test\"\ntoken = {{ env = \"X\" }}\nquirks = {quirks}"
        );
        Services::builtin().from_toml(&text, std::path::Path::new("."))
    };
    account("{ paging = \"cursor\", patch = \"active\", page_size = 50, me = true }").unwrap();
    for (quirks, part) in [
        ("{ colour = \"hunter2\" }", "'quirks.colour' is not a key"),
        ("{ paging = \"hunter2\" }", "quirks.paging must be index or cursor"),
        ("{ page_size = 0 }", "quirks.page_size must be a whole number of at least 1"),
        ("true", "quirks must be a table of paging, page_size"),
    ] {
        let error = account(quirks).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn a_key_is_taken_for_what_its_service_says_that_it_is() {
    for (line, part) in [
        ("page_size = 2020-01-01", "page_size must be a whole number"),
        ("page_size = 5000000000", "page_size must be at most"),
        ("max_attempts = 5000000000", "max_attempts must be at most"),
        ("proxy = { env = \"PX\" }", "proxy must be text"),
        ("base_url = \"https://me:hunter2@host\"", "base_url must have no user name"),
        ("trusted_origins = [\"https://me:hunter2@host\"]", "trusted_origins must have no user name"),
        ("colour = { env = \"X\" }", "'colour' is not a key of probely"),
    ] {
        let text = format!("[accounts.a]\nservice = \"probely\"\napi_key = {{ env = \"X\" }}\n{line}");
        let error = Services::builtin().from_toml(&text, std::path::Path::new(".")).unwrap_err();
        assert!(error.message().contains(part), "{line}: {error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    for source in ["{ env = \"\" }", "{ file = \"\" }", "{ command = [] }"] {
        let text = format!("[accounts.a]\nservice = \"probely\"\napi_key = {source}");
        let error = Services::builtin().from_toml(&text, std::path::Path::new(".")).unwrap_err();
        assert!(error.message().contains("must name a"), "{source}: {error}");
    }
}

#[test]
fn a_service_cannot_take_a_key_that_every_account_has() {
    use anyprofile_engine::SettingKey;

    let service = Services::builtin().get("probely").unwrap().clone();
    let entry = || AccountEntry::new("a".parse().unwrap(), "probely".parse().unwrap());
    for key in ["proxy", "service", "region", "api_key"] {
        let services = Services::none().with(service.clone().with_key(SettingKey::text(key, "")));
        let error = services.open([entry().with_secret("api_key", SecretSource::literal("x"))]).unwrap_err();
        assert!(error.message().contains(&format!("the key '{key}' twice")), "{error}");
    }
}
