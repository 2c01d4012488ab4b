//! Single profiles, look-ups and further records.

use std::sync::Arc;

use anyprofile_core::{
    Error, ErrorKind, FieldPath, FindKey, IdKind, Profile, ProfileId, Result,
    capabilities::Readable,
    profile::{MissingReason, Origin, View},
};
use anyprofile_engine::LookUp;
use anyprofile_http::{Caller, Operation, Response};
use serde_json::Value;

use super::{DeclaredConnector, id_at, nobody, now, record_of};
use crate::{
    mapping::RecordPlan,
    operations::RequestPlan,
    plan::{FindPlan, GetPlan, ServicePlan},
    record::read_value,
    template::Values,
};

/// Reads the record of a response as the requested profile.
fn profile_of(response: &Response, plan: &RecordPlan, pointer: &str, asked: &ProfileId) -> Result<Profile> {
    let record = record_of(response, pointer, &plan.shape)?;
    let now = now();
    let own = plan.id_of(&record.captured, now).map(|id| anyprofile_core::wire::OpaqueId::from(id.as_str()));
    response.is_of(asked, own.as_ref())?;
    plan.profile(response.info(), record, now).map_err(|reason| response.error(ErrorKind::Decode, reason))
}

/// Returns the operation that reads one profile.
pub(super) fn get_operation(
    plan: &Arc<ServicePlan>,
    request: anyprofile_http::Request,
    id: &ProfileId,
) -> Operation<Profile> {
    let (plan, asked) = (Arc::clone(plan), id.clone());
    Operation::new(request, move |response| {
        let get = plan.get(&asked.kind).and_then(|get| Some((get, get.plan(&asked.kind)?)));
        let Some((get, records)) = get else { return Err(nobody(response, "")) };
        let read = profile_of(response, records, &get.record, &asked);
        // The service took the id for a name, which is that of somebody else.
        let is_by_name = get.by_email || get.by_username;
        match read {
            Err(error) if is_by_name && error.is_of_another_profile() => {
                let record = record_of(response, &get.record, &records.shape)?;
                let name = asked.native();
                let has_name = |profile: Profile| {
                    let keys = [FindKey::Username(name.to_owned()), FindKey::Email(name.to_owned())];
                    keys.iter().any(|key| key.matches(&profile))
                };
                if !records.profile(response.info(), record, now()).is_ok_and(has_name) {
                    return Err(error);
                }
                Err(response
                    .error(ErrorKind::NotFound, "no profile has this id: the service took it for a name")
                    .with_from_service(true))
            }
            read => read,
        }
    })
}

/// Returns an error as one that says that the credential may not see the record, if its status means that.
fn as_withheld(error: Error, statuses: &[u16]) -> Error {
    if !error.status().is_some_and(|status| statuses.contains(&status)) || !error.is_from_service() {
        return error;
    }
    let withheld = Error::new(ErrorKind::PermissionDenied, error.message().to_owned())
        .with_stats(error.stats())
        .with_request_id(error.request_id().map(str::to_owned))
        .with_from_service(true);
    let withheld = error.operation().map(str::to_owned).into_iter().fold(withheld, Error::with_operation);
    error.status().into_iter().fold(withheld, Error::with_status)
}

/// Returns whether an error says that there is no such profile: also with the status 400, for a key that no profile can have.
fn is_nobody(error: &Error) -> bool {
    let is_refused = error.kind() == ErrorKind::InvalidRequest && error.status() == Some(400);
    error.kind() == ErrorKind::NotFound || (is_refused && error.is_from_service())
}

impl DeclaredConnector {
    pub(super) async fn get_one(&self, caller: &Caller, id: &ProfileId) -> Result<Profile> {
        let Some(get) = self.plan.get(&id.kind) else {
            return Err(self.capabilities.operations.get.missing(caller.info(), "get"));
        };
        let read = caller.call(&get_operation(&self.plan, self.addressed(&get.request, id), id)).await;
        read.map_err(|error| match &get.leaves_out {
            Some(who) if is_nobody(&error) => {
                error.with_hint(format!("the service does not read {who} alone: look into the list"))
            }
            _ => error,
        })
    }

