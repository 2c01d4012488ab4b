//! Writes of profiles that are not read before: for tests of the write alone.

use anyprofile_core::{
    ExecuteOptions, Executed, Plan, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, Result,
    Write,
};

/// The plan of a write of which nothing is known.
pub(crate) async fn planned(provider: &dyn ProfileProvider, write: Write) -> Result<Plan> {
    let options = match write.id() {
        Some(id) => PlanOptions::given(Profile::new(id.clone())),
        None => PlanOptions::new(),
    };
    provider.plan(&write, &options).await
}

/// Makes it.
pub(crate) async fn write(provider: &dyn ProfileProvider, write: Write) -> Result<Executed> {
    let plan = planned(provider, write).await?;
    provider.execute(&plan, &ExecuteOptions::new()).await?.into_result()
}

/// Changes a profile.
pub(crate) async fn update(
    provider: &dyn ProfileProvider,
    id: ProfileId,
    change: &ProfileChange,
) -> Result<Profile> {
    let executed = write(provider, Write::update(id, change.clone())).await?;
    Ok(executed.profile.expect("an update shows the profile"))
}
