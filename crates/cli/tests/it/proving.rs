//! Messages about profiles rely only on responses of their services.

use anyprofile_sandbox::Fault;

use crate::{CREATE_ADA, Run, Server, server};

fn with(server: &Server, arguments: &[&str], variables: &[(&str, String)]) -> Run {
    let mut command = server.command(arguments);
    command.envs(variables.iter().map(|(name, value)| (*name, value)));
    command.output().unwrap().into()
}

#[test]
fn nobody_asked_is_not_nobody() {
    let server = server(30);
    let listed = server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "emails", "-q"]).out;
    let address = listed.lines().find(|line| line.contains('@')).unwrap();
    let token = ("UPSUN_AUTH_URL", format!("{}/oauth2", server.variable("UPSUN_AUTH_URL")));
    let base = ("UPSUN_API_URL", format!("{}/elsewhere", server.variable("UPSUN_API_URL")));
    let users = ("PROBELY_API_BASE_URL", format!("{}/users", server.variable("PROBELY_API_BASE_URL")));
    for wrong in [token, base] {
        let wrong = [wrong];
        let alone = with(&server, &["find", "nobody@example.com", "--account", "upsun"], &wrong);
        assert_eq!(alone.code, 2, "{}", alone.err);
        assert!(alone.err.contains("not searched (config)"), "{}", alone.err);
        // With another account that responds, the run is still incomplete, whether or not a profile is found.
        let beside = with(&server, &["find", address], &wrong);
        assert_eq!(beside.code, 4, "{}", beside.err);
        assert!(beside.err.contains("not searched"), "{}", beside.err);
        let off_boarding = with(&server, &["deactivate", "--find", address, "--dry-run"], &wrong);
        assert_eq!(off_boarding.code, 4, "{}", off_boarding.err);
        for command in ["check", "list", "me"] {
            let run = with(&server, &[command, "--account", "upsun"], &wrong);
            assert_eq!(run.code, 2, "{command}: {}", run.err);
            assert!(run.err.contains("check "), "{command}: {}", run.err);
            assert!(!run.err.contains("check the id"), "{command}: {}", run.err);
        }
    }
    let wrong = [users];
    for command in [&["check"][..], &["list"], &["find", "x"], &["get", "probely:probely/user/x"]] {
        let run = with(&server, &[command, &["--account", "probely"]].concat(), &wrong);
        assert_eq!(run.code, 2, "{command:?}: {}", run.err);
        assert!(run.err.contains("the base URL"), "{command:?}: {}", run.err);
    }
}

#[test]
fn a_404_of_a_gateway_is_no_list_that_the_service_does_not_have() {
    let server = server(10);
    for body in [r#"{"message":"no Route matched with those values"}"#, "default backend - 404"] {
        server.fault(Fault::new("api_users_list").first(1).respond(404).body(body));
        let run = server.run(&["list", "--account", "probely", "-o", "ndjson"]);
        assert_eq!(run.code, 4, "{}", run.err);
        assert!(run.err.contains("incomplete"), "{}", run.err);
    }
}

#[test]
fn the_record_that_comes_is_the_one_that_was_asked_for() {
    let server = server(40);
    for (account, operation, native) in [
        ("probely", "users_retrieve", "user00000099"),
        ("upsun", "get-profile", "11111111-1111-4111-8111-111111111111"),
        ("anthropic", "BetaGetUserProfile", "uprof_somebody_else"),
    ] {
        let one = server.people(account).remove(0);
        let other = move |record: &mut serde_json::Value, _| record["id"] = native.into();
        server.fault(Fault::new(operation).edit(other));
        let before = server.writes();
        let got = server.run(&["get", &one]);
        assert_eq!((got.code, got.out.as_str()), (5, ""), "{}", got.err);
        assert!(got.err.contains(&one) && got.err.contains(native), "{}", got.err);
        let native_id = one.rsplit('/').next().unwrap();
        let found = server.run(&["find", "--account", account, "--", native_id]);
        assert_eq!((found.code, found.out.as_str()), (5, ""), "{}", found.err);
        let updated = server.run(&["update", &one, "--set", "name.display=Somebody", "--yes"]);
        assert_eq!(updated.code, 5, "{}", updated.err);
        let deactivated = server.run(&["deactivate", &one, "--yes"]);
        assert_ne!(deactivated.code, 0, "{}", deactivated.err);
        assert_eq!(server.writes(), before, "nobody is written to");
    }
    // Also looked up by an address.
    let listed = server.run(&["list", "--account", "upsun", "-o", "csv", "--fields", "emails", "-q"]).out;
    let address = listed.lines().find(|line| line.contains('@')).unwrap();
    server.fault(
        Fault::new("get-user-by-email-address").edit(|record, _| record["email"] = "b@example.com".into()),
    );
    let found = server.run(&["find", address, "--account", "upsun"]);
    assert_eq!((found.code, found.out.as_str()), (5, ""), "{}", found.err);
}

#[test]
fn a_write_that_is_answered_with_somebody_else_may_have_been_made() {
    let server = server(20);
    let one = server.people("probely").remove(0);
    server.fault(Fault::new("users_partial_update").edit(|record, _| record["id"] = "user00000099".into()));
    let run = server.run(&["update", &one, "--set", "name.display=Somebody", "--yes"]);
    assert_ne!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("user00000099") && run.err.contains("is not known"), "{}", run.err);
}

