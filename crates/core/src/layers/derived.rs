//! Capabilities that a layer makes of those below it.

use std::sync::OnceLock;

use crate::{Capabilities, ProfileProvider};

/// What a layer makes of the capabilities of the provider below it. They change at most once, when the provider is prepared, and
/// are then in another place ([`ProfileProvider::capabilities`]).
#[derive(Clone, Debug)]
pub(super) struct Derived {
    before: Made,
    after: OnceLock<Made>,
}

/// Capabilities, and the address of those that they were made of.
#[derive(Clone, Debug)]
struct Made {
    from: usize,
    capabilities: Capabilities,
}

impl Made {
    fn of(below: &Capabilities, derive: impl FnOnce(&Capabilities) -> Capabilities) -> Self {
        Self { from: address(below), capabilities: derive(below) }
    }
}

fn address(capabilities: &Capabilities) -> usize {
    std::ptr::from_ref(capabilities).addr()
}

impl Derived {
    pub(super) fn new(
        provider: &dyn ProfileProvider,
        derive: impl FnOnce(&Capabilities) -> Capabilities,
    ) -> Self {
        Self { before: Made::of(provider.capabilities(), derive), after: OnceLock::new() }
    }

    /// What is made of the capabilities that the provider has by now. `provider` and `derive` are those of [`new`](Self::new).
    pub(super) fn now(
        &self,
        provider: &dyn ProfileProvider,
        derive: impl FnOnce(&Capabilities) -> Capabilities,
    ) -> &Capabilities {
        let below = provider.capabilities();
        if address(below) == self.before.from {
            return &self.before.capabilities;
        }
        &self.after.get_or_init(|| Made::of(below, derive)).capabilities
    }
}
