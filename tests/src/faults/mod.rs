//! Every fault that the sandbox knows, at every provider: what is made of it.

mod liar;
mod listing;
pub mod pairs;
pub mod profiles;
pub mod queries;
mod scene;
mod tables;

use std::io;

use anyprofile::{ListQuery, ProfileProviderExt as _};
use futures_util::TryStreamExt as _;

pub(crate) use self::listing::{could_be_known, lied, told};
pub use self::{
    liar::{Liar, Lie},
    listing::{
        COSTS_NOBODY, Outcome, Row, connected_matrix, faults_of_listings, listing, listing_by, matrix, rows,
    },
    scene::{SERVICES, Scene, Setting, without_waiting},
    tables::Tables,
};

/// All that must be in no log line, no error and no `Debug`: what the profiles of a service hold of people, and its
/// credentials.
///
/// # Errors
/// If no sandbox can be had.
pub async fn secrets(service: &'static str) -> io::Result<Vec<String>> {
    let scene = Scene::new(Setting::of(service)).await?;
    let profiles: Vec<_> =
        scene.provider.list(ListQuery::new()).try_collect().await.map_err(scene::failed)?;
    let mut secrets = Vec::new();
    for profile in &profiles {
        secrets.extend(profile.email().map(str::to_owned));
        let names = [&profile.name.display, &profile.username, &profile.external_id];
        secrets.extend(names.into_iter().filter_map(|name| name.value().cloned()));
    }
    // What is as short as this may be anywhere.
    secrets.retain(|text| text.chars().count() > 5);
    secrets.extend(scene.sandbox.description().credentials().map(ToOwned::to_owned));
    Ok(secrets)
}
