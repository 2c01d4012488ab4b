//! Many profiles from a file: shown, written once each, and resumed after an interruption.

use std::{collections::BTreeMap, process::Stdio};

use anyprofile_sandbox::Fault;

use crate::{Run, Server, folder, server};

/// Returns how often each record was written.
fn written(server: &Server) -> BTreeMap<String, usize> {
    let mut written = BTreeMap::new();
    for request in server.requests().into_iter().filter(|request| request.method == "PATCH") {
        *written.entry(request.path).or_default() += 1;
    }
    written
}

#[test]
fn what_was_cut_off_goes_on_and_writes_each_profile_once() {
    let server = server(1300);
    let folder = folder("cut-off");
    let users: Vec<_> = server.people("upsun").into_iter().take(1000).collect();
    assert_eq!(users.len(), 1000);
    let rows: Vec<_> =
        users.iter().enumerate().map(|(number, id)| format!("{id},Person {number}\n")).collect();
    let file = folder.join("changes.csv");
    std::fs::write(&file, format!("id,name.display\n{}", rows.concat())).unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["update", "--from", file, "--account", "upsun", "-o", "csv"];

    let dry = server.run(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, server.writes()), (0, 0), "{}", dry.err);
    assert!(dry.out.contains(&format!("{}  name.display: ", users[0])), "{}", dry.out);
    assert!(!folder.join("changes.csv.journal").exists());
    assert_eq!(server.run(&arguments).code, 2, "nobody confirms");

    let yes = [&arguments[..], &["--yes"]].concat();
    let mut child = server.command(&yes).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while written(&server).len() < 400 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = written(&server).len();
    assert!(before < users.len(), "cut off half-way");
    let rest = server.run(&yes);
    assert_eq!(rest.code, 0, "{}", rest.err);
    assert!(rest.err.contains("profiles were written before"), "{}", rest.err);
    let written = written(&server);
    assert_eq!(written.len(), users.len());
    assert!(written.values().all(|times| *times == 1), "{written:?}");
    assert_eq!(rest.out.lines().count(), users.len() + 1);
    // The next run has nothing to do, and sends nothing.
    let again = server.run(&yes);
    assert_eq!((again.code, server.writes()), (0, users.len()), "{}", again.err);
    // The journal holds no value, and is not accepted for another file.
    let journal = std::fs::read_to_string(folder.join("changes.csv.journal")).unwrap();
    assert!(!journal.contains("Person"));
    std::fs::write(file, format!("id,name.display\n{},Somebody else\n", users[0])).unwrap();
    // An edited row is a new change; the others stay written.
    let other = server.run(&yes);
    assert_eq!((other.code, server.writes()), (0, users.len() + 1), "{}", other.err);
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_and_nothing_is_sent() {
    let server = server(5);
    let folder = folder("wrong");
    let file = folder.join("changes.ndjson");
    let user = &server.people("probely")[0];
    let before = server.requests().len();
    let run = |text: String| -> Run {
        std::fs::write(&file, text).unwrap();
        server.run(&["update", "--from", file.to_str().unwrap(), "--yes"])
    };
    let refused = run(format!(
        "{{\"id\":\"{user}\",\"title\":\"astronaut\",\"status\":null}}\n{{\"id\":\"probely:nowhere/user/x\",\"title\":\"cto\"}}\n"
    ));
    assert_eq!(refused.code, 2, "{}", refused.err);
    for part in [
        "line 1: ",
        "title must be one of",
        "status cannot be cleared",
        "line 2: no probely account is named 'nowhere'",
    ] {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    assert_eq!(server.requests().len(), before);
    assert_eq!(run("id\n".to_owned()).code, 0, "nothing to do");
    assert_eq!(server.run(&["update", "--from", "/nowhere/at/all"]).code, 2);
    assert_eq!(server.run(&["update"]).code, 2);
}

#[test]
fn too_many_failures_stop_the_run() {
    let server = server(40);
    let folder = folder("failures");
    let users = server.people("probely");
    let file = folder.join("changes.csv");
    let write = |missing: usize| {
        let gone = (0..missing).map(|number| format!("probely:probely/user/gone{number}"));
        let rows: Vec<_> = gone.chain(users.iter().cloned()).map(|id| format!("{id},Somebody")).collect();
        std::fs::write(&file, format!("id,name.display\n{}\n", rows.join("\n"))).unwrap();
        let journal = folder.join("changes.csv.journal");
        server.run(&[
            "update",
            "--from",
            file.to_str().unwrap(),
            "--journal",
            journal.to_str().unwrap(),
            "--yes",
        ])
    };
    // The rate is computed from the whole file, in any order; some missing profiles are not all.
    let stopped = write(9);
    assert_eq!((stopped.code, server.writes()), (4, 0), "{}", stopped.err);
    let told = format!("of {} profiles failed, more than 10 %; nothing was written", users.len() + 9);
    assert!(stopped.err.contains(&told), "{}", stopped.err);
    // Fewer failures are reported, and the other profiles are written.
    let partial = write(2);
    assert_eq!((partial.code, server.writes()), (4, users.len()), "{}", partial.err);
    assert!(partial.out.contains("failed (not_found)"), "{}", partial.out);
}

#[test]
fn a_dry_run_ends_as_the_run_does() {
    let server = server(60);
    let folder = folder("dry");
    let file = folder.join("changes.csv");
    let users = server.people("probely");
    let gone = (0..3).map(|number| format!("probely:probely/user/gone{number}"));
    let rows: Vec<_> = gone.chain(users.iter().cloned()).map(|id| format!("{id},Somebody")).collect();
    std::fs::write(&file, format!("id,name.display\n{}\n", rows.join("\n"))).unwrap();
    let from = ["update", "--from", file.to_str().unwrap()];
    let dry = server.run(&[&from[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, server.writes()), (4, 0), "{}", dry.err);
    let run = server.run(&[&from[..], &["--yes"]].concat());
    assert_eq!((run.code, server.writes()), (4, users.len()), "{}", run.err);
}

#[test]
fn what_was_done_before_is_skipped_only_where_the_service_still_shows_it() {
    let server = server(10);
    let folder = folder("since-then");
    let user = &server.people("probely")[0];
    let file = folder.join("changes.csv");
    let write = |title: &str| {
        std::fs::write(&file, format!("id,title\n{user},{title}\n")).unwrap();
        let run = server.run(&["update", "--from", file.to_str().unwrap(), "--yes", "-o", "csv"]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let title = || {
        let shown = server.run(&["get", user, "-o", "csv", "--fields", "title", "-q"]).out;
        shown.lines().nth(1).unwrap().to_owned()
    };
    write("cto");
    // Another person changes it; months later, the same file is not skipped because of an old journal.
    assert_eq!(server.run(&["update", user, "--set", "title=ceo", "--yes"]).code, 0);
    assert!(write("cto").contains(",written,"), "it is written again");
    assert_eq!(title(), "cto");
    // Changed and changed back: the last change counts.
    write("ceo");
    write("cto");
    assert_eq!(title(), "cto");
}

#[test]
fn what_was_written_without_a_response_is_read_before_it_is_written_again() {
    let server = server(10);
    let folder = folder("lost");
    let users = server.people("probely");
    let file = folder.join("changes.csv");
    std::fs::write(&file, format!("id,name.display\n{},Ada\n{},Grace\n", users[0], users[1])).unwrap();
    let arguments = ["update", "--from", file.to_str().unwrap(), "--yes", "-o", "csv"];
    server.fault(Fault::new("users_partial_update").first(1).drop_connection().after_effect());
    // Two are read; the first is read again before its write, and cannot be read afterwards.
    server.fault(Fault::new("users_retrieve").on_attempts(4..5).respond(403));
    let lost = server.run(&arguments);
    assert_eq!((lost.code, server.writes()), (4, 2), "{}", lost.err);
    assert!(lost.out.contains(&format!("{},unknown,result unknown (transport)", users[0])), "{}", lost.out);
    // An incomplete line, as an interrupted run leaves it.
    let path = folder.join("changes.csv.journal");
    let journal = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &journal[..journal.len() - 5]).unwrap();
    let again = server.run(&arguments);
    assert_eq!((again.code, server.writes()), (0, 2), "{}", again.err);
    assert!(again.out.contains(",unchanged"), "{}", again.out);
}

#[test]
fn failures_while_the_plan_is_made_do_not_stop_the_writes() {
    let server = server(60);
    let folder = folder("spread");
    let mut ids = server.people("probely");
    assert!(ids.len() > 40);
    for number in 0..3 {
        ids.insert(number * 15 + 10, format!("probely:probely/user/gone{number}"));
    }
    let file = folder.join("changes.csv");
    let rows: Vec<_> = ids.iter().map(|id| format!("{id},Somebody")).collect();
    std::fs::write(&file, format!("id,name.display\n{}\n", rows.join("\n"))).unwrap();
    let run = server.run(&["update", "--from", file.to_str().unwrap(), "--yes"]);
    assert_eq!((run.code, server.writes()), (4, ids.len() - 3), "{}", run.err);
    assert!(run.err.contains("3 failed, 0 not tried"), "{}", run.err);
}

#[test]
fn a_journal_is_of_its_changes_and_of_where_they_were_made() {
    let (one, other) = (server(10), server(10));
    let folder = folder("places");
    let user = &one.people("probely")[0];
    let file = folder.join("changes.csv");
    std::fs::write(&file, format!("id,title\n{user},NULL\n")).unwrap();
    let from = ["update", "--from", file.to_str().unwrap(), "--yes"];
    let refused = one.run(&from);
    assert_eq!(refused.code, 2, "NULL is no title");
    let clearing = [&from[..], &["--csv-null", "NULL"]].concat();
    assert_eq!(one.run(&clearing).code, 0);
    assert_eq!(other.writes(), 0);
    let elsewhere = other.run(&clearing);
    assert_eq!((elsewhere.code, other.writes()), (0, 1), "{}", elsewhere.err);
    assert_eq!(one.run(&clearing).code, 0);
    assert_eq!(one.writes(), 1);
    assert_eq!(one.run(&[&from[..], &["--csv-null", ""]].concat()).code, 2);
}

#[test]
fn what_the_service_put_off_is_sent_when_it_says() {
    let server = server(10);
    let folder = folder("put-off");
    let users = server.people("probely");
    let file = folder.join("changes.csv");
    std::fs::write(&file, format!("id,name.display\n{},Ada\n{},Grace\n", users[0], users[1])).unwrap();
    server.fault(Fault::new("users_partial_update").first(1).respond(429).header("retry-after-ms", "5"));
    let run = server.run(&["update", "--from", file.to_str().unwrap(), "--yes", "-o", "csv"]);
    assert_eq!((run.code, server.writes()), (0, 3), "{}", run.err);
    assert_eq!(run.out.matches(",written\n").count(), 2, "{}", run.out);
}
