//! Tools for whoever writes a definition.

mod draft;
mod example;
mod recorded;

pub use self::{draft::draft_from_openapi, example::account_example, recorded::RecordedResponses};
