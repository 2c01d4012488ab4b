//! Plans that were shown and not yet executed.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyprofile::Plan;

/// How long a plan can be executed after it was shown.
const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How many plans are kept.
const MOST: usize = 1000;

/// A plan that was shown.
struct LivePlan {
    plan: Plan,
    shown: Instant,
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
    pub(super) fn keep(&self, plan: Plan) -> Option<String> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).ok()?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        let mut plans = self.lock();
        if plans.len() >= MOST {
            return None;
        }
        plans.insert(id.clone(), LivePlan { plan, shown: Instant::now() });
        Some(id)
    }

    /// Returns a plan that waits. A clone shares whether it was executed.
    pub(super) fn get(&self, id: &str) -> Option<Plan> {
        self.lock().get(id).map(|live| live.plan.clone())
    }

    /// Takes a plan out, so that it is executed once.
    pub(super) fn take(&self, id: &str) -> Option<Plan> {
        self.lock().remove(id).map(|live| live.plan)
    }
}
