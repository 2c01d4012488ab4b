//! An in-memory provider whose pages come from a function, and which counts its requests.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider, ProviderInfo,
    Result, async_trait,
    capabilities::Support,
    listing::{Cursor, CursorPosition, Next, Page},
};

/// The page at a position: its profiles, and the next position.
pub(crate) type Response = Result<(Vec<String>, Option<String>)>;

type Pages = dyn FnMut(&str) -> Response + Send;

pub(crate) struct Memory {
    pub(crate) info: ProviderInfo,
    pub(crate) capabilities: Capabilities,
    pages: Mutex<Box<Pages>>,
    pub(crate) total: Option<u64>,
    pub(crate) quarantined: usize,
    /// How long each page takes; needs a paused clock.
    pub(crate) delay: Duration,
    asked: Mutex<Vec<String>>,
    sizes: Mutex<Vec<Option<u32>>>,
    answered: AtomicUsize,
    pub(crate) gets: AtomicUsize,
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Memory")
    }
}

impl Memory {
    /// Calls `pages` for each page; the position of the first one is empty.
    pub(crate) fn by(pages: impl FnMut(&str) -> Response + Send + 'static) -> Self {
        let mut capabilities = Capabilities::default();
        capabilities.operations.list = Support::users();
        capabilities.operations.get = Support::users();
        capabilities.listing.page_size = true;
        Self {
            info: ProviderInfo::new("upsun".parse().unwrap(), "acme".parse().unwrap(), "Memory", "memory:"),
            capabilities,
            pages: Mutex::new(Box::new(pages)),
            total: None,
            quarantined: 0,
            delay: Duration::ZERO,
            asked: Mutex::default(),
            sizes: Mutex::default(),
            answered: AtomicUsize::new(0),
            gets: AtomicUsize::new(0),
        }
    }

    /// Pages of `size` profiles out of `count`: `u0`, `u1`, …
    pub(crate) fn of(count: usize, size: usize) -> Self {
        Self::by(move |position| {
            let first: usize = position.parse().unwrap_or(0);
            let end = (first + size).min(count);
            let names = (first..end).map(|number| format!("u{number}")).collect();
            Ok((names, (end < count).then(|| end.to_string())))
        })
    }

    /// The requested positions, in order; that of the first page is empty.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }

    pub(crate) fn sizes(&self) -> Vec<Option<u32>> {
        self.sizes.lock().unwrap().clone()
    }

    pub(crate) fn profile(&self, native: &str) -> Profile {
        Profile::new(format!("{}:{}/user/{native}", self.info.service, self.info.account).parse().unwrap())
    }

    pub(crate) fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}

#[async_trait]
impl ProfileProvider for Memory {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let position = token(&self.info, query, cursor)?;
        self.asked.lock().unwrap().push(position.clone());
        self.sizes.lock().unwrap().push(query.page_size);
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let (names, next) = (self.pages.lock().unwrap())(&position)?;
        self.answered.fetch_add(1, Ordering::SeqCst);
        let items = names.iter().map(|name| self.profile(name)).collect();
        let bad = (0..self.quarantined).map(|place| anyprofile_core::listing::Quarantined::new(place, "bad"));
        Ok(Page::last(items).with_declared_total(self.total).with_quarantined(bad.collect()).with_next(
            next.map_or(Next::End, |token| {
                Next::Cursor(Cursor::new(&self.info, query, CursorPosition::Token(token)))
            }),
        ))
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        Ok(Profile::new(id.clone()))
    }
}

/// Returns the token of a cursor; that of the first page is empty.
pub(crate) fn token(info: &ProviderInfo, query: &ListQuery, cursor: Option<&Cursor>) -> Result<String> {
    Ok(match cursor.map(|cursor| cursor.position(info, query)).transpose()? {
        Some(CursorPosition::Token(token)) => token.clone(),
        _ => String::new(),
    })
}

pub(crate) fn failure() -> Error {
    Error::new(ErrorKind::Upstream, "the service failed")
}
