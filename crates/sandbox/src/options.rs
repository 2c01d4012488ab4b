//! The options of a sandbox.

use std::time::Duration;

use crate::fault::Fault;

/// The options of a [`Sandbox`](crate::Sandbox).
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
    pub(crate) scim_cursors: bool,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl SandboxOptions {
    /// Creates the default options: 20 profiles for each service, seed 1, any free port, no latency and no
    /// faults.
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
            scim_cursors: false,
        }
    }

    /// Sets the initial number of profiles of each service. At Probely, one tenth of them, rounded down, are
    /// API users; the list of users contains the rest.
    pub fn profiles(mut self, profiles: u64) -> Self {
        self.profiles = profiles;
        self
    }

    /// Sets the seed. The same seed always produces the same records.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the first TCP port on 127.0.0.1; 0 selects free ports. The services have this port and the four after it:
    /// Upsun, its token endpoint, Probely, Anthropic, SCIM.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the latency of every response.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the lifetime of Upsun's access tokens, in whole seconds. Default: 900 s.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Fixes the sandbox's clock at this Unix time, so that the times of changes are reproducible too. It
    /// then moves only by [`Sandbox::advance_clock`](crate::Sandbox::advance_clock).
    pub fn fixed_clock(mut self, unix_seconds: i64) -> Self {
        self.fixed_clock = Some(unix_seconds);
        self
    }

    /// Adds a fault that is active from the start.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Sets the default page size of Upsun (at least 1). Default: 25.
    pub fn upsun_page_size(mut self, size: u64) -> Self {
        self.upsun_page_size = size.max(1);
        self
    }

    /// Sets the maximum page size of profiles at Upsun (at least 1); larger page sizes are reduced to it.
    /// Default: 100. The lists with cursors have their own limits, and refuse larger page sizes.
    pub fn upsun_max_page_size(mut self, size: u64) -> Self {
        self.upsun_max_page_size = size.max(1);
        self
    }

    /// Sets whether Upsun's token belongs to no user, so that `/users/me` returns 403.
    pub fn upsun_token_without_user(mut self, without_user: bool) -> Self {
        self.upsun_token_without_user = without_user;
        self
    }

    /// Sets whether a changed e-mail address at Upsun is never confirmed, so that the old one stays. By
    /// default it is confirmed at once.
    pub fn upsun_emails_stay(mut self, stay: bool) -> Self {
        self.upsun_emails_stay = stay;
        self
    }

    /// Sets the maximum page size of users at Probely (at least 1); larger page sizes are reduced to it.
    /// Default: 1000.
    pub fn probely_max_page_size(mut self, size: u64) -> Self {
        self.probely_max_page_size = size.max(1);
        self
    }

    /// Sets whether the second page of Anthropic's listings is empty but has a `next_page`, if no dated beta
    /// is sent. The general release may do this. Listings between ids have no such pages.
    pub fn anthropic_empty_page(mut self, empty_page: bool) -> Self {
        self.anthropic_empty_page = empty_page;
        self
    }

    /// Sets whether SCIM's lists have cursors (RFC 9865), which are then the default. Without them, a `cursor` is
    /// refused with 501.
    pub fn scim_cursors(mut self, cursors: bool) -> Self {
        self.scim_cursors = cursors;
        self
    }
}
