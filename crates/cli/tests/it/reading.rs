//! Enriched profiles, members, organizations, and several accounts of one service.

use serde_json::Value;

use crate::{ACME, run, server};

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id(profile: &Value) -> String {
    let id = &profile["id"];
    let part = |key: &str| id[key].as_str().unwrap().to_owned();
    format!("{}:{}/{}/{}", part("service"), part("account"), part("kind"), part("native"))
}

#[test]
fn an_enriched_profile_says_what_came_from_where() {
    let server = server(20);
    let plain = lines(&server.run(&["list", "--account", "upsun", "-o", "ndjson"]).out);
    let people: Vec<_> = plain.iter().filter(|it| it["kind"] == "human").map(id).collect();
    let mut known = 0;
    for person in people.iter().take(8) {
        let run = server.run(&["get", person, "--enrich", "-o", "ndjson"]);
        // The token's own user is the only one whose API tokens may be seen.
        let withheld = "warning: the record 'credentials' was not read: this credential may not see it\n";
        assert!((run.code, &*run.err) == (4, withheld) || (run.code, &*run.err) == (0, ""), "{}", run.err);
        let few = server.run(&["get", person, "--enrich", "--fields", "id,security.mfa_enabled"]);
        assert_eq!((few.code, &*few.err), (0, ""), "only the wanted records are read");
        let profile = &lines(&run.out)[0];
        assert_eq!(profile["origin"]["view"], "profile");
        assert!(profile["origin"]["merged"].as_array().unwrap().contains(&"user".into()));
        if profile["security"].get("mfa_enabled").is_some() {
            assert_eq!(profile["origin"]["fields"]["security.mfa_enabled"], "user");
            known += 1;
        }
    }
    assert!(known > 0);
    let moved = "upsun:upsun/organization/01HSANDB0XCEDR000000000003";
    assert_eq!(server.run(&["get", moved]).code, 0, "the organization is there, as the listing shows it");
    let run = server.run(&[
        "get",
        moved,
        "--enrich",
        "--fields",
        "id,name.display,status,billing.currency,billing.address",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    insta::assert_snapshot!(run.out + &run.err, @"
    field             value
    id                upsun:upsun/organization/01HSANDB0XCEDR000000000003
    name.display      Cedar
    status            active
    billing.currency  -
    billing.address   -
    warning: the record 'organization_profile' was not read: the service does not show it for this profile
    warning: the record 'address' was not read: the service does not show it for this profile
    ");
    // A service with one record has nothing to add, and says so.
    let probely =
        id(&lines(&server.run(&["list", "--account", "probely", "-o", "ndjson", "--limit", "1"]).out)[0]);
    let run = server.run(&["get", &probely, "--enrich", "--fields", "id"]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("note: --enrich has no effect: Probely has only one record"), "{}", run.err);
}

#[test]
fn an_access_review_of_upsun_needs_the_other_record_and_gets_it() {
    let server = server(30);
    let without = server.run(&["list", "--account", "upsun", "--mfa", "off", "-o", "ndjson"]);
    assert_eq!(without.out, "");
    assert!(without.err.contains("mfa can never match in this listing"), "{}", without.err);
    let with = server.run(&["list", "--account", "upsun", "--mfa", "off", "--enrich", "-o", "ndjson"]);
    assert!(with.err.contains("mfa applied locally"), "{}", with.err);
    let found = lines(&with.out);
    assert!(!found.is_empty());
    assert!(found.iter().all(|profile| profile["security"]["mfa_enabled"] == false));
    let unknown = server.run(&["list", "--account", "upsun", "--mfa", "unknown", "--enrich", "-o", "ndjson"]);
    assert!(unknown.code == 0 && !unknown.out.is_empty(), "{}", unknown.err);
    assert!(lines(&unknown.out).iter().all(|profile| !profile["security"]["mfa_enabled"].is_boolean()));
}

#[test]
fn members_are_listed_with_what_they_may_do_there() {
    let server = server(20);
    let run = server.run(&["members", ACME, "-o", "ndjson"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let members = lines(&run.out);
    assert!(members.len() > 10);
    assert!(members.iter().any(|member| member["access"]["owner"] == true));
    assert!(members.iter().any(|member| member["security"]["mfa_enabled"] == true));
    assert!(members.iter().any(|member| member["status"] == "deleted"), "a member who is gone is told");
    let admins = lines(&server.run(&["members", ACME, "--role", "admin", "-o", "ndjson"]).out);
    assert!(!admins.is_empty() && admins.len() < members.len());
    let run = server.run(&["members", "upsun:upsun/user/x"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("the service has no 'members' for ids of kind 'user', only for: organization"),
        "{}",
        run.err
    );
}

#[test]
fn organizations_are_listed_if_they_are_asked_for() {
    let server = server(10);
    let list = |organizations: &str| {
        let mut command =
            server.command(&["list", "--account", "upsun", "-o", "ndjson", "--kind", "organization"]);
        crate::Run::from(command.env("UPSUN_ORGANIZATIONS", organizations).output().unwrap())
    };
    let run = list("discovered");
    assert_eq!(run.code, 4, "two of them show the token no profile: {}", run.err);
    let organizations: Vec<_> =
        lines(&run.out).into_iter().filter(|it| it["id"]["kind"] == "organization").collect();
    assert_eq!(organizations.len(), 6);
    assert!(organizations.iter().any(|it| it["billing"]["vat_number"].is_string()));
    assert!(run.err.contains("2 profiles lack a record that this credential may not see"), "{}", run.err);
    let run = list("01HSANDB0XACME000000000001,01HSANDB0XNONE000000000000");
    assert_eq!(run.code, 4, "one that was named is missing");
    let why = "warning: upsun: page 2, record 2: the organization 01HSANDB0XNONE000000000000 could not be read (not_there)";
    assert!(run.err.contains("1 quarantined") && run.err.contains(why), "{}", run.err);
    let run = list("acme");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("'acme' is not the id or the name of an organization"), "{}", run.err);
}

#[test]
fn several_accounts_of_one_service_stand_beside_each_other() {
    let server = server(10);
    let url = |name: &str| server.variable(name);
    let text = format!(
        r#"
        [accounts.one]
        service = "probely"
        base_url = "{0}"
        api_key = {{ env = "PROBELY_API_KEY" }}
        [accounts.two]
        service = "probely"
        base_url = "{0}"
        api_key = {{ env = "PROBELY_API_KEY" }}
        [accounts.people]
        service = "anthropic"
        base_url = "{1}"
        admin_key = {{ env = "ADMIN" }}
        "#,
        url("PROBELY_API_BASE_URL"),
        url("ANTHROPIC_BASE_URL"),
    );
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("several.toml");
    std::fs::write(&path, text).unwrap();
    let config = path.to_str().unwrap();
    let mut command = server.command(&["list", "--config", config, "-o", "ndjson"]);
    let run = crate::Run::from(command.env("ADMIN", "sandbox-anthropic-admin-key").output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    let mut accounts = std::collections::BTreeMap::new();
    for profile in lines(&run.out) {
        *accounts.entry(profile["id"]["account"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert_eq!(
        accounts.into_iter().collect::<Vec<_>>(),
        [("one", 10), ("people", 4), ("two", 10)].map(|(a, n)| (a.to_owned(), n))
    );
    let mut command = server.command(&["check", "--config", config]);
    let run = crate::Run::from(command.env("ADMIN", "sandbox-anthropic-admin-key").output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn a_listing_since_a_time_says_where_to_start_the_next_time() {
    let server = server(500);
    let list = |arguments: &[&str]| {
        server.run(
            &[&["list", "--account", "probely", "-o", "ndjson", "--page-size", "20"], arguments].concat(),
        )
    };
    let everybody = lines(&list(&[]).out);
    let mut times: Vec<_> = everybody.iter().filter_map(|it| it["times"]["updated"].as_str()).collect();
    times.sort_unstable();
    let since = times[times.len() - 5];
    let before = server.requests().len();
    let run = list(&["--updated-since", since]);
    assert_eq!((run.code, run.out.lines().count()), (0, 5), "{}", run.err);
    // Two pages of changes, the last page, and the API users.
    assert!(server.requests().len() - before <= 6, "of 26 pages");
    assert!(run.err.contains("unchanged profiles were not read"), "{}", run.err);
    let next = run.err.lines().find_map(|line| line.split("--updated-since ").nth(1)).unwrap();
    assert!(next < *times.last().unwrap(), "with an overlap");
    let again = list(&["--updated-since", next]);
    assert!(again.code == 0 && again.out.lines().count() >= 1, "{}", again.err);
    // An incomplete listing shows no time to start from, since older changes would be lost.
    let cut = list(&["--updated-since", since, "--limit", "1"]);
    assert!(!cut.err.contains("--updated-since"), "{}", cut.err);
}

#[test]
fn the_people_of_the_organization_are_there_if_they_are_named() {
    let run = run(&[
        "list",
        "--sandbox",
        "--account",
        "anthropic-organization",
        "-o",
        "ndjson",
        "--status",
        "pending",
    ]);
    // Only an invite can be pending, so users are not read.
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("status can never match in the list of organization_user"), "{}", run.err);
    assert!(!run.out.is_empty());
    assert!(lines(&run.out).iter().all(|it| it["id"]["kind"] == "invite"));
    let run = crate::run(&["me", "--sandbox", "--account", "anthropic-organization", "-o", "ndjson"]);
    assert_eq!(lines(&run.out)[0]["kind"], "organization");
}
