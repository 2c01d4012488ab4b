//! `anyprofile enroll`

use anyprofile::{PlanOptions, Write};

use super::own::OwnProfiles;
use crate::{
    args::{Enroll, Global},
    exit::{Exit, Failure},
    session::Session,
    writes::write_one,
};

/// Makes a link and prints it, and nothing else, on standard output: it is a credential.
pub(crate) async fn run(global: &Global, enroll: Enroll) -> Result<Exit, Failure> {
    let session = Session::start_for(global, &enroll.id).await?;
    let provider = session.provider_of(&enroll.id)?;
    // That nobody has the id is told before anything is asked.
    let plan = provider.plan(&Write::enroll(enroll.id.clone()), &PlanOptions::always()).await?;
    OwnProfiles::at(&session, [&enroll.id]).await.warn(&enroll.id);
    write_one(global, &enroll.confirm, provider.as_ref(), &plan).await
}
