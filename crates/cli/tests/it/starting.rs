//! The first minutes: an account is written and checked, completions and manual pages are made.

use crate::{folder, run, server};

#[test]
fn an_account_is_written_and_checked_and_the_next_one_is_added() {
    let server = server(5);
    let file = folder("init").join("config.toml");
    let file = file.to_str().unwrap();
    let scim = server.variable("SCIM_BASE_URL");
    let base_url = format!("base_url={scim}");
    let init = [
        "init",
        "--config",
        file,
        "--service",
        "scim",
        "--name",
        "okta",
        "--credential",
        "token",
        "--variable",
        "SCIM_TOKEN",
        "--set",
        &base_url,
        "--set",
        r#"quirks={"paging":"index"}"#,
    ];
    let run = server.run(&init);
    assert_eq!(run.code, 0, "{}", run.err);
    let is_ok = |row: &str| row.split_whitespace().take(3).eq(["okta", "scim", "ok"]);
    assert!(run.out.lines().any(is_ok), "{}", run.out);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.contains(r#"token = { env = "SCIM_TOKEN" }"#)
            && text.contains(r#"quirks = { paging = "index" }"#),
        "{text}"
    );
    assert!(text.contains("# user = "), "the other keys are comments: {text}");
    let again = server.run(&init);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already has an account 'okta'"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(file).unwrap(), text, "a name that is taken changes nothing");
    let second =
        ["init", "--config", file, "--service", "probely", "--variable", "PROBELY_API_KEY", "--no-check"];
    assert_eq!(server.run(&second).code, 0);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("[accounts.\"okta\"]") && text.contains("[accounts.\"probely\"]"), "{text}");
    let completions = server.run(&["completions", "bash", "--config", file]);
    assert!(
        completions.out.contains("okta") && completions.out.contains("security.mfa_enabled"),
        "{}",
        completions.err
    );
}

#[test]
fn what_cannot_be_asked_is_named_as_an_option() {
    let server = server(5);
    let file = folder("init-refused").join("config.toml");
    let file = file.to_str().unwrap();
    for (arguments, expected) in [
        (&["--name", "x"][..], "--service NAME"),
        (&["--service", "scim", "--variable", "X", "--credential", "token"], "--set base_url=VALUE"),
        (&["--service", "nothing"], "there is no such service"),
        (&["--service", "probely", "--credential", "password", "--variable", "X"], "it has: api_key"),
        (&["--service", "probely", "--variable", "a-secret/of mine"], "and not the secret"),
        (&["--service", "probely", "--variable", "X", "--set", "api_key=x"], "'api_key' is a credential"),
        (&["--service", "probely", "--variable", "NOT_SET"], "NOT_SET is not set"),
        (&["--service", "probely", "--variable", "X", "--set", "colour=red"], "no key 'colour'"),
        (&["--service", "probely", "--variable", "X", "--set", "region=moon"], "region must be"),
    ] {
        let run = server.run(&[&["init", "--config", file], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(expected), "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("a-secret"), "{}", run.err);
    }
    assert!(!std::path::Path::new(file).exists());
}

#[test]
fn a_template_is_a_file_of_comments_and_the_manual_has_a_page_for_each_command() {
    let template = run(&["init", "--template"]).out;
    assert!(template.lines().all(|line| line.is_empty() || line.starts_with('#')), "{template}");
    assert!(template.contains("# service = \"upsun\"") && template.contains("# private_key = "));
    let pages = folder("man");
    assert_eq!(run(&["man", pages.to_str().unwrap()]).code, 0);
    for page in ["anyprofile.1", "anyprofile-list.1", "anyprofile-plan-update.1"] {
        assert!(pages.join(page).is_file(), "{page}");
    }
}
