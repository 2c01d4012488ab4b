//! The subject of the checks: a provider and its server.

use std::{fmt, sync::Arc};

use anyprofile_core::{
    Capabilities, Error, IdKind, ListQuery, Profile, ProfileId, ProfileProvider, ProfileProviderExt as _,
    ProviderInfo, Result,
};
use futures_util::TryStreamExt as _;

use crate::{
    SentRequest,
    report::Outcome,
    witness::{ShownRequests, Witness},
};

/// Creates providers of one account. Each provider is new and shares no state with the others.
pub trait Connect: fmt::Debug + Send + Sync {
    /// Creates a provider.
    ///
    /// # Errors
    /// The provider's configuration errors.
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>>;

    /// Returns the credentials of the providers, which must never be shown. Default: none, so that this is not
    /// checked.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Creates a provider of another account of the service. The providers of [`connect`](Self::connect) must not
    /// execute its plans. Default: none; this is then checked with plans that contain nothing specific to a provider.
    fn connect_elsewhere(&self) -> Option<Result<Arc<dyn ProfileProvider>>> {
        None
    }
}

/// The server of the providers. It reports the requests that it receives, and simulates faults.
pub trait Server: fmt::Debug + Send + Sync {
    /// Returns the number of requests for profiles received so far.
    fn requests(&self) -> u64;

    /// Returns how many of these requests write.
    fn writes(&self) -> u64;

    /// Returns the requests for profiles received after the first `since`, in the order received; `since` is an
    /// earlier value of [`requests`](Self::requests).
    ///
    /// Returns `None` if the server cannot report them (any more). Checks that need them are then
    /// [not proven](crate::Report::not_proven).
    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        let _ = since;
        None
    }

    /// Starts a disturbance, until [`calm`](Self::calm) ends it. By default it affects listings from the second page
    /// on.
    ///
    /// Returns `false` if the server cannot simulate it, or it [cannot happen](Self::cannot_happen) at this service. The checks that
    /// need it are then [not proven](crate::Report::not_proven), or not applicable.
    fn disturb(&self, disturbance: Disturbance) -> bool {
        let _ = disturbance;
        false
    }

    /// Returns whether a disturbance cannot happen at this service, such as a cycle where pages are numbered. The checks that need it do
    /// then not apply. Default: `false`, so that they are not proven if the server cannot simulate it.
    fn cannot_happen(&self, disturbance: Disturbance) -> bool {
        let _ = disturbance;
        false
    }

    /// Ends the disturbance.
    fn calm(&self) {}
}

/// A fault that a server simulates. Unless stated otherwise, it affects listings from the second page on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disturbance {
    /// One request fails temporarily: 503, or a broken connection.
    FailsOnce,
    /// Every request fails in this way.
    Fails,
    /// The response is a web page with a success status.
    WebPage,
    /// One record cannot be decoded.
    BadRecord,
    /// A page leads back to an earlier page.
    Cycle,
    /// A record is counted, but is on no page.
    LostRecord,
    /// All pages are empty, and each leads to a new page.
    EmptyPages,
    /// Every read and write of a profile uses another profile, and returns the other profile's record. Only for
    /// profiles whose records contain their id; for others it could not be detected.
    AnotherRecord,
    /// Every request returns 404 in a form that is not the service's, as if a gateway responded.
    WrongPlace,
    /// The requested filter is inverted, from the first page on.
    FilterInverted,
    /// The requested filter is ignored, from the first page on.
    FilterIgnored,
    /// The requested order is ignored, from the first page on.
    OrderIgnored,
    /// The first `after` writes succeed. Every further write is rejected and has no effect.
    WriteRefused {
        /// The number of writes that succeed.
        after: u32,
    },
    /// The first `after` writes succeed. Every further write takes effect, but gets no response.
    WriteLost {
        /// The number of writes that succeed.
        after: u32,
    },
}

impl Disturbance {
    /// Returns what the server must do.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::FailsOnce => "one request for a further page fails, and the next one does not",
            Self::Fails => "every request for a further page fails",
            Self::WebPage => "further pages are web pages with a success status",
            Self::BadRecord => "one record of a further page cannot be decoded",
            Self::Cycle => "a further page leads back to an earlier one",
            Self::LostRecord => "one record is counted, but on no page",
            Self::EmptyPages => "all further pages are empty, and each leads to a new one",
            Self::AnotherRecord => "requests for one record return, and change, another one",
            Self::WrongPlace => "every response is a 404 of a gateway",
            Self::FilterInverted => "the filter is inverted",
            Self::FilterIgnored => "the filter is ignored",
            Self::OrderIgnored => "the order is ignored",
            Self::WriteRefused { .. } => "writes are rejected",
            Self::WriteLost { .. } => "writes take effect, and get no response",
        }
    }
}

