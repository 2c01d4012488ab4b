//! A session whose queries a cluster runs.

use std::sync::Arc;

use anyprofile_datafusion::{LiveAccounts, prepare, runtime, session_config};
use ballista_core::{
    config::BALLISTA_ADAPTIVE_PLANNER_ENABLED,
    extension::{SessionConfigExt as _, SessionStateExt as _},
    utils::default_session_builder,
};
use datafusion::{
    common::{DataFusionError, Result},
    execution::SessionStateBuilder,
    prelude::{SessionConfig, SessionContext},
};
use url::Url;

use crate::ProfileCodec;

/// The usual port of a scheduler.
pub const SCHEDULER_PORT: u16 = 50050;

/// Creates a session whose queries the cluster of a scheduler runs, such as `df://127.0.0.1:50050`. It has no table yet. `schema` is the one
/// in which `profiles` is a table without more words.
///
/// The tables of live accounts name accounts that every process of the cluster must have; see [`ProfileCodec`].
///
/// # Errors
/// If the URL is not valid. Nothing is sent yet.
pub fn session(scheduler: &str, schema: &str) -> Result<SessionContext> {
    let wrong = |why: String| DataFusionError::Configuration(format!("the scheduler '{scheduler}': {why}"));
    let url = Url::parse(scheduler).map_err(|error| wrong(error.to_string()))?;
    let host = url.host_str().ok_or_else(|| wrong("it names no host; use df://HOST:PORT".to_owned()))?;
    let port = url.port().unwrap_or(SCHEDULER_PORT);
    // Nothing is decoded here but what the codec of Ballista knows.
    let config =
        configured(SessionConfig::new_with_ballista(), schema, &ProfileCodec::new(LiveAccounts::new([])));
    let state = SessionStateBuilder::new_from_existing(default_session_builder(config)?)
        .with_runtime_env(runtime(None)?)
        .build()
        .upgrade_for_ballista(format!("http://{host}:{port}"))?;
    let context = SessionContext::new_with_state(state);
    prepare(&context)?;
    Ok(context)
}

/// Returns the configuration of a session of a process of the cluster.
pub(crate) fn configured(config: SessionConfig, schema: &str, codec: &ProfileCodec) -> SessionConfig {
    session_config(config, schema)
        .with_ballista_logical_extension_codec(Arc::new(codec.clone()))
        .with_ballista_physical_extension_codec(Arc::new(codec.clone()))
        // The adaptive planner of Ballista 55 loses a job when an executor dies between two stages, and its client waits for ever.
        .set_bool(BALLISTA_ADAPTIVE_PLANNER_ENABLED, false)
}
