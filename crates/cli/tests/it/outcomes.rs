//! Messages about failed writes: not made, partly made, or unknown.

use std::{io::Write as _, process::Stdio};

use anyprofile_sandbox::Fault;

use crate::{ACME, CREATE_ADA, Run, server};

/// Returns the first profile of a person in an account.
#[test]
fn what_may_have_been_created_is_looked_for_and_not_made_twice() {
    let server = server(5);
    server.fault(Fault::new("users_create").first(1).drop_connection().after_effect());
    let lost = server.run(&CREATE_ADA);
    assert_eq!((lost.code, lost.out.as_str()), (4, ""), "{}", lost.err);
    assert!(
        lost.err.contains("with all values that were set: the new profile, or an identical one"),
        "{}",
        lost.err
    );
    assert_eq!(server.writes(), 1);

    // A service that shows the creation time lists the newest profile first.
    server.fault(Fault::new("BetaCreateUserProfile").first(1).drop_connection().after_effect());
    let create = ["create", "--account", "anthropic", "--set", "name.display=Grace", "--yes"];
    let lost = server.run(&create);
    assert_eq!(lost.code, 4, "{}", lost.err);
    let told = "found anthropic:anthropic/user/";
    assert_eq!(lost.err.matches(told).count(), 1, "{}", lost.err);
    assert_eq!(server.writes(), 2);
}

#[test]
fn what_was_not_created_is_said_not_to_be_there() {
    let server = server(5);
    server.fault(Fault::new("users_create").first(1).drop_connection());
    let lost = server.run(&CREATE_ADA);
    assert_eq!(lost.code, 5, "{}", lost.err);
    assert!(
        lost.err.ends_with("no such profile was found (1 request); it may appear later\n"),
        "{}",
        lost.err
    );
}

