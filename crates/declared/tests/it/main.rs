//! Declared services, against servers that are made from their definitions.

#![allow(clippy::unwrap_used)]

mod catalog;
mod docs;
mod probely;
mod searches;
mod secrecy;
mod statements;
