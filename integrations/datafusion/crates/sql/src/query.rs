//! Runs statements.

use std::time::Duration;

use anyprofile::{Error, ErrorKind};
use anyprofile_terminal::printable;
use datafusion::{dataframe::DataFrame, execution::context::SQLOptions, logical_expr::LogicalPlan};
use futures_util::TryStreamExt as _;

use crate::{
    args::{Arguments, Format},
    connect::Session,
    exit::{Exit, Failure},
    output::{self, Rows},
};

/// Runs the statements one after the other. The first that fails is the last.
pub(crate) async fn run_all(
    session: &Session,
    arguments: &Arguments,
    statements: &[String],
) -> Result<Exit, Failure> {
    let mut exit = Exit::Complete;
    let mut rows = Rows::new(arguments)?;
    for statement in statements {
        if run(session, statement, &mut rows).await? == Exit::Partial {
            exit = Exit::Partial;
        }
    }
    rows.finish()?;
    Ok(exit)
}

/// Runs a statement. It is partial if somebody may be missing.
pub(crate) async fn run(session: &Session, statement: &str, rows: &mut Rows) -> Result<Exit, Failure> {
    let before = session.log.count();
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false);
    let frame = session.context.sql_with_options(statement, reading).await?;
    let answered = answer(frame, rows);
    match session.timeout {
        None => answered.await?,
        Some(limit) => tokio::time::timeout(limit, answered).await.map_err(|_| too_long(limit))??,
    }
    Ok(warned(session, before))
}

fn too_long(limit: Duration) -> Error {
    let message = format!("the statement was ended after {} s, and is not answered", limit.as_secs());
    Error::new(ErrorKind::Timeout, message)
        .with_hint("allow more with --timeout, and check that a cluster has executors")
}

async fn answer(frame: DataFrame, rows: &mut Rows) -> Result<(), Failure> {
    // `SET` answers with nothing.
    if frame.schema().fields().is_empty() {
        frame.collect().await?;
        return Ok(());
    }
    deliver(frame, rows).await
}

/// Tells what is not known of the listings since the first `before`.
fn warned(session: &Session, before: u64) -> Exit {
    let mut exit = Exit::Complete;
    for run in session.log.since(before) {
        if let Some(count) = run.undetermined.filter(|count| *count > 0) {
            say!(
                "note: {}: {count} were left out, because a value that the query asks for is not known of them",
                printable(&run.account)
            );
        }
        if let Some(warning) = &run.warning {
            say!("warning: {}", printable(warning));
            exit = Exit::Partial;
        }
    }
    exit
}

async fn deliver(frame: DataFrame, rows: &mut Rows) -> Result<(), Failure> {
    let schema = std::sync::Arc::clone(frame.schema().inner());
    if rows.format() == Format::Table {
        let is_plan = matches!(frame.logical_plan(), LogicalPlan::Explain(_) | LogicalPlan::Analyze(_));
        let batches = frame.collect().await?;
        let text = if is_plan { output::plan(&batches)? } else { output::table(&schema, &batches)? };
        rows.print(&text)?;
        return Ok(());
    }
    rows.begin(&schema)?;
    let mut stream = frame.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        rows.write(&batch)?;
    }
    Ok(rows.end()?)
}
