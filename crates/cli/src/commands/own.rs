//! The credentials' own profiles. A write to one of them is probably a mistake.

use anyprofile::{ProfileId, writing};

use crate::{session::Session, writes::print_note};

/// The own profiles of the credentials of a run.
pub(super) struct OwnProfiles(pub(super) writing::OwnProfiles);

impl OwnProfiles {
    /// Reads the credential's own profile in each account that one of these ids belongs to. If it cannot be read, a warning says that
    /// one of the ids may be it.
    pub(super) async fn at<'a>(
        session: &Session,
        ids: impl IntoIterator<Item = &'a ProfileId> + Clone,
    ) -> Self {
        let own = writing::OwnProfiles::at(&session.directory, ids).await;
        own.notes().iter().for_each(print_note);
        Self(own)
    }

    /// Prints a warning if the id is an own profile, also with `--quiet`.
    pub(super) fn warn(&self, id: &ProfileId) {
        if self.0.contains(id) {
            say!("{id}  warning: this is the profile of the credential itself");
        }
    }
}
