//! The output of complete runs.

use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

use serde_json::Value;

use crate::{ACME, anyprofile, run, server};

#[test]
fn the_first_command_ends_with_a_table_of_four_services_and_a_summary_that_counts_them() {
    let run = run(&["list", "--sandbox"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let rows: Vec<_> = run.out.lines().skip(1).collect();
    // In the order of the accounts, with the id at the end.
    for (place, account) in ["upsun", "probely", "anthropic", "scim"].into_iter().enumerate() {
        let rows = &rows[20 * place..20 * (place + 1)];
        assert!(
            rows.iter()
                .all(|row| row.starts_with(account) && row.contains(&format!("  {account}:{account}/")))
        );
    }
    let header: Vec<_> = run.out.lines().next().unwrap().split("  ").map(str::trim).collect();
    let header: Vec<_> = header.into_iter().filter(|name| !name.is_empty()).collect();
    assert_eq!(header, ["account", "name", "e-mail", "kind", "status", "MFA", "last login", "id"]);
    assert!(!run.out.contains('\u{1b}'), "no colour where there is no terminal");
    insta::assert_snapshot!(run.err, @"
    upsun      20 seen of 20 declared, 0 duplicates, 0 quarantined, 1 page, 0 retries, waited 0.0 s
    upsun: only --enrich reads status, status_raw, country, name.given, name.family, billing.address and 13 more fields
    probely    20 seen of 20 declared, 0 duplicates, 0 quarantined, 2 pages, 0 retries, waited 0.0 s
    anthropic  20 seen, no total declared, 0 duplicates, 0 quarantined, 1 page, 0 retries, waited 0.0 s
    scim       20 seen of 20 declared, 0 duplicates, 0 quarantined, 2 pages in 4 requests, 0 retries, waited 0.0 s
    80 profiles of 4 accounts: complete
    ");
}

#[test]
fn nothing_is_coloured_and_no_progress_is_shown_without_a_terminal() {
    let run = run(&["list", "--sandbox"]);
    assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'));
    assert!(!run.err.contains("profiles,"));
}

#[test]
fn ndjson_is_a_profile_a_line_each_valid_and_none_twice() {
    let server = server(250);
    let run = server.run(&["list", "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let schema: Value = serde_json::from_str(&crate::run(&["schema"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut ids = HashSet::new();
    for line in run.out.lines() {
        let profile: Value = serde_json::from_str(line).unwrap();
        assert!(validator.is_valid(&profile), "{line}");
        assert!(ids.insert(profile["id"].to_string()), "{line}");
    }
    assert_eq!(ids.len(), 1000);
    assert!(run.err.contains("250 seen of 250 declared"), "{}", run.err);
}

#[test]
fn json_is_one_document_and_empty_listings_are_empty_documents() {
    let some: Value = serde_json::from_str(&server(2).run(&["list", "-o", "json"]).out).unwrap();
    assert_eq!(some.as_array().unwrap().len(), 8);
    let none = server(0);
    assert_eq!(none.run(&["list", "-o", "json"]).out, "[]\n");
    assert_eq!(none.run(&["list", "-o", "ndjson"]).out, "");
    assert_eq!(none.run(&["list", "-o", "csv", "--fields", "id,name.display"]).out, "id,name.display\n");
}

#[test]
fn csv_has_the_same_columns_for_every_service() {
    let server = server(3);
    let mut headers = HashSet::new();
    for account in ["upsun", "probely", "anthropic", "scim"] {
        let run = server.run(&["list", "-o", "csv", "--account", account, "-q"]);
        assert_eq!(run.err, "");
        let mut lines = run.out.lines();
        headers.insert(lines.next().unwrap().to_owned());
        assert_eq!(lines.count(), 3);
    }
    assert_eq!(headers.len(), 1);
    insta::assert_snapshot!(headers.into_iter().next().unwrap(), @"id,kind,status,status_raw,declared_status,external_id,username,emails,picture,website,title,locale,country,roles,labels,metadata,grants,changed_by,nickname,timezone,phones,photos,addresses,groups,entitlements,credentials,owner,name.display,name.given,name.family,name.middle,name.prefix,name.suffix,name.formatted,organization.name,organization.legal_name,organization.kind,organization.role,employee.number,employee.department,employee.division,employee.cost_center,employee.manager,billing.contact,billing.vat_number,billing.currency,billing.invoiced,billing.address,access.owner,access.billing_admin,security.mfa_enabled,security.sso,security.last_login,security.first_login,security.mfa_methods,times.created,times.updated,times.status_changed");
}

#[test]
fn a_null_can_be_told_from_what_was_not_sent_in_csv() {
    let arguments = [
        "list",
        "-o",
        "csv",
        "--fields",
        "security.last_login",
        "--account",
        "probely",
        "--csv-null",
        "null",
    ];
    let out = server(100).run(&arguments).out;
    assert!(out.lines().any(|line| line == "null"));
    assert!(!server(100).run(&arguments[..7]).out.contains("null"));
}

#[test]
fn fields_are_chosen_by_name_or_by_group_in_every_form() {
    let server = server(1);
    let list =
        |output| server.run(&["list", "--account", "probely", "-o", output, "--fields", "id,security"]).out;
    let profile: Value = serde_json::from_str(&list("ndjson")).unwrap();
    assert_eq!(profile.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "security"]);
    assert!(list("csv").starts_with(
        "id,security.mfa_enabled,security.sso,security.last_login,security.first_login,security.mfa_methods\n"
    ));
    assert!(list("table").starts_with("id "));
}

#[test]
fn a_limit_asks_for_no_more_than_it_needs() {
    let server = server(100);
    let run = server.run(&["list", "--limit", "4", "--account", "probely", "-o", "ndjson"]);
    assert_eq!((run.code, run.out.lines().count()), (0, 4));
    assert!(run.err.ends_with("stopped at the limit\n"), "{}", run.err);
    assert_eq!(server.requests().len(), 1);
    assert!(server.requests()[0].query.contains("length=4"));
}

#[test]
fn one_profile_is_shown_with_the_reason_for_each_field_that_it_lacks() {
    let run = run(&["get", ACME, "--sandbox", "--fields", "name,organization,billing.vat_number,title"]);
    assert_eq!(run.code, 0, "{}", run.err);
    insta::assert_snapshot!(run.out, @"
    field                    value
    name.display             acme (sandbox)
    name.given               -
    name.family              -
    name.middle              -
    name.prefix              -
    name.suffix              -
    name.formatted           -
    organization.name        Acme Şirketi Ltd.
    organization.legal_name  Acme Şirketi Limited
    organization.kind        company
    organization.role        ?
    billing.vat_number       FR99999999999
    title                    -
    ");
}

#[test]
fn me_shows_each_credentials_own_profile_and_names_the_service_that_has_none() {
    let run = run(&["me", "--sandbox", "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.out.lines().count(), 2);
    let (anthropic, scim) = run.err.split_once('\n').unwrap();
    insta::assert_snapshot!(anthropic, @"note: anthropic account 'anthropic', current: an Anthropic credential has no profile of its own");
    assert!(scim.starts_with("note: scim account 'scim', current: not every SCIM server has /Me"), "{scim}");
    assert_eq!(crate::run(&["me", "--sandbox", "--account", "anthropic"]).code, 2);
}

#[test]
fn check_names_how_each_credential_was_proven() {
    let run = server(3).run(&["check", "-o", "csv"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let proofs: Vec<_> =
        run.out.lines().map(|line| line.split(',').take(4).collect::<Vec<_>>().join(",")).collect();
    insta::assert_snapshot!(proofs.join("\n"), @"
    account,service,result,proven_by
    upsun,upsun,ok,own profile
    probely,probely,ok,own profile
    anthropic,anthropic,ok,listing of one
    scim,scim,ok,listing of one
    ");
}

#[test]
fn the_matrix_of_fields_and_services_needs_no_account() {
    let run = run(&["providers"]);
    let hidden = "anthropic-organization: not listed: service accounts, which the service shows to a token with `org:admin` alone\n";
    assert_eq!((run.code, run.err.as_str()), (0, hidden));
    insta::assert_snapshot!("providers", run.out);
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.out.contains("anyprofile"));
    }
}

#[test]
fn a_closed_pipe_ends_the_command_without_a_complaint() {
    let server = server(3000);
    let mut child = server
        .command(&["list", "-o", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(complaint, "");
}

#[test]
fn a_closed_standard_error_is_no_failure() {
    let mut child = anyprofile(&["list", "--sandbox", "-o", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!((child.wait().unwrap().code(), out.lines().count()), (Some(0), 80));
}

#[test]
fn the_sandbox_first_prints_where_it_is_and_then_serves() {
    let mut child = anyprofile(&["sandbox", "--profiles", "5", "--seed", "7", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let it: Value = serde_json::from_str(&line).unwrap();
    let text = |service: &str, key: &str| it[service][key].as_str().unwrap().to_owned();
    let mut list = anyprofile(&["list", "-o", "ndjson"]);
    list.env("UPSUN_API_TOKEN", text("upsun", "api_token"))
        .env("UPSUN_API_URL", text("upsun", "base_url"))
        .env("UPSUN_AUTH_URL", text("upsun", "auth_url"))
        .env("PROBELY_API_KEY", text("probely", "api_key"))
        .env("PROBELY_API_BASE_URL", text("probely", "base_url"))
        .env("ANTHROPIC_API_KEY", text("anthropic", "api_key"))
        .env("ANTHROPIC_BASE_URL", text("anthropic", "base_url"));
    let output = list.output().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 15);
}

#[test]
fn find_asks_every_account_and_says_what_it_took() {
    let server = server(30);
    let run = server.run(&["find", "nobody@example.com"]);
    // One account cannot be searched for an address: that nobody has it is not known.
    assert_eq!((run.code, run.out.as_str()), (4, ""));
    insta::assert_snapshot!(run.err, @"
    upsun      0 found with 4 requests (emails looked up: 0, username looked up: 0)
    probely    0 found with 1 request (emails searched: 0, username not supported by this service: 0)
    anthropic  0 found with 0 requests (emails not supported by this service: 0, username not supported by this service: 0); cannot search for this key
    scim       0 found with 6 requests (emails searched: 0, username looked up: 0)
    0 found in 3 accounts with 11 requests; 1 account cannot search for this key
    ");
    let searchable = ["find", "nobody@example.com", "--account", "upsun", "--account", "probely", "-q"];
    assert_eq!(server.run(&searchable).code, 6);
    let listed = server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "emails", "-q"]).out;
    let address = listed.lines().find(|line| line.contains('@')).unwrap();
    let run = server.run(&["find", address, "-o", "ndjson", "-q"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.lines().all(|line| line.contains(address)) && run.out.contains("probely"));
}

#[test]
fn filters_find_the_same_wherever_they_are_applied_and_the_summary_says_where() {
    let server = server(60);
    let run = server.run(&["list", "-o", "ndjson", "--mfa", "off", "--status", "active"]);
    // Three services do not list one of these fields, so the match is unknown, and the run says so.
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(
        run.err.contains("172 profiles were left out, because a filtered field is not known"),
        "{}",
        run.err
    );
    assert!(run.err.contains("; --enrich reads more records"), "{}", run.err);
    for line in run.out.lines() {
        let profile: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&profile["security"]["mfa_enabled"], &profile["status"]),
            (&Value::Bool(false), &"active".into())
        );
    }
    assert!(run.out.lines().count() > 3);
    assert!(
        run.err.contains(
            "; status and mfa applied by the service, which does not count profiles without a value; mfa can never match in the list of api_user\n"
        ),
        "{}",
        run.err
    );
    assert!(run.err.contains("status and mfa can never match in this listing"), "{}", run.err);

    let unknown = server.run(&["list", "-o", "ndjson", "--account", "probely", "--mfa", "unknown"]).out;
    let by_condition = server.run(&[
        "list",
        "-o",
        "ndjson",
        "--account",
        "probely",
        "--where",
        "security.mfa_enabled is not known",
    ]);
    assert!(!unknown.is_empty() && unknown == by_condition.out);
    let wrong = server.run(&["list", "--where", "title pr and email eq \"x\""]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains(
            "\n  title pr and email eq \"x\"\n               ^^^^^ no such field; did you mean 'emails'?"
        ),
        "{}",
        wrong.err
    );
    let old = ["list", "-o", "ndjson", "--account", "probely", "--where", "not security.mfa_enabled = true"];
    let run = server.run(&old);
    assert!(run.err.contains("write: not (security.mfa_enabled eq true)"), "{}", run.err);
}
