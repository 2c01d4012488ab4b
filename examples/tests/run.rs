//! Each example runs, and prints what it should.
#![allow(clippy::unwrap_used, missing_docs)]

use std::process::Command;

/// Runs an example; returns what it printed.
fn run(name: &str, program: &str) -> String {
    let output =
        Command::new(program).env_clear().env("PATH", std::env::var_os("PATH").unwrap()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

macro_rules! examples {
    ($($name:ident: $($expected:literal),+;)+) => {
        $(#[test]
        fn $name() {
            let printed = run(stringify!($name), env!(concat!("CARGO_BIN_EXE_", stringify!($name))));
            for expected in [$($expected),+] {
                assert!(printed.contains(expected), "{expected} is not in: {printed}");
            }
        })+
    };
}

examples! {
    list_one: "probely:eu/user/", "@";
    list_all: "anthropic: 25 people, complete", "scim: 25 people, complete";
    swap_by_configuration: "Probely: 25 people", "SCIM: 25 people";
    access_review: "account,id,name,address,status,mfa,mfa_state", ",on,value", ",off,value", "not known,unsupported";
    off_boarding: "scim:scim/user/", "  deactivated", "entries in the journal";
    data_subject_request: "\"erasure\"", "\"is_known\"", "scim";
    billing_cleanup: "dormant seats; of ", "the last sign-in is not known";
    sync_sqlite: "first run: 25 rows", "second run: ", "25 people in the database";
    web_service: "200 OK", "404 Not Found", "400 Bad Request";
    resume_after_crash: "first run: 20 people", "second run: 25 more people, 45 in all";
    own_transport: "scim:test/user/7  Ada";
    opentelemetry: "span";
    own_provider: "file:people/user/1  Grace Hopper";
    unit_test: "passed";
    blocking: "complete: true";
}
