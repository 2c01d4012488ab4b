//! The embedded sandbox of the built-in services.

use std::{borrow::Cow, io, sync::Arc};

use anyprofile::{IdKind, ProfileProvider, async_trait};
use anyprofile_conformance::{SandboxServer, Server};
use anyprofile_sandbox::Fault;
use serde_json::{Map, Value};

use crate::sandbox::{RunningSandbox, Sandbox, SandboxOptions};

/// The embedded sandbox.
#[derive(Debug)]
pub(crate) struct Embedded;

#[async_trait]
impl Sandbox for Embedded {
    async fn start(&self, options: &SandboxOptions) -> io::Result<Box<dyn RunningSandbox>> {
        let options = anyprofile_sandbox::SandboxOptions::new()
            .port(options.port)
            .profiles(options.profiles)
            .seed(options.seed);
        let sandbox = anyprofile_sandbox::Sandbox::start(options).await?;
        Ok(Box::new(Started(Arc::new(sandbox))))
    }

    fn fault_names(&self) -> Vec<Cow<'static, str>> {
        Fault::names().into_iter().map(Cow::Borrowed).collect()
    }
}

#[derive(Debug)]
struct Started(Arc<anyprofile_sandbox::Sandbox>);

fn owned<const N: usize>(variables: [(&'static str, &str); N]) -> Vec<(String, String)> {
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

#[async_trait]
impl RunningSandbox for Started {
    fn variables(&self) -> Vec<(String, String)> {
        owned(self.0.description().variables())
    }

    fn further_variables(&self) -> Vec<(String, String)> {
        owned(self.0.description().further_variables())
    }

    fn description(&self) -> Map<String, Value> {
        match serde_json::to_value(self.0.description()) {
            Ok(Value::Object(description)) => description,
            _ => Map::new(),
        }
    }

    fn add_fault(&self, name: &str) {
        for fault in Fault::named(name).into_iter().flatten() {
            self.0.add_fault(fault);
        }
    }

    fn server(&self, provider: &dyn ProfileProvider) -> Option<Arc<dyn Server>> {
        let service =
            anyprofile_sandbox::SERVICES.iter().copied().find(|name| provider.info().service == *name)?;
        // Faults of listings affect only the listing of the service's users.
        let collections = &provider.capabilities().listing.collections;
        let is_of_users = collections.first().is_none_or(|collection| collection.kind == IdKind::USER);
        Some(Arc::new(SandboxServer::new(Arc::clone(&self.0), service, is_of_users)))
    }

    async fn wait(&self) {
        self.0.wait().await;
    }
}
