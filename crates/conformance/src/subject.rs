//! What is checked: a provider, and the server behind it.

use std::{fmt, sync::Arc};

use anyprofile_core::{
    Capabilities, Error, IdKind, ListQuery, Profile, ProfileId, ProfileProvider, ProfileProviderExt as _,
    ProviderInfo, Result,
};
use futures_util::TryStreamExt as _;

use crate::{
    SentRequest,
    report::Outcome,
    witness::{Shown, Witness},
};

/// Makes providers of one account. Each is new: nothing is remembered from the one before.
pub trait Connect: fmt::Debug + Send + Sync {
    /// A provider.
    ///
    /// # Errors
    /// The provider's, about its configuration.
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>>;

    /// The credentials that they connect with, which must be shown nowhere. None is the default, and then this is not
    /// checked.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// A provider of another account of the service: a plan that it makes must not be executed by the others. None is the
    /// default, and then this is checked with plans that carry nothing of the provider's own.
    fn connect_elsewhere(&self) -> Option<Result<Arc<dyn ProfileProvider>>> {
        None
    }
}

/// The server behind the providers: it tells what came, and does something else than it should when it is told to.
pub trait Server: fmt::Debug + Send + Sync {
    /// How many requests for profiles came so far.
    fn requests(&self) -> u64;

    /// How many of those write, or would.
    fn writes(&self) -> u64;

    /// The requests for profiles that came after the first `since`, in the order in which they came; `since` is what
    /// [`requests`](Self::requests) was then. `None` if the server cannot tell, or not any more: what rests on it is then not
    /// checked, and [`Report::not_provoked`](crate::Report::not_provoked) counts it.
    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        let _ = since;
        None
    }

    /// Lets something go wrong until it is [calm](Self::calm) again: where the disturbance does not say otherwise, with the
    /// listing from its second page on. `false` if the server cannot do that, or it cannot befall this service; the check is
    /// then not made, and [`Report::not_provoked`](crate::Report::not_provoked) counts it.
    fn disturb(&self, disturbance: Disturbance) -> bool {
        let _ = disturbance;
        false
    }

    /// Lets nothing go wrong any more.
    fn calm(&self) {}
}

/// Something that goes wrong: with a listing from its second page on, where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disturbance {
    /// One request fails in a way that passes: 503, or a broken connection.
    FailsOnce,
    /// Every request fails so.
    Fails,
    /// A web page comes in place of a response, with a success status.
    WebPage,
    /// One record cannot be read.
    BadRecord,
    /// A page leads back to one that was there before.
    Cycle,
    /// A record is on no page, although it is counted.
    LostRecord,
    /// All pages are empty, and each leads on to one that was not there before.
    EmptyPages,
    /// Every read and write of one profile is done to another one, and answered with that one's record. Only of profiles
    /// whose records say whose they are: of others nothing could tell.
    AnotherRecord,
    /// Every request is answered 404, in a form that is not the service's: the service is not there.
    WrongPlace,
    /// A filter that the listing is asked for is taken for its opposite, from the first page on.
    FilterInverted,
    /// A filter that the listing is asked for is not applied, from the first page on.
    FilterIgnored,
    /// An order that the listing is asked for is not kept, from the first page on.
    OrderIgnored,
    /// The first writes from now on go well, as many as are named. Every further one is refused, and nothing becomes of it.
    WriteRefused {
        /// How many go well.
        after: u32,
    },
    /// The first writes from now on go well, as many as are named. Every further one is carried out, and not answered.
    WriteLost {
        /// How many go well.
        after: u32,
    },
}

/// What all checks look at.
pub(crate) struct Subject<'a> {
    pub(crate) provider: Arc<dyn ProfileProvider>,
    connect: &'a dyn Connect,
    pub(crate) server: &'a dyn Server,
    /// Everything that is listed, as it was at the start.
    pub(crate) listed: Vec<Profile>,
    /// What the plans showed that were executed.
    pub(crate) shown: Shown,
}

impl<'a> Subject<'a> {
    pub(crate) async fn new(connect: &'a dyn Connect, server: &'a dyn Server) -> Result<Self> {
        let shown = Shown::default();
        let provider = watched(connect, &shown)?;
        let listed = if provider.capabilities().operations.list.is_supported() {
            provider.list(ListQuery::new()).try_collect().await?
        } else {
            Vec::new()
        };
        Ok(Self { provider, connect, server, listed, shown })
    }

    /// What must be shown nowhere.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.connect.secrets()
    }

    /// A provider of another account, if there is one.
    pub(crate) fn elsewhere(&self) -> Result<Option<Arc<dyn ProfileProvider>>> {
        self.connect.connect_elsewhere().transpose()
    }

    /// Another provider of the same account.
    pub(crate) fn another(&self) -> Result<Arc<dyn ProfileProvider>> {
        watched(self.connect, &self.shown)
    }

    pub(crate) fn info(&self) -> &ProviderInfo {
        self.provider.info()
    }

    pub(crate) fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    /// The ids that are listed.
    pub(crate) fn ids(&self) -> Vec<&ProfileId> {
        self.listed.iter().map(|profile| &profile.id).collect()
    }

    /// Some of the listed profiles of a kind.
    pub(crate) fn some(&self, kind: &IdKind) -> impl Iterator<Item = &Profile> {
        self.listed.iter().filter(move |profile| profile.id.kind == *kind).take(5)
    }

    /// Lists everything that a query asks for.
    pub(crate) async fn list(&self, query: ListQuery) -> Result<Vec<Profile>> {
        self.provider.list(query).try_collect().await
    }

    /// An id of this account that nobody has.
    pub(crate) fn nobody(&self, kind: &IdKind) -> Option<ProfileId> {
        let of_kind = || self.listed.iter().filter(|profile| profile.id.kind == *kind);
        // As those of the service: it may refuse an id of another form.
        let first = of_kind().next().map_or_else(|| "0".repeat(12), |profile| profile.id.native().to_owned());
        let others = std::iter::successors(Some(first), |native| Some(scrambled(native)));
        let is_free = |native: &String| of_kind().all(|profile| profile.id.native() != native);
        let native = others.skip(1).take(60).find(is_free)?;
        let info = self.info();
        ProfileId::new(info.service.clone(), info.account.clone(), kind.clone(), native).ok()
    }

    /// What a work does, and how many requests it takes.
    pub(crate) async fn counted<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.server.requests();
        let result = work.await;
        (result, self.server.requests() - before)
    }

    /// Checks that something is refused before anything is sent.
    pub(crate) async fn refused<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T>>,
    ) -> std::result::Result<Error, Outcome> {
        match self.counted(work).await {
            (Ok(_), _) => Err(Outcome::failed(format!("{what} is not refused"))),
            (Err(error), 0) => Ok(error),
            (Err(_), sent) => Err(Outcome::failed(format!("{what} is refused after {sent} requests"))),
        }
    }
}

/// A provider whose plans are noted when they are executed.
fn watched(connect: &dyn Connect, shown: &Shown) -> Result<Arc<dyn ProfileProvider>> {
    Ok(Arc::new(Witness { provider: connect.connect()?, shown: shown.clone() }))
}

/// An id of the same form: its letters and digits, shifted.
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

/// A number that no other run has: what is made must not meet what an earlier run left.
pub(crate) fn unique() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| u64::try_from(since.as_nanos() % 1_000_000_000_000).unwrap_or_default())
}
