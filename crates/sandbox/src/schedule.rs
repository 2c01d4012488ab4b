//! The active faults, and their effect on a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::Method;
use serde_json::Value;

use crate::delivery::Delivery;
use crate::exchange::{Call, Query, Reply};
use crate::fault::{EVERY_OPERATION, Fault, Instead, Misreading, ResponseChange};
use crate::route::{AnyService, Operation};

/// The effect of faults at one point of a request.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    pub(crate) delay: Duration,
    pub(crate) outcome: Option<FaultOutcome>,
}

/// The parts of a request that a fault may repeat or depend on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Words<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) credential: &'a str,
    /// The version that the request depends on.
    pub(crate) if_match: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// How a request ends.
#[derive(Debug)]
pub(crate) enum FaultOutcome {
    Reply(Reply),
    /// The connection is cut.
    Nothing,
    /// The connection is refused.
    Refusal,
}

/// The effect of all faults on a request.
#[derive(Debug, Default)]
pub(crate) struct FaultEffect {
    /// Before the service sees the request. With an outcome, it never does.
    pub(crate) before: Acts,
    /// After the service has acted.
    pub(crate) after: Acts,
    /// How the service misreads the request.
    pub(crate) misreadings: Vec<(Misreading, Strikes)>,
    /// The changes of the right response, with the number of the request.
    pub(crate) changes: Vec<(ResponseChange, u64, Strikes)>,
}

/// How often a fault made a difference.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strikes(Arc<AtomicU64>);

impl Strikes {
    fn count(&self, is_struck: bool) {
        self.0.fetch_add(u64::from(is_struck), Ordering::Relaxed);
    }
}

impl FaultEffect {
    /// Returns the right response with the changes of the faults.
    pub(crate) fn changed(&self, mut reply: Reply, query: &str) -> Reply {
        if !(200..300).contains(&reply.status) {
            return reply;
        }
        for (change, number, strikes) in &self.changes {
            let mut is_struck = !change.headers.is_empty() || change.delivery != Delivery::Whole;
            if let Some(edit) = &change.edit
                && let Ok(right) = serde_json::from_slice::<Value>(&reply.body)
            {
                let mut value = right.clone();
                edit(&mut value, *number, query);
                is_struck |= value != right;
                reply.body = value.to_string().into_bytes();
            }
            if let Some(rewrite) = &change.rewrite {
                let body = rewrite(reply.body.clone());
                is_struck |= body != reply.body;
                reply.body = body;
            }
            if change.is_without_content {
                is_struck |= reply.status != 204;
                reply.status = 204;
                reply.body.clear();
                reply.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            }
            strikes.count(is_struck);
            for (name, value) in &change.headers {
                reply.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                reply = reply.header(name, value.clone());
            }
            reply = reply.delivered(change.delivery);
        }
        reply
    }

    /// Returns the request as the service reads it, after the faults that act before it.
    pub(crate) fn misread(&self, mut call: Call, service: &dyn AnyService) -> Call {
        for (misreading, strikes) in &self.misreadings {
            let mut is_struck = misreading.swaps_person && service.swap_person();
            is_struck |= misreading.inserts_person && service.insert_person();
            if let Some(read) = &misreading.query {
                let query = read(&call.raw_query);
                is_struck |= query != call.raw_query;
                call.query = Query::parse(&query);
                call.raw_query = query;
            }
            if misreading.is_for_another
                && let Some(path) = service.path_of_another(&call)
            {
                is_struck = true;
                call.path = path;
                // It would be that of the right profile.
                call.headers.remove("if-match");
            }
            if misreading.is_read_only && service.operation(&call).writes {
                is_struck = true;
                call.method = Method::GET;
                call.headers.remove("if-match");
            }
            strikes.count(is_struck);
        }
        call
    }
}

/// An active fault.
#[derive(Debug)]
struct InForce {
    fault: Fault,
    /// The number of requests it has counted.
    seen: u64,
    strikes: Strikes,
}

/// The active faults.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<InForce>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(InForce { fault, seen: 0, strikes: Strikes::default() });
    }

    /// Returns how often each fault made a difference.
    pub(crate) fn strikes(&self) -> Vec<u64> {
        self.0.iter().map(|it| it.strikes.0.load(Ordering::Relaxed)).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a request. Delays add up; of several outcomes, that of the first added fault counts.
    pub(crate) fn strike(&mut self, service: &str, operation: Operation, words: Words<'_>) -> FaultEffect {
        let mut effect = FaultEffect::default();
        for InForce { fault, seen, strikes } in &mut self.0 {
            let is_elsewhere = fault.service.is_some_and(|wanted| wanted != service);
            let is_another = fault.operation != operation.id && fault.operation != EVERY_OPERATION;
            if is_elsewhere || is_another || (fault.of_writes && !operation.writes) {
                continue;
            }
            if fault.condition.is_some_and(|is_met| !is_met(&words)) {
                continue;
            }
            *seen += 1;
            if !(fault.first..=fault.last).contains(seen) {
                continue;
            }
            let acts = if fault.after_effect { &mut effect.after } else { &mut effect.before };
            acts.delay = acts.delay.saturating_add(fault.delay);
            let mut is_struck = !fault.delay.is_zero();
            if acts.outcome.is_none() {
                acts.outcome = outcome(fault, words);
                is_struck |= acts.outcome.is_some();
            }
            strikes.count(is_struck);
            effect.misreadings.push((fault.misreading.clone(), strikes.clone()));
            let mut change = fault.change.clone();
            if fault.instead.is_none() {
                change.headers.clone_from(&fault.headers);
            }
            effect.changes.push((change, *seen, strikes.clone()));
        }
        effect
    }
}

