//! One trait over every service's user profiles.
//!
//! A [`ProfileProvider`] is one account of one service. Through [`ProfileProviderExt`] it lists, gets and
//! updates [`Profile`]s, whose [`Field`]s keep *false*, *null* and *not sent* apart, and whose
//! [`state`](Profile::state) adds *not supported* and *not shown*.
//!
//! This crate holds the trait and the model. It knows no service, no HTTP and no runtime; the crate
//! `anyprofile` puts it together with the services.
//!
//! # Listing
//! ```
//! use anyprofile_core::{ListQuery, ProfileProvider, ProfileProviderExt, Result};
//! use futures_util::TryStreamExt;
//!
//! async fn people_without_mfa(provider: &dyn ProfileProvider) -> Result<Vec<String>> {
//!     let mut names = Vec::new();
//!     let mut profiles = provider.list(ListQuery::new());
//!     while let Some(profile) = profiles.try_next().await? {
//!         // Known to be off; "not known" is another matter.
//!         if profile.security.mfa_enabled.is_known_to_be(&false) {
//!             names.push(profile.label().into_owned());
//!         }
//!     }
//!     assert!(profiles.report().is_complete());
//!     Ok(names)
//! }
//! ```
//!
//! # Writing a provider
//! A provider in memory is complete with four methods:
//! ```
//! use anyprofile_core::*;
//!
//! #[derive(Debug)]
//! struct Memory { info: ProviderInfo, capabilities: Capabilities, profiles: Vec<Profile> }
//!
//! impl Memory {
//!     fn new(account: AccountName, profiles: Vec<Profile>) -> Result<Self> {
//!         let info = ProviderInfo::new(ServiceName::new("memory")?, account, "Memory", "memory:");
//!         let mut capabilities = Capabilities::default();
//!         capabilities.operations.list = Support::users();
//!         capabilities.operations.get = Support::users();
//!         capabilities.fields = [FieldSpec::read(FieldPath::NAME_DISPLAY, "name")].into_iter().collect();
//!         Ok(Self { info, capabilities, profiles })
//!     }
//! }
//!
//! #[async_trait]
//! impl ProfileProvider for Memory {
//!     fn info(&self) -> &ProviderInfo { &self.info }
//!     fn capabilities(&self) -> &Capabilities { &self.capabilities }
//!     async fn list_page(&self, _: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
//!         Ok(Page::last(self.profiles.clone()))
//!     }
//!     async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
//!         let found = self.profiles.iter().find(|profile| profile.id == *id).cloned();
//!         found.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such profile").with_provider(&self.info))
//!     }
//! }
//! ```
//! [`wire`] helps with what services send.
//!
//! One that can be written to has two more, for all writes alike. [`Plan::begin`] and [`Execution`] do what is the same for all
//! providers: the checks, what is so already, once and no more, and what became of each request.
//! ```
//! # use anyprofile_core::*;
//! # #[derive(Debug)]
//! # struct Memory { info: ProviderInfo, capabilities: Capabilities }
//! # impl Memory {
//! #     fn delete(&self, id: &ProfileId) -> Result<()> { Ok(()) }
//! # }
//! #[async_trait]
//! impl ProfileProvider for Memory {
//! #     fn info(&self) -> &ProviderInfo { &self.info }
//! #     fn capabilities(&self) -> &Capabilities { &self.capabilities }
//! #     async fn list_page(&self, _: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> { Ok(Page::last(vec![])) }
//! #     async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> { Ok(Profile::new(id.clone())) }
//!     // …
//!     async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
//!         let plan = Plan::begin(self, write, options).await?;
//!         match plan.needed() {
//!             Write::Delete { id } => {
//!                 let request = PlannedRequest::new("DELETE", format!("memory:{}", id.native()), None);
//!                 Ok(plan.with_request(request).build())
//!             }
//!             other => Err(other.unsupported(&self.info, &self.capabilities)),
//!         }
//!     }
//!     async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
//!         let mut execution = Execution::begin(self, plan, options).await?;
//!         if let (true, Write::Delete { id }) = (execution.goes_on(), plan.needed()) {
//!             execution.step(self.delete(id).map(|()| Receipt::Accepted));
//!         }
//!         Ok(execution.finish(self).await)
//!     }
//! }
//! ```
//!
//! # Features
//! `schema` adds the JSON Schema of [`Profile`] through `schemars`, `plan-record` plans that are kept, and `memory` a provider whose
//! profiles are in memory: the module `memory`. `layers` adds providers around a provider: the module `layers`.
//!
//! # Personal data
//! `Debug` and errors show ids and states, never names, addresses or values. Content is in the fields
//! and in what serde writes.