/// The data that all checks use.
pub(crate) struct Subject<'a> {
    pub(crate) provider: Arc<dyn ProfileProvider>,
    connect: &'a dyn Connect,
    pub(crate) server: &'a dyn Server,
    /// All listed profiles at the start.
    pub(crate) listed: Vec<Profile>,
    /// The number of pages of this listing.
    pub(crate) pages: u64,
    /// The number of profiles on the largest of these pages.
    pub(crate) largest_page: usize,
    /// The requests of the executed plans.
    pub(crate) shown: ShownRequests,
}

impl<'a> Subject<'a> {
    pub(crate) async fn new(connect: &'a dyn Connect, server: &'a dyn Server) -> Result<Self> {
        let shown = ShownRequests::default();
        let provider = watched(connect, &shown)?;
        let mut listed = Vec::new();
        let (mut pages, mut largest_page) = (0, 0);
        if provider.capabilities().operations.list.is_supported() {
            let mut listing = provider.pages(ListQuery::new());
            while let Some(page) = listing.next_page().await {
                let items = page?.items;
                largest_page = largest_page.max(items.len());
                pages += 1;
                listed.extend(items);
            }
        }
        Ok(Self { provider, connect, server, listed, pages, largest_page, shown })
    }

    /// Returns the credentials, which must never be shown.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.connect.secrets()
    }

    /// Creates a provider of another account, if available.
    pub(crate) fn elsewhere(&self) -> Result<Option<Arc<dyn ProfileProvider>>> {
        self.connect.connect_elsewhere().transpose()
    }

    /// Creates another provider of this account.
    pub(crate) fn another(&self) -> Result<Arc<dyn ProfileProvider>> {
        watched(self.connect, &self.shown)
    }

    pub(crate) fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    pub(crate) fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    /// Returns the listed ids.
    pub(crate) fn ids(&self) -> Vec<&ProfileId> {
        self.listed.iter().map(|profile| &profile.id).collect()
    }

    /// Returns up to 5 listed profiles of a kind.
    pub(crate) fn some(&self, kind: &IdKind) -> impl Iterator<Item = &Profile> {
        self.listed.iter().filter(move |profile| profile.id.kind == *kind).take(5)
    }

    /// Lists all profiles of a query.
    pub(crate) async fn list(&self, query: ListQuery) -> Result<Vec<Profile>> {
        self.provider.list(query).try_collect().await
    }

    /// Returns an id of this account that no profile has.
    pub(crate) fn unused_id(&self, kind: &IdKind) -> Option<ProfileId> {
        let of_kind = || self.listed.iter().filter(|profile| profile.id.kind == *kind);
        // It has the form of a real id, since a service may reject another form.
        let first = of_kind().next().map_or_else(|| "0".repeat(12), |profile| profile.id.native().to_owned());
        // If all ids of a form are taken, a longer one is not.
        let longer = first.chars().last().map(|last| format!("{first}{last}"));
        let others = std::iter::successors(Some(first), |native| Some(scrambled(native)));
        let is_free = |native: &String| of_kind().all(|profile| profile.id.native() != native);
        let native = others.skip(1).take(60).chain(longer).find(is_free)?;
        let info = self.info();
        ProfileId::new(info.service.clone(), info.account.clone(), kind.clone(), native).ok()
    }

    /// Awaits a future, and counts its requests.
    pub(crate) async fn counted<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.server.requests();
        let result = work.await;
        (result, self.server.requests() - before)
    }

    /// Checks that an operation is rejected before anything is sent.
    pub(crate) async fn refused<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T>>,
    ) -> std::result::Result<Error, Outcome> {
        match self.counted(work).await {
            (Ok(_), _) => Err(Outcome::failed(format!("{what} is not rejected"))),
            (Err(error), 0) => Ok(error),
            (Err(_), sent) => Err(Outcome::failed(format!("{what} is rejected only after {sent} requests"))),
        }
    }
}

/// Creates a provider that records the plans that it executes.
fn watched(connect: &dyn Connect, shown: &ShownRequests) -> Result<Arc<dyn ProfileProvider>> {
    Ok(Arc::new(Witness { provider: connect.connect()?, shown: shown.clone() }))
}

/// Returns an id of the same form, with some letters and digits shifted.
fn scrambled(native: &str) -> String {
    let shift = |c: char| match c {
        '0'..='8' | 'a'..='e' | 'A'..='E' => char::from_u32(c as u32 + 1).unwrap_or(c),
        '9' => '0',
        'f' => 'a',
        'F' => 'A',
        other => other,
    };
    let length = native.chars().count();
    native.chars().enumerate().map(|(at, c)| if at + 6 >= length { shift(c) } else { c }).collect()
}

/// Returns a number that differs in each run, so that new profiles do not conflict with those of earlier runs.
pub(crate) fn unique() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| u64::try_from(since.as_nanos() % 1_000_000_000_000).unwrap_or_default())
}