fn outcome(fault: &Fault, words: Words<'_>) -> Option<FaultOutcome> {
    match fault.instead {
        None => None,
        Some(Instead::Nothing) => Some(FaultOutcome::Nothing),
        Some(Instead::Refusal) => Some(FaultOutcome::Refusal),
        Some(Instead::Status(status)) => {
            // In a body that is not UTF-8 text, the placeholders stay.
            let body = match std::str::from_utf8(&fault.body) {
                Ok(text) => text
                    .replace("{request_id}", words.request_id)
                    .replace("{credential}", words.credential)
                    .into_bytes(),
                Err(_) => fault.body.clone(),
            };
            let reply = Reply { headers: fault.headers.clone(), body, ..Reply::empty(status) };
            Some(FaultOutcome::Reply(reply))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words { request_id: "req_1", credential: "s3cret", if_match: None, body: b"" };

    fn status(acts: &Acts) -> Option<u16> {
        match &acts.outcome {
            Some(FaultOutcome::Reply(reply)) => Some(reply.status),
            Some(FaultOutcome::Nothing | FaultOutcome::Refusal) => Some(0),
            None => None,
        }
    }

    /// Returns an operation that reads.
    const fn read(id: &'static str) -> Operation {
        Operation { id, writes: false }
    }

    fn statuses(faults: &mut Faults, operation: &'static str, requests: usize) -> Vec<Option<u16>> {
        (0..requests).map(|_| status(&faults.strike("x", read(operation), WORDS).before)).collect()
    }

    #[test]
    fn a_fault_acts_on_its_attempts_only() {
        let mut faults = Faults::default();
        faults.add(Fault::new("get-user").on_attempts(2..4).respond(503));
        faults.add(Fault::new("get-user").first(1).respond(429));
        assert_eq!(statuses(&mut faults, "get-org", 2), [None, None]);
        assert_eq!(statuses(&mut faults, "get-user", 4), [Some(429), Some(503), Some(503), None]);
    }

    #[test]
    fn a_fault_of_writes_neither_meets_nor_counts_what_reads() {
        let mut faults = Faults::default();
        faults.add(Fault::new("*").of_writes().on_attempts(2..).respond(403));
        let operations = [
            ("get-user", true),
            ("get-user", false),
            ("get-user", false),
            ("get-org", true),
            ("get-user", false),
            ("get-user", true),
        ];
        let struck = operations.map(|(id, writes)| {
            status(&faults.strike("x", Operation { id, writes }, WORDS).before).is_some()
        });
        assert_eq!(struck, [false, false, false, true, false, true]);
    }

    #[test]
    fn a_delay_alone_leaves_the_response_as_it_is_and_delays_add_up() {
        let mut faults = Faults::default();
        faults.add(Fault::new("*").delay(Duration::from_millis(1)));
        faults.add(Fault::new("get-user").delay(Duration::from_millis(2)));
        let effect = faults.strike("x", read("get-user"), WORDS);
        assert_eq!(effect.before.delay, Duration::from_millis(3));
        assert!(effect.before.outcome.is_none());
    }

    #[test]
    fn what_acts_after_the_effect_is_kept_apart() {
        let mut faults = Faults::default();
        faults.add(Fault::new("get-user").first(1).drop_connection().after_effect());
        faults.add(Fault::new("get-user").respond(500).delay(Duration::from_millis(1)).after_effect());
        let first = faults.strike("x", read("get-user"), WORDS);
        assert_eq!((status(&first.before), status(&first.after)), (None, Some(0)));
        assert_eq!((first.before.delay, first.after.delay), (Duration::ZERO, Duration::from_millis(1)));
        assert_eq!(status(&faults.strike("x", read("get-user"), WORDS).after), Some(500));
        faults.clear();
        faults.add(Fault::new("get-user").drop_connection());
        assert_eq!(statuses(&mut faults, "get-user", 1), [Some(0)]);
    }

    #[test]
    fn a_fault_is_counted_where_it_made_a_difference() {
        let mut faults = Faults::default();
        faults.add(Fault::new("*").at_service("x").first(2).respond(503));
        faults.add(Fault::new("get-user").edit(|page, number| page["n"] = (number / 2).into()));
        assert!(faults.strike("y", read("get-org"), WORDS).before.outcome.is_none());
        assert_eq!(statuses(&mut faults, "get-org", 3), [Some(503), Some(503), None]);
        for _ in 0..3 {
            let effect = faults.strike("y", read("get-user"), WORDS);
            effect.changed(Reply::json(200, &serde_json::json!({"n": 0})), "");
            effect.changed(Reply::json(503, &serde_json::json!({"n": 0})), "");
        }
        assert_eq!(faults.strikes(), [2, 2]);
    }

    #[test]
    fn the_request_id_is_put_into_the_body() {
        let mut faults = Faults::default();
        faults.add(Fault::new("get-user").respond(500).body("id={request_id}, key={credential}"));
        let Some(FaultOutcome::Reply(reply)) = faults.strike("x", read("get-user"), WORDS).before.outcome
        else {
            panic!("a response");
        };
        assert_eq!(reply.body, b"id=req_1, key=s3cret");
    }
}
