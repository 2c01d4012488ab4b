//! The faults in force, and what they come to for one request.

use std::time::Duration;

use crate::exchange::Reply;
use crate::fault::{AnswerChange, Fault, Instead};

/// What happens at one point of a request, on purpose.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    pub(crate) delay: Duration,
    pub(crate) outcome: Option<Outcome>,
}

/// How a request ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    Reply(Reply),
    /// The connection is cut.
    Nothing,
    /// The connection is refused.
    Refusal,
}

/// What the faults of one request come to.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    /// Before the service sees the request; it never does when there is an outcome.
    pub(crate) before: Acts,
    /// When the service has done what was asked.
    pub(crate) after: Acts,
    /// What becomes of the right answer, with the number of the request.
    pub(crate) changes: Vec<(AnswerChange, u64)>,
}

impl Effect {
    /// The right answer, as the faults leave it.
    pub(crate) fn changed(&self, mut reply: Reply) -> Reply {
        if !(200..300).contains(&reply.status) {
            return reply;
        }
        for (change, number) in &self.changes {
            if let Some(edit) = &change.edit
                && let Ok(mut value) = serde_json::from_slice(&reply.body)
            {
                edit(&mut value, *number);
                reply.body = value.to_string().into_bytes();
            }
            if let Some(rewrite) = &change.rewrite {
                reply.body = rewrite(std::mem::take(&mut reply.body));
            }
            for (name, value) in &change.headers {
                reply.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                reply = reply.header(name, value.clone());
            }
            reply = reply.delivered(change.delivery);
        }
        reply
    }
}

/// The faults, each with the number of requests it has seen.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, u64)>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a request. Delays add up; of several outcomes the fault that was added first gives it.
    pub(crate) fn strike(&mut self, operation: &str, request_id: &str) -> Effect {
        let mut effect = Effect::default();
        for (fault, seen) in &mut self.0 {
            if fault.operation != operation && fault.operation != "*" {
                continue;
            }
            *seen += 1;
            if !(fault.first..=fault.last).contains(seen) {
                continue;
            }
            let acts = if fault.after_effect { &mut effect.after } else { &mut effect.before };
            acts.delay = acts.delay.saturating_add(fault.delay);
            if acts.outcome.is_none() {
                acts.outcome = outcome(fault, request_id);
            }
            let mut change = fault.change.clone();
            if fault.instead.is_none() {
                change.headers.clone_from(&fault.headers);
            }
            effect.changes.push((change, *seen));
        }
        effect
    }
}

fn outcome(fault: &Fault, request_id: &str) -> Option<Outcome> {
    match fault.instead {
        None => None,
        Some(Instead::Nothing) => Some(Outcome::Nothing),
        Some(Instead::Refusal) => Some(Outcome::Refusal),
        Some(Instead::Status(status)) => {
            // Of bytes that are no text the id stays out.
            let body = match std::str::from_utf8(&fault.body) {
                Ok(text) => text.replace("{request_id}", request_id).into_bytes(),
                Err(_) => fault.body.clone(),
            };
            let reply = Reply { headers: fault.headers.clone(), body, ..Reply::empty(status) };
            Some(Outcome::Reply(reply))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(acts: &Acts) -> Option<u16> {
        match &acts.outcome {
            Some(Outcome::Reply(reply)) => Some(reply.status),
            Some(Outcome::Nothing | Outcome::Refusal) => Some(0),
            None => None,
        }
    }

    fn statuses(faults: &mut Faults, operation: &str, requests: usize) -> Vec<Option<u16>> {
        (0..requests).map(|_| status(&faults.strike(operation, "r").before)).collect()
    }

    #[test]
    fn a_fault_acts_on_its_attempts_only() {
        let mut faults = Faults::default();
        faults.add(Fault::new("a").on_attempts(2..4).respond(503));
        faults.add(Fault::new("a").first(1).respond(429));
        assert_eq!(statuses(&mut faults, "b", 2), [None, None]);
        assert_eq!(statuses(&mut faults, "a", 4), [Some(429), Some(503), Some(503), None]);
    }

    #[test]
    fn a_delay_alone_leaves_the_answer_as_it_is_and_delays_add_up() {
        let mut faults = Faults::default();
        faults.add(Fault::new("*").delay(Duration::from_millis(1)));
        faults.add(Fault::new("a").delay(Duration::from_millis(2)));
        let effect = faults.strike("a", "r");
        assert_eq!(effect.before.delay, Duration::from_millis(3));
        assert!(effect.before.outcome.is_none());
    }

    #[test]
    fn what_acts_after_the_effect_is_kept_apart() {
        let mut faults = Faults::default();
        faults.add(Fault::new("a").first(1).drop_connection().after_effect());
        faults.add(Fault::new("a").respond(500).delay(Duration::from_millis(1)).after_effect());
        let first = faults.strike("a", "r");
        assert_eq!((status(&first.before), status(&first.after)), (None, Some(0)));
        assert_eq!((first.before.delay, first.after.delay), (Duration::ZERO, Duration::from_millis(1)));
        assert_eq!(status(&faults.strike("a", "r").after), Some(500));
        faults.clear();
        faults.add(Fault::new("a").drop_connection());
        assert_eq!(statuses(&mut faults, "a", 1), [Some(0)]);
    }

    #[test]
    fn the_request_id_is_put_into_the_body() {
        let mut faults = Faults::default();
        faults.add(Fault::new("a").respond(500).body("id={request_id}"));
        let Some(Outcome::Reply(reply)) = faults.strike("a", "req_1").before.outcome else {
            panic!("an answer");
        };
        assert_eq!(reply.body, b"id=req_1");
    }
}
