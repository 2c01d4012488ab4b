//! The sandbox, spoken to over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails should fail its test")]

mod anthropic;
mod anthropic_admin;
mod probely;
mod probely_catalogue;
mod server;
mod support;
mod upsun;
mod upsun_organizations;
mod upsun_users;
