//! `anyprofile enroll`

use anyprofile::{PlanOptions, Write};

use super::own::OwnProfiles;
use crate::{
    args::{Enroll, Global},
    exit::{Exit, Failure},
    session::Session,
    writes::write_one,
};

/// Creates a link, and prints only the link on standard output, since it is a credential.
pub(crate) async fn run(global: &Global, enroll: Enroll) -> Result<Exit, Failure> {
    let session = Session::start_for(global, &enroll.id).await?;
    let provider = session.provider_of(&enroll.id)?;
    // Reports an unknown id before the prompt.
    let plan = provider.plan(&Write::enroll(enroll.id.clone()), &PlanOptions::always()).await?;
    OwnProfiles::at(&session, [&enroll.id]).await.warn(&enroll.id);
    write_one(global, &enroll.confirm, provider.as_ref(), &plan).await
}
