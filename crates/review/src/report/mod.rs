//! Findings for the tools of a CI.

mod junit;
mod sarif;
