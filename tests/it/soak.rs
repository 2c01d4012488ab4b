//! A short soak, and that a soak can say no. The long one is `cargo xtask soak`.

use anyprofile_tests::{
    faults::Lie,
    soak::{Bound, run, run_by},
};

const SEED: u64 = 20_261_128;

#[test]
fn random_operations_by_random_faults_do_what_they_say() {
    let tally = run(SEED, Bound::Operations(240)).unwrap().unwrap_or_else(|violation| panic!("{violation}"));
    assert!(tally.operations >= 240 && tally.disturbed > 100 && tally.written > 10, "{tally}");
}

#[test]
fn a_life_of_a_run_is_repeated_by_its_number() {
    let tally = |bound| run(SEED, bound).unwrap().unwrap_or_else(|violation| panic!("{violation}"));
    let first = tally(Bound::Operations(1));
    assert_eq!((tally(Bound::Life(0)), first.lives), (first.clone(), 1));
    assert_ne!(tally(Bound::Life(1)), first);
}

#[test]
fn a_provider_that_lies_is_found_out_and_told_how_to_repeat_it() {
    for lie in [
        Lie::LosesSomebody,
        Lie::MakesSomebodyUp,
        Lie::TakesFailureForEnd,
        Lie::GivesUpAtOnce,
        Lie::BlamesItself,
        Lie::MixesUp,
        Lie::FindsNobody,
        Lie::ClaimsAll,
        Lie::DeniesAll,
        Lie::WritesToAnother,
        Lie::CreatesTwice,
    ] {
        let result = run_by(SEED, Bound::Operations(1500), Some(lie)).unwrap();
        let violation = result.expect_err(&format!("{lie:?}"));
        let told = violation.to_string();
        let command = format!("cargo xtask soak --seed {SEED} --life {}", violation.life);
        assert!(told.ends_with(&command) && told.contains(&violation.reason), "{told}");
        let again = run_by(SEED, Bound::Life(violation.life), Some(lie)).unwrap().expect_err("the same");
        assert_eq!((again.reason, again.steps.len()), (violation.reason, violation.steps.len()), "{lie:?}");
    }
}
