//! Snapshots: what is written, checked and handed over.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::mpsc,
};

use serde_json::Value;

use crate::{Run, folder, server};

fn json(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// A service that answers a token and takes a list; each request is sent to the channel as its first line and body.
fn vanta(requests: usize) -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut first, mut length) = (String::new(), 0);
            reader.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = if first.contains("/oauth/token") {
                r#"{"access_token":"the-token","expires_in":3600,"token_type":"Bearer"}"#
            } else {
                r#"{"success":true}"#
            };
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
            write!(stream, "{head}content-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
            sender.send((first.trim().to_owned(), serde_json::from_slice(&body).unwrap())).unwrap();
        }
    });
    (url, receiver)
}

#[test]
fn evidence_says_what_it_is_and_each_way_to_alter_it_is_found() {
    let server = server(30);
    let folder = folder("evidence");
    let evidence = folder.join("review");
    let name = evidence.to_str().unwrap();
    let run = server.run(&["export", "--evidence", name]);
    assert_eq!(run.code, 0, "{}", run.err);
    let manifest = json(&evidence.join("manifest.json"));
    assert_eq!((&manifest["complete"], &manifest["rows"]), (&true.into(), &120.into()));
    let upsun = &manifest["accounts"][0];
    assert_eq!(upsun["collections"][""], serde_json::json!({"seen": 30, "declared": 30}));
    assert!(upsun["credential"].as_str().unwrap().starts_with("upsun:upsun/user/"));
    assert!(upsun["unsupported"].as_array().unwrap().contains(&"labels".into()));
    let cover = std::fs::read_to_string(evidence.join("cover.html")).unwrap();
    assert!(cover.contains("Complete: all 120 profiles") && cover.contains("AC-2(3)"), "{cover}");
    assert!(!cover.contains("<script") && cover.contains("default-src 'none'"));
    let whole = server.run(&["verify", name]);
    assert_eq!(whole.code, 0, "{}{}", whole.out, whole.err);
    assert!(whole.err.ends_with("nothing was altered\n"), "{}", whole.err);

    let data = evidence.join("profiles.ndjson");
    let original = std::fs::read_to_string(&data).unwrap();
    let altered = |change: &dyn Fn(), what: &str| {
        change();
        let found = server.run(&["verify", name]);
        assert_eq!(found.code, 10, "{what}: {}{}", found.out, found.err);
        assert!(found.out.contains(what), "{what}: {}", found.out);
    };
    let one_byte = original.replacen("human", "humam", 1);
    altered(&|| std::fs::write(&data, &one_byte).unwrap(), "its content was changed: the SHA-256 differs");
    let fewer: String = original.split_inclusive('\n').skip(1).collect();
    altered(&|| std::fs::write(&data, &fewer).unwrap(), "it has 29 profiles, and the manifest says 30");
    altered(&|| std::fs::remove_file(&data).unwrap(), "profiles.ndjson: the file is missing");
    std::fs::write(&data, &original).unwrap();
    let manifest_file = evidence.join("manifest.json");
    let text = std::fs::read_to_string(&manifest_file).unwrap();
    let edited = text.replacen("\"missing\": 0", "\"missing\": 1", 1);
    altered(&|| std::fs::write(&manifest_file, &edited).unwrap(), "the manifest was edited");
    std::fs::write(&manifest_file, &text).unwrap();
    altered(
        &|| std::fs::write(evidence.join("more.ndjson"), "x").unwrap(),
        "the manifest does not name this file",
    );
    std::fs::remove_file(evidence.join("more.ndjson")).unwrap();
    assert_eq!(server.run(&["verify", name]).code, 0);
}

