//! Writes a listing in a form.

#[cfg(feature = "csv")]
use std::collections::BTreeSet;

use anyprofile_core::{Capabilities, FieldPath, Profile, ProfileId, Timestamp};

use super::{
    Form, FormError, FormOptions, LossReport, ecs, mfa::UnknownMfa, ocsf, oidc, reader::Reader, scim,
};
#[cfg(feature = "csv")]
use super::{access_file, conductorone, drata};
use crate::manifest::FormManifest;

/// Writes the profiles of one listing in one form: a line a profile.
///
/// ```
/// # #[cfg(feature = "csv")] {
/// use anyprofile_core::{Capabilities, Email, Kind, Profile};
/// use anyprofile_snapshot::form::{Form, FormOptions, FormWriter};
///
/// let mut ada = Profile::new("library:main/user/17".parse().unwrap());
/// ada.kind = Kind::Human.into();
/// ada.username = "ada".into();
/// ada.emails = vec![Email::new("ada@example.org")].into();
/// let mut writer = FormWriter::new(Form::Vanta, FormOptions::default()).unwrap();
/// assert_eq!(writer.header().unwrap(), "Account name,Account owner,Role,Status\n");
/// assert_eq!(writer.record(&ada, &Capabilities::default()).unwrap(), "ada,ada@example.org,,Active\n");
///
/// // Nobody said that the account is active. The report does.
/// let guess = &writer.loss().guessed[0];
/// assert_eq!((guess.column.as_str(), guess.values), ("Status", 1));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FormWriter {
    form: Form,
    options: FormOptions,
    time: Timestamp,
    loss: LossReport,
    unknown_mfa: UnknownMfa,
    #[cfg(feature = "csv")]
    entitlements: BTreeSet<conductorone::Entitlement>,
}

impl FormWriter {
    /// Creates a writer for one listing.
    ///
    /// # Errors
    /// [`FormError::NotBuilt`] for a csv form if the feature `csv` is off.
    pub fn new(form: Form, options: FormOptions) -> Result<Self, FormError> {
        if form.is_csv() && !cfg!(feature = "csv") {
            return Err(FormError::NotBuilt(form));
        }
        Ok(Self {
            form,
            time: options.time.unwrap_or_else(Timestamp::now),
            options,
            loss: LossReport::default(),
            unknown_mfa: UnknownMfa::default(),
            #[cfg(feature = "csv")]
            entitlements: BTreeSet::new(),
        })
    }

    /// Returns the form.
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Returns the names of the columns as the first line of the file; `None` if the form is JSON.
    pub fn header(&self) -> Option<String> {
        #[cfg(feature = "csv")]
        match self.form {
            Form::Vanta => return Some(access_file::HEADER.to_owned()),
            Form::SecureSlate => return Some(access_file::HEADER_WITH_MFA.to_owned()),
            Form::Drata => return Some(drata::HEADER.to_owned()),
            Form::ConductorOne => return Some(conductorone::HEADER.to_owned()),
            _ => {}
        }
        None
    }

    /// Returns a profile as one line, with its end: a record of a csv file, or a JSON object.
    ///
    /// # Errors
    /// [`FormError::UnknownMfa`] if the form wants yes or no, it is not known whether sign-in requires a second factor, and
    /// [`FormOptions::unknown_mfa`] makes no choice. The caller may go on, to find all such profiles: [`check`](Self::check) names them.
    pub fn record(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<String, FormError> {
        let (form, loss) = (self.form, &mut self.loss);
        let choice = self.options.unknown_mfa;
        let mfa = self.unknown_mfa.resolve(form, choice, (profile, capabilities), loss)?;
        let mut reader = Reader::new(profile, capabilities);
        if mfa.is_some() {
            reader.uses(&FieldPath::SECURITY_MFA_ENABLED);
        }
        let line = match form {
            Form::Scim => scim::record(&mut reader, loss).into_line(form)?,
            Form::Ocsf => ocsf::record(&mut reader, loss, self.time).into_line(form)?,
            Form::Ecs => ecs::record(&mut reader, loss, self.time).into_line(form)?,
            Form::Oidc => oidc::record(&mut reader, loss).into_line(form)?,
            #[cfg(feature = "csv")]
            Form::Vanta | Form::SecureSlate => access_file::record(&mut reader, loss, mfa).into_line(form)?,
            #[cfg(feature = "csv")]
            Form::Drata => drata::record(&mut reader, loss, mfa).into_line(form)?,
            #[cfg(feature = "csv")]
            Form::ConductorOne => conductorone::record(&mut reader, loss).into_line(form)?,
            #[cfg(not(feature = "csv"))]
            _ => return Err(FormError::NotBuilt(form)),
        };
        reader.count(loss, form == Form::Scim);
        loss.profiles += 1;
        Ok(line)
    }

    /// Returns the names of the columns of the second file, of entitlements; `None` if the form has none. Only `conductorone` has.
    pub fn entitlements_header(&self) -> Option<String> {
        #[cfg(feature = "csv")]
        if self.form == Form::ConductorOne {
            return Some(conductorone::ENTITLEMENTS_HEADER.to_owned());
        }
        None
    }

    /// Returns the lines of the second file for what a profile has: roles, groups and entitlements. An entitlement that was written for
    /// another profile is not written again. Empty if the form has no second file.
    ///
    /// The file says which entitlements exist, and has no column for who has them (public documentation of ConductorOne, seen 2026-11).
    ///
    /// # Errors
    /// [`FormError::Encode`].
    pub fn entitlements(&mut self, profile: &Profile) -> Result<String, FormError> {
        #[cfg(feature = "csv")]
        if self.form == Form::ConductorOne {
            return conductorone::entitlements(profile, &mut self.entitlements, &mut self.loss);
        }
        let _ = profile;
        Ok(String::new())
    }

    /// Returns what the profiles that were written so far lost by the form.
    pub const fn loss(&self) -> &LossReport {
        &self.loss
    }

    /// Returns the first twenty profiles that were not written because it is not known whether sign-in requires a second factor.
    pub fn unknown_mfa(&self) -> &[ProfileId] {
        self.unknown_mfa.ids()
    }

    /// Returns the number of all profiles that were not written because it is not known whether sign-in requires a second factor.
    pub const fn unknown_mfa_profiles(&self) -> u64 {
        self.unknown_mfa.profiles()
    }

    /// Checks, at the end of a listing, that every profile was written.
    ///
    /// # Errors
    /// [`FormError::UnknownMfa`] with the number of profiles that were not written, and the first twenty of them. The file must then not
    /// be handed on: it would pass for a whole one.
    pub fn check(&self) -> Result<(), FormError> {
        self.unknown_mfa.check(self.form)
    }

    /// Returns what a manifest says of the form. The choice for an unknown second factor is recorded where the form asks for one.
    pub fn manifest(&self) -> FormManifest {
        FormManifest {
            name: self.form.as_str().to_owned(),
            unknown_mfa: self.form.mfa_column().and(self.options.unknown_mfa),
            loss: None,
        }
    }
}
