//! The sandbox, spoken to over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails should fail its test")]

mod anthropic;
mod probely;
mod server;
mod support;
mod upsun;