    /// Adds the further records that a list always reads, those that show one of these fields if some are named.
    pub(super) async fn with_records(
        &self,
        caller: &Caller,
        mut profile: Profile,
        fields: &[FieldPath],
    ) -> Result<Profile> {
        let views = self.collection(&profile.id.kind).map(|collection| &collection.with);
        for view in views.into_iter().flatten() {
            let shows = |field| self.capabilities.fields.readable_in(field, [view]) != Readable::No;
            let is_read = profile.origin.iter().flat_map(Origin::views).any(|read| read == view);
            if is_read || (!fields.is_empty() && !fields.iter().any(shows)) {
                continue;
            }
            let record = self.complete_by(caller, &profile, view).await;
            profile.merge_or_note(view.clone(), record, MissingReason::of_one_among_many)?;
        }
        Ok(profile)
    }

    pub(super) async fn look_up_key(&self, caller: &Caller, key: &FindKey) -> LookUp {
        let (find, value) = match key {
            // Who is listed and cannot be read alone would not be found.
            FindKey::NativeId(_)
                if self.plan.collections.iter().any(|it| self.has_more_than_get(&it.kind)) =>
            {
                return LookUp::Listed;
            }
            FindKey::NativeId(_) => return LookUp::Ids(self.capabilities.operations.get.kinds().to_vec()),
            FindKey::Email(email) => (&self.plan.find_email, email),
            FindKey::Username(name) => (&self.plan.find_username, name),
            FindKey::ExternalId(id) => (&self.plan.find_external_id, id),
            _ => return LookUp::Unanswerable,
        };
        let get = self.plan.gets.iter().find(|get| match key {
            FindKey::Email(_) => get.by_email,
            FindKey::Username(_) => get.by_username,
            _ => false,
        });
        let kinds = match (find, get) {
            (Some(find), _) => std::slice::from_ref(&find.kind),
            (None, Some(get)) => &get.kinds,
            (None, None) => return LookUp::Listed,
        };
        let (found, leaves_out) = match (find, get.and_then(|get| Some((get, get.kinds.first()?)))) {
            (Some(find), _) => (self.find(caller, find, key, value).await, find.leaves_out),
            (None, Some((get, kind))) => {
                (self.get_by(caller, get, kind, value).await.map(Some), get.leaves_out.is_some())
            }
            (None, None) => return LookUp::Listed,
        };
        let result = match found {
            Ok(Some(profile)) => self.with_records(caller, profile, &[]).await.map(Box::new),
            // Several match, or none of those that the search found has the key.
            Ok(None) => return LookUp::Listed,
            Err(error) if leaves_out && is_nobody(&error) => return LookUp::Listed,
            Err(error) => Err(error),
        };
        // The request is for profiles of one sort, and the person may be, or may also be, one of another.
        if self.plan.collections.iter().any(|collection| !kinds.contains(&collection.kind)) {
            return LookUp::DirectAmong(result, kinds.to_vec());
        }
        LookUp::Direct(result)
    }

    /// Returns whether a list has somebody whom `get` does not read.
    fn has_more_than_get(&self, kind: &IdKind) -> bool {
        self.plan.get(kind).is_none_or(|get| get.leaves_out.is_some())
    }

    /// Reads a profile by another name than its id.
    async fn get_by(&self, caller: &Caller, get: &GetPlan, kind: &IdKind, value: &str) -> Result<Profile> {
        let request = get.request.request(&Values { id: Some(value), ..self.values() }, self.additions());
        let (plan, kind) = (Arc::clone(&self.plan), kind.clone());
        let operation = Operation::new(request, move |response| {
            let get = plan.get(&kind).and_then(|get| Some((get, get.plan(&kind)?)));
            let Some((get, records)) = get else { return Err(nobody(response, "")) };
            let record = record_of(response, &get.record, &records.shape)?;
            let profile = records.profile(response.info(), record, now());
            profile.map_err(|reason| response.error(ErrorKind::Decode, reason))
        });
        caller.call(&operation).await
    }

