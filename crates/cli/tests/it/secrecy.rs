//! No secret and no personal data on standard error, at any log level.

use std::path::Path;

use anyprofile_sandbox::Fault;
use serde_json::Value;

use crate::{ACME, Run, anyprofile, server};

/// What must not be in a log: all keys, tokens, names and addresses.
fn markers(profiles: &str) -> Vec<String> {
    let mut markers = vec![
        "sandbox-upsun-api-token".to_owned(),
        "sandbox-probely-api-key".to_owned(),
        "sandbox-anthropic-api-key".to_owned(),
    ];
    for line in profiles.lines() {
        let profile: Value = serde_json::from_str(line).unwrap();
        let texts = [
            &profile["name"]["display"],
            &profile["emails"][0]["address"],
            &profile["username"],
            &profile["external_id"],
        ];
        markers.extend(texts.into_iter().filter_map(Value::as_str).map(str::to_owned));
    }
    markers.retain(|marker| marker.len() > 4);
    markers
}

#[test]
fn logs_at_trace_level_hold_no_key_token_name_or_address() {
    let server = server(60);
    let profiles = server.run(&["list", "-o", "ndjson"]).out;
    let markers = markers(&profiles);
    assert!(markers.len() > 200);
    server.fault(Fault::new("users_list").first(1).respond(503).header("retry-after-ms", "10"));
    server.fault(Fault::new("BetaListUserProfiles").first(1).respond(500).body(profiles.as_str()));
    for arguments in [
        &["list", "-o", "ndjson", "--page-size", "20"][..],
        &["me"],
        &["check"],
        &["get", ACME],
        &["get", "probely:probely/user/nobody"],
        &["list", "-vv"],
    ] {
        let output = server.command(arguments).env("RUST_LOG", "trace").output().unwrap();
        let run = Run::from(output);
        assert!(run.err.contains("TRACE") && run.err.contains("DEBUG"), "{arguments:?}");
        for marker in &markers {
            assert!(!run.err.contains(marker.as_str()), "{arguments:?} logged {marker}");
        }
    }
}

#[test]
fn a_secret_in_the_configuration_file_is_refused_and_not_repeated() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("literal-secret.toml");
    std::fs::write(&path, "[accounts.a]\nservice = \"probely\"\napi_key = \"hunter2\"\n").unwrap();
    let run = Run::from(anyprofile(&["list", "--config", path.to_str().unwrap()]).output().unwrap());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("account 'a': api_key must not be a literal secret"), "{}", run.err);
    assert!(!run.err.contains("hunter2"));
}

#[test]
fn an_account_whose_secret_is_missing_does_not_lose_the_others() {
    let server = server(4);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("missing-secret.toml");
    let base_url = &server.environment.iter().find(|(name, _)| *name == "PROBELY_API_BASE_URL").unwrap().1;
    let account = |name: &str, variable: &str| {
        format!(
            "[accounts.{name}]\nservice = \"probely\"\nbase_url = \"{base_url}\"\napi_key = {{ env = \"{variable}\" }}\n"
        )
    };
    std::fs::write(&path, account("good", "PROBELY_API_KEY") + &account("bad", "NOT_SET_ANYWHERE")).unwrap();
    let run = server.run(&["list", "-o", "ndjson", "--config", path.to_str().unwrap()]);
    assert_eq!((run.code, run.out.lines().count()), (4, 4));
    assert!(
        run.err.contains("account 'bad': the environment variable NOT_SET_ANYWHERE is not set"),
        "{}",
        run.err
    );
}
