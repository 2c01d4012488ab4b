//! Every provider passes the suite.

use std::{collections::BTreeSet, sync::Arc};

use anyprofile::{
    ProfileProvider, Result,
    anthropic::{AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
    probely::ProbelyConfig,
    scim::ScimConfig,
    upsun::{ListedOrganizations, UpsunConfig},
};
use anyprofile_conformance::{CHECKS, Connect, Outcome, Report, SandboxServer, run};
use anyprofile_sandbox::{Sandbox, SandboxDescription, SandboxOptions};

/// Makes a provider of an account with a name.
type Make = fn(&SandboxDescription, &str) -> Result<Arc<dyn ProfileProvider>>;

/// A provider of a sandbox's service.
struct Subject {
    name: &'static str,
    service: &'static str,
    is_of_users: bool,
    make: Make,
}

/// Connects to one sandbox.
#[derive(Debug)]
struct Connector {
    sandbox: Arc<Sandbox>,
    make: Make,
}

impl Connect for Connector {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        (self.make)(self.sandbox.description(), "account")
    }

    fn connect_elsewhere(&self) -> Option<Result<Arc<dyn ProfileProvider>>> {
        Some((self.make)(self.sandbox.description(), "another-account"))
    }

    fn secrets(&self) -> Vec<String> {
        self.sandbox.description().credentials().map(ToOwned::to_owned).to_vec()
    }
}

fn upsun(
    description: &SandboxDescription,
    account: &str,
    organizations: ListedOrganizations,
) -> Result<Arc<dyn ProfileProvider>> {
    let upsun = &description.upsun;
    let config = UpsunConfig::with_api_token(account.parse()?, upsun.api_token.clone())
        .at(&upsun.base_url)
        .with_auth_url(&upsun.auth_url)
        .with_organizations(organizations);
    Ok(Arc::new(config.connect()?))
}

fn anthropic(
    description: &SandboxDescription,
    account: &str,
    beta: Option<&str>,
) -> Result<Arc<dyn ProfileProvider>> {
    let anthropic = &description.anthropic;
    let mut config =
        AnthropicConfig::with_api_key(account.parse()?, anthropic.api_key.clone()).at(&anthropic.base_url);
    config.beta = beta.map(str::to_owned);
    Ok(Arc::new(config.connect()?))
}

static SUBJECTS: [Subject; 10] = [
    Subject {
        name: "upsun",
        service: "upsun",
        is_of_users: true,
        make: |it, account| upsun(it, account, ListedOrganizations::None),
    },
    Subject {
        name: "upsun with organizations",
        service: "upsun",
        // The listing goes on behind the users.
        is_of_users: false,
        make: |it, account| upsun(it, account, ListedOrganizations::Discovered),
    },
    Subject {
        name: "probely",
        service: "probely",
        is_of_users: true,
        make: |it, account| {
            let config =
                ProbelyConfig::new(account.parse()?, it.probely.api_key.clone()).at(&it.probely.base_url);
            Ok(Arc::new(config.connect()?))
        },
    },
    Subject {
        name: "scim",
        service: "scim",
        is_of_users: true,
        make: |it, account| {
            let config = ScimConfig::with_token(account.parse()?, &it.scim.base_url, it.scim.token.clone());
            Ok(Arc::new(config.connect()?))
        },
    },
    Subject {
        name: "anthropic, March",
        service: "anthropic",
        is_of_users: true,
        make: |it, account| anthropic(it, account, Some(BETA_2026_03_24)),
    },
    Subject {
        name: "anthropic, August",
        service: "anthropic",
        is_of_users: true,
        make: |it, account| anthropic(it, account, Some(BETA_2026_08_18)),
    },
    Subject {
        name: "anthropic, September",
        service: "anthropic",
        is_of_users: true,
        make: |it, account| anthropic(it, account, Some(BETA_2026_09_04)),
    },
    Subject {
        name: "anthropic, generally available",
        service: "anthropic",
        is_of_users: true,
        make: |it, account| anthropic(it, account, None),
    },
    Subject {
        name: "anthropic organization",
        service: "anthropic",
        is_of_users: false,
        make: |it, account| {
            let key = it.anthropic.admin_api_key.clone();
            let config = AnthropicConfig::with_admin_key(account.parse()?, key).at(&it.anthropic.base_url);
            Ok(Arc::new(config.connect_organization()?))
        },
    },
    Subject {
        name: "anthropic organization, with a token",
        service: "anthropic",
        is_of_users: false,
        make: |it, account| {
            let token = it.anthropic.admin_token.clone();
            let config = AnthropicConfig::with_auth_token(account.parse()?, token).at(&it.anthropic.base_url);
            Ok(Arc::new(config.connect_organization()?))
        },
    },
];

async fn report_of(subject: &'static Subject) -> Report {
    let options = SandboxOptions::new().profiles(60).seed(7);
    let sandbox = Arc::new(Sandbox::start(options).await.unwrap());
    let server = SandboxServer::new(Arc::clone(&sandbox), subject.service, subject.is_of_users);
    run(&Connector { sandbox, make: subject.make }, &server).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_provider_passes() {
    let mut applied = BTreeSet::new();
    let running: Vec<_> = SUBJECTS.iter().map(|subject| tokio::spawn(report_of(subject))).collect();
    for (subject, running) in SUBJECTS.iter().zip(running) {
        let report = running.await.unwrap();
        assert!(report.is_passed(), "{}: {report}", subject.name);
        let passed = report.results.iter().filter(|result| result.outcome == Outcome::Passed);
        applied.extend(passed.map(|result| result.check.id));
    }
    // Nothing is in the suite that no provider of ours can show.
    let unshown: Vec<_> = CHECKS
        .iter()
        .map(|check| check.id)
        .filter(|id| !applied.contains(id) && *id != "listing.supported")
        .collect();
    assert!(unshown.is_empty(), "{unshown:?}");
}

#[test]
fn every_provider_that_there_is_is_in_the_suite() {
    let services: BTreeSet<_> = SUBJECTS.iter().map(|subject| subject.service).collect();
    let known: BTreeSet<_> = anyprofile_tests::faults::SERVICES.into_iter().collect();
    assert_eq!(services, known);
    assert!(SUBJECTS.iter().any(|subject| subject.name.ends_with("organization")));
}
