//! The credentials' own profiles. A write to one of them is probably a mistake.

use anyprofile::{ErrorKind, ProfileId, ProfileProviderExt as _};

use crate::{diagnostics, session::Session};

/// The own profiles of the credentials of a run.
pub(super) struct OwnProfiles {
    ids: Vec<ProfileId>,
}

impl OwnProfiles {
    /// Reads the credential's own profile in each account that one of these ids belongs to, if its service supports
    /// that. If it cannot be read, a warning says that one of the ids may be it.
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
                // The service says that the credential belongs to no user, so it has no profile.
                Err(error) if error.kind() == ErrorKind::PermissionDenied && error.is_from_service() => {}
                Err(error) => {
                    diagnostics::error(&error);
                    say!(
                        "warning: account '{}': the credential's own profile could not be read; one of the profiles may be its own",
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

    /// Prints a warning if the id is an own profile, also with `--quiet`.
    pub(super) fn warn(&self, id: &ProfileId) {
        if self.contains(id) {
            say!("{id}  warning: this is the profile of the credential itself");
        }
    }
}
