//! Writes without reading the profile first, for tests of the write alone.

use anyprofile_core::{
    ExecuteOptions, Executed, Plan, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, Result,
    Write,
};

/// Plans a write without reading the profile.
pub(crate) async fn planned(provider: &dyn ProfileProvider, write: Write) -> Result<Plan> {
    let options = match write.id() {
        Some(id) => PlanOptions::given(Profile::new(id.clone())),
        None => PlanOptions::new(),
    };
    provider.plan(&write, &options).await
}

/// Plans and executes a write.
pub(crate) async fn write(provider: &dyn ProfileProvider, write: Write) -> Result<Executed> {
    let plan = planned(provider, write).await?;
    provider.execute(&plan, &ExecuteOptions::new()).await?.into_result()
}

/// Updates a profile.
pub(crate) async fn update(
    provider: &dyn ProfileProvider,
    id: ProfileId,
    change: &ProfileChange,
) -> Result<Profile> {
    let executed = write(provider, Write::update(id, change.clone())).await?;
    Ok(executed.profile.expect("an update shows the profile"))
}
