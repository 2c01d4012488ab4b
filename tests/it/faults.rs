//! No fault ends in a silent gap, in a hang or in a panic.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    sync::{LazyLock, Mutex},
    time::Duration,
};

use anyprofile::{Error, ErrorKind};
use anyprofile_sandbox::NamedFault;
use anyprofile_tests::faults::{
    COSTS_NOBODY, Lie, Outcome, SERVICES, Setting, Tables, faults_of_listings, listing_by, pairs, profiles,
    rows, secrets, without_waiting,
};
use tracing_subscriber::fmt::MakeWriter as _;

/// What came of all faults, for the tests that only read it.
static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::make().unwrap());

fn fault(name: &str) -> &'static NamedFault {
    NamedFault::all().find(|fault| fault.name == name).unwrap()
}

#[test]
fn every_fault_is_survived_or_told() {
    let violations = TABLES.violations();
    assert!(violations.is_empty(), "{violations:#?}");
    for (place, service) in SERVICES.into_iter().enumerate() {
        let met = TABLES.listings.iter().filter(|row| row.outcomes[place].is_some()).count();
        assert!(met > 100, "{service}: {met}");
    }
}

/// Probely in a file meets what the crate for Probely meets.
#[test]
fn every_fault_of_a_service_in_a_file_is_survived_or_told() {
    let in_a_file = |setting: Setting| Setting { is_declared: true, ..setting };
    let mut violations = Vec::new();
    let (mut listed, mut read, mut written) = (0, 0, 0);
    for fault in faults_of_listings().filter(|fault| !fault.needs_connection) {
        let faults = [fault];
        let outcome = listing_by(in_a_file(Setting::of("probely")), &faults, None);
        let Some(outcome) = without_waiting(outcome).unwrap() else { continue };
        listed += 1;
        let violation = outcome.violation(&[fault.name], true);
        violations.extend(violation.map(|violation| format!("{}: {violation}", fault.name)));
    }
    for fault in profiles::faults_of_profiles() {
        let outcome = profiles::reading(in_a_file(profiles::setting("probely")), fault, None);
        let Some(outcome) = without_waiting(outcome).unwrap() else { continue };
        read += 1;
        violations.extend(outcome.violations().map(|violation| format!("{}: {violation}", fault.name)));
    }
    for fault in profiles::faults_of_writes() {
        for is_after_effect in [false, true] {
            if is_after_effect && !fault.can_follow_effect() {
                continue;
            }
            let outcome =
                profiles::writing(in_a_file(profiles::setting("probely")), fault, is_after_effect, None);
            let Some(outcome) = without_waiting(outcome).unwrap() else { continue };
            written += 1;
            violations.extend(outcome.violations().map(|violation| format!("{}: {violation}", fault.name)));
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(listed > 100 && read > 10 && written > 10, "{listed} {read} {written}");
}

#[test]
fn every_fault_of_the_schedule_strikes() {
    let struck = TABLES.struck();
    let silent: Vec<_> =
        NamedFault::all().map(|fault| fault.name).filter(|name| !struck.contains(name)).collect();
    assert!(silent.is_empty(), "{silent:?}");
    // The lists of names in the judges are of faults that there are.
    let known: BTreeSet<_> = NamedFault::all().map(|fault| fault.name).collect();
    assert!(COSTS_NOBODY.iter().chain(&profiles::OF_ANY_REQUEST).all(|name| known.contains(name)));
}

#[test]
fn the_tables_are_as_they_would_be_made() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/faults.md");
    let there = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        TABLES.document() == there,
        "docs/faults.md is not as it would be made: run `cargo xtask matrix`"
    );
}

#[test]
fn two_faults_at_once_are_survived_or_told() {
    // Others: `cargo xtask matrix --pairs --count COUNT --seed SEED`.
    const SEED: u64 = 12;
    let violation = |pair| without_waiting(pairs::violation(pair)).unwrap();
    let violations: Vec<_> = pairs::sample(SEED, 90).into_iter().filter_map(violation).collect();
    assert!(violations.is_empty(), "seed {SEED}: {violations:#?}");
}

