//! Records: read once, into the places that the rules of a definition name. What no rule names is kept as it came.

mod look;
mod read;
mod shape;

pub(crate) use self::{
    look::{Look, Lookup, is_comparable, is_value},
    read::{Captured, Listed, ReadAs, ReadRecord, Slot, peek, read_page, read_record, read_value},
    shape::{Shape, ShapeBuilder, SlotRef, flaw_of, is_around},
};

#[cfg(feature = "server")]
pub(crate) use self::read::read_of_text;
