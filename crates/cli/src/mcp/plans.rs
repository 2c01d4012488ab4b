//! Plans that were shown and not yet executed.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyprofile::{Plan, writing::Guard};

/// How long a plan can be executed after it was shown.
const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How many plans are kept.
const MOST: usize = 1000;

/// A plan, and why it is probably a mistake.
pub(super) struct LivePlan {
    pub(super) plan: Plan,
    pub(super) guards: Vec<Guard>,
    shown: Instant,
}

impl LivePlan {
    pub(super) fn new(plan: Plan, guards: Vec<Guard>) -> Self {
        Self { plan, guards, shown: Instant::now() }
    }
}

/// The plans of a session.
#[derive(Default)]
pub(super) struct Plans(Mutex<HashMap<String, LivePlan>>);

impl Plans {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, LivePlan>> {
        // Each change of the map is one step.
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|_, live| live.shown.elapsed() < LIFETIME);
        plans
    }

    /// Keeps a plan; returns its id, which cannot be guessed. `None` if too many are kept, or there are no random numbers.
    pub(super) fn keep(&self, live: LivePlan) -> Option<String> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).ok()?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        let mut plans = self.lock();
        if plans.len() >= MOST {
            return None;
        }
        plans.insert(id.clone(), live);
        Some(id)
    }

    /// Takes a plan out, so that it is executed once. It is put back if `is_allowed` refuses it.
    pub(super) fn take<E>(
        &self,
        id: &str,
        is_allowed: impl FnOnce(&LivePlan) -> Result<(), E>,
    ) -> Option<Result<LivePlan, E>> {
        let mut plans = self.lock();
        let live = plans.get(id)?;
        if let Err(refused) = is_allowed(live) {
            return Some(Err(refused));
        }
        plans.remove(id).map(Ok)
    }
}
