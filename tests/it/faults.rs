//! No fault ends in a silent gap, in a hang or in a panic.

use std::{
    fmt::Write as _,
    sync::{LazyLock, Mutex},
};

use anyprofile_tests::faults::{Row, SERVICES, document, matrix, secrets, without_waiting};
use tracing_subscriber::fmt::MakeWriter as _;

/// What came of all faults, for the tests that only read it.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| without_waiting(matrix()).unwrap());

#[test]
fn every_fault_is_survived_or_told() {
    let rows = &*ROWS;
    let mut violations = Vec::new();
    for row in rows {
        for outcome in row.outcomes.iter().flatten() {
            let violation = outcome.violation(row.fault, outcome.service != "anthropic");
            violations.extend(violation.map(|it| format!("{} at {}: {it}", row.fault, outcome.service)));
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
    for (place, service) in SERVICES.into_iter().enumerate() {
        let met = rows.iter().filter(|row| row.outcomes[place].is_some()).count();
        assert!(met > 60, "{service}: {met}");
    }
}

#[test]
fn the_table_is_as_it_would_be_made() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/faults.md");
    let made = document(&ROWS);
    let there = std::fs::read_to_string(file).unwrap_or_default();
    assert!(made == there, "docs/faults.md is not as it would be made: run `cargo xtask matrix`");
}

#[test]
fn nothing_of_a_person_and_no_credential_is_in_any_log_line_or_error() {
    // For as long as the process lives: a subscriber may outlive the test.
    let log: &'static Mutex<Vec<u8>> = Box::leak(Box::default());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || log.make_writer())
        .finish();
    // With one subscriber alone, a thread of another test decides for all of them whether a line is of interest.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let rows = tracing::subscriber::with_default(subscriber, || without_waiting(matrix()).unwrap());
    let mut text = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    assert!(text.contains("status=503"), "nothing was logged");
    for outcome in rows.iter().flat_map(|row| row.outcomes.iter().flatten()) {
        if let Some(error) = &outcome.error {
            writeln!(text, "{error}\n{error:?}\n{error:#?}").unwrap();
            let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
            causes.for_each(|cause| writeln!(text, "{cause} {cause:?}").unwrap());
        }
        writeln!(text, "{outcome:?}").unwrap();
    }
    let planted: Vec<_> =
        SERVICES.iter().flat_map(|service| without_waiting(secrets(service)).unwrap()).collect();
    assert!(planted.len() > 200);
    for secret in planted {
        assert!(!text.contains(&secret), "{secret}");
    }
}
