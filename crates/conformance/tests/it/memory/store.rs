//! The server: the people, the received requests, and the disturbance.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyprofile_conformance::{Disturbance, SentRequest, Server};
use anyprofile_core::{Error, ErrorKind, Profile, Result, error::Effect};

/// The people, and the received requests.
#[derive(Debug)]
pub(crate) struct Store {
    people: Mutex<Vec<Profile>>,
    log: Mutex<Vec<SentRequest>>,
    disturbance: Mutex<Option<Disturbed>>,
}

/// A disturbance, and the number of writes since it started.
#[derive(Clone, Copy, Debug)]
struct Disturbed {
    disturbance: Disturbance,
    writes: u32,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    pub(crate) fn new(people: Vec<Profile>) -> Self {
        Self { people: Mutex::new(people), log: Mutex::default(), disturbance: Mutex::default() }
    }

    pub(super) fn is(&self, disturbance: Disturbance) -> bool {
        lock(&self.disturbance).is_some_and(|it| it.disturbance == disturbance)
    }

    /// Handles a request that only reads.
    pub(super) fn read(&self) -> MutexGuard<'_, Vec<Profile>> {
        lock(&self.log).push(SentRequest::new("GET", "memory:people").with_header("host", "memory"));
        lock(&self.people)
    }

    /// Handles a write to the people.
    pub(super) fn write<T>(
        &self,
        request: SentRequest,
        act: impl FnOnce(&mut Vec<Profile>) -> Result<T>,
    ) -> Result<T> {
        lock(&self.log).push(request);
        match self.goes_wrong() {
            Some(Disturbance::WriteRefused { .. }) => Err(Error::new(ErrorKind::PermissionDenied, "no")),
            Some(_) => {
                act(&mut lock(&self.people))?;
                Err(Error::new(ErrorKind::Transport, "no response").with_effect(Effect::Possible))
            }
            None => act(&mut lock(&self.people)),
        }
    }

    /// Returns what goes wrong with the current write.
    fn goes_wrong(&self) -> Option<Disturbance> {
        let mut disturbance = lock(&self.disturbance);
        let Disturbed { disturbance, writes } = disturbance.as_mut()?;
        *writes += 1;
        let (Disturbance::WriteRefused { after } | Disturbance::WriteLost { after }) = *disturbance else {
            return None;
        };
        (*writes > after).then_some(*disturbance)
    }
}

impl Server for Store {
    fn requests(&self) -> u64 {
        lock(&self.log).len() as u64
    }

    fn writes(&self) -> u64 {
        lock(&self.log).iter().filter(|request| request.is_write).count() as u64
    }

    fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
        lock(&self.log).get(usize::try_from(since).ok()?..).map(<[_]>::to_vec)
    }

    /// The disturbances that an in-memory server supports.
    fn disturb(&self, disturbance: Disturbance) -> bool {
        let can = matches!(
            disturbance,
            Disturbance::EmptyPages
                | Disturbance::Fails
                | Disturbance::BadRecord
                | Disturbance::AnotherRecord
                | Disturbance::WrongPlace
                | Disturbance::FilterInverted
                | Disturbance::FilterIgnored
                | Disturbance::OrderIgnored
                | Disturbance::WriteRefused { .. }
                | Disturbance::WriteLost { .. }
        );
        *lock(&self.disturbance) = can.then_some(Disturbed { disturbance, writes: 0 });
        can
    }

    fn calm(&self) {
        *lock(&self.disturbance) = None;
    }
}
