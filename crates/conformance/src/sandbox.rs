//! The sandbox as the server.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyprofile_sandbox::{NamedFault, Sandbox};

use crate::{Disturbance, Server};

/// The sandbox as the server of one of its services.
pub struct SandboxServer {
    sandbox: Arc<Sandbox>,
    service: &'static str,
    /// Whether the listing is the one that the sandbox knows faults of.
    is_disturbable: bool,
    /// The sandbox forgets old requests.
    counts: [AtomicU64; 2],
}

impl SandboxServer {
    /// The server of a service (`upsun`, `probely`, `anthropic`). Only listings of the service's users can be disturbed:
    /// of another one, such as that of an organization's people, this has to be said.
    pub fn new(sandbox: Arc<Sandbox>, service: &'static str, is_of_users: bool) -> Self {
        Self { sandbox, service, is_disturbable: is_of_users, counts: [AtomicU64::new(0), AtomicU64::new(0)] }
    }

    /// Takes what came since the last time into account, and gives how many requests came, and how many wrote.
    fn count(&self) -> [u64; 2] {
        // Tokens are not what a provider asks for.
        let requests = self.sandbox.requests();
        self.sandbox.clear_requests();
        let asked: Vec<_> = requests.iter().filter(|request| request.service != "upsun-auth").collect();
        let writes = asked.iter().filter(|request| request.method != "GET").count();
        let add = |at: usize, more: usize| {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            self.counts[at].fetch_add(more, Ordering::Relaxed) + more
        };
        [add(0, asked.len()), add(1, writes)]
    }
}

impl fmt::Debug for SandboxServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SandboxServer({})", self.service)
    }
}

impl Server for SandboxServer {
    fn requests(&self) -> u64 {
        self.count()[0]
    }

    fn writes(&self) -> u64 {
        self.count()[1]
    }

    fn disturb(&self, disturbance: Disturbance) -> bool {
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
        };
        let Some(named) = NamedFault::all().find(|fault| fault.name == name) else { return false };
        let fault = match disturbance {
            // Whatever is asked for, and not the listing of users alone.
            Disturbance::AnotherRecord | Disturbance::WrongPlace => named.everywhere(self.service),
            _ => named.of(self.service).filter(|_| self.is_disturbable),
        };
        let Some(fault) = fault else { return false };
        self.sandbox.add_fault(fault);
        true
    }

    fn calm(&self) {
        self.sandbox.clear_faults();
    }
}
