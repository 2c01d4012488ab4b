//! How a sandbox is set up.

use std::time::Duration;

use crate::fault::Fault;

/// What a [`Sandbox`](crate::Sandbox) is started with.
#[derive(Debug, Clone)]
#[must_use]
pub struct SandboxOptions {
    pub(crate) profiles: u64,
    pub(crate) seed: u64,
    pub(crate) port: u16,
    pub(crate) latency: Duration,
    pub(crate) token_lifetime: Duration,
    pub(crate) fixed_clock: Option<i64>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) upsun_page_size: u64,
    pub(crate) upsun_max_page_size: u64,
    pub(crate) upsun_token_without_user: bool,
    pub(crate) upsun_emails_stay: bool,
    pub(crate) probely_max_page_size: u64,
    pub(crate) anthropic_empty_page: bool,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl SandboxOptions {
    /// 20 profiles a service from seed 1, on any free port, at once and without faults.
    pub fn new() -> Self {
        Self {
            profiles: 20,
            seed: 1,
            port: 0,
            latency: Duration::ZERO,
            token_lifetime: Duration::from_secs(900),
            fixed_clock: None,
            faults: Vec::new(),
            upsun_page_size: 25,
            upsun_max_page_size: 100,
            upsun_token_without_user: false,
            upsun_emails_stay: false,
            probely_max_page_size: 1_000,
            anthropic_empty_page: false,
        }
    }

    /// How many profiles each service has at first. At Probely a tenth of them, rounded down, are API users, and the
    /// list of users has the rest.
    pub fn profiles(mut self, profiles: u64) -> Self {
        self.profiles = profiles;
        self
    }

    /// What all records are made from: the same seed always makes the same ones.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The TCP port on 127.0.0.1; 0 is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long every response takes.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// How long an access token of Upsun lives, in whole seconds; 900 s by default.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Stops the sandbox's clock at this Unix time, so that times of changes repeat exactly too. It
    /// then moves only by [`Sandbox::advance_clock`](crate::Sandbox::advance_clock).
    pub fn fixed_clock(mut self, unix_seconds: i64) -> Self {
        self.fixed_clock = Some(unix_seconds);
        self
    }

    /// A fault that is in force from the start.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Items on a page of Upsun when the request asks for no number (at least 1); 25 by default.
    pub fn upsun_page_size(mut self, size: u64) -> Self {
        self.upsun_page_size = size.max(1);
        self
    }

    /// The most profiles on a page of Upsun (at least 1); more is cut to it. 100 by default. The lists
    /// with cursors have limits of their own, and refuse more.
    pub fn upsun_max_page_size(mut self, size: u64) -> Self {
        self.upsun_max_page_size = size.max(1);
        self
    }

    /// Makes Upsun's token one that belongs to no user, so that `/users/me` answers 403.
    pub fn upsun_token_without_user(mut self, without_user: bool) -> Self {
        self.upsun_token_without_user = without_user;
        self
    }

    /// Leaves an e-mail address of Upsun as it is when its change was accepted, as if the mail that
    /// asks to confirm the new one were never opened. By default it is confirmed at once.
    pub fn upsun_emails_stay(mut self, stay: bool) -> Self {
        self.upsun_emails_stay = stay;
        self
    }

    /// The most users on a page of Probely (at least 1); more is cut to it. 1000 by default.
    pub fn probely_max_page_size(mut self, size: u64) -> Self {
        self.probely_max_page_size = size.max(1);
        self
    }

    /// Makes the second page of Anthropic's listing an empty one that still has a `next_page`, when
    /// no beta date is sent: what the general release may do.
    pub fn anthropic_empty_page(mut self, empty_page: bool) -> Self {
        self.anthropic_empty_page = empty_page;
        self
    }
}
