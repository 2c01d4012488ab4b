//! Profiles in the forms that other tools read: identity standards, event schemas, and the upload files of GRC tools.
//!
//! A [`FormWriter`] writes one listing in one [`Form`]. No form holds everything that a profile says. What had no home, what the form
//! forced to a guess and which required columns stayed empty is counted in the [`LossReport`], so that a reader of the file is not told
//! more than the services said.
//!
//! | form | a record is | unknown values |
//! |---|---|---|
//! | `scim` | a User of RFC 7643, with its enterprise extension and one of our own | left out; which are null, hidden or not supported is in our extension |
//! | `ocsf` | an event of class 5003, User Inventory Info | left out |
//! | `ecs` | an event with Elastic's `user` fields | left out |
//! | `oidc` | the standard claims of OpenID Connect Core 1.0, section 5.1 | left out |
//! | `vanta` | a row of an access file | a status that is not known is a guess |
//! | `secureslate` | a row of an access file with `MFA Status` | as above; a second factor that is not known stops the run |
//! | `drata` | a row of a personnel file | a second factor that is not known stops the run |
//! | `conductorone` | a row of a file of users; [`FormWriter::entitlements`] writes the second file | left empty |
//!
//! # A second factor that is not known
//! `drata` and `secureslate` want yes or no. Where a profile says neither, [`FormWriter::record`] fails with
//! [`FormError::UnknownMfa`], unless [`FormOptions::unknown_mfa`] says what to write. [`FormWriter::manifest`] records that choice.
//!
//! # Cells that look like formulas
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and GRC tools hand uploads to people who open them in
//! one. Such a cell is written with a `'` before it, in the csv forms. The tool that reads the upload then sees the `'` too: an id `-x7` is
//! `'-x7` there, in this upload and in the next. The loss report counts each such cell under `altered`. E-mail addresses do not begin so.
//!
//! # Example
//! ```
//! use anyprofile_core::{Capabilities, Profile};
//! use anyprofile_snapshot::form::{Form, FormOptions, FormWriter};
//!
//! let mut ada = Profile::new("library:main/user/ada".parse()?);
//! ada.username = "ada".into();
//! let mut writer = FormWriter::new(Form::Oidc, FormOptions::default())?;
//! let line = writer.record(&ada, &Capabilities::default())?;
//! assert!(line.contains(r#""preferred_username":"ada""#) && line.ends_with('\n'));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "csv")]
mod access_file;
#[cfg(feature = "csv")]
mod cells;
#[cfg(feature = "csv")]
mod conductorone;
#[cfg(feature = "csv")]
mod drata;
mod ecs;
mod error;
mod loss;
mod mfa;
mod name;
mod object;
mod ocsf;
mod oidc;
mod options;
mod reader;
mod scim;
mod scim_extension;
mod scim_text;
#[cfg(test)]
mod tests;
mod writer;

pub use self::{
    error::FormError,
    loss::{LossEntry, LossReport},
    name::{Form, UnknownForm},
    options::FormOptions,
    writer::FormWriter,
};