#[test]
fn a_refused_connection_did_nothing_and_a_lost_response_is_looked_up() {
    let server = server(40);
    let user = server.people("probely").remove(0);
    let mut command = server.command(&["deactivate", &user, "--yes", "-o", "csv"]);
    let refused = Run::from(command.env("PROBELY_API_BASE_URL", "http://127.0.0.1:1").output().unwrap());
    assert_eq!(refused.code, 5, "{}", refused.err);
    assert!(refused.err.contains("warning: not possible: could not connect to 127.0.0.1"), "{}", refused.err);
    server.fault(Fault::new("users_destroy").first(1).respond(429));
    let limited = server.run(&["deactivate", &user, "--yes", "-o", "csv"]);
    assert_eq!(limited.code, 5, "{}", limited.err);
    assert!(limited.out.contains(",failed,failed (rate_limited)\n"), "{}", limited.out);

    server.fault(Fault::new("users_destroy").first(1).drop_connection().after_effect());
    let lost = server.run(&["deactivate", &user, "--yes", "-o", "csv"]);
    assert_eq!(lost.code, 0, "{}", lost.err);
    assert!(lost.out.contains(",done,deactivated\n"), "{}", lost.out);
    let again = server.run(&["deactivate", &user, "--yes", "-o", "csv"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.out.contains(",unchanged,unchanged\n"), "{}", again.out);

    let program = server.run(&[
        "list",
        "--account",
        "probely",
        "--kind",
        "service",
        "--status",
        "active",
        "-o",
        "csv",
        "--fields",
        "id",
        "-q",
    ]);
    let program = program.out.lines().find(|id| id.contains("api_user")).unwrap().to_owned();
    server.fault(Fault::new("api_users_partial_update").first(1).drop_connection());
    let lost = server.run(&["deactivate", &program, "--yes", "-o", "csv"]);
    assert_eq!(lost.code, 4, "{}", lost.err);
    assert!(
        lost.out.contains("result unknown (transport), and the service shows it as active"),
        "{}",
        lost.out
    );
}

#[test]
fn a_change_that_was_made_in_part_is_partial() {
    let server = server(5);
    server.fault(Fault::new("update-org-address").first(1).respond(403));
    let arguments = [
        "update",
        ACME,
        "--set",
        "organization.name=Acme",
        "--set",
        "billing.address.locality=Oslo",
        "--yes",
    ];
    let half = server.run(&arguments);
    assert_eq!(half.code, 4, "{}", half.err);
    assert!(half.err.contains("the requests before update-org-address were applied"), "{}", half.err);
    // The second run sends only the missing part.
    let rest = server.run(&arguments);
    assert_eq!(rest.code, 0, "{}", rest.err);
    assert_eq!(server.writes(), 3);
}

#[test]
fn people_are_invited_to_an_organization_given_a_role_and_removed() {
    let server = server(10);
    let key = server.variable("ANTHROPIC_API_KEY").to_owned();
    let admin = key.replace("api-key", "admin-key");
    let run = |arguments: &[&str]| {
        let mut command = server.command(arguments);
        Run::from(command.env("ANTHROPIC_ADMIN_KEY", &admin).output().unwrap())
    };
    let create =
        ["create", "--account", "anthropic-organization", "--set", "emails=ada@example.com", "--yes"];
    let nothing = run(&create);
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("roles is required"), "{}", nothing.err);
    let invited = run(&[&create[..], &["--set", "roles=developer", "-o", "ndjson"]].concat());
    assert_eq!(invited.code, 0, "{}", invited.err);
    assert!(invited.err.contains("warning: emails: the service sends an invitation"), "{}", invited.err);
    assert!(invited.out.contains(r#""status":"pending""#), "{}", invited.out);

    let listed =
        run(&["list", "--account", "anthropic-organization", "-o", "csv", "--fields", "id,roles", "-q"]);
    let user = listed.out.lines().find(|line| line.contains("organization_user")).unwrap();
    let user = user.split(',').next().unwrap();
    let changed = run(&["update", user, "--set", "roles=billing", "--yes", "-o", "ndjson"]);
    assert_eq!(changed.code, 0, "{}", changed.err);
    assert!(changed.out.contains(r#""role":{"name":"billing"}"#), "{}", changed.out);
    assert_eq!(run(&["update", user, "--set", "roles=owner", "--yes"]).code, 2);
    let kept = run(&["deactivate", user, "--yes"]);
    assert_eq!(kept.code, 2, "{}", kept.err);
    assert!(kept.err.contains("delete the user to remove it from the organization"), "{}", kept.err);
    let dry = run(&["delete", user, "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    let removed = run(&["delete", user, "--yes", "-o", "csv"]);
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert!(removed.out.contains(&format!("{user},done,deleted\n")), "{}", removed.out);
    assert_eq!(run(&["get", user]).code, 6);
}

#[test]
fn lists_are_written_with_semicolons_or_as_json() {
    let server = server(5);
    let user = server.people("probely").remove(0);
    for (labels, shown) in [("blue; gr,een", "gr,een"), (r#"["a;b"]"#, "a;b")] {
        let set = format!("labels={labels}");
        let run = server.run(&["update", &user, "--set", &set, "--yes", "-o", "ndjson"]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.contains(&format!(r#""name":"{shown}""#)), "{}", run.out);
    }
    let cleared = server.run(&["update", &user, "--clear", "labels", "--yes", "-o", "ndjson"]);
    assert_eq!(cleared.code, 0, "{}", cleared.err);
    assert!(cleared.out.contains(r#""labels":[]"#), "{}", cleared.out);
    let roles = "roles=sbxRoleDevel; _bxRoleAudit@team:sbxTeamBlue0";
    let assigned = server.run(&["update", &user, "--set", roles, "--yes", "-o", "ndjson"]);
    assert_eq!(assigned.code, 0, "{}", assigned.err);
    assert!(
        assigned.out.contains("sbxRoleDevel") && assigned.out.contains("sbxTeamBlue0"),
        "{}",
        assigned.out
    );
    let refused = server.run(&["update", &user, "--set", "labels=a;a", "--set", "roles=x@galaxy:y", "--yes"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains(
            "labels must not contain the same item twice; roles must be ROLE for the whole account"
        ),
        "{}",
        refused.err
    );
}

#[test]
fn what_is_listed_as_csv_can_be_given_back() {
    let server = server(40);
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("given-back");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let user = server.people("probely").remove(0);
    for labels in [r#"["a;b","c"]"#, "c; d"] {
        let set = format!("labels={labels}");
        assert_eq!(server.run(&["update", &user, "--set", &set, "--yes", "-q"]).code, 0);
        let arguments =
            ["list", "--account", "probely", "-o", "csv", "--fields", "id,name.display,labels", "-q"];
        let listed = server.run(&arguments).out;
        let file = folder.join("people.csv");
        std::fs::write(&file, listed).unwrap();
        let before = server.writes();
        let given = server.run(&["update", "--from", file.to_str().unwrap(), "--yes", "-o", "csv"]);
        assert_eq!((given.code, server.writes()), (0, before), "{}{}", given.err, given.out);
    }
    let refused = server.run(&["update", &user, "--set", "labels=[a,b]", "--yes"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("labels must be a list of strings"), "{}", refused.err);
}

#[test]
fn a_change_without_a_response_is_read_back_and_nothing_personal_is_said_when_that_is_not_wanted() {
    let server = server(5);
    server.fault(Fault::new("update-org-profile").first(1).drop_connection().after_effect());
    let arguments = ["update", ACME, "--set", "organization.name=Planted Ltd", "--yes", "-q"];
    let lost = server.run(&arguments);
    assert_eq!(lost.code, 0, "{}", lost.err);
    assert!(lost.err.ends_with("verified: the service shows the new values\n"), "{}", lost.err);
    assert!(!lost.err.contains("Planted"), "{}", lost.err);
    server.fault(Fault::new("update-org-profile").first(1).drop_connection());
    let lost = server.run(&["update", ACME, "--set", "organization.name=Other", "--yes"]);
    assert_eq!(lost.code, 5, "{}", lost.err);
    assert!(
        lost.err.ends_with("not verified: the service does not show the new value of organization.name\n"),
        "{}",
        lost.err
    );
}

#[test]
fn what_all_have_in_common_is_the_exit_code() {
    let server = server(5);
    let user = server.people("probely").remove(0);
    assert_eq!(server.run(&["deactivate", "probely:probely/user/nobody", "--yes"]).code, 6);
    assert_eq!(server.run(&["deactivate", "probely:probely/user/nobody", &user, "--yes"]).code, 4);
    let nowhere = ["deactivate", "upsun:upsun/user/6da2fb9b-de79-4a06-8faf-cc9488bd95d5"];
    for rest in ["--yes", "--dry-run"] {
        assert_eq!(server.run(&[&nowhere[..], &[rest]].concat()).code, 2, "none of them can be");
    }
}

#[test]
fn somebody_is_deactivated_at_all_accounts_and_who_could_not_be_asked_is_told() {
    let server = server(20);
    let user = server.people("probely").remove(0);
    let profile = server.run(&["get", &user, "-o", "ndjson"]).out;
    let address = profile.split(r#""address":""#).nth(1).unwrap().split('"').next().unwrap();
    let dry = server.run(&["deactivate", "--find", address, "--dry-run", "-o", "csv"]);
    // Anthropic's end users have no address: the account is reported, and nothing is left to do there.
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(
        dry.err.contains("cannot search for this key") && dry.err.contains(&format!("<{address}>")),
        "{}",
        dry.err
    );
    assert!(dry.out.contains(&format!("{user},planned,DELETE ")), "{}", dry.out);
    let done = server.run(&["deactivate", "--find", address, "--yes", "--account", "probely"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let nobody = server.run(&["deactivate", "--find", "nobody@example.com", "--yes", "--account", "probely"]);
    assert_eq!(nobody.code, 6, "{}", nobody.err);
}

#[test]
fn the_suite_is_passed_by_one_account() {
    let run = crate::run(&["conformance", "--account", "probely", "-o", "csv"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("probely,update.apply,passed,"), "{}", run.out);
    assert!(run.err.contains("probely: ") && run.err.contains(" 0 failed"), "{}", run.err);
    assert_eq!(crate::run(&["conformance", "--account", "nobody"]).code, 2);
}

#[test]
fn who_may_be_the_own_profile_is_not_removed_because_that_could_not_be_read() {
    let server = server(20);
    let user = server.people("probely").remove(1);
    let profile = server.run(&["get", &user, "-o", "ndjson"]).out;
    let address = profile.split(r#""address":""#).nth(1).unwrap().split('"').next().unwrap();
    let deactivate = ["deactivate", "--find", address, "--account", "probely", "--yes"];
    server.fault(Fault::new("profile_list").first(6).respond(500));
    let refused = server.run(&deactivate);
    assert_eq!(refused.code, 2, "{}", refused.err);
    let why = "the credential's own profile in account 'probely' could not be read, and";
    assert!(refused.err.contains(why) && refused.err.contains("--allow-own-profile"), "{}", refused.err);
    assert!(!server.requests().iter().any(|request| request.method == "DELETE"));
    let allowed = server.run(&[&deactivate[..], &["--allow-own-profile"]].concat());
    assert_eq!(allowed.code, 0, "{}", allowed.err);
}

#[test]
fn ids_that_a_search_printed_are_no_more_meant_than_the_search() {
    let server = server(20);
    let own = server.run(&["me", "--account", "probely", "-o", "csv", "--fields", "id", "-q"]).out;
    let own = own.lines().nth(1).unwrap();
    let mut command = server.command(&["deactivate", "-", "--yes"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{own}\n").as_bytes()).unwrap();
    let refused: Run = child.wait_with_output().unwrap().into();
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("is the profile of the credential itself"), "{}", refused.err);
    assert!(!server.requests().iter().any(|request| request.method == "DELETE"));
}

#[test]
fn nobody_is_found_only_where_every_account_could_be_asked() {
    let server = server(5);
    let nobody = ["deactivate", "--find", "nobody@example.com", "--dry-run"];
    assert_eq!(server.run(&nobody).code, 4);
    let searchable = [&nobody[..], &["--account", "probely", "--account", "upsun"]].concat();
    assert_eq!(server.run(&searchable).code, 6, "where there are no user names, nobody has one");
}
