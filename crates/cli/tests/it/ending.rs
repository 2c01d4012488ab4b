//! Runs that write and end before their time, whose output cannot be written, or that nobody can have meant so.

use std::{
    fs::File,
    process::{Command, Stdio},
    time::Duration,
};

use anyprofile_sandbox::Fault;

use crate::{Run, Server, server};

/// Runs a command, and sends it a signal once the server has had so many writes.
fn signalled(server: &Server, arguments: &[&str], signal: &str, writes: usize) -> Run {
    let mut command = server.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while server.writes() < writes {
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait_with_output().unwrap().into()
}

fn users(server: &Server, account: &str) -> Vec<String> {
    let listed =
        server.run(&["list", "--account", account, "--kind", "human", "-o", "csv", "--fields", "id", "-q"]);
    listed.out.lines().filter(|id| id.contains("/user/")).map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn a_write_on_its_way_is_waited_for_and_nothing_else_is_begun() {
    let server = server(30);
    let slow = |operation: &str| Fault::new(operation).delay(Duration::from_millis(300)).after_effect();
    server.fault(slow("users-create"));
    let create = [
        "create",
        "--account",
        "probely",
        "--set",
        "emails=ada@example.com",
        "--set",
        "name.display=Ada",
        "--yes",
    ];
    let run = signalled(&server, &create, "-INT", 1);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("it was created: probely:probely/user/"), "{}", run.err);
    assert!(run.out.contains("ada@example.com"), "{}", run.out);

    server.fault(slow("users-destroy"));
    let users = users(&server, "probely");
    let ids: Vec<_> = users.iter().take(4).map(String::as_str).collect();
    let deactivate = [&["deactivate", "--yes", "-o", "csv"], &ids[..]].concat();
    let run = signalled(&server, &deactivate, "-TERM", 2);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.out.contains(&format!("{},done,deactivated", ids[0])), "{}", run.out);
    assert_eq!(server.writes(), 2, "the others were not begun");
    for id in &ids[1..] {
        assert!(run.err.contains("not begun:\n") && run.err.contains(&format!("  {id}\n")), "{}", run.err);
    }

    server.fault(slow("users-partial-update"));
    let run = signalled(&server, &["update", ids[2], "--set", "name.display=Grace", "--yes"], "-INT", 3);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains(&format!("it was written: {}", ids[2])), "{}", run.err);
    for (signal, before) in [("-TERM", 3), ("-HUP", 4)] {
        let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("ending{signal}.csv"));
        let rows: Vec<_> = users[5..].iter().map(|id| format!("{id},Somebody {signal}")).collect();
        std::fs::write(&file, format!("id,name.display\n{}\n", rows.join("\n"))).unwrap();
        let _ = std::fs::remove_file(file.with_extension("csv.journal"));
        let from = ["update", "--from", file.to_str().unwrap(), "--yes", "-o", "ndjson"];
        let run = signalled(&server, &from, signal, before + 1);
        assert_eq!(run.code, 4, "{}", run.err);
        assert!(run.out.contains(r#""state":"written""#) && run.err.contains("not begun:"), "{}", run.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_written_is_said_where_the_output_cannot_be() {
    let server = server(20);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let users = users(&server, "probely");
    let create = [
        "create",
        "--account",
        "probely",
        "--set",
        "emails=ada@example.com",
        "--set",
        "name.display=Ada",
        "--yes",
    ];
    let update = ["update", &users[0], "--set", "name.display=Grace", "--yes"];
    let deactivate = ["deactivate", &users[1], &users[2], "--yes"];
    for (arguments, told) in [
        (&create[..], "it was created: probely:probely/user/".to_owned()),
        (&update, format!("it was written: {}", users[0])),
        (&deactivate, format!("{}  deactivated", users[1])),
    ] {
        let run = Run::from(server.command(arguments).stdout(full()).output().unwrap());
        assert_eq!(run.code, 4, "{arguments:?}: {}", run.err);
        assert!(run.err.contains("the output cannot be written") && run.err.contains(&told), "{}", run.err);
        assert!(!run.err.contains("defect"), "{}", run.err);
    }
    assert_eq!(server.writes(), 3, "after the first of two that cannot be told no other one is begun");
    let list = Run::from(server.command(&["list"]).stdout(full()).output().unwrap());
    assert_eq!(list.code, 4, "{}", list.err);
}

#[test]
fn a_key_alone_does_not_mean_several_people_or_oneself() {
    let server = server(30);
    let mut ids = users(&server, "probely").into_iter();
    let [one, other] = [ids.next().unwrap(), ids.next().unwrap()];
    let own = server.run(&["me", "--account", "probely", "-o", "csv", "--fields", "id", "-q"]).out;
    let own = own.lines().nth(1).unwrap();
    let native = |id: &str| id.rsplit('/').next().unwrap().to_owned();
    // Two people with one address, and then the credential's own with it.
    let shared: Vec<_> = [&one, &other, own]
        .map(|id| format!(r#"{{"id":"{}","email":"shared@example.com"}}"#, native(id)))
        .to_vec();
    let page =
        format!(r#"{{"count":3,"page_total":1,"page":1,"length":10,"results":[{}]}}"#, shared.join(","));
    server.fault(Fault::new("users-list").respond(200).header("content-type", "application/json").body(page));
    let find = |key: &str, more: &[&str]| {
        server.run(&[&["deactivate", "--account", "probely", "--find", key, "--yes", "-q"], more].concat())
    };
    let refused = find("shared@example.com", &[]);
    assert_eq!((refused.code, server.writes()), (2, 0), "{}", refused.err);
    assert!(refused.err.contains("--allow-several"), "{}", refused.err);
    let several = find("shared@example.com", &["--allow-several"]);
    assert_eq!((several.code, server.writes()), (2, 0), "{}", several.err);
    assert!(several.err.contains(own) && several.err.contains("--allow-own-profile"), "{}", several.err);
    // Ids say what is meant, and the own profile is warned of whatever else is not said.
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
    assert!(run.err.contains("COULD NOT BE ASKED"), "{}", run.err);
    // One account down and one that cannot do it is a part, and not a mistake of whoever asked.
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
