//! How fast an account is asked, and by how many requests at once. It slows down when the service says so, and recovers.
//!
//! What the pace is follows from values alone: the clock is passed in.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderName};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};

use crate::retry::asked_wait;

/// The first distance between requests after a refusal for too many of them, and the longest.
const FIRST_DISTANCE: Duration = Duration::from_millis(100);
const LONGEST_DISTANCE: Duration = Duration::from_secs(5);
/// No refusal and no header keeps an account waiting longer than this at once.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// When no request has ended for so long, those under way are taken for ones that nobody polls any more: a page that is
/// fetched ahead while its caller is busy, which may be busy waiting for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// With so few requests left, they are spread over the time that they have to last for.
const FEW: u64 = 10;

/// The limiter of an account.
#[derive(Debug)]
pub(crate) struct Limiter {
    at_once: Arc<Semaphore>,
    pace: Mutex<Pace>,
}

/// When the next request may be sent.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The distance between requests that is kept in any case.
    least: Duration,
    /// The distance now.
    distance: Duration,
    /// When the next request may be sent; none if at once.
    next: Option<Instant>,
    /// When a request ended last, or one was let through without a place.
    moved: Option<Instant>,
}

/// A request's place among those that are sent at once. Dropping it ends the request's turn.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    limiter: &'a Limiter,
    _place: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.limiter.pace().moved = Some(Instant::now());
    }
}

/// What an answer says of the pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Advice {
    /// Whether the request was refused for too many of them.
    pub(crate) is_refused: bool,
    /// How long to send nothing.
    pub(crate) pause: Option<Duration>,
    /// How far apart the next requests should be.
    pub(crate) spread: Option<Duration>,
}

impl Limiter {
    /// At most so many requests at once, and so many a second; 0 means any number.
    pub(crate) fn new(at_once: u32, per_second: u32) -> Self {
        let at_once = if at_once == 0 { Semaphore::MAX_PERMITS } else { at_once as usize };
        let least = if per_second == 0 { Duration::ZERO } else { Duration::from_secs(1) / per_second };
        Self {
            at_once: Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS))),
            pace: Mutex::new(Pace { least, distance: least, next: None, moved: None }),
        }
    }

    /// Waits for a place among the requests that are sent at once.
    pub(crate) async fn enter(&self) -> Turn<'_> {
        let mut place = pin!(Arc::clone(&self.at_once).acquire_owned());
        loop {
            match timeout(PATIENCE, place.as_mut()).await {
                // It is never closed.
                Ok(place) => return Turn { limiter: self, _place: place.ok() },
                Err(_) if self.pace().is_stuck(Instant::now()) => {
                    return Turn { limiter: self, _place: None };
                }
                Err(_) => {}
            }
        }
    }

    /// Waits until the next request may be sent, and gives how long that took. Whoever gives up takes no place.
    pub(crate) async fn pass(&self) -> Duration {
        let began = Instant::now();
        loop {
            let wait = self.pace().take(Instant::now());
            if wait.is_zero() {
                return began.elapsed();
            }
            sleep(wait).await;
        }
    }

    /// Takes an answer into account.
    pub(crate) fn observe(&self, advice: Advice, now: Instant) {
        self.pace().follow(advice, now);
    }

    /// What a thread that panicked left behind is as good as anything: each change is one step.
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    /// Whether nothing has moved for long. Whoever asks is let through, and the next one waits again.
    fn is_stuck(&mut self, now: Instant) -> bool {
        let is_stuck = self.moved.is_none_or(|moved| now.saturating_duration_since(moved) >= PATIENCE);
        if is_stuck {
            self.moved = Some(now);
        }
        is_stuck
    }

    /// Takes the next place, if its time has come; else gives how long that is.
    fn take(&mut self, now: Instant) -> Duration {
        let wait = self.next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now));
        if wait.is_zero() {
            self.next = (!self.distance.is_zero()).then(|| now + self.distance);
        }
        wait
    }

    fn follow(&mut self, advice: Advice, now: Instant) {
        if advice.is_refused {
            self.distance = (self.distance * 2).clamp(FIRST_DISTANCE, LONGEST_DISTANCE).max(self.least);
        } else {
            // Each answer that is none takes a tenth of what was added; what is left is forgotten when it is little.
            let added = self.distance.saturating_sub(self.least).mul_f64(0.9);
            self.distance = self.least + if added < FIRST_DISTANCE / 10 { Duration::ZERO } else { added };
        }
        if let Some(spread) = advice.spread {
            self.distance = self.distance.max(spread.min(LONGEST_DISTANCE));
        }
        if let Some(pause) = advice.pause {
            let until = now + pause.min(LONGEST_PAUSE);
            self.next = Some(self.next.map_or(until, |next| next.max(until)));
        }
    }
}

