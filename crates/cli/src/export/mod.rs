//! Exports that can be cut off at any moment and gone on with: where they are, and what they came to.

mod checkpoint;
mod file;
mod progress;

pub(crate) use self::{
    checkpoint::{Checkpoint, Identity, digest},
    file::{CHECKPOINT, Export},
    progress::AccountProgress,
};