    /// Sends the request that finds a profile. `None` if more than one is found, or one without the key: a search may find what is like it.
    async fn find(
        &self,
        caller: &Caller,
        find: &FindPlan,
        key: &FindKey,
        value: &str,
    ) -> Result<Option<Profile>> {
        let value = Value::from(if find.is_lower_case { value.to_lowercase() } else { value.to_owned() });
        let values = Values { value: Some(&value), ..self.values() };
        let request = find.request.request(&values, self.additions());
        let is_only = |response: &Response, pointer: &str| -> Result<bool> {
            let Some((list, _)) = pointer.split_once("/0") else { return Ok(true) };
            Ok(read_value(response, list)?.as_array().is_none_or(|all| all.len() == 1))
        };
        let profile = if let Some(at) = &find.id {
            let at = at.clone();
            let operation = Operation::new(request, move |response| {
                let id = id_at(response, &at)?;
                Ok(is_only(response, &at)?.then_some(id))
            });
            let Some(native) = caller.call(&operation).await? else { return Ok(None) };
            let info = caller.info();
            let id = ProfileId::new(info.service.clone(), info.account.clone(), find.kind.clone(), native)?;
            self.get_one(caller, &id).await?
        } else {
            let (plan, asked) = (Arc::clone(&self.plan), key.clone());
            let operation = Operation::new(request, move |response| {
                let find = match &asked {
                    FindKey::Email(_) => &plan.find_email,
                    FindKey::Username(_) => &plan.find_username,
                    _ => &plan.find_external_id,
                };
                let Some(find) = find else { return Err(nobody(response, "")) };
                let record = record_of(response, &find.record, &find.plan.shape)?;
                let profile = find.plan.profile(response.info(), record, now());
                let profile = profile.map_err(|reason| response.error(ErrorKind::Decode, reason))?;
                Ok(is_only(response, &find.record)?.then_some(profile))
            });
            let Some(profile) = caller.call(&operation).await? else { return Ok(None) };
            profile
        };
        Ok(Some(profile).filter(|profile| key.matches(profile)))
    }

    /// Returns whether a view of a profile can be read by itself.
    pub(super) fn can_complete(&self, kind: &IdKind, view: &View) -> bool {
        let is_of_get =
            self.plan.get(kind).and_then(|get| get.plan(kind)).is_some_and(|plan| plan.view == *view);
        let is_record =
            self.plan.records.iter().any(|record| record.plan.view == *view && record.kinds.contains(kind));
        let is_join = self.plan.joins.iter().any(|join| join.view == *view && join.kinds.contains(kind));
        is_of_get || is_record || is_join
    }

    pub(super) async fn complete_by(
        &self,
        caller: &Caller,
        profile: &Profile,
        view: &View,
    ) -> Result<Profile> {
        let id = &profile.id;
        if let Some(join) = self.plan.joins.iter().position(|join| join.view == *view) {
            let withheld = &self.plan.joins[join].withheld_statuses;
            return self.joined(caller, profile, join).await.map_err(|error| as_withheld(error, withheld));
        }
        if let Some(index) = self.plan.records.iter().position(|record| record.plan.view == *view) {
            let record = &self.plan.records[index];
            if !record.kinds.contains(&id.kind) {
                return Err(Error::unsupported(
                    caller.info(),
                    "get",
                    "the service has no such record for ids of this kind",
                ));
            }
            let request = self.addressed(&record.request, id);
            let (plan, id) = (Arc::clone(&self.plan), id.clone());
            let operation = Operation::new(request, move |response| {
                let record = &plan.records[index];
                let read = record_of(response, &record.record, &record.plan.shape)?;
                Ok(record.plan.under(id.clone(), read, now()))
            });
            let withheld = &record.withheld_statuses;
            return caller.call(&operation).await.map_err(|error| as_withheld(error, withheld));
        }
        self.get_one(caller, id).await
    }

    pub(super) fn addressed(&self, request: &RequestPlan, id: &ProfileId) -> anyprofile_http::Request {
        request.request(&Values { id: Some(id.native()), ..self.values() }, self.additions())
    }
}
