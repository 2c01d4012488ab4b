//! A listing that was interrupted goes on where it was, in another process: the cursor is stored after each page.

use anyprofile::{
    ListQuery, ProfileProvider, Result,
    listing::{Cursor, Pages},
    probely::ProbelyConfig,
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

type Failure = Box<dyn std::error::Error>;

/// Reads pages from a stored cursor on, or from the start, and "crashes" after so many of them. Returns how many people came.
async fn run(
    provider: &dyn ProfileProvider,
    store: &mut Option<String>,
    crash_after: usize,
) -> Result<usize, Failure> {
    let query = ListQuery::new().with_page_size(10);
    let mut pages = match store.as_deref().map(str::parse::<Cursor>).transpose()? {
        Some(cursor) => Pages::resume(provider, query, cursor),
        None => Pages::new(provider, query),
    };
    let mut people = 0;
    for _ in 0..crash_after {
        let Some(page) = pages.next_page().await else { break };
        people += page?.items.len();
        // Stored with what the page brought, in one transaction. A cursor is confidential.
        *store = pages.cursor().map(ToString::to_string);
    }
    Ok(people)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(45)).await?;
    let service = &sandbox.description().probely;
    let connect = || {
        let name = "eu".parse()?;
        Ok::<_, Failure>(ProbelyConfig::new(name, service.api_key.clone()).at(&service.base_url).connect()?)
    };
    let mut store = None;
    let first = run(&connect()?, &mut store, 2).await?;
    println!("first run: {first} people, then it crashed");
    let second = run(&connect()?, &mut store, usize::MAX).await?;
    println!("second run: {second} more people, {} in all", first + second);
    Ok(())
}
