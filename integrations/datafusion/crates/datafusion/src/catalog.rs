//! The catalog: `anyprofile.live.profiles`, `anyprofile.snapshot.emails`, …

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    catalog::{
        MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider as _, TableProvider, view::ViewTable,
    },
    common::{DataFusionError, Result},
    execution::{
        cache::cache_manager::CacheManagerConfig,
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    prelude::{SessionConfig, SessionContext},
};

use crate::{
    accounts::LiveAccounts,
    functions,
    live::LiveTable,
    options::ProfileOptions,
    runs::{RunLog, RunsTable},
    schema::profile_schema,
    snapshot::SnapshotTable,
    stores::EnvironmentStores,
};

/// The name of the catalog.
pub const CATALOG: &str = "anyprofile";
/// The name of the schema of live accounts.
pub const LIVE: &str = "live";
/// The usual name of the schema of a snapshot.
pub const SNAPSHOT: &str = "snapshot";

/// Returns the configuration of a session with the settings of [`ProfileOptions`], in which `profiles` is a table of the schema `schema`.
pub fn session_config(config: SessionConfig, schema: &str) -> SessionConfig {
    ProfileOptions::register(config)
        .with_information_schema(true)
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, schema)
}

/// Creates a session that has the functions, the settings, and the object stores of the environment, and no table yet.
///
/// # Errors
/// If the runtime cannot be created.
pub fn session(schema: &str) -> Result<SessionContext> {
    let context =
        SessionContext::new_with_config_rt(session_config(SessionConfig::new(), schema), runtime(None)?);
    prepare(&context)?;
    Ok(context)
}

/// Returns a runtime with the object stores of the environment. It may keep what does not fit into memory in a folder.
///
/// It remembers no lists of files: a snapshot that was written anew has others.
///
/// # Errors
/// If the runtime cannot be created.
pub fn runtime(scratch: Option<&std::path::Path>) -> Result<Arc<RuntimeEnv>> {
    let uncached = CacheManagerConfig::default().with_list_files_cache_limit(0);
    let builder = RuntimeEnvBuilder::new()
        .with_object_store_registry(Arc::new(EnvironmentStores::new()))
        .with_cache_manager(uncached);
    match scratch {
        Some(folder) => builder.with_temp_file_path(folder).build_arc(),
        None => builder.build_arc(),
    }
}

/// Adds the functions and the empty catalog to a session.
///
/// # Errors
/// If the session does not take functions.
pub fn prepare(context: &SessionContext) -> Result<()> {
    functions::register(&mut *context.state_ref().write())?;
    if context.catalog(CATALOG).is_none() {
        context.register_catalog(CATALOG, Arc::new(MemoryCatalogProvider::new()));
    }
    Ok(())
}

/// Adds the tables of live accounts, as the schema `live`. What their queries read is noted in the log, which is the table `live.runs`.
///
/// # Errors
/// If the session has no catalog; see [`prepare`].
pub async fn register_live(context: &SessionContext, accounts: LiveAccounts, log: RunLog) -> Result<()> {
    let profiles = Arc::new(LiveTable::new(accounts, log.clone()));
    register_schema(context, LIVE, profiles, RunsTable::Of(log)).await
}

/// Adds the tables of a snapshot, as a schema with this name; [`SNAPSHOT`] is the usual one.
///
/// # Errors
/// If the session has no catalog; see [`prepare`].
pub async fn register_snapshot(context: &SessionContext, name: &str, snapshot: SnapshotTable) -> Result<()> {
    let runs = RunsTable::Recorded(Arc::clone(snapshot.runs()));
    register_schema(context, name, Arc::new(snapshot), runs).await
}

async fn register_schema(
    context: &SessionContext,
    name: &str,
    profiles: Arc<dyn TableProvider>,
    runs: RunsTable,
) -> Result<()> {
    let catalog = context
        .catalog(CATALOG)
        .ok_or_else(|| DataFusionError::Configuration(format!("the session has no catalog '{CATALOG}'")))?;
    let schema = Arc::new(MemorySchemaProvider::new());
    schema.register_table("profiles".to_owned(), profiles)?;
    schema.register_table("runs".to_owned(), Arc::new(runs))?;
    catalog.register_schema(name, Arc::clone(&schema) as _)?;
    for (table, sql) in list_tables(name) {
        let plan = context.state().create_logical_plan(&sql).await?;
        schema.register_table(table, Arc::new(ViewTable::new(plan, Some(sql))))?;
    }
    Ok(())
}

/// Returns a table for each list of a profile, with its query. One row is one item.
fn list_tables(schema: &str) -> Vec<(String, String)> {
    let quoted = schema.replace('"', "\"\"");
    let mut tables = Vec::new();
    for field in profile_schema().fields() {
        let DataType::List(item) = field.data_type() else { continue };
        let DataType::Struct(parts) = item.data_type() else { continue };
        let list = field.name();
        let parts: Vec<_> = parts.iter().map(|part| format!("item['{0}'] AS \"{0}\"", part.name())).collect();
        let sql = format!(
            "SELECT profile_id, service, account, {} FROM (SELECT id AS profile_id, service, account, unnest({list}) AS item FROM \
             {CATALOG}.\"{quoted}\".profiles)",
            parts.join(", ")
        );
        tables.push((list.clone(), sql));
    }
    tables
}
