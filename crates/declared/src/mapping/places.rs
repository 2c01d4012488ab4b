//! The places that rules read, which are resolved twice: first to collect them, then to find their slots.

use std::sync::Arc;

use super::rule::{Resolved, ResolvedCase};
use crate::{
    definition::{Case, Rule},
    record::{Shape, ShapeBuilder, SlotRef},
};

/// The places of a record.
pub(super) enum Places<'a> {
    Collected(&'a mut ShapeBuilder),
    Found(&'a Shape),
}

impl Places<'_> {
    /// Returns a place of the record. `is_tree`: the value may be a list or an object.
    pub(super) fn place(&mut self, pointer: &str, is_tree: bool) -> SlotRef {
        match self {
            Self::Collected(builder) if is_tree => builder.tree(pointer),
            Self::Collected(builder) => builder.scalar(pointer),
            Self::Found(shape) => return found(shape, pointer),
        }
        nowhere()
    }

    /// Returns a place of the elements of a list.
    pub(super) fn of_element(&mut self, list: &str, pointer: &str) -> SlotRef {
        match self {
            Self::Collected(builder) => builder.list(list).scalar(pointer),
            Self::Found(shape) => {
                return shape.elements(list).map_or_else(nowhere, |elements| found(elements, pointer));
            }
        }
        nowhere()
    }

    /// Returns the place of a list, and what is read of its elements.
    pub(super) fn list(&mut self, pointer: &str) -> (SlotRef, Arc<Shape>) {
        match self {
            Self::Collected(builder) => {
                builder.list(pointer);
                (nowhere(), Arc::default())
            }
            Self::Found(shape) => {
                (found(shape, pointer), shape.elements(pointer).cloned().unwrap_or_default())
            }
        }
    }

    /// Returns the places that are kept whole.
    pub(super) fn trees(&self) -> Vec<SlotRef> {
        match self {
            Self::Collected(_) => Vec::new(),
            Self::Found(shape) => shape.whole().cloned().collect(),
        }
    }

    pub(super) fn rule(&mut self, rule: &Rule) -> Resolved<SlotRef> {
        let table = &rule.0;
        // A value that is looked into is a list or an object.
        let is_tree = table.pick.is_some() || table.any.is_some();
        Resolved::new(rule, &mut |pointer| self.place(pointer, is_tree))
    }

    pub(super) fn case(&mut self, case: &Case) -> ResolvedCase<SlotRef> {
        let is_tree = case.non_empty.is_some() || case.contains.is_some();
        ResolvedCase::new(case, &mut |pointer| self.place(pointer, is_tree))
    }
}

fn found(shape: &Shape, pointer: &str) -> SlotRef {
    shape.place(pointer).cloned().unwrap_or_else(nowhere)
}

/// A place that is not known yet.
fn nowhere() -> SlotRef {
    SlotRef { slot: usize::MAX, inside: None, is_only: false, is_secret: false, name: "".into() }
}
