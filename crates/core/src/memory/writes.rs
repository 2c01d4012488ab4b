//! Writes to the stored profiles.

use serde_json::Value;

use super::{MemoryProvider, MemoryRequest, lock, store::ProfileStore};
use crate::{
    Change, Error, ErrorKind, FieldPath, Profile, ProfileChange, ProfileDraft, ProfileId,
    ProfileProvider as _, Result, Status, Write,
    apply::applied,
    capabilities::Readable,
    enrollment::Enrollment,
    plan::{PlannedRequest, Receipt},
};

/// Returns the URL of a profile.
pub(super) fn url_of(id: &ProfileId) -> String {
    // The printed form of the id is percent-encoded.
    let printed = id.to_string();
    let native = printed.rsplit('/').next().unwrap_or_default();
    format!("memory:{}/{native}", id.kind)
}

/// Returns the request of a write.
pub(super) fn request_of(write: &Write) -> PlannedRequest {
    match write {
        Write::Create { draft } => {
            PlannedRequest::new("POST", format!("memory:{}", draft.kind()), Some(body_of(draft.fields())))
        }
        Write::Update { id, change } => PlannedRequest::new("PATCH", url_of(id), Some(body_of(change))),
        Write::Deactivate { id } => PlannedRequest::new("POST", format!("{}/deactivate", url_of(id)), None),
        Write::Delete { id } => PlannedRequest::new("DELETE", url_of(id), None),
        Write::Enroll { id } => PlannedRequest::new("POST", format!("{}/enroll", url_of(id)), None),
    }
}

/// Returns the fields by path; null for a field that is cleared.
fn body_of(change: &ProfileChange) -> Value {
    let fields = change.iter().map(|(path, change)| match change {
        Change::Set(value) => (path.to_string(), value.clone()),
        Change::Keep | Change::Clear => (path.to_string(), Value::Null),
    });
    Value::Object(fields.collect())
}

/// Applies a write.
pub(super) fn write(provider: &MemoryProvider, write: &Write) -> Result<Receipt> {
    let named = |error: Error| error.with_provider(provider.info()).with_operation(write.operation());
    provider.note(MemoryRequest::write(request_of(write)));
    let store = &mut lock(&provider.0.store);
    match write {
        Write::Create { draft } => create(provider, store, draft),
        Write::Update { id, change } => {
            changed(provider, store, id, |profile| applied(profile, change, provider.capabilities()))
        }
        Write::Deactivate { id } => changed(provider, store, id, with_status(Status::Suspended)),
        Write::Delete { id } if provider.0.shows_deleted => {
            changed(provider, store, id, with_status(Status::Deleted))
        }
        Write::Delete { id } => {
            store.remove(id).map(|_| Receipt::Accepted).ok_or_else(|| provider.not_found())
        }
        Write::Enroll { id } => match store.get(id) {
            Some(_) => {
                let link = format!("https://memory.invalid/enroll/{}", store.next_native());
                Ok(Receipt::Enrollment(Enrollment::new(link, None)))
            }
            None => Err(provider.not_found()),
        },
    }
    .map_err(named)
}

fn create(provider: &MemoryProvider, store: &mut ProfileStore, draft: &ProfileDraft) -> Result<Receipt> {
    let info = provider.info();
    let id = loop {
        let native = store.next_native();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), draft.kind().clone(), native)
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        if store.get(&id).is_none() {
            break id;
        }
    };
    let mut profile = applied(&Profile::new(id), draft.fields(), provider.capabilities())?;
    let is_shown = |path| provider.capabilities().fields.readable(path) == Readable::Yes;
    if profile.status.is_absent() && is_shown(&FieldPath::STATUS) {
        profile.status = Status::Active.into();
    }
    if let Some(clock) = &provider.0.clock {
        let now = clock();
        for (path, time) in [
            (&FieldPath::TIMES_CREATED, &mut profile.times.created),
            (&FieldPath::TIMES_UPDATED, &mut profile.times.updated),
        ] {
            if is_shown(path) {
                *time = now.into();
            }
        }
    }
    store.put(profile.clone());
    Ok(Receipt::Shows(Box::new(profile)))
}

/// Updates a profile and returns it.
fn changed(
    provider: &MemoryProvider,
    store: &mut ProfileStore,
    id: &ProfileId,
    change: impl FnOnce(&Profile) -> Result<Profile>,
) -> Result<Receipt> {
    let mut profile = change(store.get(id).ok_or_else(|| provider.not_found())?)?;
    if let (Some(clock), Readable::Yes) =
        (&provider.0.clock, provider.capabilities().fields.readable(&FieldPath::TIMES_UPDATED))
    {
        profile.times.updated = clock().into();
    }
    store.put(profile.clone());
    Ok(Receipt::Shows(Box::new(profile)))
}

fn with_status(status: Status) -> impl FnOnce(&Profile) -> Result<Profile> {
    move |profile| {
        let mut profile = profile.clone();
        profile.status = status.into();
        profile.status_raw = crate::Field::Absent;
        profile.raw = None;
        Ok(profile)
    }
}
