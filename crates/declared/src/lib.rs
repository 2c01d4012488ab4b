//! Services that a definition file describes, for anyprofile.
//!
//! A definition says in a TOML file where the records of a service are, how the next page is requested, what proves the end, and what the
//! fields mean. The engine runs it like a crate of its own: with the same cursors, plans, retries and checks.
//!
//! ```
//! use anyprofile_declared::{DeclaredConfig, Service};
//! use anyprofile_engine::Secrets;
//!
//! let library = Service::parse(
//!     r#"
//!     format = 1
//!     name = "library"
//!     display_name = "Library"
//!     summary = "the members of a library"
//!     proof = "an example"
//!
//!     [api]
//!     base_url = "https://library.example.com"
//!
//!     [[auth]]
//!     kind = "bearer"
//!     credentials = { token = "an access token" }
//!
//!     [[collections]]
//!     kind = "user"
//!     request = { operation = "listMembers", path = "/members", query = { limit = "{page_size}" } }
//!     records = "/members"
//!     page_size = { default = 100 }
//!     paging = { style = "cursor", parameter = "after", next = "/next" }
//!
//!     [map]
//!     id = "/card"
//!     name.display = "/name"
//!     status = { at = "/active", values = { true = "active", false = "suspended" } }
//!     "#,
//!     "library.toml",
//! )?;
//! let config = DeclaredConfig::new("main".parse()?, library, Secrets::new().with("token", "the token"));
//! # let config = config.at("http://127.0.0.1:1");
//! let provider = config.connect()?;
//! # let _ = provider;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`catalog`] has definitions of many services. An account file names one of them, or a file:
//! `service = "declared"` and `definition = "okta"`.
//!
//! # Three things to know
//! - **What a record does not have is absent.** A rule makes nothing out of a missing value, unless the definition says what the service
//!   documents about it.
//! - **A short page is never the end.** A list ends at its total, without a next cursor or link, or with an empty page where the service
//!   documents nothing else. A list with a `reach` is not complete where it reaches it.
//! - **A definition holds no secret and no code.** It names credentials, and has no expressions: what it cannot say, it says in `traps`.
//!
//! # Features
//! | feature | what it enables |
//! |---|---|
//! | `schema` | JSON Schema of a definition file: [`schema`] |
//! | `jwt` | definitions whose credential is a signed token |
//! | `server` | a local server of a service, made from its definition |
//! | `tools` | checks of definitions against responses, and drafts of them from OpenAPI documents |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod catalog;
mod config;
mod connector;
pub mod definition;
mod dialect;
mod flaw;
mod mapping;
mod operations;
mod plan;
mod record;
#[cfg(feature = "server")]
mod server;
mod service;
mod template;
#[cfg(feature = "tools")]
mod tools;

pub use self::{
    config::{DeclaredConfig, SERVICE, service},
    flaw::{DefinitionError, Flaw},
    service::Service,
};

#[cfg(feature = "server")]
pub use self::server::{MockServer, MockService};
#[cfg(feature = "tools")]
pub use self::tools::{RecordedResponses, account_example, draft_from_openapi};

/// Returns the JSON Schema of a definition file.
#[cfg(feature = "schema")]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(definition::Definition)
}
