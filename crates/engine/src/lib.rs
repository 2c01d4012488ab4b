//! The engine under anyprofile's service crates: a service says what its API is, the engine does the rest.
//!
//! A [`Connector`] names the operations that answer each wish; a [`Connection`] is the
//! [`ProfileProvider`](anyprofile_core::ProfileProvider) around it, and does once what is the same for every service:
//!
//! - checks of ids and queries, page sizes and orders that a service has of its own, cursors and what they are bound to;
//! - one collection behind the other, those that an account does not have, pages behind the end;
//! - that the record which comes is the one that was asked for, and that nobody is there only where the place is proven;
//! - further records of a profile, and why one is missing;
//! - plans that show what is sent, and that it is sent as it was shown; what was made, what was not, what is not known;
//!   reading back.

mod action;
mod completion;
mod connection;
mod connector;
mod listing;
mod mapping;
mod page;
mod writing;

pub use self::{
    action::{Action, Basis},
    connection::Connection,
    connector::{Collection, Connector, LookUp, Place, Position},
    mapping::Mapping,
    page::{Onward, RecordPage},
};