#[test]
fn what_is_not_there_is_no_proof() {
    let server = server(20);
    let one = server.people("probely").remove(0);
    server.fault(Fault::new("users_destroy").respond(502));
    // The plan and the check for changes read the profile; then a gateway responds.
    let gateway = r#"{"message":"no Route matched with those values"}"#;
    server.fault(Fault::new("users_retrieve").on_attempts(3..).respond(404).body(gateway));
    let run = server.run(&["deactivate", &one, "--yes", "-o", "csv"]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.err.contains("0 of 1 deactivated"), "{}", run.err);
    assert!(run.out.contains(",unknown,"), "{}", run.out);
}

#[test]
fn an_address_in_letters_of_another_case_is_no_change() {
    let server = server(20);
    let listed =
        server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "id,emails", "-q"]).out;
    let row = listed.lines().find(|line| line.contains('@')).unwrap();
    let (id, address) = row.split_once(',').unwrap();
    let change = format!("emails={}", address.to_uppercase());
    let run = server.run(&["update", id, "--set", &change, "--yes"]);
    assert_eq!((run.code, server.writes()), (0, 0), "{}", run.err);
    assert!(run.err.contains("the profile has this address in another notation"), "{}", run.err);
    let condition = format!("emails eq \"{}\"", address.to_uppercase());
    let by_condition =
        server.run(&["list", "--account", "probely", "--where", &condition, "-o", "csv", "-q"]);
    let by_filter =
        server.run(&["list", "--account", "probely", "--email", &address.to_uppercase(), "-o", "csv", "-q"]);
    assert_eq!((by_condition.out.lines().count(), by_filter.out.lines().count()), (2, 2));
}

#[test]
fn credentials_beside_a_configuration_file_are_named_and_env_uses_them() {
    let server = server(5);
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("beside");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.toml");
    let base = server.variable("PROBELY_API_BASE_URL");
    let text = format!(
        "[accounts.mine]\nservice = \"probely\"\nbase_url = \"{base}\"\napi_key = {{ env = \"PROBELY_API_KEY\" }}\n"
    );
    std::fs::write(&file, text).unwrap();
    let config = [("ANYPROFILE_CONFIG", file.to_str().unwrap().to_owned())];
    let run = with(&server, &["list", "-o", "ndjson", "-q"], &config);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.lines().all(|line| line.contains("\"mine\"")), "{}", run.out);
    assert!(
        run.err.contains("UPSUN_API_TOKEN, ANTHROPIC_API_KEY, SCIM_TOKEN from the environment; --env"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("PROBELY_API_KEY"), "it is used: {}", run.err);
    let of_environment = with(&server, &["check", "--env", "-o", "csv"], &config);
    assert_eq!((of_environment.code, of_environment.out.lines().count()), (0, 5), "{}", of_environment.err);
}

#[test]
fn a_listing_whose_pages_bring_nobody_ends_where_it_is_told() {
    let server = server(30);
    server.fault(
        Fault::new("BetaListUserProfiles").edit(|page, _| page["data"].as_array_mut().unwrap().clear()),
    );
    let list = ["list", "--account", "anthropic", "--page-size", "1", "--concurrency", "1"];
    let run = server.run(&[&list[..], &["--max-empty-pages", "3"]].concat());
    assert!(
        run.code != 0 && run.err.contains("3 consecutive pages had no new profile"),
        "{}: {}",
        run.code,
        run.err
    );
    assert!(run.err.contains("incomplete"), "{}", run.err);
}

#[test]
fn one_proof_of_the_place_is_enough_for_many_who_are_not_there() {
    let server = server(30);
    let ids: Vec<_> = (1..=5).map(|number| format!("probely:probely/user/nobody-{number}")).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let run = server.run(&[&["deactivate", "--dry-run"], &ids[..]].concat());
    assert_eq!(run.code, 6, "{}", run.err);
    // The credential's own profile, whose response also proves the base URL; each profile; and one proof.
    assert_eq!(
        server.requests().len(),
        7,
        "{:?}",
        server.requests().iter().map(|it| it.operation).collect::<Vec<_>>()
    );
}

#[test]
fn who_came_before_a_failure_is_in_the_table() {
    let server = server(30);
    server.fault(Fault::new("users_list").on_attempts(2..).respond(403));
    let list = ["list", "--account", "probely", "--page-size", "10", "--concurrency", "1"];
    let run = server.run(&list);
    assert_eq!(run.code, 4, "{}", run.err);
    assert_eq!(run.out.lines().count(), 11, "{}", run.out);
    assert!(run.err.contains("10 profiles of 1 account: incomplete"), "{}", run.err);
}

#[test]
fn a_creation_that_is_answered_with_somebody_else_is_looked_for_and_nobody_is_handed_out() {
    let server = server(30);
    server.fault(Fault::new("users_create").edit(|record, _| {
        record["id"] = "user00000099".into();
        record["email"] = "other@example.com".into();
    }));
    let run = server.run(&CREATE_ADA);
    assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
    assert!(
        run.err.contains("user00000099") && run.err.contains("found probely:probely/user/"),
        "{}",
        run.err
    );
}

#[test]
fn who_is_not_found_after_a_write_without_a_response_is_not_known_to_be_gone() {
    let server = server(30);
    let one = server.people("probely").remove(0);
    server.fault(Fault::new("users_destroy").respond(502));
    server
        .fault(Fault::new("users_retrieve").on_attempts(3..).respond(404).body(r#"{"detail":"Not found."}"#));
    let run = server.run(&["deactivate", &one, "--yes", "-o", "csv"]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(
        run.out.contains("result unknown") && run.out.contains("was not found when it was read back"),
        "{}",
        run.out
    );
}
