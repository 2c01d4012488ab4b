//! Single profiles, look-ups and further records.

use std::sync::Arc;

use anyprofile_core::{Error, ErrorKind, FindKey, IdKind, Profile, ProfileId, Result, profile::View};
use anyprofile_engine::LookUp;
use anyprofile_http::{Caller, Operation, Response};
use serde_json::Value;

use super::{DeclaredConnector, id_at, nobody, now, record_of};
use crate::{
    mapping::RecordPlan,
    operations::RequestPlan,
    plan::{FindPlan, GetPlan, ServicePlan},
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
        profile_of(response, records, &get.record, &asked)
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

impl DeclaredConnector {
    pub(super) async fn get_one(&self, caller: &Caller, id: &ProfileId) -> Result<Profile> {
        let Some(get) = self.plan.get(&id.kind) else {
            return Err(self.capabilities.operations.get.missing(caller.info(), "get"));
        };
        caller.call(&get_operation(&self.plan, self.addressed(&get.request, id), id)).await
    }

    pub(super) async fn look_up_key(&self, caller: &Caller, key: &FindKey) -> LookUp {
        let (find, value) = match key {
            // Who is listed and cannot be read alone would not be found.
            FindKey::NativeId(_)
                if self.plan.collections.iter().any(|it| self.plan.get(&it.kind).is_none()) =>
            {
                return LookUp::Listed;
            }
            FindKey::NativeId(_) => return LookUp::Ids(self.capabilities.operations.get.kinds().to_vec()),
            FindKey::Email(email) => (&self.plan.find_email, email),
            FindKey::Username(name) => (&self.plan.find_username, name),
            FindKey::ExternalId(id) => (&self.plan.find_external_id, id),
            _ => return LookUp::Unanswerable,
        };
        if let Some(find) = find {
            return LookUp::Direct(self.find(caller, find, key, value).await.map(Box::new));
        }
        let get = self.plan.gets.iter().find(|get| match key {
            FindKey::Email(_) => get.by_email,
            FindKey::Username(_) => get.by_username,
            _ => false,
        });
        match get.and_then(|get| Some((get, get.kinds.first()?))) {
            Some((get, kind)) => LookUp::Direct(self.get_by(caller, get, kind, value).await.map(Box::new)),
            None => LookUp::Listed,
        }
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

    async fn find(&self, caller: &Caller, find: &FindPlan, key: &FindKey, value: &str) -> Result<Profile> {
        let value = Value::from(if find.is_lower_case { value.to_lowercase() } else { value.to_owned() });
        let values = Values { value: Some(&value), ..self.values() };
        let request = find.request.request(&values, self.additions());
        if let Some(id) = &find.id {
            let at = id.clone();
            let native = caller.call(&Operation::new(request, move |response| id_at(response, &at))).await?;
            let info = caller.info();
            let id = ProfileId::new(info.service.clone(), info.account.clone(), find.kind.clone(), native)?;
            return self.get_one(caller, &id).await;
        }
        let (plan, key) = (Arc::clone(&self.plan), key.clone());
        let operation = Operation::new(request, move |response| {
            let find = match &key {
                FindKey::Email(_) => &plan.find_email,
                FindKey::Username(_) => &plan.find_username,
                _ => &plan.find_external_id,
            };
            let Some(find) = find else { return Err(nobody(response, "")) };
            let record = record_of(response, &find.record, &find.plan.shape)?;
            let profile = find.plan.profile(response.info(), record, now());
            profile.map_err(|reason| response.error(ErrorKind::Decode, reason))
        });
        caller.call(&operation).await
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
