//! Each service of the catalog passes the conformance suite against a server that is made from its definition.

use anyprofile_conformance::{Outcome, run};
use anyprofile_core::{ListQuery, ProfileProviderExt as _};
use anyprofile_declared::{MockServer, MockService, Service, catalog};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_of_the_catalog_conforms() {
    let only = std::env::var("ANYPROFILE_DEFINITION").ok();
    let names = catalog::NAMES.iter().filter(|name| only.as_deref().is_none_or(|only| only == **name));
    // Checks wait for retries: the services are checked side by side.
    let reports = names.map(|name| async move {
        let service = Service::builtin(name).unwrap();
        let served = MockServer::start(&service, 40, 0).await.unwrap();
        (name, run(&served, served.server()).await)
    });
    let mut failures = Vec::new();
    for (name, report) in futures_util::future::join_all(reports).await {
        for result in &report.results {
            if let Outcome::Failed(reason) = &result.outcome {
                failures.push(format!("{name}: {}: {reason}", result.check.id));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test]
async fn everybody_of_every_part_is_listed() {
    let mut failures = Vec::new();
    let both = catalog::NAMES.iter().flat_map(|name| [(name, false), (name, true)]);
    for (name, has_numbers) in both {
        let service = Service::builtin(name).unwrap();
        let mock = if has_numbers {
            MockService::with_numbers(&service, 24)
        } else {
            MockService::new(&service, 24)
        };
        let served = MockServer::serve(mock, 0).await.unwrap();
        let collections = &service.definition().collections;
        let parts: usize = collections.iter().map(|collection| collection.parts.len().max(1)).sum();
        let provider = served.config().with_page_size(7).connect().unwrap();
        let mut profiles = provider.list(ListQuery::new());
        let mut count = 0;
        let failed = loop {
            match futures_util::TryStreamExt::try_next(&mut profiles).await {
                Ok(Some(_)) => count += 1,
                Ok(None) => break None,
                Err(error) => break Some(error.to_string()),
            }
        };
        let report = profiles.report();
        if failed.is_some() || count != 24 + (parts - 1) * 4 || !report.is_complete() {
            failures.push(format!(
                "{name}, numbers {has_numbers}: {count} of {}: {failed:?} {:?}",
                24 + (parts - 1) * 4,
                report.gaps()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