/// A change of an outcome into one that must not be, with what is said of it.
type Wrong = (&'static str, fn(&mut Outcome));

/// A listing as it should be.
fn good() -> Outcome {
    without_waiting(listing_by(Setting::of("probely"), &[fault("status-503-once")], None)).unwrap().unwrap()
}

#[test]
fn each_judge_of_a_listing_can_say_no() {
    let judge = |outcome: &Outcome| outcome.violation(&["status-503-once"], true);
    assert_eq!(judge(&good()), None);
    let changes: [Wrong; 8] = [
        ("called complete", |it| it.missing = 1),
        ("somebody came", |it| it.is_wrong = true),
        ("nothing says why", |it| it.is_complete = false),
        ("took", |it| it.took = Duration::from_secs(400)),
        ("internal", |it| it.error = Some(Error::new(ErrorKind::Internal, "x"))),
        ("credential", |it| it.shows_credential = true),
        ("no reason", |it| {
            it.is_complete = false;
            it.told = vec!["1 missing".to_owned()];
        }),
        ("struck", |it| it.strikes = vec![0]),
    ];
    for (words, change) in changes {
        let mut outcome = good();
        change(&mut outcome);
        let violation = judge(&outcome).unwrap_or_default();
        assert!(violation.contains(words), "{words}: {violation}");
    }
    let mut waited = good();
    waited.took = Duration::from_secs(60);
    assert!(waited.violation(&["rate-limit-of-none"], true).is_some_and(|it| it.contains("waited")));
    // What nobody can know is no fault of the listing.
    let mut lost = good();
    lost.missing = 1;
    assert_eq!(lost.violation(&["record-left-out-once"], false), None);
    assert!(lost.violation(&["record-left-out-once"], true).is_some());
    assert_eq!(lost.violation(&["record-left-out-once", "total-lying"], true), None);
}

#[test]
fn a_provider_that_lies_of_a_listing_is_found_out() {
    for (lie, name) in [
        (Lie::LosesSomebody, "status-503-once"),
        (Lie::MakesSomebodyUp, "status-503-once"),
        (Lie::TakesFailureForEnd, "status-503"),
        (Lie::Dawdles, "status-503-once"),
        (Lie::BlamesItself, "status-503"),
        (Lie::ShowsCredential, "status-503"),
        (Lie::GivesUpAtOnce, "clock-skew"),
    ] {
        // Where a number is declared, an end that comes too early tells itself.
        let service = if lie == Lie::TakesFailureForEnd { "anthropic" } else { "probely" };
        let faults = [fault(name)];
        let listing = listing_by(Setting::of(service), &faults, Some(lie));
        let outcome = without_waiting(listing).unwrap().unwrap();
        let violation = outcome.violation(&[name], service == "probely");
        assert!(violation.is_some(), "{lie:?}: {outcome:?}");
    }
}

#[test]
fn a_provider_that_lies_of_one_profile_is_found_out() {
    let reading = |name, lie| {
        without_waiting(profiles::reading(profiles::setting("probely"), fault(name), lie)).unwrap().unwrap()
    };
    for (lie, name) in [(Lie::MixesUp, "status-503-once"), (Lie::FindsNobody, "gateway-404-json")] {
        assert_eq!(reading(name, None).violations().collect::<Vec<_>>(), Vec::<String>::new());
        assert!(reading(name, Some(lie)).violations().next().is_some(), "{lie:?}");
    }
    for (lie, name, is_after_effect) in [
        (Lie::ClaimsAll, "status-503", false),
        (Lie::DeniesAll, "closed-before-headers-once", true),
        (Lie::WritesToAnother, "clock-skew", false),
        (Lie::CreatesTwice, "clock-skew", false),
    ] {
        for service in ["probely", "anthropic"] {
            let writing = |lie| {
                without_waiting(profiles::writing(
                    profiles::setting(service),
                    fault(name),
                    is_after_effect,
                    lie,
                ))
                .unwrap()
                .unwrap()
            };
            let found: Vec<_> = writing(Some(lie)).violations().collect();
            let honest: Vec<_> = writing(None).violations().collect();
            assert!(found.len() > honest.len(), "{lie:?} at {service}: {found:?}");
        }
    }
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
    let small = faults_of_listings().filter(|it| !it.needs_connection && !pairs::LARGE.contains(&it.name));
    let (rows, writing) = tracing::subscriber::with_default(subscriber, || {
        (without_waiting(rows(small)).unwrap(), without_waiting(profiles::writing_matrix()).unwrap())
    });
    let mut text = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    assert!(text.contains("status=503"), "nothing was logged");
    let listed = rows.iter().flat_map(|row| row.outcomes.iter().flatten());
    let written = writing.iter().flat_map(|row| row.outcomes.iter().flatten());
    let steps = written.flat_map(|outcome| &outcome.steps).filter_map(|step| step.error.as_ref());
    for error in listed.clone().filter_map(|outcome| outcome.error.as_ref()).chain(steps) {
        writeln!(text, "{error}\n{error:?}\n{error:#?}").unwrap();
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        causes.for_each(|cause| writeln!(text, "{cause} {cause:?}").unwrap());
    }
    listed.for_each(|outcome| writeln!(text, "{outcome:?}").unwrap());
    let planted: Vec<_> =
        SERVICES.iter().flat_map(|service| without_waiting(secrets(service)).unwrap()).collect();
    assert!(planted.len() > 200);
    for secret in planted {
        assert!(!text.contains(&secret), "{secret}");
    }
}
