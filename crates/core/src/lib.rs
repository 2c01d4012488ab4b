//! The trait and the model of anyprofile: one way to read and write user profiles at any service.
//!
//! A [`ProfileProvider`] is one account of one service. [`ProfileProviderExt`] has the methods that you call on it: it lists, gets
//! and updates [`Profile`]s. This crate knows no service, no HTTP and no runtime; the crate `anyprofile` adds the services.
//!
//! ```
//! # #[cfg(feature = "memory")]
//! # async fn example() -> anyprofile_core::Result<()> {
//! use anyprofile_core::{ListQuery, Profile, ProfileProviderExt, Verdict, memory::MemoryProvider};
//!
//! let mut ada = Profile::new("memory:test/user/ada".parse()?);
//! ada.security.mfa_enabled = false.into();
//! let grace = Profile::new("memory:test/user/grace".parse()?);
//! let provider = MemoryProvider::builder("test".parse()?).with_profiles([ada, grace]).build()?;
//!
//! let mut profiles = provider.list(ListQuery::new());
//! let (mut off, mut not_known) = (Vec::new(), Vec::new());
//! while let Some(profile) = profiles.try_next().await? {
//!     match profile.security.mfa_enabled.equals(&false) {
//!         Verdict::Yes => off.push(profile.label().into_owned()),
//!         Verdict::Unknown => not_known.push(profile.label().into_owned()),
//!         _ => {}
//!     }
//! }
//! assert!(profiles.report().is_complete());
//! assert_eq!((off, not_known), (vec!["ada".to_owned()], vec!["grace".to_owned()]));
//! # Ok(())
//! # }
//! # #[cfg(feature = "memory")]
//! # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
//! ```
//!
//! # Three things to know
//! - **A field has one of five states.** A [`Field`] keeps *value*, *null* and *absent* apart, [`Profile::state`] adds
//!   *unsupported* and *withheld*, and none of them compares as if it were a value. The module [`field_states`] is the guide.
//! - **A listing says whether it is complete.** Every profile is delivered, or [`ListReport`](listing::ListReport) says what is missing:
//!   pages that failed, records that could not be read, an end that nothing proves.
//! - **A plan is the only way to write.** [`ProfileProvider::plan`] returns a [`Plan`] that shows each request;
//!   [`execute`](ProfileProvider::execute) sends what was shown, once. The methods of [`ProfileProviderExt`] that write do both.
//!
//! # Where to look
//! | module | what it has |
//! |---|---|
//! | [`profile`] | the parts of a profile, and its fields by path |
//! | [`query`] | what to list, filters and orders |
//! | [`condition`] | conditions on profiles, as values |
//! | [`listing`] | pages, cursors, streams, and the report of a listing |
//! | [`find`] | finding a profile by what a person knows of it |
//! | [`plan`] | plans, their execution, and what came of it |
//! | [`capabilities`] | what a service supports: operations, filters, the field table |
//! | [`error`] | one error for every service: kind, effect, whether a retry may help |
//! | [`wire`] | for providers: records as services send them |
//! | `layers` | providers around a provider (feature `layers`) |
//! | `memory` | a provider whose profiles are in memory (feature `memory`) |
//!
//! # Writing a provider
//! A provider that only reads is complete with four methods:
#![doc = concat!("```\n", include_str!("../docs/examples/reading_provider.rs"), "```")]
//! [`wire`] helps with what services send. The crate `anyprofile-engine` is such a provider for every service with an HTTP API.
//!
//! One that writes has two more methods, for all writes alike. [`Plan::begin`] and [`Execution`](plan::Execution) do what every
//! provider must: check, leave out what is unchanged, send once, and record what became of each request.
//! ```
//! # use anyprofile_core::{
//! #     Capabilities, ExecuteOptions, Executed, GetOptions, ListQuery, Plan, PlanOptions, Profile, ProfileId,
//! #     ProfileProvider, ProviderInfo, Result, Write, async_trait, listing::{Cursor, Page},
//! #     plan::{Execution, PlannedRequest, Receipt},
//! # };
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
//! | feature | what it turns on |
//! |---|---|
//! | `schema` | the JSON Schema of [`Profile`]: `profile_schema` |
//! | `layers` | providers around a provider, which restrict, remember or observe what it does: the module `layers` |
//! | `memory` | a provider whose profiles are in memory, for tests and prototypes: the module `memory` |
//! | `plan-record` | plans that are kept, in a file or for an approval: `plan::PlanRecord` |
//!
//! None is on by default, and each only adds.
//!
//! # Personal data
//! `Debug` and errors show ids and states, never names, addresses or values. Content is in the fields and in what serde writes.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "layers", feature = "memory"))]
mod apply;
pub mod capabilities;
mod change;
pub mod check;
pub mod condition;
mod created;
mod cursor;
mod draft;
mod email;
pub mod enrollment;
mod envelope;
pub mod error;
mod expected;
mod extension;
mod extension_trait;
mod field;
#[doc = include_str!("../docs/field-states.md")]
pub mod field_states {}
mod filter;
mod filter_part;
pub mod find;
mod guard;
pub mod id;
mod info;
mod json;
#[cfg(feature = "layers")]
pub mod layers;
mod left_out;
pub mod listing;
#[cfg(feature = "memory")]
pub mod memory;
mod open_enum;
mod open_record;
mod order;
mod origin;
mod page;
mod path;
pub mod person;
pub mod plan;
pub mod profile;
pub mod provider;
pub mod query;
mod reading;
mod redact;
mod request_stats;
mod rules;
mod secret;
pub mod time;
mod time_text;
mod verdict;
pub mod wire;
mod word;
mod words;
mod write;
mod written;