#[cfg(any(feature = "layers", feature = "memory"))]
mod apply;
mod capabilities;
mod change;
mod check;
mod condition;
mod created;
mod cursor;
mod draft;
mod email;
mod enrollment;
mod envelope;
mod error;
mod expected;
mod extension;
mod extension_trait;
mod field;
mod filter;
mod filter_part;
mod find;
mod guard;
mod id;
mod info;
mod json;
#[cfg(feature = "layers")]
pub mod layers;
mod left_out;
mod listing;
#[cfg(feature = "memory")]
pub mod memory;
mod open_enum;
mod open_record;
mod order;
mod origin;
mod page;
mod path;
mod plan;
mod profile;
mod provider;
mod query;
mod reading;
mod redact;
mod request_stats;
mod rules;
mod time;
mod time_text;
mod verdict;
pub mod wire;
mod word;
mod write;
mod written;

pub use async_trait::async_trait;

pub use self::{
    capabilities::{
        AtCreation, Capabilities, FieldSource, FieldSpec, FieldTable, IdAlias, ListedCollection,
        ListingCapabilities, Operations, Readable, Support, ValueFormat, WriteRule,
    },
    change::{Change, ProfileChange},
    check::{CheckMethod, CheckReport},
    condition::{Attribute, AttributeError, Comparison, ComparisonError, Condition, Operator},
    created::{Candidate, FoundCreated},
    cursor::{Cursor, CursorError, CursorPosition, RemainingPages},
    draft::ProfileDraft,
    email::is_email_address,
    enrollment::{Enrollment, LinkError, SecretLink},
    error::{Effect, Error, ErrorKind, Result, Retry},
    expected::Expected,
    extension::{Extension, ProfileExtension},
    extension_trait::ProfileProviderExt,
    field::{Field, FieldState, FieldStateError},
    filter::Filter,
    filter_part::{FilterPart, FilterPartError},
    find::{
        FindKey, FindMethod, Found,
        look_up::{find_by_listing, found_or_nobody, look_up},
    },
    guard::{CursorGuard, DuplicateCounter},
    id::{AccountName, IdError, IdKind, ProfileId, ServiceName},
    info::ProviderInfo,
    json::{RawJson, UnknownFields},
    listing::{
        drift::Drift,
        pages::Pages,
        report::{CollectionReport, ListReport, QuarantinedRecord},
        stream::ProfileStream,
    },
    order::{Direction, Order, OrderField},
    origin::{MissingReason, MissingView, Origin, View},
    page::{Next, Page, Quarantined},
    path::{FieldPath, FieldPathError},
    plan::{
        Issuer, Plan,
        builder::PlanBuilder,
        difference::Difference,
        executed::{Executed, Receipt, StepOutcome},
        execution::Execution,
        options::{ExecuteOptions, PlanOptions, PlanRead},
        request::PlannedRequest,
    },
    profile::{
        Access, Actor, Billing, Email, EmailPurpose, GrantStatus, Kind, Label, Name, Note, NoteKind,
        Organization, OrganizationKind, PostalAddress, Profile, Role, RoleAssignment, RoleReferenceError,
        RoleScope, ScopeTier, Security, Status, Times,
        value::{FieldRef, List, Record, ValueRef, ValueType},
    },
    provider::ProfileProvider,
    query::{
        GetOptions, ListQuery,
        filter_plan::{FilterPlan, UnanswerableIn},
    },
    reading::prove_place,
    request_stats::RequestStats,
    time::{ReadTimestamp, Timestamp, TimestampError},
    verdict::Verdict,
    write::Write,
};

#[cfg(feature = "plan-record")]
pub use self::plan::record::{PLAN_KEY_LENGTH, PlanRecord, Resumed};

/// The JSON Schema of a serialized [`Profile`], as a JSON value.
#[cfg(feature = "schema")]
pub fn profile_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Profile);
    schema.insert("title".to_owned(), "anyprofile Profile".into());
    schema.to_value()
}

/// What the macros of this crate need in another one.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "schema")]
    pub use schemars;
    pub use serde;
    pub use serde_json;

    pub use crate::{profile::value::FieldValue, word::word};
}
