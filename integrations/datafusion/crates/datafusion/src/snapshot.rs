//! The profiles of a snapshot as a table.

use std::{collections::BTreeMap, sync::Arc};

use anyprofile::{Error, ErrorKind};
use anyprofile_snapshot::{Manifest, Privacy, Snapshot, Target};
use async_trait::async_trait;
use datafusion::{
    arrow::datatypes::{Schema, SchemaRef},
    catalog::{Session, TableProvider},
    common::{DataFusionError, Result, Statistics, stats::Precision},
    datasource::{
        file_format::parquet::ParquetFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
    logical_expr::{Expr, TableProviderFilterPushDown, TableType},
    physical_plan::ExecutionPlan,
    prelude::SessionContext,
};
use futures_util::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _};
use serde::{Deserialize, Serialize};

use crate::{
    live::external,
    options::ProfileOptions,
    runs::{Run, RunLog, runs_of},
    schema::profile_schema,
};

/// The columns that the names of the folders say.
const PARTITIONED_BY: [&str; 2] = ["service", "account"];

/// The profiles of a snapshot: one row a profile, with the columns of [`profile_schema`](crate::profile_schema).
///
/// The snapshot is a Parquet file or a folder of them, on this machine or in object storage. Only the columns and the row groups that a query
/// needs are read.
///
/// # Errors of a query
/// An [`anyprofile::Error`] of the kind [`Incomplete`](ErrorKind::Incomplete) as [`DataFusionError::External`], if the manifest says that
/// somebody is missing and [`ProfileOptions::allow_partial`] is not set.
#[derive(Debug)]
pub struct SnapshotTable {
    described: SnapshotPlace,
    listing: ListingTable,
    /// The place of each column in the listing table.
    places: Vec<usize>,
    schema: SchemaRef,
    runs: Arc<[Run]>,
    log: Option<RunLog>,
    is_redacted: bool,
}

/// Where a snapshot is and what its manifest says, for a process that does not read the manifest itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotPlace {
    /// The URL of the file, or of the folder with `/` at the end.
    pub url: String,
    /// Whether the names of the folders say the service and the account.
    pub is_partitioned: bool,
    /// The number of profiles.
    pub rows: u64,
    /// Why the snapshot is not complete; empty if it is.
    pub gaps: Vec<String>,
    /// The files, by their names below the URL, with their lengths in bytes.
    pub files: Vec<(String, u64)>,
}

impl SnapshotTable {
    /// Opens a snapshot, and checks that its files are those of its manifest, by name and length. Each query checks it again.
    /// [`Snapshot::verify`] also checks their content.
    ///
    /// `place` is a path, or a URL such as `s3://bucket/review`. The context must know the store; see
    /// [`EnvironmentStores`](crate::EnvironmentStores).
    ///
    /// # Errors
    /// [`DataFusionError::External`] if there is no snapshot, if it is not Parquet, if its files are not those of its manifest, or if the URL
    /// has a user name, a password or a query: it would be in messages and plans.
    pub async fn open(context: &SessionContext, place: &str) -> Result<Self> {
        let target: Target = place.parse().map_err(outside)?;
        let shown = target.to_string();
        let is_folder = !is_parquet(place);
        let url = ListingTableUrl::parse(if is_folder {
            format!("{}/", place.trim_end_matches('/'))
        } else {
            place.to_owned()
        })?;
        let of_url = url.get_url();
        if !of_url.username().is_empty() || of_url.password().is_some() || of_url.query().is_some() {
            return Err(refused(
                &shown,
                "the URL has more than a place; put credentials into the environment",
            ));
        }
        let snapshot = Snapshot::open(&target).await.map_err(outside)?;
        let manifest = snapshot.manifest();
        if manifest.form.is_some() || !manifest.files.iter().all(|file| is_parquet(&file.path)) {
            return Err(refused(
                &shown,
                "it is not Parquet; export with `--to FOLDER/` or `--to FILE.parquet`",
            ));
        }
        let described = SnapshotPlace {
            url: url.as_str().to_owned(),
            is_partitioned: is_folder,
            rows: manifest.rows,
            gaps: gaps_of(manifest),
            files: manifest.files.iter().map(|file| (file.path.clone(), file.bytes)).collect(),
        };
        let mut table = Self::described(described, runs_of(manifest).into())?;
        table.is_redacted = manifest.privacy != Privacy::default();
        table.check_files(context.runtime_env().object_store(url.object_store())?).await?;
        Ok(table)
    }

    /// Notes in a log what a query lets pass with [`ProfileOptions::allow_partial`].
    #[must_use]
    pub fn with_log(mut self, log: RunLog) -> Self {
        self.log = Some(log);
        self
    }

    /// Creates the table of a snapshot that another process has opened.
    ///
    /// # Errors
    /// If the URL is not valid.
    pub fn of_place(described: SnapshotPlace) -> Result<Self> {
        Self::described(described, Arc::default())
    }

