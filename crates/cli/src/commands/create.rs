//! `anyprofile create`

use std::sync::Arc;

use anyprofile::{IdKind, PlanOptions, ProfileDraft, ProfileProvider, Write};

use super::update::value_of;
use crate::{
    args::{Create, Draft, Global},
    exit::{Exit, Failure},
    session::Session,
    writes::write_one,
};

pub(crate) async fn run(global: &Global, create: Create) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let (provider, draft) = draft_of(&session, create.draft)?;
    let plan = provider.plan(&Write::create(draft), &PlanOptions::new()).await?;
    write_one(global, &create.confirm, provider.as_ref(), &plan).await
}

/// Returns the profile to create, and the account to create it in.
pub(super) fn draft_of(
    session: &Session,
    given: Draft,
) -> Result<(&Arc<dyn ProfileProvider>, ProfileDraft), Failure> {
    // An account that cannot be used might be the intended one.
    let ([provider], []) = (session.directory.providers(), &*session.unusable) else {
        return Err(Failure::Usage("choose the account to create the profile in: --account NAME".to_owned()));
    };
    let capabilities = provider.capabilities();
    let kind = match given.collection {
        Some(kind) => kind,
        // The only collection is the default.
        None => capabilities.operations.create.kinds().first().cloned().unwrap_or(IdKind::USER),
    };
    let mut draft = ProfileDraft::new(kind);
    for (path, text) in &given.set {
        if !draft.fields().get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is set more than once")));
        }
        draft = draft.set(path.clone(), value_of(path, text, capabilities));
    }
    if given.set.is_empty() {
        return Err(Failure::Usage(
            "nothing to create: set at least one field with --set FIELD=VALUE".to_owned(),
        ));
    }
    Ok((provider, draft))
}
