//! Exports that can be interrupted at any moment and resumed.

mod checkpoint;
mod file;
mod progress;

pub(crate) use self::{
    checkpoint::{Checkpoint, Identity, digest},
    file::{CHECKPOINT, Export},
    progress::AccountProgress,
};
