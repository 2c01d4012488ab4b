//! Whether sign-in requires a second factor, where a form wants yes or no.

use anyprofile_core::{Capabilities, FieldPath, Profile, ProfileId};

use super::{Form, FormError, loss::LossReport};

/// The number of profiles that are named.
const NAMED: usize = 20;

/// The profiles of which it is not known.
#[derive(Clone, Debug, Default)]
pub(super) struct UnknownMfa {
    profiles: u64,
    ids: Vec<ProfileId>,
}

impl UnknownMfa {
    /// Returns whether sign-in requires a second factor, or what the caller chose to write. Without a choice, the profile is noted.
    ///
    /// Only `security.mfa_enabled` decides. Methods that are set up do not say that sign-in requires one of them.
    pub(super) fn resolve(
        &mut self,
        form: Form,
        choice: Option<bool>,
        (profile, capabilities): (&Profile, &Capabilities),
        loss: &mut LossReport,
    ) -> Result<Option<bool>, FormError> {
        let Some(column) = form.mfa_column() else { return Ok(None) };
        if let Some(known) = profile.security.mfa_enabled.value() {
            return Ok(Some(*known));
        }
        let Some(chosen) = choice else {
            self.profiles += 1;
            if self.ids.len() < NAMED {
                self.ids.push(profile.id.clone());
            }
            return Err(FormError::UnknownMfa { form, profiles: 1, ids: vec![profile.id.clone()] });
        };
        let state = profile.state(&FieldPath::SECURITY_MFA_ENABLED, capabilities);
        let word = if chosen { "yes" } else { "no" };
        loss.guess(column, &format!("not known ({state}); {word} is written, as the caller chose"));
        Ok(Some(chosen))
    }

    /// Returns an error that names the profiles, if there are any.
    pub(super) fn check(&self, form: Form) -> Result<(), FormError> {
        if self.profiles == 0 {
            return Ok(());
        }
        Err(FormError::UnknownMfa { form, profiles: self.profiles, ids: self.ids.clone() })
    }

    pub(super) fn ids(&self) -> &[ProfileId] {
        &self.ids
    }

    pub(super) const fn profiles(&self) -> u64 {
        self.profiles
    }
}
