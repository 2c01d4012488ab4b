//! The rate and concurrency of an account's requests. The rate slows down when the service says so, and recovers.
//!
//! Rate decisions are pure functions: the clock is passed in.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderName};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep},
};

use crate::{dialect::Dialect, retry::retry_after};

/// The interval between requests after the first 429.
const FIRST_INTERVAL: Duration = Duration::from_millis(100);
/// The longest interval between requests.
const LONGEST_INTERVAL: Duration = Duration::from_secs(5);
/// The longest pause that a response can cause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// If so few requests are left of a quota, they are spread over the time until it is renewed.
const FEW: u64 = 10;

/// A wait longer than this is logged: otherwise the program seems to hang.
const LOGGED_FROM: Duration = Duration::from_secs(5);
/// A quota that is renewed later than this is ignored: its number probably has another unit, and a service that means it responds
/// with 429.
const LONGEST_QUOTA: Duration = LONGEST_PAUSE;

/// The limiter of an account.
#[derive(Debug)]
pub(crate) struct Limiter {
    at_once: Arc<Semaphore>,
    pace: Mutex<Pace>,
    waits: Mutex<Waits>,
}

/// Why a request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The service asks for it, in a response with this status.
    Asked(u16),
    /// The wait between two attempts. The first failed with this status, or without a response.
    Failed(Option<u16>),
}

/// The requests that wait. Time in which several wait is counted once.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    /// The number of waiting requests.
    waiting: u32,
    /// The time up to which waiting was counted; `None` while no request waits.
    counted_to: Option<Instant>,
    /// The end of the last wait that was logged.
    logged_until: Option<Instant>,
}

impl Waits {
    fn begin(&mut self, now: Instant) {
        if self.waiting == 0 {
            self.counted_to = Some(now);
        }
        self.waiting += 1;
    }

    /// Ends a wait, and returns the time that no other wait has counted.
    fn end(&mut self, now: Instant) -> Duration {
        self.waiting = self.waiting.saturating_sub(1);
        let from = if self.waiting == 0 { self.counted_to.take() } else { self.counted_to.replace(now) };
        from.map_or(Duration::ZERO, |from| now.saturating_duration_since(from))
    }

    /// Ends a wait that was cancelled. The other waits count its time.
    fn give_up(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
        if self.waiting == 0 {
            self.counted_to = None;
        }
    }

    /// Returns whether a wait must be logged: it is long, and not covered by a wait that was logged.
    fn must_log(&mut self, wait: Duration, now: Instant) -> bool {
        let until = now + wait;
        let must_log =
            wait > LOGGED_FROM && self.logged_until.is_none_or(|logged| until > logged + LOGGED_FROM);
        if must_log {
            self.logged_until = Some(until);
        }
        must_log
    }
}

/// A wait in progress. Dropping it cancels it.
struct Waiting<'a> {
    limiter: &'a Limiter,
    is_over: bool,
}

impl Waiting<'_> {
    fn end(mut self) -> Duration {
        self.is_over = true;
        self.limiter.waits().end(Instant::now())
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.limiter.waits().give_up();
        }
    }
}

/// When the next request may be sent.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The smallest interval between requests: the account's own limit.
    least: Duration,
    /// The current interval.
    interval: Duration,
    /// When the next request may be sent; `None` means immediately.
    next: Option<Instant>,
    /// The status of the response that asks for a pause until then.
    asked_by: u16,
}

/// A permit for one of the account's concurrent requests. Dropping it returns the permit.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

/// A finished wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The part of the wait that no other wait has counted.
    pub(crate) counted: Duration,
    /// The whole wait.
    pub(crate) waited: Duration,
}

/// What a response says about the rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Advice {
    /// The response's status.
    pub(crate) status: u16,
    /// Whether the request was refused because there were too many (429).
    pub(crate) is_refused: bool,
    /// How long to send nothing.
    pub(crate) pause: Option<Duration>,
    /// The smallest interval for the next requests.
    pub(crate) spread: Option<Duration>,
}