#[test]
fn every_file_is_checked_by_its_name_and_none_is_written_as_something_else() {
    let server = server(20);
    let folder = folder("targets");
    for name in ["a.ndjson", "a.csv", "a.ndjson.gz"] {
        let file = folder.join(name);
        let name = file.to_str().unwrap();
        let run = server.run(&["export", "--to", name]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert_eq!(server.run(&["verify", name]).code, 0, "{name}");
        assert_eq!(server.run(&["export", "--to", name]).code, 2, "nothing is replaced");
    }
    for (name, why) in
        [("a.xlsx", "the name does not say what it is"), ("ftp://x/y", "'ftp://' is not known")]
    {
        let refused = server.run(&["export", "--to", name]);
        assert_eq!(refused.code, 2);
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    // It is Parquet, or refused where that is not built in, and never something else.
    let file = folder.join("a.parquet");
    let run = server.run(&["export", "--to", file.to_str().unwrap()]);
    match std::fs::read(&file) {
        Ok(content) => assert!(run.code == 0 && content.starts_with(b"PAR1"), "{}", run.err),
        Err(_) => {
            assert!(run.code == 2 && run.err.contains("build it with the feature `parquet`"), "{}", run.err);
        }
    }
}

#[test]
fn personal_data_is_hidden_before_it_is_written_and_pseudonyms_join_accounts() {
    let server = server(20);
    let folder = folder("hidden");
    let key = folder.join("key");
    std::fs::write(&key, "a key that is long enough\n").unwrap();
    let file = folder.join("hidden.ndjson");
    let [key, name] = [&key, &file].map(|path| path.to_str().unwrap());
    let run = server.run(&["export", "--to", name, "--pseudonymize", key, "--redact", "free-text,security"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains('@') && !text.contains("\"last_login\":\"") && text.contains("[redacted]"));
    let manifest = json(&folder.join("hidden.ndjson.manifest.json"));
    assert_eq!(manifest["privacy"]["redacted"], serde_json::json!(["security", "free-text"]));
    assert!(manifest["accounts"][0]["credential"].as_str().unwrap().contains("pseudonym-"));
    assert_eq!(server.run(&["verify", name]).code, 0);
    // The same person has the same pseudonym in two accounts.
    let addresses: Vec<String> = text
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["emails"][0]["address"].as_str().map(str::to_owned)
        })
        .collect();
    let distinct: std::collections::BTreeSet<_> = addresses.iter().collect();
    assert!(distinct.len() < addresses.len());
    let listed = server.run(&["list", "--account", "probely", "-o", "ndjson", "-q", "--redact", "contact"]);
    assert!(!listed.out.contains('@') && listed.out.contains("[redacted]"));
    std::fs::write(folder.join("short"), "short").unwrap();
    let short = folder.join("short");
    let refused = server.run(&["list", "--pseudonymize", short.to_str().unwrap()]);
    assert!(refused.code == 2 && refused.err.contains("at least 16"), "{}", refused.err);
}

#[test]
fn a_form_stops_where_it_wants_yes_or_no_and_the_truth_is_not_known() {
    let server = server(20);
    let folder = folder("forms");
    let file = folder.join("drata.csv");
    let name = file.to_str().unwrap();
    let stopped = server.run(&["export", "--account", "probely", "--to", name, "-o", "drata"]);
    assert_eq!((stopped.code, file.exists()), (2, false), "{}", stopped.err);
    assert!(
        stopped.err.contains("MFA is not known for ") && stopped.err.contains("probely:probely/"),
        "{}",
        stopped.err
    );
    let listed = server.run(&["list", "--account", "probely", "-o", "drata"]);
    assert_eq!((listed.code, listed.out.as_str()), (2, ""), "a part is not handed over: {}", listed.err);
    let chosen =
        server.run(&["export", "--account", "probely", "--to", name, "-o", "drata", "--unknown-mfa", "no"]);
    assert_eq!(chosen.code, 0, "{}", chosen.err);
    assert!(chosen.err.contains("guessed: mfa"), "{}", chosen.err);
    let manifest = json(&folder.join("drata.csv.manifest.json"));
    assert_eq!(
        (&manifest["form"]["name"], &manifest["form"]["unknown_mfa"]),
        (&"drata".into(), &false.into())
    );
    assert_eq!(server.run(&["verify", name]).code, 0);
    let scim = server.run(&["list", "--account", "scim", "-o", "scim", "-q"]);
    assert_eq!((scim.code, scim.out.lines().count()), (0, 20));
    assert!(scim.out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    let elsewhere = server.run(&["check", "-o", "vanta"]);
    assert!(elsewhere.code == 2 && elsewhere.err.contains("an output of list, members and export alone"));
}

#[test]
fn a_list_that_replaces_all_is_sent_only_whole() {
    let server = server(20);
    let folder = folder("push");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (whole, filtered) = (path("whole.ndjson"), path("filtered.ndjson"));
    assert_eq!(server.run(&["export", "--to", &whole, "--account", "probely"]).code, 0);
    assert_eq!(server.run(&["export", "--to", &filtered, "--account", "probely", "--kind", "human"]).code, 0);
    let push = |snapshot: &str, url: &str, more: &[&str]| -> Run {
        let arguments = [&["push", "vanta", snapshot, "--resource-id", "r1"], more].concat();
        let mut command = server.command(&arguments);
        command.env("VANTA_CLIENT_ID", "the-client").env("VANTA_CLIENT_SECRET", "the-secret");
        command.env("VANTA_API_URL", url).output().unwrap().into()
    };
    // Nothing listens there: what is refused is not sent.
    let nowhere = "http://127.0.0.1:9";
    for (snapshot, more, why) in [
        (&filtered, &["--yes", "--unknown-mfa", "no"][..], "it is filtered"),
        (&whole, &["--yes"], "--unknown-mfa no|yes"),
        (&whole, &["--unknown-mfa", "no"], "--yes"),
    ] {
        let refused = push(snapshot, nowhere, more);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(refused.err.contains(why), "{why}: {}", refused.err);
    }
    let (url, requests) = vanta(2);
    let sent = push(&whole, &url, &["--yes", "--unknown-mfa", "no"]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    let (token, body) = requests.recv().unwrap();
    assert!(token.starts_with("POST /oauth/token"), "{token}");
    assert_eq!(
        body,
        serde_json::json!({
            "client_id": "the-client", "client_secret": "the-secret", "grant_type": "client_credentials",
            "scope": "connectors.self:write-resource",
        })
    );
    let (put, body) = requests.recv().unwrap();
    assert!(put.starts_with("PUT /v1/resources/user_account"), "{put}");
    assert_eq!((&body["resourceId"], body["resources"].as_array().unwrap().len()), (&"r1".into(), 20));
    let first = &body["resources"][0];
    assert!(
        first["uniqueId"].as_str().unwrap().starts_with("probely:probely/")
            && first["mfaEnabled"].is_boolean()
    );
    // An incomplete snapshot, whoever wrote it.
    let part = path("part.ndjson");
    server.fault(anyprofile_sandbox::Fault::new("users_list").on_attempts(2..=4).respond(500));
    let paging = ["--page-size", "5", "--concurrency", "1"];
    let incomplete = server.run(
        &[&["export", "--to", &part, "--account", "probely", "--allow-incomplete"], &paging[..]].concat(),
    );
    assert_eq!(incomplete.code, 4, "{}", incomplete.err);
    let refused = push(&part, nowhere, &["--yes", "--unknown-mfa", "no"]);
    assert!(refused.code == 2 && refused.err.contains("it is not complete"), "{}", refused.err);
}

#[test]
fn two_snapshots_are_compared_field_by_field_and_nobody_is_gone_without_proof() {
    let server = server(20);
    let folder = folder("diff");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let account = ["--account", "scim"];
    let export = |to: &str, more: &[&str]| {
        let run = server.run(&[&["export", "--to", to], &account[..], more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    };
    let (old, new, fewer) = (path("old.ndjson"), path("new.csv"), path("fewer.ndjson"));
    export(&old, &[]);
    let same = server.run(&["diff", &old, "live", "--account", "scim", "--exit-code"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""), "{}", same.err);
    assert!(same.err.contains("no difference; 20 unchanged"), "{}", same.err);

    let people = server.people("scim");
    assert_eq!(server.run(&["update", &people[0], "--set", "title=countess", "--yes"]).code, 0);
    let delete = server.run(&["delete", &people[1], "--yes"]);
    assert_eq!(delete.code, 0, "{}", delete.err);
    let create =
        ["create", "--account", "scim", "--set", "username=ada", "--set", "name.display=Ada", "--yes"];
    assert_eq!(server.run(&create).code, 0);
    export(&new, &[]);
    let diff = server.run(&[
        "diff",
        &old,
        &new,
        "-o",
        "csv",
        "--ignore",
        "times,changed_by,extension",
        "--exit-code",
    ]);
    assert_eq!(diff.code, 10, "{}", diff.err);
    let rows: Vec<_> = diff.out.lines().skip(1).collect();
    let title = rows.iter().find(|row| row.contains("countess")).unwrap();
    assert!(title.starts_with("changed,") && title.contains(",title,"), "{title}");
    assert!(rows.iter().any(|row| row.starts_with("gone,") && row.contains(&people[1])), "{rows:?}");
    assert!(rows.iter().any(|row| row.starts_with("added,") && row.contains(",Ada,")), "{rows:?}");
    let only = server.run(&["diff", &old, &new, "-o", "ndjson", "--fields", "security", "-q"]);
    assert_eq!(only.code, 0, "{}", only.err);
    let changes = |out: &str| -> Vec<(String, bool)> {
        let of = |line: &str| {
            let change: Value = serde_json::from_str(line).unwrap();
            (change["kind"].as_str().unwrap().to_owned(), change["proven"].as_bool().unwrap())
        };
        out.lines().map(of).collect()
    };
    // Whoever came or went is told, whatever is compared.
    let mut kinds = changes(&only.out);
    kinds.sort();
    assert_eq!(kinds, [("added".to_owned(), true), ("gone".to_owned(), true)], "{}", only.out);

    // A narrower query does not prove that anybody is gone, and the exit code says that it is not the whole answer.
    export(&fewer, &["--status", "active"]);
    let narrower = server.run(&["diff", &old, &fewer, "-o", "ndjson"]);
    assert_eq!(narrower.code, 4, "{}", narrower.err);
    let gone: Vec<_> = changes(&narrower.out).into_iter().filter(|(kind, _)| kind == "gone").collect();
    assert!(!gone.is_empty() && gone.iter().all(|(_, is_proven)| !is_proven), "{}", narrower.out);
    assert!(narrower.err.contains("does not prove that anybody is gone"), "{}", narrower.err);
}