    fn described(described: SnapshotPlace, runs: Arc<[Run]>) -> Result<Self> {
        let schema = profile_schema();
        let is_in_names = |name: &str| described.is_partitioned && PARTITIONED_BY.contains(&name);
        let in_files: Vec<_> =
            schema.fields().iter().filter(|field| !is_in_names(field.name())).cloned().collect();
        let mut options =
            ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
        if described.is_partitioned {
            let types = PARTITIONED_BY.iter().map(|name| {
                let field = schema.field_with_name(name)?;
                Ok(((*name).to_owned(), field.data_type().clone()))
            });
            options = options.with_table_partition_cols(types.collect::<Result<_>>()?);
        }
        let config = ListingTableConfig::new(ListingTableUrl::parse(&described.url)?)
            .with_listing_options(options)
            .with_schema(Arc::new(Schema::new(in_files)));
        let listing = ListingTable::try_new(config)?;
        let of_listing = listing.schema();
        let places: Vec<_> = schema
            .fields()
            .iter()
            .map(|field| of_listing.index_of(field.name()))
            .collect::<Result<_, _>>()?;
        let schema = Arc::new(of_listing.project(&places)?);
        Ok(Self { described, listing, places, schema, runs, log: None, is_redacted: false })
    }

    /// Returns where the snapshot is, and what its manifest says.
    pub fn place(&self) -> &SnapshotPlace {
        &self.described
    }

    /// Returns whether the export hid or replaced fields. A hidden field is absent there, whatever the service said.
    pub fn is_redacted(&self) -> bool {
        self.is_redacted
    }

    /// Returns whether the export left profiles out by a filter, a search or a limit.
    pub fn is_filtered(&self) -> bool {
        self.runs.iter().any(|run| run.filtered)
    }

    /// Returns what the manifest says of each account and collection.
    pub(crate) fn runs(&self) -> &Arc<[Run]> {
        &self.runs
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.listing.supports_filters_pushdown(filters)
    }

    fn statistics(&self) -> Option<Statistics> {
        let rows = usize::try_from(self.described.rows).ok()?;
        Some(Statistics { num_rows: Precision::Inexact(rows), ..Statistics::new_unknown(&self.schema) })
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.check_gaps(ProfileOptions::of(state.config()).allow_partial)?;
        let url = ListingTableUrl::parse(&self.described.url)?;
        self.check_files(state.runtime_env().object_store(url.object_store())?).await?;
        let all: Vec<_> = (0..self.places.len()).collect();
        let projection = projection.unwrap_or(&all);
        let places: Vec<_> = projection.iter().filter_map(|place| self.places.get(*place)).copied().collect();
        self.listing.scan(state, Some(&places), filters, limit).await
    }
}

impl SnapshotTable {
    /// Checks that the Parquet files are those of the manifest, by name and length.
    async fn check_files(&self, store: Arc<dyn ObjectStore>) -> Result<()> {
        let SnapshotPlace { url, is_partitioned, files, .. } = &self.described;
        let parsed = ListingTableUrl::parse(url)?;
        let mut found: BTreeMap<_, _> = if *is_partitioned {
            let objects: Vec<_> = store.list(Some(parsed.prefix())).try_collect().await?;
            let named = objects.iter().filter_map(|object| {
                let parts: Vec<_> = object.location.prefix_match(parsed.prefix())?.collect();
                let name = parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("/");
                is_parquet(&name).then_some((name, object.size))
            });
            named.collect()
        } else {
            let bytes = match store.head(parsed.prefix()).await {
                Ok(object) => Some(object.size),
                Err(object_store::Error::NotFound { .. }) => None,
                Err(error) => return Err(error.into()),
            };
            files.iter().filter_map(|(name, _)| Some((name.clone(), bytes?))).collect()
        };
        for (name, written) in files {
            match found.remove(name) {
                None => return Err(refused(url, &format!("the file {name} is missing"))),
                Some(bytes) if bytes != *written => {
                    let why = format!("{name} has {bytes} bytes, and had {written} when it was written");
                    return Err(refused(url, &why));
                }
                Some(_) => {}
            }
        }
        match found.first_key_value() {
            Some((name, _)) => Err(refused(url, &format!("{name}: the manifest does not name this file"))),
            None => Ok(()),
        }
    }

    /// Checks that nobody is missing, or that this is allowed and noted.
    fn check_gaps(&self, allow_partial: bool) -> Result<()> {
        let SnapshotPlace { url, gaps, .. } = &self.described;
        if gaps.is_empty() {
            return Ok(());
        }
        let message = format!("the snapshot {url} is not complete: {}", gaps.join("; "));
        if !allow_partial {
            let error = Error::new(ErrorKind::Incomplete, message);
            return Err(external(error.with_hint(
                "export again, or `SET anyprofile.allow_partial = true` and read the warnings in the table `runs`",
            )));
        }
        if let Some(log) = &self.log {
            log.add(Run { warning: Some(message), ..Run::default() });
        }
        Ok(())
    }
}

fn gaps_of(manifest: &Manifest) -> Vec<String> {
    let mut gaps: Vec<_> =
        manifest.gaps().into_iter().map(|(account, gap)| format!("{account}: {gap}")).collect();
    if !manifest.complete && gaps.is_empty() {
        gaps.push("its export ended before everybody had come".to_owned());
    }
    gaps
}

fn is_parquet(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

fn outside(error: anyprofile_snapshot::SnapshotError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn refused(place: &str, why: &str) -> DataFusionError {
    external(Error::new(ErrorKind::Config, format!("the snapshot {place}: {why}")))
}