impl Limiter {
    /// Creates a limiter for so many concurrent requests and so many requests per second; 0 means no limit.
    pub(crate) fn new(at_once: u32, per_second: u32) -> Self {
        let at_once = if at_once == 0 { Semaphore::MAX_PERMITS } else { at_once as usize };
        let least = if per_second == 0 { Duration::ZERO } else { Duration::from_secs(1) / per_second };
        Self {
            at_once: Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS))),
            pace: Mutex::new(Pace { least, interval: least, next: None, asked_by: 0 }),
            waits: Mutex::default(),
        }
    }

    /// Waits for a concurrency permit. Returns it, and how long it waited, if it had to.
    pub(crate) async fn enter(&self) -> (Turn, Option<Duration>) {
        if let Ok(permit) = Arc::clone(&self.at_once).try_acquire_owned() {
            return (Turn { _permit: Some(permit) }, None);
        }
        let began = Instant::now();
        // The semaphore is never closed.
        let permit = Arc::clone(&self.at_once).acquire_owned().await.ok();
        (Turn { _permit: permit }, Some(began.elapsed()))
    }

    /// Waits until the next request may be sent. Returns how long it waited, if it had to. Calls `log` before a long wait.
    ///
    /// Dropping the future uses no slot of the rate.
    pub(crate) async fn pass(&self, log: impl Fn(Duration, Reason)) -> Option<Passed> {
        let began = Instant::now();
        let mut waiting = None;
        loop {
            let (wait, status) = {
                let mut pace = self.pace();
                (pace.take(Instant::now()), pace.asked_by)
            };
            if wait.is_zero() {
                return waiting
                    .map(|waiting: Waiting<'_>| Passed { counted: waiting.end(), waited: began.elapsed() });
            }
            if waiting.is_none() {
                waiting = Some(self.begin_wait());
            }
            if self.waits().must_log(wait, Instant::now()) {
                log(wait, Reason::Asked(status));
            }
            sleep(wait).await;
        }
    }

    /// Waits for a duration. Returns the part of it that no other wait has counted. Calls `log` before a long wait.
    pub(crate) async fn wait(
        &self,
        wait: Duration,
        reason: Reason,
        log: impl Fn(Duration, Reason),
    ) -> Duration {
        let waiting = self.begin_wait();
        if self.waits().must_log(wait, Instant::now()) {
            log(wait, reason);
        }
        sleep(wait).await;
        waiting.end()
    }

    fn begin_wait(&self) -> Waiting<'_> {
        self.waits().begin(Instant::now());
        Waiting { limiter: self, is_over: false }
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adapts the rate to a response.
    pub(crate) fn observe(&self, advice: Advice, now: Instant) {
        self.pace().follow(advice, now);
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Each change is one step, so the state is valid after a panic too.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    /// Takes the next slot and returns zero, or returns how long to wait for it.
    fn take(&mut self, now: Instant) -> Duration {
        let wait = self.next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now));
        if wait.is_zero() {
            self.next = (!self.interval.is_zero()).then(|| now + self.interval);
        }
        wait
    }

    fn follow(&mut self, advice: Advice, now: Instant) {
        if advice.is_refused {
            self.interval = (self.interval * 2).clamp(FIRST_INTERVAL, LONGEST_INTERVAL).max(self.least);
        } else {
            // Each other response removes a tenth of the added interval, and the rest once it is small.
            let added = self.interval.saturating_sub(self.least).mul_f64(0.9);
            self.interval = self.least + if added < FIRST_INTERVAL / 10 { Duration::ZERO } else { added };
        }
        if let Some(spread) = advice.spread {
            self.interval = self.interval.max(spread.min(LONGEST_INTERVAL));
        }
        if let Some(pause) = advice.pause {
            let until = now + pause.min(LONGEST_PAUSE);
            if self.next.is_none_or(|next| next < until) {
                self.next = Some(until);
                self.asked_by = advice.status;
            }
        }
    }
}

