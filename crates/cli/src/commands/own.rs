//! The credentials' own profiles, which nobody means to write to by accident.

use anyprofile::{ErrorKind, ProfileId, ProfileProviderExt as _};

use crate::{diagnostics, session::Session};

/// The own profiles of the credentials that a run writes with.
pub(super) struct OwnProfiles {
    ids: Vec<ProfileId>,
}

impl OwnProfiles {
    /// Asks for the own profile at each account that one of these ids belongs to, where the service has such a thing. Where
    /// it cannot be had, that is told: one of the ids may be it.
    pub(super) async fn at<'a>(
        session: &Session,
        ids: impl IntoIterator<Item = &'a ProfileId> + Clone,
    ) -> Self {
        let mut own = Self { ids: Vec::new() };
        for provider in session.directory.providers() {
            let info = provider.info();
            let is_here = |id: &ProfileId| (&id.service, &id.account) == (&info.service, &info.account);
            let is_asked = ids.clone().into_iter().any(is_here);
            if !is_asked || !provider.capabilities().operations.current.is_supported() {
                continue;
            }
            match provider.current().await {
                Ok(profile) => own.ids.push(profile.id),
                // A credential that belongs to nobody has no profile: the service itself says so.
                Err(error) if error.kind() == ErrorKind::PermissionDenied && error.is_from_service() => {}
                Err(error) => {
                    diagnostics::error(&error);
                    say!(
                        "warning: account '{}': whose credential this is cannot be told, so that one of the profiles may be its own",
                        info.account
                    );
                }
            }
        }
        own
    }

    pub(super) fn contains(&self, id: &ProfileId) -> bool {
        self.ids.iter().any(|own| own.is_same_as(id))
    }

    /// Warns of an own profile, whatever else is not said.
    pub(super) fn warn(&self, id: &ProfileId) {
        if self.contains(id) {
            say!("{id}  warning: this is the profile of the credential itself");
        }
    }
}