/// What an answer says of the pace: by its status, `Retry-After`, and the headers that services tell the rest of a quota
/// in (`RateLimit-Remaining` and `RateLimit-Reset` of the IETF's drafts, with `X-` before it as many write it, and Anthropic's own).
pub(crate) fn advice(status: u16, headers: &HeaderMap, now: SystemTime) -> Advice {
    let is_refused = status == 429;
    let asked = asked_wait(headers, now).filter(|_| is_refused || status == 503);
    let mut advice = Advice { is_refused, pause: asked, spread: None };
    let quotas = [
        ("ratelimit-remaining", "ratelimit-reset"),
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ];
    for (remaining, reset) in quotas {
        let text = |name: &str| headers.get(HeaderName::from_bytes(name.as_bytes()).ok()?)?.to_str().ok();
        let Some(remaining) = text(remaining).and_then(|text| text.trim().parse::<u64>().ok()) else {
            continue;
        };
        let Some(reset) = text(reset).and_then(|text| until(text.trim(), now)) else { continue };
        if remaining == 0 {
            advice.pause = advice.pause.max(Some(reset));
        } else if remaining <= FEW {
            let parts = u32::try_from(remaining).unwrap_or(u32::MAX).saturating_add(1);
            advice.spread = advice.spread.max(Some(reset / parts));
        }
    }
    advice
}

/// How long until a quota is renewed: seconds from now, a point in time in seconds since 1970, or RFC 3339. Nonsense and
/// the past are none.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        let duration = Duration::try_from_secs_f64(number).ok()?;
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        // No quota lasts for years: so large a number is a point in time.
        let is_time = duration > since_1970 / 2;
        return if is_time { duration.checked_sub(since_1970) } else { Some(duration) };
    }
    let time: anyprofile_core::Timestamp = text.parse().ok()?;
    SystemTime::from(time).duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_696_004_797)
    }

    fn of(status: u16, pairs: &[(&'static str, &str)]) -> Advice {
        let headers =
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        advice(status, &headers.collect(), now())
    }

    #[test]
    fn an_answer_says_when_to_go_on_in_all_its_forms_and_nonsense_says_nothing() {
        assert_eq!(of(200, &[]), Advice::default());
        assert_eq!(of(429, &[("retry-after", "7")]).pause, Some(7 * SECOND));
        assert_eq!(of(503, &[("retry-after", "7")]).pause, Some(7 * SECOND));
        assert_eq!(of(404, &[("retry-after", "7")]).pause, None);
        for reset in ["20", "1696004817", "2023-09-29T16:26:57Z"] {
            let spent = of(200, &[("ratelimit-remaining", "0"), ("ratelimit-reset", reset)]);
            assert_eq!(spent.pause, Some(20 * SECOND), "{reset}");
            let few = of(200, &[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", reset)]);
            assert_eq!((few.pause, few.spread), (None, Some(5 * SECOND)), "{reset}");
        }
        let names = ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"];
        assert_eq!(of(200, &[(names[0], "0"), (names[1], "2023-09-29T16:26:57Z")]).pause, Some(20 * SECOND));
        for (remaining, reset) in
            [("0", "NaN"), ("0", "-1"), ("0", "1999-01-01T00:00:00Z"), ("x", "5"), ("11", "5")]
        {
            let nothing = of(200, &[("ratelimit-remaining", remaining), ("ratelimit-reset", reset)]);
            assert_eq!(nothing, Advice::default(), "{remaining} {reset}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_slows_down_and_successes_recover() {
        let limiter = Limiter::new(0, 0);
        assert_eq!(limiter.pass().await, Duration::ZERO);
        let refused = |pause| Advice { is_refused: true, pause, spread: None };
        limiter.observe(refused(Some(2 * SECOND)), Instant::now());
        assert_eq!(limiter.pass().await, 2 * SECOND);
        assert_eq!(limiter.pass().await, FIRST_DISTANCE);
        for _ in 0..100 {
            limiter.observe(refused(None), Instant::now());
        }
        assert_eq!(limiter.pace().distance, LONGEST_DISTANCE);
        for _ in 0..100 {
            limiter.observe(Advice::default(), Instant::now());
        }
        assert_eq!(limiter.pace().distance, Duration::ZERO);
        limiter.observe(Advice { pause: Some(Duration::MAX), ..Advice::default() }, Instant::now());
        assert_eq!(limiter.pass().await, LONGEST_PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept_and_so_is_the_number_at_once() {
        let limiter = Limiter::new(2, 4);
        let distance = Duration::from_millis(250);
        assert_eq!(
            [limiter.pass().await, limiter.pass().await, limiter.pass().await],
            [Duration::ZERO, distance, distance]
        );
        sleep(10 * SECOND).await;
        assert_eq!(limiter.pass().await, Duration::ZERO, "what was not used is not saved up");
        assert_eq!(limiter.pass().await, distance);
        let (one, _two) = (limiter.enter().await, limiter.enter().await);
        let third = limiter.enter();
        tokio::pin!(third);
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        drop(one);
        third.await;
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_takes_no_place() {
        let limiter = Limiter::new(0, 1);
        limiter.pass().await;
        for _ in 0..50 {
            assert!(timeout(SECOND / 100, limiter.pass()).await.is_err());
        }
        assert_eq!(limiter.pass().await, SECOND / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_nobody_polls_keep_nobody_out_for_ever() {
        let limiter = Limiter::new(1, 0);
        let began = Instant::now();
        let _left = limiter.enter().await;
        let _second = limiter.enter().await;
        assert_eq!(began.elapsed(), PATIENCE);
        let third = limiter.enter().await;
        assert_eq!(began.elapsed(), 2 * PATIENCE, "one at a time");
        drop(third);
    }
}