/// Reads what a response says about the rate: its status, `Retry-After`, and the headers that report the rest of a quota. These are
/// `RateLimit-Remaining` and `RateLimit-Reset` of the IETF drafts, with and without `X-`, and those of [`Dialect::quota_headers`].
pub(crate) fn advice(status: u16, headers: &HeaderMap, dialect: &dyn Dialect, now: SystemTime) -> Advice {
    let is_refused = status == 429;
    let asked = retry_after(headers, now).filter(|_| is_refused || status == 503);
    let mut advice = Advice { status, is_refused, pause: asked, spread: None };
    for family in
        ["ratelimit", "x-ratelimit"].into_iter().chain(dialect.quota_headers().iter().map(AsRef::as_ref))
    {
        let text = |part: &str| {
            let name = HeaderName::from_bytes(format!("{family}-{part}").as_bytes()).ok()?;
            headers.get(name)?.to_str().ok().map(str::trim)
        };
        let number = |part: &str| text(part)?.parse::<u64>().ok();
        let Some(remaining) = number("remaining") else { continue };
        // A quota of zero cannot be meant: the service has just responded.
        if number("limit") == Some(0) {
            continue;
        }
        let reset = text("reset").and_then(|text| until(text, now)).filter(|reset| *reset <= LONGEST_QUOTA);
        let Some(reset) = reset else { continue };
        if remaining == 0 {
            advice.pause = advice.pause.max(Some(reset));
        } else if remaining <= FEW {
            let parts = u32::try_from(remaining).unwrap_or(u32::MAX).saturating_add(1);
            advice.spread = advice.spread.max(Some(reset / parts));
        }
    }
    advice
}

