//! Exports that can be cut off at any moment and gone on with: where they are, and what they came to.

mod checkpoint;
mod progress;

pub(crate) use self::{
    checkpoint::{CHECKPOINT, Export, Identity, NEW, beside},
    progress::AccountProgress,
};
