//! Updates: shown first, rejected early, verified afterwards.

use crate::{ACME, CREATE_ADA, run, server};

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
        run.err
            .ends_with("nothing was written: there is no terminal for the confirmation prompt; add --yes\n")
    );
    assert_eq!(server.writes(), 0);
}

#[test]
fn with_yes_it_is_written_once_and_read_back() {
    let server = server(1);
    let run = server.run(&["update", ACME, "--set", "organization.name=Acme", "--yes", "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains(r#""organization":{"name":"Acme""#), "{}", run.out);
    assert!(run.err.ends_with("written and verified\n"), "{}", run.err);
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
    assert!(run.err.ends_with("written and verified\n"), "{}", run.err);
    assert!(run.out.contains(r#""vat_number":null"#), "{}", run.out);
    // The second run has nothing to do.
    let run = server.run(&[&arguments[..], &["--yes"]].concat());
    assert_eq!((run.code, server.writes()), (0, 1), "{}", run.err);
    assert!(run.err.contains("nothing to write: unchanged"), "{}", run.err);
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
    insta::assert_snapshot!(run.err, @"error: upsun account 'upsun', update: nothing was sent: billing.contact must be one e-mail address; extension.project_options_url cannot be cleared: the service documents no way to clear it; status is read-only; title is not a field of this service");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_change_of_nothing_and_a_change_said_twice_are_wrong_usage() {
    assert_eq!(run(&["update", ACME, "--sandbox"]).code, 2);
    let twice =
        run(&["update", ACME, "--sandbox", "--set", "organization.name=a", "--clear", "organization.name"]);
    assert_eq!((twice.code, twice.err.as_str()), (2, "error: organization.name is named more than once\n"));
}

#[test]
fn a_title_that_there_is_not_is_refused_and_nothing_is_sent() {
    let server = server(5);
    let person = server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "id", "-q"]).out;
    let person = person.lines().nth(1).unwrap().to_owned();
    let before = server.requests().len();
    let run = server.run(&["update", &person, "--set", "title=astronaut", "--set", "name.display=", "--yes"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("title must be one of: ceo, cto"), "{}", run.err);
    assert!(run.err.contains("name.display must not be empty"), "{}", run.err);
    assert_eq!(server.requests().len(), before);
}

#[test]
fn somebody_is_created_found_and_deactivated_where_that_is_possible() {
    let server = server(10);
    let (_, create) = CREATE_ADA.split_last().unwrap();
    let create = [create, &["-o", "ndjson"]].concat();
    let run = server.run(&[&create[..], &["--dry-run"]].concat());
    assert!(
        run.code == 0 && run.out.contains(r#""body":{"email":"ada@example.com","name":"Ada"}"#),
        "{}",
        run.out
    );
    assert_eq!(server.run(&create).code, 2, "nobody confirms");
    assert_eq!(server.writes(), 0);
    let made = server.run(&[&create[..], &["--yes"]].concat());
    assert_eq!(made.code, 0, "{}", made.err);

    let nowhere = server.run(&[&create[..1], &create[3..], &["--dry-run"]].concat());
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("choose the account to create the profile in"), "{}", nowhere.err);

    let everybody = server.run(&["find", "ada@example.com", "-o", "ndjson", "-q"]).out;
    let deactivate = |input: &str, arguments: &[&str]| {
        let mut command = server.command(&[&["deactivate", "-"], arguments].concat());
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        crate::Run::from(child.wait_with_output().unwrap())
    };
    let upsun =
        server.run(&["list", "--account", "upsun", "--limit", "1", "-o", "csv", "--fields", "id", "-q"]).out;
    let both = format!("{everybody}{}\n", upsun.lines().nth(1).unwrap());
    let dry = deactivate(&both, &["--dry-run"]);
    assert_eq!((dry.code, server.writes()), (4, 1), "{}", dry.err);
    assert!(dry.err.contains("warning: not possible: Upsun's API has no operation"), "{}", dry.err);
    assert_eq!(deactivate(&both, &[]).code, 2, "nobody confirms");
    let done = deactivate(&both, &["--yes", "-o", "csv"]);
    assert_eq!((done.code, server.writes()), (4, 2), "{}", done.err);
    assert!(
        done.out.contains(",deactivated\n") && done.err.ends_with("1 of 2 deactivated\n"),
        "{}",
        done.out
    );
    assert!(
        server
            .run(&["find", "ada@example.com", "-o", "ndjson", "-q"])
            .out
            .contains(r#""status":"suspended""#)
    );
    assert_eq!(deactivate("what is this\n", &["--yes"]).code, 2);
}

#[test]
fn a_link_to_enroll_with_is_printed_alone_and_shown_nowhere_else() {
    let server = server(5);
    let id = |account| {
        let listed = server
            .run(&["list", "--account", account, "-o", "csv", "--fields", "id", "-q", "--limit", "1"])
            .out;
        listed.lines().nth(1).unwrap().to_owned()
    };
    let user = id("anthropic");
    let run = server.run(&["enroll", &user, "--dry-run"]);
    assert_eq!((run.code, run.out.as_str(), server.writes()), (0, "", 0), "{}", run.err);
    assert_eq!(server.run(&["enroll", &user]).code, 2, "nobody confirms");
    let mut command = server.command(&["enroll", &user, "--yes"]);
    let run = crate::Run::from(command.env("RUST_LOG", "trace").output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    let link = run.out.trim_end();
    assert!(link.starts_with("https://") && !link.contains(char::is_whitespace), "{link}");
    assert!(!run.err.contains(link) && run.err.contains("the link is a credential"), "{}", run.err);
    let run = server.run(&["enroll", &id("probely"), "--yes"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("Probely has no enrollment links: it sends a message to new users itself"),
        "{}",
        run.err
    );
}
