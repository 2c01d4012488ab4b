//! Saved plans are applied once, and only if they are unchanged.

use std::path::Path;

use anyprofile_sandbox::Fault;

use crate::{Run, Server, folder, server};

/// Plans to create a profile at Probely.
pub(crate) const PLAN_ZOE: [&str; 8] = [
    "plan",
    "create",
    "--account",
    "probely",
    "--set",
    "emails=zoe@example.com",
    "--set",
    "name.display=Zoe",
];

/// Saves a plan to change a title, and returns the profile.
fn planned(server: &Server, folder: &Path, title: &str) -> (String, String) {
    let id = server.people("probely").swap_remove(1);
    let file = folder.join("plan.json").to_str().unwrap().to_owned();
    let set = format!("title={title}");
    let plan = server.run(&["plan", "update", &id, "--set", &set, "--out", &file]);
    assert_eq!(plan.code, 0, "{}", plan.err);
    assert!(
        plan.out.contains(&format!("-> {title}")) || plan.out.contains(&format!("->  {title}")),
        "{}",
        plan.out
    );
    (id, file)
}

fn apply(server: &Server, file: &str) -> Run {
    server.run(&["apply", file, "--yes"])
}

#[test]
fn a_plan_is_kept_without_a_write_and_applied_once() {
    let (server, folder) = (server(5), folder("plan-once"));
    let (id, file) = planned(&server, &folder, "manager");
    assert_eq!(server.writes(), 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("PATCH") && !text.contains("api-key"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let dry = server.run(&["apply", &file, "--dry-run"]);
    assert_eq!((dry.code, server.writes()), (0, 0), "{}", dry.err);
    assert!(dry.out.contains(&format!("{id}  title: ")) && dry.out.contains("PATCH "), "{}", dry.out);
    assert_eq!(server.run(&["apply", &file]).code, 2, "nobody confirms");
    let applied = apply(&server, &file);
    assert_eq!((applied.code, server.writes()), (0, 1), "{}", applied.err);
    let again = apply(&server, &file);
    assert_eq!((again.code, server.writes()), (0, 1), "{}", again.err);
    assert!(
        again.err.contains("already applied, according to ") && again.err.contains("nothing was sent"),
        "{}",
        again.err
    );
    // Another plan in the same file is a different plan.
    planned(&server, &folder, "cto");
    let other = apply(&server, &file);
    assert_eq!((other.code, server.writes()), (0, 2), "{}", other.err);
}

#[test]
fn a_plan_that_comes_to_something_else_by_now_is_shown_anew_and_refused() {
    let (server, folder) = (server(5), folder("plan-changed"));
    let (id, file) = planned(&server, &folder, "manager");
    let update = server.run(&["update", &id, "--set", "title=cto", "--yes", "-q"]);
    assert_eq!((update.code, server.writes()), (0, 1), "{}", update.err);
    let refused = apply(&server, &file);
    assert_eq!((refused.code, server.writes()), (2, 1), "{}", refused.err);
    for said in [
        "the plan has changed since it was saved",
        "title: cto -> manager",
        "nothing was written: 1 plan of 1",
    ] {
        assert!(refused.err.contains(said), "{}", refused.err);
    }
    // A change of another field does not matter, and an unchanged field is not sent.
    server.run(&["update", &id, "--set", "title=manager", "--yes", "-q"]);
    let unchanged = apply(&server, &file);
    assert_eq!((unchanged.code, server.writes()), (0, 2), "{}", unchanged.err);
    assert!(unchanged.err.contains("1 unchanged"), "{}", unchanged.err);
}

#[test]
fn a_plan_of_another_place_or_time_or_form_is_refused_before_anything_is_sent() {
    let (server, folder) = (server(5), folder("plan-elsewhere"));
    let (_, file) = planned(&server, &folder, "manager");
    let text = std::fs::read_to_string(&file).unwrap();
    let tried = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let before = server.requests().len();
        let run = apply(&server, &file);
        assert_eq!((run.code, server.requests().len()), (2, before), "{}", run.err);
        run.err
    };
    let base_url = server.variable("PROBELY_API_BASE_URL");
    let elsewhere = tried(&text.replace(base_url, "https://api.probely.com"));
    assert!(
        elsewhere.contains("the plan was created for probely account 'probely' at https://api.probely.com"),
        "{elsewhere}"
    );
    let expired = text.find("\"expires\": \"").unwrap() + "\"expires\": \"".len();
    let expired = format!("{}2001{}", &text[..expired], &text[expired + 4..]);
    assert!(tried(&expired).contains("the plan expired at 2001-"));
    assert!(tried(&text.replace("\"anyprofile_plan\": 1", "\"anyprofile_plan\": 2")).contains("version 2"));
    assert!(tried("{}").contains("it is not a saved plan (line 1, column 2)"));
    // An edited plan must be shown again.
    std::fs::write(&file, text.replace("\"title\": \"manager\"", "\"title\": \"cso\"")).unwrap();
    let changed = apply(&server, &file);
    assert_eq!((changed.code, server.writes()), (2, 0), "{}", changed.err);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert!(tried(&text).contains("all users of this machine can change it"));
    }
}

