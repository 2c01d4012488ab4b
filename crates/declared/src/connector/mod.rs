//! The connector: how the engine uses an API that a definition describes.

mod capabilities;
mod joins;
mod listing;
mod onward;
mod position;
mod reads;
mod writes;

use std::{collections::BTreeMap, sync::Arc};

use anyprofile_core::{
    Capabilities, ErrorKind, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result, Timestamp,
    Write, async_trait, profile::View,
};
use anyprofile_engine::{Action, Basis, Collection, Connector, LookUp, Place, RecordPage};
use anyprofile_http::{Caller, HeaderValue, Operation, Response};

use crate::{
    operations::Additions,
    plan::{CollectionPlan, ServicePlan},
    record::{ReadRecord, read_record, read_value},
    template::Values,
};

/// The connector of an account at a declared service.
#[derive(Debug)]
pub(crate) struct DeclaredConnector {
    pub(crate) plan: Arc<ServicePlan>,
    capabilities: Capabilities,
    /// The variables of the account.
    variables: Arc<BTreeMap<String, String>>,
    /// The header `Accept` of the definition, which replaces the usual one.
    accept: Option<HeaderValue>,
}

impl DeclaredConnector {
    pub(crate) fn new(
        plan: Arc<ServicePlan>,
        variables: BTreeMap<String, String>,
        page_size: Option<u32>,
    ) -> Self {
        let capabilities = capabilities::capabilities(&plan, page_size);
        Self { plan, capabilities, variables: Arc::new(variables), accept: None }
    }

    /// Sets the header `Accept` of each request.
    pub(crate) fn accepting(mut self, accept: Option<HeaderValue>) -> Self {
        self.accept = accept;
        self
    }

    /// Returns what each request has besides its template.
    fn additions(&self) -> Additions {
        let accept = self.accept.iter().map(|value| (anyprofile_http::header::ACCEPT, value.clone()));
        Additions { headers: accept.collect(), ..Additions::default() }
    }

    /// Returns what each request that writes has besides its template.
    fn writing(&self) -> Additions {
        Additions { writes: true, ..self.additions() }
    }

    fn values(&self) -> Values<'_> {
        Values { variables: Some(&self.variables), ..Values::default() }
    }

    fn collection(&self, kind: &IdKind) -> Option<&CollectionPlan> {
        self.plan.collections.iter().find(|collection| collection.kind == *kind)
    }

    /// Returns the index of a collection, for operations that outlive a borrow.
    fn place_of(&self, kind: &IdKind) -> Option<usize> {
        self.plan.collections.iter().position(|collection| collection.kind == *kind)
    }
}

/// Reads a record of a response, or says that there is none.
fn record_of(response: &Response, pointer: &str, shape: &crate::record::Shape) -> Result<ReadRecord> {
    read_record(response, pointer, shape)?.ok_or_else(|| nobody(response, pointer))
}

/// Returns the error of a response without the record that was asked for. Only null, or a list without elements, says that there is none: a
/// response of another shape says nothing.
fn nobody(response: &Response, pointer: &str) -> anyprofile_core::Error {
    let body: serde_json::Value = response.decode().unwrap_or_default();
    let mut at = &body;
    let mut is_there = true;
    for token in pointer.split('/').skip(1) {
        let is_index = token.bytes().all(|digit| digit.is_ascii_digit());
        let Some(inner) = at.pointer(&format!("/{token}")) else {
            is_there = !(at.is_null() || (at.is_array() && is_index));
            break;
        };
        at = inner;
    }
    let is_nobody = !is_there || (at.is_null() && !pointer.is_empty());
    if !is_nobody {
        return response
            .error(ErrorKind::Decode, format!("the response has no record at '{pointer}'"))
            .with_hint("compare `record` of the definition with a response of the service");
    }
    response.error(ErrorKind::NotFound, "the response has no such record").with_from_service(true).with_hint(
        "check the id; if the profile is there, compare `record` of the definition with a response",
    )
}

/// Returns the current time, with which some rules compare.
fn now() -> Timestamp {
    Timestamp::now()
}

#[async_trait]
impl Connector for DeclaredConnector {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn collections(&self, query: &ListQuery) -> Vec<Collection> {
        let listed = self.plan.collections.iter().filter(|collection| listing::may_match(collection, query));
        let mut listed: Vec<Collection> = listed.map(listing::collection).collect();
        if listed.is_empty() {
            // Nobody matches: the first list says so.
            listed.extend(self.plan.collections.first().map(listing::collection));
        }
        listed
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        self.list_page(caller, query, place.collection, place.token()).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        let profile = self.get_one(caller, id).await?;
        self.with_records(caller, profile, &options.fields).await
    }

    async fn current(&self, caller: &Caller, options: &GetOptions) -> Result<Profile> {
        let Some(current) = &self.plan.current else {
            return Err(self.capabilities.operations.current.missing(caller.info(), "current"));
        };
        let request = current.request.request(&self.values(), self.additions());
        if let Some(id) = &current.id {
            let at = id.clone();
            let operation = Operation::new(request, move |response| id_at(response, &at));
            let native = caller.call(&operation).await?;
            let info = caller.info();
            let id =
                ProfileId::new(info.service.clone(), info.account.clone(), current.kind.clone(), native)?;
            return self.get(caller, &id, options).await;
        }
        let plan = Arc::clone(&self.plan);
        let operation = Operation::new(request, move |response| {
            let Some(current) = &plan.current else { return Err(nobody(response, "")) };
            let record = record_of(response, &current.record, &current.plan.shape)?;
            let profile = current.plan.profile(response.info(), record, now());
            profile.map_err(|reason| response.error(ErrorKind::Decode, reason))
        });
        let profile = caller.call(&operation).await?;
        self.with_records(caller, profile, &options.fields).await
    }

    async fn look_up(&self, caller: &Caller, key: &FindKey) -> LookUp {
        self.look_up_key(caller, key).await
    }

    fn further_views(&self, kind: &IdKind) -> Vec<View> {
        let mut views: Vec<View> = Vec::new();
        if let Some(collection) = self.collection(kind) {
            views.push(collection.view.clone());
            views.extend(collection.with.iter().chain(&collection.enrich).cloned());
        }
        let records = self.plan.records.iter().filter(|record| record.kinds.contains(kind));
        views.extend(records.map(|record| record.plan.view.clone()));
        let joins = self.plan.joins.iter().filter(|join| join.kinds.contains(kind));
        views.extend(joins.map(|join| join.view.clone()));
        let mut once: Vec<View> = Vec::new();
        for view in views {
            // The record of a list cannot be read by itself.
            if !once.contains(&view) && self.can_complete(kind, &view) {
                once.push(view);
            }
        }
        once
    }

    async fn complete(&self, caller: &Caller, profile: &Profile, view: &View) -> Result<Profile> {
        self.complete_by(caller, profile, view).await
    }

    async fn basis(&self, caller: &Caller, write: &Write, current: Option<&Profile>) -> Result<Basis> {
        self.basis_of(caller, write, current.is_some()).await
    }

    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        self.actions(caller, write, basis)
    }
}

/// Returns the id at a pointer of a response.
fn id_at(response: &Response, pointer: &str) -> Result<String> {
    let value = read_value(response, pointer)?;
    match &value {
        serde_json::Value::String(text) if !text.is_empty() => Ok(text.clone()),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        _ => Err(nobody(response, pointer)),
    }
}
