//! The ids of labels: users are filtered by the ids of labels, and written with their names.

use std::time::Duration;

use anyprofile_core::{ErrorKind, Result};
use anyprofile_http::{Caller, Fact};

use super::whole::whole;
use crate::{ListEntries, operations, wire::Label};

/// The labels of users. They are read again after a minute, and after a write.
const LABELS: Fact<Vec<Label>> = Fact::new("labels of users").at_most(Duration::from_secs(60));

/// Returns the ids of the labels of users with this id, or with this name without regard to case. Returns none if
/// there is no such label, or if the account's key may not see labels: the filter is then applied to all users.
pub(super) async fn ids(caller: &Caller, wanted: &str, page_size: Option<u32>) -> Result<Vec<String>> {
    let read = async {
        let list = |page| {
            let mut list = ListEntries::default();
            (list.length, list.page) = (page_size, page);
            operations::list_user_labels(&list)
        };
        whole(caller, list).await.map(|whole| whole.records)
    };
    let labels = match caller.remember(LABELS, read).await {
        Ok(labels) => labels,
        // The status for a key without the right is not published.
        Err(error) if is_refusal(error.kind()) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let name = wanted.to_lowercase();
    let id_if_wanted = |label: &Label| {
        let id = label.id.value()?.as_str();
        let is_named = label.name.value().is_some_and(|it| it.to_lowercase() == name);
        (is_named || id == wanted).then(|| id.to_owned())
    };
    Ok(labels.iter().filter_map(id_if_wanted).collect())
}

const fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::Config)
}