#[test]
fn every_write_can_be_kept_and_what_is_made_is_told() {
    let (server, folder) = (server(30), folder("plan-all"));
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let run = server.run(&[&PLAN_ZOE[..], &["--out", &file("create")]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let made = apply(&server, &file("create"));
    assert_eq!(made.code, 0, "{}", made.err);
    let id = made.out.rsplit("created: ").next().unwrap().trim().to_owned();
    assert!(id.starts_with("probely:probely/user/"), "{}", made.out);
    let run = server.run(&["plan", "deactivate", &id, "--out", &file("deactivate")]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("active") && run.out.contains("suspended"), "{}", run.out);
    let gone = apply(&server, &file("deactivate"));
    assert!(gone.code == 0 && gone.out.contains("deactivated"), "{}{}", gone.out, gone.err);
    // A second plan has nothing to do.
    let run = server.run(&["plan", "deactivate", &id, "--out", &file("again")]);
    assert!(run.code == 0 && run.err.contains("nothing to write: the plan in "), "{}", run.err);
    let nothing = apply(&server, &file("again"));
    assert!(nothing.code == 0 && nothing.err.contains("nothing to write"), "{}", nothing.err);
    let user = server.people("anthropic").swap_remove(0);
    let run = server.run(&["plan", "enroll", &user, "--out", &file("enroll")]);
    assert_eq!(run.code, 0, "{}", run.err);
    let link = apply(&server, &file("enroll"));
    assert!(link.code == 0 && link.out.contains("https://"), "{}{}", link.out, link.err);
    assert!(!link.err.contains("https://") && link.err.contains("a link is a credential"), "{}", link.err);
    assert!(!std::fs::read_to_string(file("enroll.journal")).unwrap().contains("https://"));

    // For a file, the plans are applied with the listed profiles.
    for (account, field) in
        [("probely", "name.display"), ("upsun", "organization.role"), ("anthropic", "name.display")]
    {
        let people = server.people(account);
        let rows: Vec<_> = people.iter().map(|id| format!("{id},Somebody New\n")).collect();
        std::fs::write(file("rows.csv"), format!("id,{field}\n{}", rows.concat())).unwrap();
        let (before, kept) = (server.writes(), file(&format!("{account}.json")));
        let run = server.run(&[
            "plan",
            "update",
            "--from",
            &file("rows.csv"),
            "--account",
            account,
            "--out",
            &kept,
        ]);
        assert_eq!((run.code, server.writes()), (0, before), "{}", run.err);
        let applied = apply(&server, &kept);
        assert_eq!((applied.code, server.writes()), (0, before + people.len()), "{}", applied.err);
    }
}

#[test]
fn a_creation_without_a_response_is_not_made_a_second_time() {
    let (server, folder) = (server(5), folder("plan-unknown"));
    let file = folder.join("plan.json").to_str().unwrap().to_owned();
    assert_eq!(server.run(&[&PLAN_ZOE[..], &["--out", &file]].concat()).code, 0);
    server.fault(Fault::new("users_create").respond(502).after_effect().first(1));
    let unknown = apply(&server, &file);
    assert_eq!(unknown.code, 4, "{}", unknown.err);
    assert!(
        unknown.out.contains("result unknown") && unknown.err.contains("found probely:"),
        "{}",
        unknown.err
    );
    let again = apply(&server, &file);
    assert_eq!((again.code, server.writes()), (4, 1), "{}", again.err);
    assert!(again.err.contains("the result is unknown"), "{}", again.err);
}

#[test]
fn a_plan_that_was_cut_off_goes_on_with_the_rest_and_keeps_nobody_else_back() {
    let (server, folder) = (server(10), folder("plan-cut"));
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let users: Vec<_> = server.people("upsun").into_iter().take(3).collect();
    let rows: Vec<_> = users.iter().map(|id| format!("{id},Given,Some Company\n")).collect();
    std::fs::write(file("rows.csv"), format!("id,name.given,organization.name\n{}", rows.concat())).unwrap();
    let plan = ["plan", "update", "--from", &file("rows.csv"), "--account", "upsun", "--out", &file("plan")];
    assert_eq!(server.run(&plan).code, 0);
    // The first request of the first plan succeeds; its second one, and the read to verify it, fail.
    server.fault(Fault::new("update-user").first(1).respond(403));
    let cut = apply(&server, &file("plan"));
    assert_eq!(cut.code, 4, "{}", cut.err);
    assert!(
        cut.out.contains("partly written") && cut.out.contains("of 2 requests 1 succeeded, 1 failed"),
        "{}",
        cut.out
    );
    assert!(cut.err.contains("2 written"), "{}", cut.err);
    let writes = server.writes();
    let rest = apply(&server, &file("plan"));
    assert_eq!((rest.code, server.writes()), (0, writes + 1), "only what is left is sent: {}", rest.err);
    assert!(rest.err.contains("1 written, 2 written before"), "{}", rest.err);
    let done = apply(&server, &file("plan"));
    assert!(done.code == 0 && done.err.contains("already applied"), "{}", done.err);
}

#[test]
fn a_copy_a_link_and_a_second_entry_of_a_plan_make_nobody_twice() {
    let (server, folder) = (server(5), folder("plan-copies"));
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let apply = |name: &str| -> Run {
        let mut command = server.command(&["apply", &file(name), "--yes"]);
        command.env("HOME", &folder).output().unwrap().into()
    };
    // At Anthropic, profiles have no address by which a second one would be rejected.
    let create =
        ["plan", "create", "--account", "anthropic", "--set", "name.display=Grace", "--out", &file("plan")];
    assert_eq!(server.run(&create).code, 0);
    let text = std::fs::read_to_string(file("plan")).unwrap();
    let once = text.find("[\n").unwrap() + 2;
    let entry = text[once..text.rfind("\n  ]").unwrap()].to_owned();
    std::fs::write(file("twice"), text.replace(&entry, &format!("{entry},{entry}"))).unwrap();
    let twice = apply("twice");
    assert!(twice.code == 2 && twice.err.contains("the same plan twice"), "{}", twice.err);
    std::fs::copy(file("plan"), file("copy")).unwrap();
    assert_eq!((apply("plan").code, server.writes()), (0, 1));
    let copy = apply("copy");
    assert_eq!((copy.code, server.writes()), (0, 1), "{}", copy.err);
    assert!(copy.err.contains("already applied, from another file"), "{}", copy.err);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(file("plan"), file("link")).unwrap();
        let link = apply("link");
        assert!(link.code == 2 && link.err.contains("a symbolic link"), "{}", link.err);
    }
}

#[test]
fn whoever_is_deactivated_is_who_was_looked_at() {
    let (server, folder) = (server(5), folder("plan-identity"));
    let id = server.people("probely").swap_remove(0);
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    assert_eq!(server.run(&["plan", "deactivate", &id, "--out", &file("plan")]).code, 0);
    server.run(&["update", &id, "--set", "name.display=Somebody Else", "--yes", "-q"]);
    let refused = apply(&server, &file("plan"));
    assert_eq!((refused.code, server.writes()), (2, 1), "{}", refused.err);
    assert!(refused.err.contains("has changed") && refused.err.contains("Somebody Else"), "{}", refused.err);
    // Here too, a key must not select the own profile.
    let me = server.run(&["me", "--account", "probely", "-o", "csv", "--fields", "emails", "-q"]).out;
    let address = me.lines().nth(1).unwrap().to_owned();
    let own = server.run(&["plan", "deactivate", "--find", &address, "--out", &file("own")]);
    assert!(own.code == 2 && own.err.contains("--allow-own-profile"), "{}", own.err);
    assert!(!Path::new(&file("own")).exists());
}

#[test]
fn many_plans_are_held_against_a_listing_and_not_read_one_by_one() {
    let (server, folder) = (server(60), folder("plan-many"));
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let people = server.people("probely");
    assert!(people.len() > 30);
    let rows: Vec<_> = people.iter().map(|id| format!("{id},Somebody New\n")).collect();
    std::fs::write(file("rows.csv"), format!("id,name.display\n{}", rows.concat())).unwrap();
    let asked = |arguments: &[&str]| {
        let before = server.requests().len();
        let run = server.run(arguments);
        assert_eq!(run.code, 0, "{}", run.err);
        server.requests().len() - before
    };
    let plan =
        ["plan", "update", "--from", &file("rows.csv"), "--account", "probely", "--out", &file("plan")];
    assert!(asked(&plan) < 10);
    assert!(asked(&["apply", &file("plan"), "--account", "probely", "--dry-run"]) < 10);
}
