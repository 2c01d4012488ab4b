//! Why a profile cannot be written in a form.

use std::fmt;

use anyprofile_core::ProfileId;

use super::Form;

/// Why a profile cannot be written in a form. `Display` names profiles by their ids, and repeats nothing else of them.
///
/// ```
/// use anyprofile_core::{Capabilities, Profile};
/// use anyprofile_snapshot::form::{Form, FormError, FormOptions, FormWriter};
///
/// # #[cfg(feature = "csv")] {
/// let ada = Profile::new("library:main/user/ada".parse().unwrap());
/// let mut writer = FormWriter::new(Form::SecureSlate, FormOptions::default()).unwrap();
/// let error = writer.record(&ada, &Capabilities::default()).unwrap_err();
/// assert!(matches!(error, FormError::UnknownMfa { .. }));
/// assert!(error.to_string().contains("library:main/user/ada"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormError {
    /// The form wants yes or no, and it is not known whether sign-in requires a second factor. Nothing was written for these profiles.
    UnknownMfa {
        /// The form.
        form: Form,
        /// The number of profiles.
        profiles: u64,
        /// The first of them.
        ids: Vec<ProfileId>,
    },
    /// This program was built without the form.
    NotBuilt(Form),
    /// The record cannot be encoded.
    Encode(Form),
}

impl fmt::Display for FormError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMfa { form, profiles, ids } => {
                let column = form.mfa_column().unwrap_or("mfa");
                write!(formatter, "{form} needs yes or no in '{column}', and MFA is not known for ")?;
                match profiles {
                    1 => formatter.write_str("1 profile: ")?,
                    _ => write!(formatter, "{profiles} profiles: ")?,
                }
                for (index, id) in ids.iter().enumerate() {
                    write!(formatter, "{}{id}", if index == 0 { "" } else { ", " })?;
                }
                match profiles.saturating_sub(ids.len() as u64) {
                    0 => {}
                    more => write!(formatter, " and {more} more")?,
                }
                formatter.write_str("; choose no or yes for 'unknown_mfa' to write that instead")
            }
            Self::NotBuilt(form) => {
                write!(
                    formatter,
                    "{form} was not built in; build with the feature 'csv' of anyprofile-snapshot"
                )
            }
            Self::Encode(form) => write!(formatter, "a profile cannot be encoded as {form}"),
        }
    }
}

impl std::error::Error for FormError {}
