//! What a service says, shown on a terminal that it cannot control.
//!
//! Arguments, files, configuration and messages of services may contain characters that control a terminal, forge a line or display as
//! something else. [`printable`] and [`printable_lines`] are for messages and tables, and [`Screen`] for data, which must stay what it is.

mod printable;
mod screen;

pub use self::{
    printable::{printable, printable_lines},
    screen::Screen,
};
