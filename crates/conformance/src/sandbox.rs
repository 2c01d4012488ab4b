//! The sandbox as a server for the checks.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyprofile_sandbox::{Fault, NamedFault, RecordedRequest, Sandbox};

use crate::{Disturbance, SentRequest, Server};

/// The number of requests in the log; far more than a check sends before it reads the log.
const KEPT_REQUESTS: usize = 2_000;

/// The sandbox as the server of one of its services.
pub struct SandboxServer {
    sandbox: Arc<Sandbox>,
    service: &'static str,
    /// Whether the sandbox can inject faults into the listing.
    is_disturbable: bool,
    log: Mutex<Log>,
}

/// The requests received so far.
#[derive(Default)]
struct Log {
    requests: u64,
    writes: u64,
    /// The newest requests.
    newest: VecDeque<SentRequest>,
}

impl Log {
    fn push(&mut self, request: SentRequest) {
        self.requests += 1;
        self.writes += u64::from(request.is_write);
        if self.newest.len() == KEPT_REQUESTS {
            self.newest.pop_front();
        }
        self.newest.push_back(request);
    }

    /// Returns the requests after the first `since`, or `None` if the log no longer holds all of them.
    fn since(&self, since: u64) -> Option<Vec<SentRequest>> {
        let wanted = usize::try_from(self.requests.saturating_sub(since)).ok()?;
        let from = self.newest.len().checked_sub(wanted)?;
        Some(self.newest.range(from..).cloned().collect())
    }
}

impl SandboxServer {
    /// Creates the server of a service (`upsun`, `probely`, `anthropic`, `scim`). Only listings of the service's users can be
    /// disturbed, so `is_of_users` must be false for another listing, such as that of an organization's members.
    pub fn new(sandbox: Arc<Sandbox>, service: &'static str, is_of_users: bool) -> Self {
        Self { sandbox, service, is_disturbable: is_of_users, log: Mutex::default() }
    }

    /// Takes the new requests from the sandbox, and returns all so far. The sandbox itself holds only the newest
    /// ones.
    fn taken(&self) -> MutexGuard<'_, Log> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        for request in self.sandbox.take_requests() {
            // Requests for tokens are not requests for profiles.
            if request.service != "upsun-auth" {
                let sent = self.sent(request);
                log.push(sent);
            }
        }
        log
    }

    fn sent(&self, request: RecordedRequest) -> SentRequest {
        let description = self.sandbox.description();
        let base = match request.service {
            "upsun" => &description.upsun.base_url,
            "probely" => &description.probely.base_url,
            "anthropic" => &description.anthropic.base_url,
            "scim" => &description.scim.base_url,
            _ => "",
        };
        let mut url = format!("{base}{}", request.path);
        if !request.query.is_empty() {
            url.push('?');
            url.push_str(&request.query);
        }
        let sent = SentRequest::new(request.method, url).with_body(request.body);
        // An unknown request counts as a write if its method writes.
        let is_write = request.write || (request.operation == "unknown" && sent.is_write);
        let headers = request.headers.into_iter();
        headers.fold(sent.with_write(is_write), |sent, (name, value)| sent.with_header(&name, value))
    }

    /// Returns the fault for a disturbance.
    fn fault(&self, disturbance: Disturbance) -> Option<Fault> {
        let name = match disturbance {
            Disturbance::FailsOnce => "status-503-once",
            Disturbance::Fails => "status-503",
            Disturbance::WebPage => "html-with-200",
            Disturbance::BadRecord => "bad-record",
            Disturbance::Cycle => "cursor-cycle-of-two",
            Disturbance::LostRecord => "record-left-out-once",
            Disturbance::EmptyPages => "pages-empty-for-ever",
            Disturbance::AnotherRecord => "another-profile",
            Disturbance::WrongPlace => "gateway-404-json",
            Disturbance::FilterInverted => "filter-inverted",
            Disturbance::FilterIgnored => "filter-ignored",
            Disturbance::OrderIgnored => "order-ignored",
            Disturbance::WriteRefused { after } => return Some(self.write_fault(after).respond(403)),
            Disturbance::WriteLost { after } => {
                return Some(self.write_fault(after).drop_connection().after_effect());
            }
        };
        let named = NamedFault::all().find(|fault| fault.name == name)?;
        match disturbance {
            // These apply to all requests of the service, not only to the listing of users.
            Disturbance::AnotherRecord | Disturbance::WrongPlace => named.everywhere(self.service),
            _ => named.of(self.service).filter(|_| self.is_disturbable),
        }
    }

    /// Creates a fault of all writes after the first ones.
    fn write_fault(&self, after: u32) -> Fault {
        Fault::new("*").at_service(self.service).of_writes().on_attempts(u64::from(after) + 1..)
    }
}

impl fmt::Debug for SandboxServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SandboxServer({})", self.service)
    }
}

impl Server for SandboxServer {
    fn requests(&self) -> u64 {
        self.taken().requests
    }

    fn writes(&self) -> u64 {
        self.taken().writes
    }

    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        self.taken().since(since)
    }

    fn disturb(&self, disturbance: Disturbance) -> bool {
        let fault = self.fault(disturbance);
        let can = fault.is_some();
        if let Some(fault) = fault {
            self.sandbox.add_fault(fault);
        }
        can
    }

    fn cannot_happen(&self, disturbance: Disturbance) -> bool {
        self.is_disturbable && self.fault(disturbance).is_none()
    }

    fn calm(&self) {
        self.sandbox.clear_faults();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_forgets_the_oldest_and_says_so() {
        let mut log = Log::default();
        for number in 0..=KEPT_REQUESTS {
            log.push(SentRequest::new("PATCH", number.to_string()));
        }
        let all = KEPT_REQUESTS as u64 + 1;
        assert_eq!((log.requests, log.writes), (all, all));
        assert_eq!(log.since(0), None);
        assert_eq!(log.since(1).map(|kept| kept.len()), Some(KEPT_REQUESTS));
        let last = log.since(all - 1).and_then(|mut kept| kept.pop());
        assert_eq!(last.map(|request| request.url), Some(KEPT_REQUESTS.to_string()));
        assert_eq!(log.since(all + 7), Some(Vec::new()));
    }
}
