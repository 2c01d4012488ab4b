//! Persons, reviews and off-boarding: what is found, shown, decided and carried out.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{folder, run, server};

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn persons_are_linked_over_accounts_and_each_link_says_why() {
    let run = run(&["--sandbox", "persons", "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let persons = lines(&run.out);
    let profiles: usize = persons.iter().map(|it| it["profiles"].as_array().unwrap().len()).sum();
    let links: usize = persons.iter().map(|it| it["links"].as_array().unwrap().len()).sum();
    assert_eq!(profiles - links, persons.len(), "one link fewer than there are profiles");
    assert!(links > 0 && persons[0]["links"][0]["rule"] == "email", "{}", persons[0]);
    assert!(persons[0]["profiles"][0].as_str().unwrap().starts_with("upsun:upsun/user/"));
    assert!(run.err.ends_with("of 80 profiles: complete\n"), "{}", run.err);
    let table = crate::run(&["--sandbox", "persons"]);
    assert!(table.out.starts_with("PERSON  NAME"), "{}", table.out);
}

#[test]
fn what_somebody_decided_counts_and_a_file_that_cannot_be_read_names_its_line() {
    let server = server(5);
    let persons = lines(&server.run(&["persons", "-o", "ndjson", "-q"]).out);
    // Whoever has further profiles keeps them.
    let alone: Vec<_> = persons.iter().filter(|it| it["links"].as_array().unwrap().is_empty()).collect();
    let [one, other] = [0, 1].map(|place| alone[place]["profiles"][0].as_str().unwrap().to_owned());
    let file = folder("mapping").join("persons.csv");
    std::fs::write(&file, format!("id,person\n{one},ada\n{other},ada\n")).unwrap();
    let name = file.to_str().unwrap();
    let mapped = lines(&server.run(&["persons", "--mapping", name, "-o", "ndjson", "-q"]).out);
    assert_eq!(mapped.len(), persons.len() - 1);
    assert!(mapped.iter().any(|it| it["links"][0]["rule"] == "mapping"));
    std::fs::write(&file, "id,person\nnobody\n").unwrap();
    let refused = server.run(&["persons", "--mapping", name]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("line 2"), "{}", refused.err);
}

#[test]
fn a_review_fails_on_what_is_broken_and_apart_from_it_on_what_is_not_known() {
    let review = |arguments: &[&str]| {
        run(&[&["--sandbox", "review", "--now", "2026-11-30T00:00:00Z"], arguments].concat())
    };
    let all = review(&["-o", "ndjson"]);
    assert_eq!(all.code, 0, "{}", all.err);
    let findings = lines(&all.out);
    let worst = |state: &str| {
        let of_state = findings.iter().filter(|it| it["state"] == state);
        of_state.filter(|it| it["severity"] == "high").count()
    };
    assert!(
        worst("violated") > 0 && worst("not_known") == 0,
        "the sandbox has people without a second factor"
    );
    assert!(all.err.contains("note: `left` was not checked: there is no roster"), "{}", all.err);
    let document: Value = serde_json::from_str(&review(&["-o", "json", "-q"]).out).unwrap();
    assert_eq!((&document["complete"], &document["filtered"]), (&true.into(), &false.into()));
    assert_eq!(document["findings"].as_array().unwrap().len(), findings.len());
    assert!(all.err.contains("access review: ") && all.err.contains(" Complete: 80 profiles"), "{}", all.err);
    for (arguments, code) in [
        (&["--fail-on", "high"][..], 10),
        (&["--fail-on", "critical"], 0),
        (&["--fail-on-not-known", "high"], 0),
        (&["--fail-on-not-known", "medium"], 10),
        (&["--fail-on", "worst"], 2),
    ] {
        let run = review(&[arguments, &["-q"]].concat());
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(code == 2 || run.err.is_empty(), "{}", run.err);
    }
}

#[test]
fn a_policy_a_roster_and_their_mistakes() {
    let server = server(20);
    let folder = folder("policy");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let printed = server.run(&["review", "policy"]);
    let policy = file("policy.toml", &printed.out);
    let address =
        lines(&server.run(&["--account", "scim", "list", "-o", "ndjson", "-q", "--status", "active"]).out)
            .iter()
            .find_map(|it| it["emails"][0]["address"].as_str().map(str::to_owned))
            .unwrap();
    let roster = file("people.csv", &format!("E-Mail;Status;Desk\n{address};left;4\n;active;\n"));
    let run = server.run(&["review", "--policy", &policy, "--roster", &roster, "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let left: Vec<_> = lines(&run.out).into_iter().filter(|it| it["check"] == "left").collect();
    assert!(left.iter().any(|it| it["state"] == "violated" && it["severity"] == "critical"), "{left:?}");
    assert!(run.err.contains("note: the column `desk` of the roster means nothing here"), "{}", run.err);
    assert!(run.err.contains("nobody was compared with them"), "{}", run.err);
    let account = server.run(&["review", "--roster-account", "scim", "-o", "ndjson", "-q"]);
    assert!(account.out.contains("not_on_roster"), "{}{}", account.out, account.err);

    for (arguments, what) in [
        (
            vec!["--policy".to_owned(), file("wrong.toml", "version = 1\n[[rules]]\ncheck = \"mfa\"\n")],
            "wrong.toml: the policy: line 2",
        ),
        (
            vec!["--roster".to_owned(), file("wrong.csv", "email,status\na@b.c,gone\n")],
            "wrong.csv: the roster: line 2",
        ),
        (vec!["--roster-account".to_owned(), "hr".to_owned()], "no account of the snapshot is named 'hr'"),
        (vec!["--since".to_owned(), "nothing.ndjson".to_owned()], "nothing.ndjson"),
    ] {
        let arguments: Vec<_> = ["review"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let run = server.run(&arguments);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(what), "{}", run.err);
    }
}

#[test]
fn a_quarter_from_two_snapshots_to_what_was_decided() {
    let server = server(20);
    let folder = folder("quarter");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (old, new) = (path("q3.ndjson"), path("q4.ndjson"));
    assert_eq!(server.run(&["export", "--to", &old]).code, 0);
    let id =
        lines(&server.run(&["--account", "scim", "list", "-o", "ndjson", "-q", "--status", "active"]).out)[1]
            ["id"]
            .clone();
    let id =
        format!("scim:scim/user/{}", id["native"].as_str().unwrap().replace('%', "%25").replace('/', "%2F"));
    assert_eq!(server.run(&["update", &id, "--set", "title=cto", "--yes"]).code, 0);
    assert_eq!(server.run(&["export", "--to", &new]).code, 0);
    let (page, sarif, junit, headline) =
        (path("review.html"), path("review.sarif"), path("review.xml"), path("line.txt"));
    let run = server.run(&[
        "review",
        "--snapshot",
        &new,
        "--since",
        &old,
        "--html",
        &page,
        "--sarif",
        &sarif,
        "--junit",
        &junit,
        "--headline",
        &headline,
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("0 added, 0 gone, 1 changed"), "{}", run.err);
    let html = std::fs::read_to_string(&page).unwrap();
    let (_, data) = html.split_once("<script id=\"data\" type=\"application/json\">").unwrap();
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!((data["profiles"].as_array().unwrap().len(), &data["changes"]["changed"]), (80, &json!(1)));
    assert!(data["changes"]["list"][0]["fields"].to_string().contains("-> cto"), "{}", data["changes"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(std::fs::read_to_string(&junit).unwrap().starts_with("<?xml"));
    assert_eq!(std::fs::read_to_string(&headline).unwrap().lines().count(), 1);
    let sarif: Value = serde_json::from_str(&std::fs::read_to_string(&sarif).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["name"], "anyprofile");

    // What the page saves.
    let decided = json!({
        "format": "anyprofile.decisions", "version": 1, "review": data["id"], "seal": data["snapshot"]["seal"],
        "reviewer": "Grace", "decided": "2026-11-30T10:00:00Z",
        "decisions": [{"id": id, "decision": "remove", "reason": "left"}],
    })
    .to_string();
    let digest = sha256(&decided);
    let decisions = path("decisions.json");
    let saved = format!("{{\"decisions\":{decided},\"sha256\":\"{digest}\"}}\n");
    std::fs::write(&decisions, saved.replace("Grace", "Eve")).unwrap();
    let refused = server.run(&["review", "apply", &decisions, "--yes"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("its SHA-256 does not match"), "{}", refused.err);
    std::fs::write(&decisions, saved).unwrap();
    let status = || lines(&server.run(&["get", &id, "-o", "ndjson"]).out)[0]["status"].clone();
    let shown = server.run(&["review", "apply", &decisions, "--dry-run"]);
    assert_eq!((shown.code, status()), (0, "active".into()), "{}", shown.err);
    assert!(
        shown.err.contains("1 profile decided by Grace") && shown.err.contains("dry run"),
        "{}",
        shown.err
    );
    let applied = server.run(&["review", "apply", &decisions, "--yes"]);
    assert_eq!((applied.code, status()), (0, "suspended".into()), "{}", applied.err);
    let again = server.run(&["review", "apply", &decisions, "--yes"]);
    assert!(again.code == 0 && again.out.contains("unchanged"), "{}{}", again.out, again.err);
}

#[test]
fn an_address_of_several_people_off_boards_nobody_unless_that_is_meant() {
    let server = server(5);
    let evidence = folder("several").join("support.json");
    let name = evidence.to_str().unwrap();
    for account in ["scim", "probely"] {
        let user = format!("name.display={account}");
        let mut create = vec![
            "create",
            "--account",
            account,
            "--set",
            "emails=support@example.com",
            "--set",
            &user,
            "--yes",
        ];
        if account == "scim" {
            create.extend(["--set", "username=support"]);
        }
        let run = server.run(&create);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let accounts = ["--account", "probely", "--account", "scim"];
    let offboard =
        |more: &[&str]| server.run(&[&accounts[..], &["offboard", "support@example.com"], more].concat());
    let refused = offboard(&["--yes", "--evidence", name]);
    assert_eq!(refused.code, 2, "{}{}", refused.out, refused.err);
    assert!(
        refused.err.contains("they are 2 persons") && refused.err.contains("--allow-several"),
        "{}",
        refused.err
    );
    let statuses = || {
        let found =
            server.run(&[&accounts[..], &["find", "support@example.com", "-o", "ndjson"]].concat()).out;
        lines(&found).iter().map(|it| it["status"].clone()).collect::<Vec<_>>()
    };
    assert!(statuses().iter().all(|status| status != "suspended"), "{:?}", statuses());
    // By one profile, that one is meant.
    let id = lines(&server.run(&["--account", "scim", "find", "support@example.com", "-o", "ndjson"]).out)[0]
        ["id"]
        .clone();
    let id =
        format!("scim:scim/user/{}", id["native"].as_str().unwrap().replace('%', "%25").replace('/', "%2F"));
    let refusal = std::fs::read_to_string(&evidence).unwrap();
    assert!(refusal.contains("\"refused\":\"2 persons were found"), "{refusal}");
    let again = server.run(&[&accounts[..], &["offboard", &id, "--yes", "--evidence", name]].concat());
    assert!(again.code == 2 && again.err.contains("evidence replaces nothing"), "{}", again.err);
    std::fs::remove_file(&evidence).unwrap();
    let one = server.run(&[&accounts[..], &["offboard", &id, "--yes", "--evidence", name]].concat());
    // Of the other one, nobody has decided whether it is theirs.
    assert_eq!(one.code, 4, "{}{}", one.out, one.err);
    let evidence: Value = serde_json::from_str(&std::fs::read_to_string(&evidence).unwrap()).unwrap();
    assert_eq!(evidence["evidence"]["profiles"], json!([id]));
    assert_eq!(evidence["evidence"]["may_be_theirs"][0]["reason"], "shared_mailbox");
    assert_eq!(statuses().iter().filter(|status| *status == "suspended").count(), 1);
}

#[test]
fn files_that_cannot_be_written_are_told_before_anybody_is_asked() {
    let folder = folder("outputs");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (page, nowhere) = (path("review.html"), path("nowhere/review.html"));
    for (files, what) in [
        (&["--html", &nowhere][..], "its directory does not exist"),
        (&["--html", &page, "--junit", &page], "it is read or written as something else in this run"),
    ] {
        let refused = run(&[&["--sandbox", "review"], files].concat());
        assert_eq!((refused.code, &*refused.out), (2, ""), "{}", refused.err);
        assert!(refused.err.contains(what), "{}", refused.err);
    }
}

#[test]
fn an_off_boarding_proves_what_is_left_and_what_is_not_known() {
    let server = server(20);
    let folder = folder("offboard");
    let file = folder.join("ada.json");
    let name = file.to_str().unwrap();
    let persons = lines(&server.run(&["persons", "-o", "ndjson", "-q"]).out);
    let own = server.run(&["--account", "probely", "me", "-o", "ndjson"]).out;
    let own = lines(&own)[0]["id"]["native"].as_str().unwrap().to_owned();
    let is_meant = |profiles: &str| {
        profiles.contains("probely") && profiles.contains("scim") && !profiles.contains(&own)
    };
    let several = persons.iter().find(|it| is_meant(&it["profiles"].to_string())).unwrap();
    let id = several["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|id| id.as_str().filter(|id| id.starts_with("probely")))
        .unwrap();
    let address = lines(&server.run(&["get", id, "-o", "ndjson"]).out)[0]["emails"][0]["address"]
        .as_str()
        .unwrap()
        .to_owned();
    let accounts = ["--account", "probely", "--account", "scim"];
    let dry = server.run(&[&accounts[..], &["offboard", &address, "--dry-run", "--evidence", name]].concat());
    assert!(dry.err.contains("before:") && dry.err.contains("session: not known"), "{}", dry.err);
    assert!(!file.exists(), "a dry run proves nothing");
    let run = server.run(&[&accounts[..], &["offboard", &address, "--yes", "--evidence", name]].concat());
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let text = std::fs::read_to_string(&file).unwrap();
    let evidence: Value = serde_json::from_str(&text).unwrap();
    let content = text.strip_prefix("{\"evidence\":").unwrap().rsplit_once(",\"sha256\":").unwrap().0;
    let digest = sha256(content);
    assert_eq!(evidence["sha256"], digest);
    let count = |when: &str| {
        let found = evidence["evidence"][when]["found"].as_array().unwrap();
        found.iter().filter(|it| it["kind"] == "profile").count()
    };
    assert!(count("before") >= 2 && count("after") == 0, "{evidence}");
    let outcomes = evidence["evidence"]["outcomes"].as_array().unwrap();
    assert!(outcomes.len() >= 2 && outcomes.iter().all(|it| it["state"] == "done"), "{outcomes:?}");
    assert!(!evidence["evidence"]["after"]["not_known"].as_array().unwrap().is_empty());
    let nobody = server.run(&["--account", "scim", "offboard", "nobody@example.com", "--yes"]);
    assert_eq!(nobody.code, 6, "{}", nobody.err);
    let none = folder.join("nobody.json");
    let nobody = server.run(&[
        "--account",
        "scim",
        "offboard",
        "nobody@example.com",
        "--yes",
        "--evidence",
        none.to_str().unwrap(),
    ]);
    assert_eq!(nobody.code, 6, "{}", nobody.err);
    assert!(
        std::fs::read_to_string(none).unwrap().contains("\"profiles\":[]"),
        "that nobody was found is evidence too"
    );
}