/// Returns the time until a quota is renewed. The text is a number of seconds from now, a point in time in seconds since 1970, or
/// RFC 3339. `None` if it is not valid or in the past.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        let duration = Duration::try_from_secs_f64(number).ok()?;
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        // No quota lasts for years: a large number is a point in time.
        let is_time = duration > since_1970 / 2;
        return if is_time { duration.checked_sub(since_1970) } else { Some(duration) };
    }
    let time: anyprofile_core::Timestamp = text.parse().ok()?;
    SystemTime::from(time).duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn silent(_: Duration, _: Reason) {}

    async fn pass(limiter: &Limiter, log: impl Fn(Duration, Reason)) -> Duration {
        limiter.pass(log).await.map_or(Duration::ZERO, |passed| passed.counted)
    }

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_696_004_797)
    }

    fn of(status: u16, pairs: &[(&'static str, &str)]) -> Advice {
        let headers =
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let dialect = crate::StaticDialect::new(|_| true, |_, _| ())
            .with_quota_headers(&[std::borrow::Cow::Borrowed("example-quota")]);
        advice(status, &headers.collect(), &dialect, now())
    }

    #[test]
    fn a_response_says_when_to_go_on_in_all_its_forms_and_nonsense_says_nothing() {
        let nothing = Advice { status: 200, ..Advice::default() };
        assert_eq!(of(200, &[]), nothing);
        assert_eq!(of(429, &[("retry-after", "7")]).pause, Some(7 * SECOND));
        assert_eq!(of(503, &[("retry-after", "7")]).pause, Some(7 * SECOND));
        assert_eq!(of(404, &[("retry-after", "7")]).pause, None);
        for reset in ["20", "1696004817", "2023-09-29T16:26:57Z"] {
            let spent = of(200, &[("ratelimit-remaining", "0"), ("ratelimit-reset", reset)]);
            assert_eq!(spent.pause, Some(20 * SECOND), "{reset}");
            let few = of(200, &[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", reset)]);
            assert_eq!((few.pause, few.spread), (None, Some(5 * SECOND)), "{reset}");
        }
        let names = ["example-quota-remaining", "example-quota-reset"];
        assert_eq!(of(200, &[(names[0], "0"), (names[1], "2023-09-29T16:26:57Z")]).pause, Some(20 * SECOND));
        for (remaining, reset) in
            [("0", "NaN"), ("0", "-1"), ("0", "1999-01-01T00:00:00Z"), ("x", "5"), ("11", "5")]
        {
            let read = of(200, &[("ratelimit-remaining", remaining), ("ratelimit-reset", reset)]);
            assert_eq!(read, nothing, "{remaining} {reset}");
        }
        // Milliseconds and nanoseconds, from now and since 1970, and quotas too far away to wait for.
        for reset in ["20000", "1696004817000", "1696004817000000000", "20000000000", "61", "3600", "1e300"] {
            for remaining in ["0", "3"] {
                let read = of(200, &[("x-ratelimit-remaining", remaining), ("x-ratelimit-reset", reset)]);
                assert_eq!(read, nothing, "{remaining} {reset}");
            }
        }
        for family in [
            ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"],
            ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
        ] {
            let quota = |limit| of(200, &[(family[0], limit), (family[1], "0"), (family[2], "20")]);
            assert_eq!(quota("0"), nothing, "a quota of zero is ignored");
            assert_eq!(quota("100").pause, Some(20 * SECOND));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_several_wait_at_once_is_counted_and_told_once() {
        let limiter = Limiter::new(0, 0);
        let logged = Mutex::new(Vec::new());
        let note = |wait: Duration, reason| logged.lock().unwrap().push((wait.as_secs(), reason));
        let asked = |status| Advice { status, pause: Some(20 * SECOND), ..Advice::default() };
        limiter.observe(asked(429), Instant::now());
        let began = Instant::now();
        let waited = futures_util::future::join_all((0..8).map(|_| pass(&limiter, note))).await;
        assert_eq!((began.elapsed(), waited.iter().sum()), (20 * SECOND, 20 * SECOND));
        // One within another, one that is cancelled, and short ones.
        let reason = Reason::Failed(Some(503));
        let (long, short) = (limiter.wait(10 * SECOND, reason, note), async {
            sleep(3 * SECOND).await;
            assert!(timeout(SECOND, limiter.wait(9 * SECOND, reason, note)).await.is_err());
            limiter.wait(SECOND, reason, note).await
        });
        let (long, short) = tokio::join!(long, short);
        assert_eq!(long + short, 10 * SECOND);
        assert_eq!(limiter.wait(5 * SECOND, reason, note).await, 5 * SECOND);
        assert_eq!(*logged.lock().unwrap(), [(20, Reason::Asked(429)), (10, reason)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_slows_down_and_successes_recover() {
        let limiter = Limiter::new(0, 0);
        assert_eq!(pass(&limiter, silent).await, Duration::ZERO);
        let refused = |pause| Advice { status: 429, is_refused: true, pause, spread: None };
        limiter.observe(refused(Some(2 * SECOND)), Instant::now());
        assert_eq!(pass(&limiter, silent).await, 2 * SECOND);
        assert_eq!(pass(&limiter, silent).await, FIRST_INTERVAL);
        for _ in 0..100 {
            limiter.observe(refused(None), Instant::now());
        }
        assert_eq!(limiter.pace().interval, LONGEST_INTERVAL);
        for _ in 0..100 {
            limiter.observe(Advice::default(), Instant::now());
        }
        assert_eq!(limiter.pace().interval, Duration::ZERO);
        limiter.observe(Advice { pause: Some(Duration::MAX), ..Advice::default() }, Instant::now());
        assert_eq!(pass(&limiter, silent).await, LONGEST_PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept_and_so_is_the_number_at_once() {
        let limiter = Limiter::new(2, 4);
        let interval = Duration::from_millis(250);
        assert_eq!(
            [pass(&limiter, silent).await, pass(&limiter, silent).await, pass(&limiter, silent).await],
            [Duration::ZERO, interval, interval]
        );
        sleep(10 * SECOND).await;
        assert_eq!(pass(&limiter, silent).await, Duration::ZERO, "unused slots are not saved up");
        assert_eq!(pass(&limiter, silent).await, interval);
        let ((first, no_wait), _two) = (limiter.enter().await, limiter.enter().await);
        assert_eq!(no_wait, None);
        let third = limiter.enter();
        tokio::pin!(third);
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        sleep(SECOND).await;
        drop(first);
        assert_eq!(third.await.1, Some(SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_takes_no_place() {
        let limiter = Limiter::new(0, 1);
        pass(&limiter, silent).await;
        for _ in 0..50 {
            assert!(timeout(SECOND / 100, pass(&limiter, silent)).await.is_err());
        }
        assert_eq!(pass(&limiter, silent).await, SECOND / 2);
    }
}
