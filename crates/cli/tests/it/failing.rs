//! Failures, and how the command reports them.

use anyprofile_sandbox::Fault;

use crate::{run, server};

/// Returns the standard error of a run, with varying parts replaced.
fn settled(text: &str) -> String {
    text.split(' ')
        .map(|word| if word.contains("req_") { "req_…]; " } else { word })
        .collect::<Vec<_>>()
        .join(" ")
        .replace(";  ", "; ")
}

#[test]
fn a_wrong_key_at_one_of_four_accounts_loses_nothing_of_the_others() {
    let server = server(10);
    let output =
        server.command(&["list", "-o", "ndjson"]).env("ANTHROPIC_API_KEY", "wrong").output().unwrap();
    let run = crate::Run::from(output);
    assert_eq!(run.code, 4);
    assert_eq!(run.out.lines().count(), 30);
    insta::assert_snapshot!(settled(&run.err), @"
    error: anthropic account 'anthropic', BetaListUserProfiles: the service refuses the credential [HTTP status 401, code authentication_error, request id req_…]; check the account's credential: an admin key reads only the organization's people, and must be set as admin_key (or in ANTHROPIC_ADMIN_KEY)
      the service gave a reason that may contain personal data; run with -v to see it
    upsun      10 seen of 10 declared, 0 duplicates, 0 quarantined, 1 page, 0 retries, waited 0.0 s
    upsun: only --enrich reads status, status_raw, country, name.given, name.family, billing.address and 13 more fields
    probely    10 seen of 10 declared, 0 duplicates, 0 quarantined, 2 pages, 0 retries, waited 0.0 s
    anthropic  0 seen, no total declared, 0 duplicates, 0 quarantined, 0 pages in 1 request, 0 retries, waited 0.0 s, failed (unauthenticated)
    scim       10 seen of 10 declared, 0 duplicates, 0 quarantined, 2 pages in 4 requests, 0 retries, waited 0.0 s
    30 profiles of 4 accounts: incomplete
    ");
}

#[test]
fn the_services_own_words_are_shown_where_they_are_asked_for() {
    let server = server(1);
    let mut command = server.command(&["check", "--account", "anthropic", "-v"]);
    let run = crate::Run::from(command.env("ANTHROPIC_API_KEY", "wrong").output().unwrap());
    assert!(run.err.contains("the service says: invalid x-api-key"), "{}", run.err);
}

#[test]
fn the_exit_code_says_what_failed() {
    let server = server(5);
    let wrong = |arguments: &[&str]| {
        let mut command = server.command(arguments);
        command.env("PROBELY_API_KEY", "wrong");
        crate::Run::from(command.output().unwrap()).code
    };
    assert_eq!(wrong(&["list", "--account", "probely"]), 3);
    assert_eq!(wrong(&["check", "--account", "probely"]), 3);
    assert_eq!(wrong(&["check"]), 4);
    assert_eq!(wrong(&["me", "--account", "probely"]), 3);
    assert_eq!(server.run(&["get", "probely:probely/user/nobody"]).code, 6);
    assert_eq!(server.run(&["get", "probely:elsewhere/user/x"]).code, 2);
    assert_eq!(server.run(&["get", "probely:probely/planet/x"]).code, 2);
    for usage in [
        &["get", "nobody"][..],
        &["list", "--fields", "email"],
        &["list", "--limit", "0"],
        &["nonsense"],
        &[],
    ] {
        assert_eq!(server.run(usage).code, 2, "{usage:?}");
    }
    server.fault(Fault::new("users_retrieve").first(100).respond(400));
    assert_eq!(server.run(&["get", "probely:probely/user/x"]).code, 2);
    server.fault(Fault::new("BetaGetUserProfile").first(100).respond(200).body("<html></html>"));
    assert_eq!(server.run(&["get", "anthropic:anthropic/user/x"]).code, 5);
}

#[test]
fn a_page_size_that_one_service_does_not_take_is_refused_there_alone() {
    let run = server(5).run(&["list", "--page-size", "500", "-o", "ndjson"]);
    assert_eq!((run.code, run.out.lines().count()), (4, 15));
    assert!(run.err.contains("page_size must be at most 100"), "{}", run.err);
}

#[test]
fn a_fault_that_passes_is_waited_out_and_counted() {
    let server = server(5);
    server.fault(Fault::new("users_list").first(1).respond(503).header("retry-after-ms", "20"));
    let run = server.run(&["list", "--account", "probely", "-o", "ndjson"]);
    assert_eq!((run.code, run.out.lines().count()), (0, 5));
    // How long 20 ms takes depends on the machine.
    assert!(run.err.contains("2 pages, 1 retry, waited "), "{}", run.err);
}

#[test]
fn a_web_page_with_200_is_never_a_listing() {
    let server = server(5);
    server.fault(
        Fault::new("list-profiles")
            .first(100)
            .respond(200)
            .header("content-type", "text/html")
            .body("<html>"),
    );
    let run = server.run(&["list", "-o", "ndjson"]);
    assert_eq!((run.code, run.out.lines().count()), (4, 15));
    assert!(run.err.contains("the response is a web page where JSON was expected"), "{}", run.err);
    assert!(run.err.ends_with("15 profiles of 4 accounts: incomplete\n"), "{}", run.err);
}

#[test]
fn without_an_account_the_command_says_what_to_set() {
    let run = run(&["list"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"error: no account is configured; set UPSUN_API_TOKEN or PROBELY_API_KEY or ANTHROPIC_API_KEY or ANTHROPIC_ADMIN_KEY or SCIM_TOKEN and SCIM_BASE_URL, or write a configuration file");
    let run = crate::run(&["list", "--sandbox", "--account", "prod"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"error: no account is named 'prod'; the accounts are: upsun, probely, anthropic, scim");
}

#[test]
fn an_account_that_cannot_be_used_is_named_and_the_run_is_not_called_complete() {
    let server = server(5);
    let folder = crate::folder("unusable");
    let file = folder.join("accounts.toml");
    let variable = |name: &str| {
        server.environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap()
    };
    let (base_url, key) = (variable("PROBELY_API_BASE_URL"), variable("PROBELY_API_KEY"));
    let text = format!(
        "[accounts.good]\nservice = \"probely\"\nbase_url = \"{base_url}\"\napi_key = {{ env = \"GOOD\" }}\n\
         [accounts.broken]\nservice = \"anthropic\"\nbeta = \"a,b\"\napi_key = {{ env = \"GOOD\" }}\n"
    );
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = crate::anyprofile(&[arguments, &["--config", file]].concat());
        crate::Run::from(command.env("GOOD", &key).output().unwrap())
    };
    let report = folder.join("report.json");
    let listed = run(&["list", "-o", "ndjson", "--report", report.to_str().unwrap()]);
    assert_eq!((listed.code, listed.out.lines().count()), (4, 5), "{}", listed.err);
    assert!(listed.err.contains("account 'broken'"), "{}", listed.err);
    assert!(
        listed.err.contains("5 profiles of 1 account (1 further account could not be used): incomplete"),
        "{}",
        listed.err
    );
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!((&report["complete"], &report["unusable_accounts"]), (&false.into(), &1.into()));
    let checked = run(&["check", "-o", "csv"]);
    assert_eq!(checked.code, 4);
    assert!(
        checked.out.lines().any(|line| line.starts_with("broken,") && line.contains("config")),
        "{}",
        checked.out
    );
    let shown = run(&["providers"]);
    assert_eq!(shown.code, 4, "{}", shown.err);
    // Commands that use only the sandbox accept no configuration file.
    for command in ["conformance", "sandbox"] {
        let run = run(&[command]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains("only the sandbox"), "{}", run.err);
    }
}
