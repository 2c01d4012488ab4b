//! Runs that are interrupted, whose output cannot be written, or whose selection is ambiguous.

use std::{
    fs::File,
    process::{Command, Stdio},
    time::Duration,
};

use anyprofile_sandbox::Fault;

use crate::{CREATE_ADA, Run, Server, server};

/// Returns the signal, or SIGTERM if this process was started to ignore it, because child processes inherit that. A
/// shell lets background jobs ignore SIGINT, and `nohup` lets its command ignore SIGHUP.
fn heeded(signal: &str, number: u32) -> &str {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.map_or(0, |digits| u64::from_str_radix(digits.trim(), 16).unwrap());
    if ignored >> (number - 1) & 1 == 0 { signal } else { "-TERM" }
}

/// Runs a command, and sends it a signal after the given number of writes.
fn signalled(server: &Server, arguments: &[&str], signal: &str, writes: usize) -> Run {
    let mut command = server.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while server.writes() < writes {
        std::thread::yield_now();
    }
    let signal = match signal {
        "-INT" => heeded(signal, 2),
        "-HUP" => heeded(signal, 1),
        other => other,
    };
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait_with_output().unwrap().into()
}

#[cfg(unix)]
#[test]
fn a_write_on_its_way_is_waited_for_and_nothing_else_is_begun() {
    let server = server(30);
    let slow = |operation: &str| Fault::new(operation).delay(Duration::from_millis(300)).after_effect();
    server.fault(slow("users_create"));
    let run = signalled(&server, &CREATE_ADA, "-INT", 1);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("the profile was created: probely:probely/user/"), "{}", run.err);
    assert!(run.out.contains("ada@example.com"), "{}", run.out);

    server.fault(slow("users_destroy"));
    let users = server.people("probely");
    let ids: Vec<_> = users.iter().take(4).map(String::as_str).collect();
    let deactivate = [&["deactivate", "--yes", "-o", "csv"], &ids[..]].concat();
    let run = signalled(&server, &deactivate, "-TERM", 2);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.out.contains(&format!("{},done,deactivated", ids[0])), "{}", run.out);
    assert_eq!(server.writes(), 2, "the others were not begun");
    for id in &ids[1..] {
        assert!(run.err.contains("not started:\n") && run.err.contains(&format!("  {id}\n")), "{}", run.err);
    }

    server.fault(slow("users_partial_update"));
    let run = signalled(&server, &["update", ids[2], "--set", "name.display=Grace", "--yes"], "-INT", 3);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains(&format!("the profile was written: {}", ids[2])), "{}", run.err);
    for (signal, before) in [("-TERM", 3), ("-HUP", 4)] {
        let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("ending{signal}.csv"));
        let rows: Vec<_> = users[5..].iter().map(|id| format!("{id},Somebody {signal}")).collect();
        std::fs::write(&file, format!("id,name.display\n{}\n", rows.join("\n"))).unwrap();
        let _ = std::fs::remove_file(file.with_extension("csv.journal"));
        let from = ["update", "--from", file.to_str().unwrap(), "--yes", "-o", "ndjson"];
        let run = signalled(&server, &from, signal, before + 1);
        assert_eq!(run.code, 4, "{}", run.err);
        assert!(run.out.contains(r#""state":"written""#) && run.err.contains("not started:"), "{}", run.err);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_write_without_a_response_is_read_back() {
    let server = server(30);
    let unanswered = |operation: &str| {
        Fault::new(operation).delay(Duration::from_millis(300)).after_effect().respond(502).first(1)
    };
    let user = &server.people("probely")[0];
    server.fault(unanswered("users_partial_update"));
    let update = ["update", user, "--set", "name.display=Grace", "--yes"];
    let run = signalled(&server, &update, "-INT", 1);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("verified: the service shows the new values"), "{}", run.err);
    server.fault(unanswered("users_create"));
    let run = signalled(&server, &CREATE_ADA, "-INT", server.writes() + 1);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("with all values that were set"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn no_write_begins_after_an_interrupt() {
    let server = server(30);
    let users = server.people("probely");
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("put-off.csv");
    std::fs::write(&file, format!("id,name.display\n{},Ada\n{},Grace\n", users[0], users[1])).unwrap();
    let _ = std::fs::remove_file(file.with_extension("csv.journal"));
    // A full pause would take too long for a test, so it is interrupted.
    server.fault(Fault::new("users_partial_update").respond(429).header("retry-after", "100"));
    let run = signalled(&server, &["update", "--from", file.to_str().unwrap(), "--yes"], "-INT", 1);
    assert_eq!(run.code, 4, "{}", run.err);
    assert_eq!(server.writes(), 1, "{}", run.err);
    assert!(run.out.contains("failed") && run.err.contains("not started:"), "{} {}", run.out, run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_whoever_started_the_run_ignores_ends_nothing() {
    let server = server(30);
    let users = server.people("probely");
    server.fault(Fault::new("users_destroy").delay(Duration::from_millis(200)).after_effect());
    let program = server.command(&["deactivate", &users[0], &users[1], "--yes", "-o", "csv"]);
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(program.get_args());
    command.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while server.writes() == 0 {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap().success());
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.out.matches(",done,deactivated").count(), 2, "{}", run.out);
}

#[cfg(unix)]
#[test]
fn a_journal_whose_key_cannot_be_kept_is_told_and_written_all_the_same() {
    let server = server(30);
    let user = &server.people("probely")[0];
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("keyless.csv");
    std::fs::write(&file, format!("id,name.display\n{user},Ada\n")).unwrap();
    let _ = std::fs::remove_file(file.with_extension("csv.journal"));
    let mut command = server.command(&["update", "--from", file.to_str().unwrap(), "--yes"]);
    let run = Run::from(command.env("XDG_STATE_HOME", "/dev/null/state").output().unwrap());
    assert_eq!((run.code, server.writes()), (0, 1), "{}", run.err);
    assert!(
        run.err.contains("cannot save the key of the journal at /dev/null/state/anyprofile/key"),
        "{}",
        run.err
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_written_is_said_where_the_output_cannot_be() {
    let server = server(20);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let users = server.people("probely");
    let update = ["update", &users[0], "--set", "name.display=Grace", "--yes"];
    let deactivate = ["deactivate", &users[1], &users[2], "--yes"];
    for (arguments, told) in [
        (&CREATE_ADA[..], "the profile was created: probely:probely/user/".to_owned()),
        (&update, format!("the profile was written: {}", users[0])),
        (&deactivate, format!("{}  deactivated", users[1])),
    ] {
        let run = Run::from(server.command(arguments).stdout(full()).output().unwrap());
        assert_eq!(run.code, 4, "{arguments:?}: {}", run.err);
        assert!(run.err.contains("cannot write the output") && run.err.contains(&told), "{}", run.err);
        assert!(!run.err.contains("defect"), "{}", run.err);
    }
    assert_eq!(server.writes(), 3, "after the first of two that cannot be told no other one is begun");
    let list = Run::from(server.command(&["list"]).stdout(full()).output().unwrap());
    assert_eq!(list.code, 4, "{}", list.err);
}

#[test]
fn a_key_alone_does_not_mean_several_people_or_oneself() {
    let server = server(30);
    let mut ids = server.people("probely").into_iter();
    let [one, other] = [ids.next().unwrap(), ids.next().unwrap()];
    let own = server.run(&["me", "--account", "probely", "-o", "csv", "--fields", "id", "-q"]).out;
    let own = own.lines().nth(1).unwrap();
    let native = |id: &str| id.rsplit('/').next().unwrap().to_owned();
    // Two profiles with one address, and then also the credential's own profile.
    let shared: Vec<_> = [&one, &other, own]
        .map(|id| format!(r#"{{"id":"{}","email":"shared@example.com"}}"#, native(id)))
        .to_vec();
    let page =
        format!(r#"{{"count":3,"page_total":1,"page":1,"length":10,"results":[{}]}}"#, shared.join(","));
    server.fault(Fault::new("users_list").respond(200).header("content-type", "application/json").body(page));
    let shown = server.run(&[
        "deactivate",
        "--account",
        "probely",
        "--find",
        "shared@example.com",
        "--dry-run",
        "-q",
    ]);
    assert!(shown.err.contains("--yes would be refused: 3 profiles in account"), "{}", shown.err);
    let find = |key: &str, more: &[&str]| {
        server.run(&[&["deactivate", "--account", "probely", "--find", key, "--yes", "-q"], more].concat())
    };
    let refused = find("shared@example.com", &[]);
    assert_eq!((refused.code, server.writes()), (2, 0), "{}", refused.err);
    assert!(refused.err.contains("--allow-several"), "{}", refused.err);
    let several = find("shared@example.com", &["--allow-several"]);
    assert_eq!((several.code, server.writes()), (2, 0), "{}", several.err);
    assert!(several.err.contains(own) && several.err.contains("--allow-own-profile"), "{}", several.err);
    // Ids are explicit, and the own profile is warned of even with `-q`.
    let named = server.run(&["deactivate", &one, &other, own, "--dry-run", "-q"]);
    assert!(
        named.err.contains(&format!("{own}  warning: this is the profile of the credential itself")),
        "{}",
        named.err
    );
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("own.csv");
    std::fs::write(&file, format!("id,name.display\n{own},Somebody\n")).unwrap();
    for arguments in [
        &["update", "--from", file.to_str().unwrap(), "--dry-run", "-q"][..],
        &["update", own, "--set", "name.display=Somebody", "--dry-run", "-q"],
        &["update", own, "--set", "name.display=Somebody", "--yes", "-q"],
    ] {
        let run = server.run(arguments);
        assert!(
            run.err.contains("warning: this is the profile of the credential itself"),
            "{arguments:?}: {}",
            run.err
        );
    }
}

#[test]
fn an_account_that_can_never_be_asked_is_named_and_keeps_nobody_from_being_done() {
    let server = server(30);
    let listed = server
        .run(&[
            "list",
            "--account",
            "probely",
            "--kind",
            "human",
            "--status",
            "active",
            "-o",
            "csv",
            "--fields",
            "emails",
            "-q",
        ])
        .out;
    let address = listed.lines().find(|line| line.contains('@') && !line.contains("owner")).unwrap();
    let mut accounts = vec!["deactivate", "--find", address, "--dry-run"];
    accounts.extend(["--account", "probely", "--account", "anthropic"]);
    let run = server.run(&accounts);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("cannot search for this key"), "{}", run.err);
    // One failed account, and one that cannot search, make the run partial, not a usage error.
    let upsun = server.run(&["list", "--account", "upsun", "-o", "csv", "--fields", "emails", "-q"]).out;
    let address = upsun.lines().find(|line| line.contains('@')).unwrap();
    let mut command = server.command(&[
        "deactivate",
        "--find",
        address,
        "--yes",
        "--account",
        "upsun",
        "--account",
        "probely",
    ]);
    let down = Run::from(command.env("PROBELY_API_BASE_URL", "http://127.0.0.1:1").output().unwrap());
    assert_eq!(down.code, 4, "{}", down.err);
}
