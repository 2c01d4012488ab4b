//! Layers around the in-memory provider, and around a provider with slow calls.

mod cached;
mod decorated;
mod observed;
mod otherwise;
mod read_only;
mod scoped;
mod slow;

use std::sync::Arc;

use anyprofile_core::{ProfileProvider, memory::MemoryProvider};

use crate::in_memory::builder;

/// A provider with some profiles, to inspect and to wrap.
fn memory(people: usize) -> (MemoryProvider, Arc<dyn ProfileProvider>) {
    let memory = builder(people).with_current(crate::in_memory::id("p00")).build().unwrap();
    (memory.clone(), Arc::new(memory))
}
