//! External text never controls the terminal or forges a line.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    time::Duration,
};

use anyprofile_sandbox::Fault;
use serde_json::Value;

use crate::{ACME, Run, anyprofile, folder, server};

/// A hostile name: it clears the screen, starts a line, and reverses the following text.
const HOSTILE: &str = "x\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\r\nerror: forged\u{7}";

fn is_harmless(text: &str) -> bool {
    let steers = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202e}' | '\u{200b}');
    !text.chars().any(steers) && !text.lines().any(|line| line.starts_with("error: forged"))
}

/// Checks that a run repeats hostile text harmlessly.
fn check(run: &Run, what: &str) {
    assert!(is_harmless(&run.err), "{what}: {:?}", run.err);
    assert!(run.err.contains("forged"), "{what} is not repeated: {:?}", run.err);
}

#[test]
fn an_argument_that_is_repeated_steers_nothing() {
    let server = server(5);
    let text = |start: &str| format!("{start}{HOSTILE}");
    for arguments in [
        vec!["list".to_owned(), text("--")],
        vec!["list".to_owned(), text("--limit=")],
        vec!["list".to_owned(), "--fields".to_owned(), text("")],
        vec!["list".to_owned(), "--account".to_owned(), text("")],
        vec!["list".to_owned(), "--config".to_owned(), text("/nowhere/")],
        vec![text("li")],
        vec!["update".to_owned(), ACME.to_owned(), "--set".to_owned(), text("")],
        vec!["update".to_owned(), "--from".to_owned(), text("/nowhere/")],
        vec!["export".to_owned(), "--to".to_owned(), text("/nowhere/")],
        vec![
            "export".to_owned(),
            "--to".to_owned(),
            "a.ndjson".to_owned(),
            "--report".to_owned(),
            text("/nowhere/"),
        ],
    ] {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let run = server.run(&arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        check(&run, arguments.last().unwrap());
    }
    // Text that is not repeated is harmless too.
    for arguments in [
        vec!["get".to_owned(), text("probely:eu/user/")],
        vec!["list".to_owned(), "--where".to_owned(), text("title = ")],
        vec!["update".to_owned(), ACME.to_owned(), "--set".to_owned(), text("metadata.") + "=x"],
        vec!["find".to_owned(), text("")],
    ] {
        let run = server.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(run.code != 0 && is_harmless(&run.err), "{arguments:?}: {:?}", run.err);
    }
    let help = server.run(&["list", "--help"]);
    assert!(help.code == 0 && help.out.contains("--csv-bom") && help.err.is_empty());
}

#[test]
fn a_file_that_is_repeated_steers_nothing() {
    let server = server(5);
    let file = folder("terminal-files").join("changes");
    let json = |text: &str| serde_json::to_string(text).unwrap();
    for content in [
        format!("id,\"{HOSTILE}\"\nprobely:probely/user/x,y\n"),
        format!("id\n\"probely:{HOSTILE}/user/x\"\n"),
        format!("{{\"id\":\"probely:probely/user/x\",{}:1}}\n", json(HOSTILE)),
        format!("{{\"id\":\"probely:probely/user/x\",{}:1}}\n", json(&format!("metadata.{HOSTILE}"))),
        format!("{{\"id\":\"probely:probely/user/x\",\"name\":{{{}:1}}}}\n", json(HOSTILE)),
    ] {
        std::fs::write(&file, &content).unwrap();
        let run = server.run(&["update", "--from", file.to_str().unwrap(), "--yes"]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(is_harmless(&run.err), "{content:?}: {:?}", run.err);
    }
    assert_eq!(server.writes(), 0);
    let config = file.with_extension("toml");
    for content in [
        format!("[accounts.{}]\nservice = \"probely\"\n", json(HOSTILE)),
        format!("[accounts.a]\nservice = {}\n", json(HOSTILE)),
        format!("[accounts.a]\nservice = \"probely\"\n{} = 1\n", json(HOSTILE)),
        format!("[accounts.a]\nservice = \"probely\"\napi_key = {{ env = {} }}\n", json(HOSTILE)),
    ] {
        std::fs::write(&config, &content).unwrap();
        let run = Run::from(anyprofile(&["list", "--config", config.to_str().unwrap()]).output().unwrap());
        assert!(run.code != 0 && is_harmless(&run.err), "{content:?}: {:?}", run.err);
    }
}

#[test]
fn what_a_service_says_steers_nothing() {
    let server = server(5);
    let said = serde_json::json!({ "detail": HOSTILE, HOSTILE: [HOSTILE] }).to_string();
    server.fault(Fault::new("users_retrieve").first(1).respond(400).body(said));
    let run = server.run(&["get", "probely:probely/user/x", "-v"]);
    check(&run, "the service's words");
    // In a name, an address and an unknown field.
    server.fault(Fault::new("users_list").edit(|page, _| {
        for record in page["results"].as_array_mut().unwrap() {
            record["name"] = HOSTILE.into();
            record["email"] = format!("{HOSTILE}@example.com").into();
            record[HOSTILE] = HOSTILE.into();
        }
    }));
    let listed = server.run(&["list", "--account", "probely", "-vv"]);
    assert!(listed.code == 0 && is_harmless(&listed.out) && is_harmless(&listed.err), "{:?}", listed.err);
    assert_eq!(listed.out.lines().count(), 6, "{:?}", listed.out);
    assert!(listed.err.contains("others that cannot be shown"), "{:?}", listed.err);
    // Data is not changed.
    let lines = server.run(&["list", "--account", "probely", "-o", "ndjson", "-q"]).out;
    let profile: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(profile["name"]["display"], HOSTILE);
}

#[test]
fn whoever_reads_ndjson_gets_each_page_when_it_is_there() {
    let server = server(60);
    // The second and later pages arrive after the reader has closed the output.
    server.fault(Fault::new("list-profiles").on_attempts(2..).delay(Duration::from_secs(3600)));
    let mut child = server
        .command(&["list", "--account", "upsun", "-o", "ndjson", "--page-size", "20", "--concurrency", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Vec<String> = lines.by_ref().take(20).collect::<Result<_, _>>().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.iter().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn an_unreadable_time_is_a_question_mark_with_a_note_and_the_end_of_time_is_a_time() {
    let server = server(4);
    server.fault(Fault::new("users_list").edit(|page, _| {
        page["results"][0]["last_login"] = "yesterday".into();
        page["results"][1]["last_login"] = "9999-12-31T23:59:59Z".into();
    }));
    let list = ["list", "--account", "probely", "--fields", "id,security.last_login"];
    let table = server.run(&list);
    let cells: Vec<_> = table.out.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!((cells[1], cells[2]), ("?", "9999-12-31T23:59:59Z"), "{}", table.out);
    let note = "1 profile has a time that cannot be parsed: it is shown as ?";
    assert!(table.err.contains(note), "{}", table.err);
    let csv = server.run(&[&list[..], &["-o", "csv", "--csv-bom"]].concat());
    assert!(csv.out.starts_with("\u{feff}id,security.last_login\n"), "{:?}", csv.out);
    assert!(csv.out.contains(",9999-12-31T23:59:59Z\n"), "{}", csv.out);
    assert_eq!(server.run(&[&list[..], &["--csv-bom"]].concat()).code, 2);
}

#[test]
fn a_link_that_leads_elsewhere_is_not_handed_out() {
    let server = server(3);
    let list = ["list", "--account", "anthropic", "-o", "csv", "--fields", "id", "-q", "--limit", "1"];
    let id = server.run(&list).out.lines().nth(1).unwrap().to_owned();
    for link in [
        Value::from("javascript:alert(1)"),
        Value::from("http://u:p@example.com/"),
        Value::from("https://example.com/a\nhttps://example.org/b"),
        Value::from(5),
    ] {
        server.fault(
            Fault::new("BetaCreateEnrollmentUrl").first(1).edit(move |made, _| made["url"] = link.clone()),
        );
        let run = server.run(&["enroll", &id, "--yes"]);
        assert_eq!((run.out.as_str(), run.code == 0), ("", false), "{}", run.err);
        assert!(
            run.err.contains("an enrollment link that is not safe to use") && is_harmless(&run.err),
            "{}",
            run.err
        );
        assert!(run.err.contains("may have been created") && !run.err.contains("example"), "{}", run.err);
    }
}
