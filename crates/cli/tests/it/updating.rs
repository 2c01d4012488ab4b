//! Changes: shown first, refused early, verified after.

use crate::{ACME, run, server};

#[test]
fn a_dry_run_prints_the_difference_and_the_request_and_sends_no_write() {
    let server = server(1);
    let arguments = [
        "update",
        ACME,
        "--set",
        "organization.name=Acme",
        "--set",
        "organization.kind=individual",
        "--dry-run",
    ];
    let run = server.run(&arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    let start = run.out.find("PATCH http://127.0.0.1:").unwrap();
    insta::assert_snapshot!(run.out[..start], @"
    upsun:upsun/organization/01HSANDB0XACME000000000001
    field              now                    then
    organization.kind  company            ->  individual
    organization.name  Acme Şirketi Ltd.  ->  Acme
    ");
    assert!(run.out[start..].contains("\"customer_type\": \"indvidual\""));
    assert_eq!(run.err, "dry run: nothing was written\n");
    assert_eq!(server.writes(), 0);

    let json = server.run(&[&arguments[..], &["-o", "json"]].concat());
    assert!(json.out.contains("\"now\": \"Acme Şirketi Ltd.\""), "{}", json.out);
    assert_eq!(server.writes(), 0);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_written() {
    let server = server(1);
    let run = server.run(&["update", ACME, "--set", "organization.name=Acme"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("organization.name  Acme Şirketi Ltd.  ->  Acme"), "{}", run.err);
    assert!(
        run.err.ends_with("nothing was written: confirm with --yes, since there is no terminal to ask on\n")
    );
    assert_eq!(server.writes(), 0);
}

#[test]
fn with_yes_it_is_written_once_and_read_back() {
    let server = server(1);
    let run = server.run(&["update", ACME, "--set", "organization.name=Acme", "--yes", "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains(r#""organization":{"name":"Acme""#), "{}", run.out);
    assert!(run.err.ends_with("written, and the service shows it so\n"), "{}", run.err);
    assert_eq!(server.writes(), 1);
    let read = server.run(&["get", ACME, "-o", "ndjson"]);
    assert_eq!(read.out, run.out);
}

#[test]
fn a_field_is_set_and_another_cleared_as_the_plan_shows_it() {
    let server = server(1);
    let arguments = ["update", ACME, "--set", "organization.name=Acme", "--clear", "billing.vat_number"];
    let run = server.run(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    insta::assert_snapshot!(run.out.replace(server.variable("UPSUN_API_URL"), "URL"), @r#"
    upsun:upsun/organization/01HSANDB0XACME000000000001
    field               now                    then
    billing.vat_number  FR99999999999      ->  (cleared)
    organization.name   Acme Şirketi Ltd.  ->  Acme
    PATCH URL/organizations/01HSANDB0XACME000000000001/profile
    {
      "company_name": "Acme",
      "vat_number": ""
    }
    "#);
    assert_eq!(server.writes(), 0);
    let run = server.run(&[&arguments[..], &["--yes", "-o", "ndjson"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.ends_with("written, and the service shows it so\n"), "{}", run.err);
    assert!(run.out.contains(r#""vat_number":null"#), "{}", run.out);
    // The second time there is nothing to do.
    let run = server.run(&[&arguments[..], &["--yes"]].concat());
    assert_eq!((run.code, server.writes()), (0, 1), "{}", run.err);
    assert!(run.err.contains("nothing to write: the service shows it so already"), "{}", run.err);
}

#[test]
fn what_the_service_would_refuse_is_told_all_at_once_and_nothing_is_sent() {
    let server = server(1);
    let run = server.run(&[
        "update",
        ACME,
        "--yes",
        "--set",
        "title=astronaut",
        "--set",
        "billing.contact=nobody",
        "--clear",
        "extension.project_options_url",
        "--set",
        "status=active",
    ]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"error: upsun account 'upsun', update: nothing was sent: billing.contact is an e-mail address; extension.project_options_url cannot be cleared: the service documents no way to do it; status can be read and not written; title is not known to this service");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_change_of_nothing_and_a_change_said_twice_are_wrong_usage() {
    assert_eq!(run(&["update", ACME, "--sandbox"]).code, 2);
    let twice =
        run(&["update", ACME, "--sandbox", "--set", "organization.name=a", "--clear", "organization.name"]);
    assert_eq!((twice.code, twice.err.as_str()), (2, "error: organization.name is named more than once\n"));
}
