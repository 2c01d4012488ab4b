//! No fault ends in a silent gap, in a hang or in a panic.

use anyprofile_tests::faults::{SERVICES, document, matrix, without_waiting};

#[test]
fn every_fault_is_survived_or_told() {
    let rows = without_waiting(matrix()).unwrap();
    let mut violations = Vec::new();
    for row in &rows {
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
    let made = without_waiting(document()).unwrap();
    let there = std::fs::read_to_string(file).unwrap_or_default();
    assert!(made == there, "docs/faults.md is not as it would be made: run `cargo xtask matrix`");
}
