//! Two faults at once: one may hide what tells of the other.

use std::io;

use anyprofile_sandbox::NamedFault;

use super::{
    listing::{faults_of_listings, listing},
    scene::SERVICES,
};
use crate::random::Random;

/// Faults that take seconds each, for their size: in a pair with all others they would take hours.
pub const LARGE: [&str; 4] = ["large-body", "gzip-bomb", "tiny-records", "deep-json"];

/// Two faults at one service.
pub type Pair = (&'static str, [&'static NamedFault; 2]);

/// All pairs at all services.
pub fn all() -> Vec<Pair> {
    let is_small = |fault: &&NamedFault| !fault.needs_connection && !LARGE.contains(&fault.name);
    let faults: Vec<_> = faults_of_listings().filter(is_small).collect();
    let mut pairs = Vec::new();
    for service in SERVICES {
        let befalls: Vec<_> = faults.iter().copied().filter(|fault| fault.of(service).is_some()).collect();
        for (place, first) in befalls.iter().enumerate() {
            // In both orders: of two that come in place of the response the first does.
            pairs.extend(befalls[place + 1..].iter().map(|second| (service, [*first, *second])));
            pairs.extend(befalls[place + 1..].iter().map(|second| (service, [*second, *first])));
        }
    }
    pairs
}

/// So many of them, as a seed chooses.
pub fn sample(seed: u64, count: usize) -> Vec<Pair> {
    let (all, mut random) = (all(), Random::new(seed));
    (0..count).filter_map(|_| random.pick(&all)).collect()
}

/// What must not be of a listing while two faults are in force, if it is so.
///
/// # Errors
/// If no sandbox can be had.
pub async fn violation((service, faults): Pair) -> io::Result<Option<String>> {
    let Some(outcome) = listing(service, &faults).await? else { return Ok(None) };
    let names = faults.map(|fault| fault.name);
    let violation = outcome.violation(&names, service != "anthropic");
    Ok(violation.map(|it| format!("{} and {} at {service}: {it}", names[0], names[1])))
}
