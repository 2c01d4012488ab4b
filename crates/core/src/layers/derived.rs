//! Capabilities that a layer derives from those of the provider below.

use std::sync::OnceLock;

use crate::{Capabilities, ProfileProvider};

/// Capabilities that a layer derives from those of the provider below. These change at most once, when the provider
/// is prepared, and are then at another address ([`ProfileProvider::capabilities`]).
#[derive(Clone, Debug)]
pub(super) struct Derived {
    before: Derivation,
    after: OnceLock<Derivation>,
}

/// Derived capabilities, and the address of their source.
#[derive(Clone, Debug)]
struct Derivation {
    from: usize,
    capabilities: Capabilities,
}

impl Derivation {
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
        Self { before: Derivation::of(provider.capabilities(), derive), after: OnceLock::new() }
    }

    /// Returns the capabilities derived from the provider's current ones. `provider` and `derive` must be those of
    /// [`new`](Self::new).
    pub(super) fn now(
        &self,
        provider: &dyn ProfileProvider,
        derive: impl FnOnce(&Capabilities) -> Capabilities,
    ) -> &Capabilities {
        let below = provider.capabilities();
        if address(below) == self.before.from {
            return &self.before.capabilities;
        }
        &self.after.get_or_init(|| Derivation::of(below, derive)).capabilities
    }
}
