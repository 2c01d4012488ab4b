//! Anthropic's generally available API and its organization, as somebody reviews access with the command.

use crate::{Run, Server, anyprofile, folder, server};

/// Runs the command with three accounts of Anthropic.
fn review(server: &Server, name: &str, arguments: &[&str]) -> Run {
    let file = folder(name).join("accounts.toml");
    let url = server.variable("ANTHROPIC_BASE_URL");
    let account = |name: &str, credential: &str| {
        format!("[accounts.{name}]\nservice = \"anthropic\"\nbase_url = \"{url}\"\n{credential}\n")
    };
    let accounts = [
        account("claude", "beta = \"none\"\napi_key = { env = \"API_KEY\" }"),
        account("people", "admin_key = { env = \"ADMIN_KEY\" }"),
        account("everybody", "admin_token = { env = \"ADMIN_TOKEN\" }"),
    ];
    std::fs::write(&file, accounts.concat()).unwrap();
    let mut command = anyprofile(&[arguments, &["--config", file.to_str().unwrap()]].concat());
    command.env("API_KEY", "sandbox-anthropic-api-key").env("ADMIN_KEY", "sandbox-anthropic-admin-key");
    command.env("ADMIN_TOKEN", "sandbox-anthropic-admin-token").output().unwrap().into()
}

#[test]
fn whoever_is_restricted_in_any_word_is_suspended_and_a_list_says_what_it_leaves_out() {
    let server = server(60);
    let fields = ["--account", "claude", "-o", "csv", "--fields", "status_raw,grants"];
    let suspended = [&["list", "--status", "suspended"][..], &fields].concat();
    let suspended = review(&server, "suspended", &suspended);
    let words: std::collections::BTreeSet<_> =
        suspended.out.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    // The last word is in no document.
    assert_eq!(words.into_iter().collect::<Vec<_>>(), ["banned", "restricted", "throttled"]);
    assert!(
        suspended.err.contains("claude: only --enrich reads grants, extension.programs\n"),
        "{}",
        suspended.err
    );
    assert!(suspended.err.contains(": complete\n"), "{}", suspended.err);
    assert!(!suspended.out.contains("cyber"));

    let enriched = [&["list", "--enrich"][..], &fields].concat();
    let enriched = review(&server, "enriched", &enriched);
    assert!(enriched.out.contains(r#"""cyber"":""active"""#), "{}", enriched.out);
    assert!(!enriched.err.contains("only --enrich"), "{}", enriched.err);

    let since = ["list", "--updated-since", "2020-01-01T00:00:00Z", "--account", "claude", "-o", "csv"];
    let since = review(&server, "since", &since);
    assert!(
        since.err.contains("--updated-since may miss changes: updated_at does not follow"),
        "{}",
        since.err
    );
}

#[test]
fn service_accounts_are_listed_with_a_token_and_not_with_a_key() {
    let server = server(60);
    let kinds = |account: &str| {
        let run =
            review(&server, account, &["list", "--account", account, "-o", "csv", "--fields", "id", "-q"]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out.lines().filter(|line| line.contains("/service_account/")).count()
    };
    assert_eq!((kinds("everybody"), kinds("people")), (4, 0));
    let key = review(&server, "key", &["list", "--account", "people", "-o", "csv"]);
    let left_out = "people: not listed: service accounts, which the service shows to a token";
    assert!(key.err.contains(left_out), "{}", key.err);
    // Service accounts have no address, so nobody is left undetermined.
    let found = review(&server, "found", &["find", "nobody@example.com", "--account", "everybody"]);
    assert_eq!(found.code, 6, "{}", found.err);
    let id = review(
        &server,
        "one",
        &[
            "list",
            "--account",
            "everybody",
            "--kind",
            "service",
            "--status",
            "active",
            "-o",
            "csv",
            "--fields",
            "id",
            "-q",
        ],
    );
    let id = id.out.lines().nth(1).unwrap().to_owned();
    let planned = review(&server, "planned", &["deactivate", &id, "--dry-run"]);
    assert!(
        [&planned.err, &planned.out].iter().any(|text| text.contains("archived for good")),
        "{}",
        planned.err
    );
    let archived = review(&server, "archive", &["deactivate", &id, "--yes"]);
    assert_eq!(archived.code, 0, "{}", archived.err);
    let shown = review(&server, "shown", &["get", &id, "-o", "json"]);
    assert!(shown.out.contains(r#""status": "suspended""#), "{}", shown.out);
}

#[test]
fn members_of_a_workspace_are_read_and_nobody_leaves_the_default_one() {
    let server = server(60);
    let workspace = "anthropic:people/workspace/wrkspc_01SANDBoxSANDBoxSANDBox1";
    let members =
        review(&server, "members", &["members", workspace, "-o", "csv", "--fields", "id,emails,roles", "-q"]);
    assert_eq!(members.code, 0, "{}", members.err);
    assert!(members.out.contains("workspace_"), "{}", members.out);
    let mut ids = members.out.lines().filter_map(|line| line.split(',').next());
    let member = ids.find(|id| id.contains("/workspace_member/")).unwrap().to_owned();
    // The service refuses to remove anybody from the default workspace, and nothing has changed.
    let shown = review(&server, "member", &["get", &member, "-o", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let refused = review(&server, "refused", &["delete", &member, "--yes"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    let still = review(&server, "still", &["get", &member, "-o", "json"]);
    assert_eq!(still.out, shown.out);
}
