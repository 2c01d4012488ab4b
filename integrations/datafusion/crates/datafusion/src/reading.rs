//! Reads a partition of a scan: its listings, one after the other.

use std::{collections::VecDeque, sync::Arc};

use anyprofile::{
    Error, ErrorKind, IdKind, ListQuery, Profile, ProfileProvider, ProfileProviderExt as _,
    listing::ProfileStream,
};
use anyprofile_snapshot::arrow::record_batch_of_columns;
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    common::{DataFusionError, Result},
    execution::SendableRecordBatchStream,
    physical_plan::metrics::{BaselineMetrics, Count},
};
use futures_util::TryStreamExt as _;

use crate::{
    accounts::LiveAccounts,
    listings::listings_of,
    live::external,
    runs::{Run, RunLog, gaps},
    schema::as_texts,
};

/// What the partitions of a scan have in common.
pub(crate) struct Source {
    pub(crate) accounts: LiveAccounts,
    pub(crate) log: RunLog,
    /// The places of the columns in the schema of a profile.
    pub(crate) columns: Arc<[usize]>,
    pub(crate) schema: SchemaRef,
    pub(crate) allow_partial: bool,
    /// How many rows a batch has at most.
    pub(crate) batch_size: usize,
}

/// A partition that is being read.
pub(crate) struct Reading {
    source: Source,
    /// Which listings there are; `None` when they are known.
    input: Option<SendableRecordBatchStream>,
    /// The place of an account, and what it is asked.
    listings: VecDeque<(usize, ListQuery)>,
    /// How many rows may still come; `None` for all.
    left: Option<u64>,
    listing: Option<Listing>,
    rows: BaselineMetrics,
    requests: Count,
}

/// A listing that is being read. One that is dropped before its end is noted as limited.
struct Listing {
    provider: Arc<dyn ProfileProvider>,
    stream: ProfileStream<'static>,
    run: Option<Run>,
    log: RunLog,
    requests: Count,
}

impl Listing {
    /// Notes what was read.
    fn end(&mut self, is_stopped: bool, warning: Option<String>) {
        let Some(run) = self.run.take() else { return };
        let report = self.stream.report();
        self.requests.add(usize::try_from(report.requests).unwrap_or(usize::MAX));
        self.log.add(Run { warning, ..run.ended_with(&report, is_stopped) });
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.end(true, None);
    }
}

impl Reading {
    /// Creates the reading of a partition that an input describes.
    pub(crate) fn new(
        source: Source,
        input: SendableRecordBatchStream,
        limit: Option<u64>,
        rows: BaselineMetrics,
        requests: Count,
    ) -> Self {
        let listings = VecDeque::new();
        Self { source, input: Some(input), listings, left: limit, listing: None, rows, requests }
    }

    /// Returns the next rows; `None` at the end.
    ///
    /// # Errors
    /// If an account fails, or not everybody is proven to have come, and that is not allowed.
    pub(crate) async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(input) = self.input.take() {
                let rows: Vec<_> = input.try_collect().await?;
                self.listings = listings_of(&self.source.accounts, &rows)?;
            }
            if self.listing.is_none() && !self.begin()? {
                return Ok(None);
            }
            let Some(listing) = &mut self.listing else { continue };
            let mut profiles = Vec::new();
            let mut failure = None;
            let is_at_end = loop {
                match listing.stream.next().await {
                    Some(Ok(profile)) => profiles.push(profile),
                    Some(Err(error)) => {
                        failure = Some(error);
                        break true;
                    }
                    None => break true,
                }
                if profiles.len() >= self.source.batch_size || listing.stream.buffered() == 0 {
                    break false;
                }
            };
            let batch = self.batch_of(profiles)?;
            if is_at_end {
                self.finish(failure)?;
            }
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
    }

    /// Begins the next listing; `false` if there is none.
    fn begin(&mut self) -> Result<bool> {
        if self.left == Some(0) {
            return Ok(false);
        }
        let Some((place, mut query)) = self.listings.pop_front() else { return Ok(false) };
        query.limit = self.left;
        let account = &self.source.accounts.all()[place];
        let collection = query.collection.as_ref().map(IdKind::as_str);
        let run = Run::of_listing(&account.service, &account.name, collection);
        match self.source.accounts.provider(place) {
            Ok(provider) => {
                self.listing = Some(Listing {
                    stream: Arc::clone(&provider).list_owned(query),
                    provider,
                    run: Some(run),
                    log: self.source.log.clone(),
                    requests: self.requests.clone(),
                });
                Ok(true)
            }
            Err(error) if self.source.allow_partial => {
                self.source.log.add(Run { warning: Some(error.to_string()), ..run });
                self.begin()
            }
            Err(error) => Err(external(error)),
        }
    }

    fn batch_of(&mut self, profiles: Vec<Profile>) -> Result<RecordBatch> {
        let Some(listing) = &self.listing else {
            return Err(DataFusionError::Internal("a batch without a listing".to_owned()));
        };
        let capabilities = listing.provider.capabilities();
        let timer = self.rows.elapsed_compute().timer();
        let batch = record_batch_of_columns(profiles, capabilities, &self.source.columns)
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let batch = as_texts(&batch, &self.source.schema)?;
        drop(timer);
        self.rows.record_output(batch.num_rows());
        self.left = self.left.map(|left| left.saturating_sub(batch.num_rows() as u64));
        Ok(batch)
    }

    /// Ends the listing.
    ///
    /// # Errors
    /// If not everybody is proven to have come, and that is not allowed.
    fn finish(&mut self, failure: Option<Error>) -> Result<()> {
        let Some(mut listing) = self.listing.take() else { return Ok(()) };
        let gaps = gaps(&listing.stream.report());
        let error = match failure {
            None if gaps.is_empty() => None,
            Some(error) => Some(error),
            None => Some(
                Error::new(
                    ErrorKind::Incomplete,
                    format!("the listing is not complete: {}", gaps.join("; ")),
                )
                .with_provider(listing.provider.info())
                .with_operation("list")
                .with_hint("query again, or `SET anyprofile.allow_partial = true` and read the warnings in the table `runs`"),
            ),
        };
        listing.end(false, error.as_ref().map(ToString::to_string));
        match error {
            Some(error) if !self.source.allow_partial => Err(external(error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.rows.done();
    }
}