pub use async_trait::async_trait;

#[doc(no_inline)]
pub use self::{
    capabilities::Capabilities,
    error::{Error, ErrorKind, Result},
    find::{FindKey, Found},
    id::{AccountName, IdKind, ProfileId, ServiceName},
    plan::{ExecuteOptions, Executed, Plan, PlanOptions},
    profile::{Email, Kind, Profile, Status},
    provider::ProfileProvider,
    query::{Expected, Filter, GetOptions, ListQuery},
    time::Timestamp,
};
pub use self::{
    change::{Change, ProfileChange},
    draft::ProfileDraft,
    extension_trait::ProfileProviderExt,
    field::{Field, FieldState},
    info::ProviderInfo,
    path::FieldPath,
    request_stats::RequestStats,
    secret::Secret,
    verdict::Verdict,
    write::Write,
};

/// The JSON Schema of a serialized [`Profile`], as a JSON value.
#[cfg(feature = "schema")]
pub fn profile_schema() -> serde_json::Value {
    schema_of::<Profile>("anyprofile Profile")
}

/// Returns the JSON Schema of a type.
#[cfg(feature = "schema")]
fn schema_of<T: schemars::JsonSchema>(title: &str) -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::default();
    let settings = settings.with_transform(schemars::transform::RecursiveTransform(leave_out_example));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// Cuts a description where the Rust example begins: a reader of the schema has no use for it.
#[cfg(feature = "schema")]
fn leave_out_example(schema: &mut schemars::Schema) {
    let Some(description) = schema.get("description").and_then(|description| description.as_str()) else {
        return;
    };
    if let Some((text, _)) = description.split_once("\n```") {
        let text = text.trim_end().to_owned();
        schema.insert("description".to_owned(), text.into());
    }
}

/// What the macros of this crate need in another one.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "schema")]
    pub use schemars;

    /// Returns the JSON Schema of a type of another crate of this project.
    #[cfg(feature = "schema")]
    pub fn schema_of<T: schemars::JsonSchema>(title: &str) -> serde_json::Value {
        super::schema_of::<T>(title)
    }

    pub use serde;
    pub use serde_json;

    pub use crate::{profile::value::FieldValue, word::word};
}
