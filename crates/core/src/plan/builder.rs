//! Creating plans, for providers.

use std::{
    any::Any,
    fmt,
    sync::{Arc, atomic::AtomicBool},
};

use super::{
    Inner, Issuer, Plan,
    difference::{Compared, is_elsewhere},
};
use crate::{
    FieldPath, GetOptions, PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, Result, Write,
    plan::{Difference, PlanRead, PlannedRequest},
    reading::{check_same, read},
    rules::{pair_violations, refuse},
    written::value_of,
};

/// A plan under construction. [`Plan::begin`] does the work that all providers share.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldPath, Plan, PlanOptions, ProfileChange, Write, plan::PlannedRequest};
/// use serde_json::json;
///
/// let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, "Ada").set(FieldPath::TITLE, "countess");
/// let write = Write::update(ada.id.clone(), change);
/// // What a provider does in `plan`.
/// let plan = Plan::begin(&provider, &write, &PlanOptions::new()).await?;
/// let Write::Update { change, .. } = plan.needed() else { unreachable!("it is an update") };
/// // The name is unchanged, and is not sent.
/// assert!(change.get(&FieldPath::NAME_DISPLAY).is_keep());
/// let body = json!({"job_title": change.text(&FieldPath::TITLE).into_set()});
/// let request = PlannedRequest::new("PATCH", "https://api.example.com/users/ada", Some(body));
/// assert_eq!(plan.with_request(request).build().differences().len(), 1);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
pub struct PlanBuilder(Inner);

impl fmt::Debug for PlanBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PlanBuilder({:?})", self.0.needed)
    }
}

impl Plan {
    /// Starts a plan: checks the write against the provider's field table, reads the profile if the options require
    /// it, and removes unchanged values. The provider then adds the requests for [`PlanBuilder::needed`].
    ///
    /// # Errors
    /// Those of [`ProfileDraft::check`](crate::ProfileDraft::check), [`ProfileChange::check`] and
    /// [`Support::check`](crate::capabilities::Support::check), with nothing sent, and those of the service.
    pub async fn begin<P: ProfileProvider + ?Sized>(
        provider: &P,
        write: &Write,
        options: &PlanOptions,
    ) -> Result<PlanBuilder> {
        let (info, capabilities) = (provider.info(), provider.capabilities());
        let mut builder = PlanBuilder(Inner {
            write: write.clone(),
            needed: write.clone(),
            is_settled: false,
            differences: Vec::new(),
            settled: Vec::new(),
            requests: Vec::new(),
            warnings: Vec::new(),
            current: None,
            enrich: false,
            issuer: Issuer::of(info),
            payload: None,
            is_spent: AtomicBool::new(false),
        });
        match write {
            Write::Create { draft } => {
                draft.check(info, capabilities)?;
                builder.0.warnings = draft.warnings(capabilities);
                builder.0.differences = Compared::of(draft.fields(), None, capabilities).differences;
            }
            Write::Update { id, change } => {
                info.check_id(id)?;
                // An empty change is possible at every service.
                if !change.is_empty() {
                    change.check(id, info, capabilities)?;
                }
                builder.read_for(provider, id, change, options).await?;
                let current = builder.0.current.as_deref();
                let pairs = current.and_then(|current| current.metadata.value());
                refuse("update", info, pair_violations(change, pairs, capabilities))?;
                let compared = Compared::of(change, current, capabilities);
                builder.0.is_settled = compared.needed.is_empty();
                builder.0.needed = Write::update(id.clone(), compared.needed);
                builder.0.warnings = compared.warnings;
                (builder.0.differences, builder.0.settled) = (compared.differences, compared.settled);
            }
            Write::Deactivate { id } | Write::Delete { id } | Write::Enroll { id } => {
                write.support(capabilities).check(info, write.operation(), id)?;
                let is_needed = matches!(write, Write::Deactivate { .. });
                builder.read(provider, id, options, is_needed).await?;
                builder.settle_status(provider);
            }
        }
        Ok(builder)
    }
}

impl PlanBuilder {
    /// Returns the write without unchanged values.
    pub fn needed(&self) -> &Write {
        &self.0.needed
    }

    /// Returns the profile that the write is compared with, if the plan has one.
    pub fn current(&self) -> Option<&Profile> {
        self.0.current.as_deref()
    }

    /// Returns whether the profile already has all requested values, so that nothing is sent.
    pub fn is_settled(&self) -> bool {
        self.0.is_settled
    }

    /// Marks all requested values as unchanged, if the provider has seen that outside the profile.
    pub fn settled(mut self) -> Self {
        self.0.is_settled = true;
        self.0.settled.append(&mut self.0.differences);
        self
    }

    /// Adds a request, to be sent after those added before.
    pub fn with_request(mut self, request: PlannedRequest) -> Self {
        self.0.requests.push(request);
        self
    }

    /// Adds a warning about a side effect.
    pub fn with_warning(mut self, warning: impl Into<String>) -> Self {
        self.0.warnings.push(warning.into());
        self
    }

    /// Sets data that the provider needs to execute the plan, such as the requests themselves. Only the provider sees
    /// it.
    pub fn with_payload(mut self, payload: impl Any + Send + Sync) -> Self {
        self.0.payload = Some(Arc::new(payload));
        self
    }

    /// Returns the plan.
    pub fn build(self) -> Plan {
        Plan(Arc::new(self.0))
    }

    /// Obtains the profile as the options say.
    async fn read<P: ProfileProvider + ?Sized>(
        &mut self,
        provider: &P,
        id: &ProfileId,
        options: &PlanOptions,
        is_needed: bool,
    ) -> Result<()> {
        // A profile that cannot be read is written without reading it.
        let can_be_read = provider.capabilities().operations.get.kinds().contains(&id.kind);
        match &options.read {
            PlanRead::Given(profile) => {
                check_same(provider, id, profile)?;
                self.0.current = Some(Arc::clone(profile));
            }
            PlanRead::AsNeeded if !is_needed => {}
            PlanRead::AsNeeded | PlanRead::Always if can_be_read => {
                self.0.current =
                    Some(Arc::new(read(provider, id, &GetOptions::default().with_fresh(true)).await?));
            }
            PlanRead::AsNeeded | PlanRead::Always => {}
        }
        Ok(())
    }

    /// Obtains the profile with all records that a change touches.
    async fn read_for<P: ProfileProvider + ?Sized>(
        &mut self,
        provider: &P,
        id: &ProfileId,
        change: &ProfileChange,
        options: &PlanOptions,
    ) -> Result<()> {
        self.read(provider, id, options, true).await?;
        let Some(current) = self.0.current.as_deref() else { return Ok(()) };
        let capabilities = provider.capabilities();
        if is_elsewhere(change, current, capabilities) {
            self.0.enrich = true;
            if !matches!(options.read, PlanRead::Given(_)) {
                let fields = change.iter().map(|(path, _)| path.clone());
                let options = GetOptions::default().with_enrich(true).with_fields(fields).with_fresh(true);
                let enriched = read(provider, id, &options).await?;
                self.0.current = Some(Arc::new(enriched));
            }
        } else {
            // A given profile with several records is later read with them again.
            let views = current.origin.iter().flat_map(crate::profile::Origin::views).count();
            self.0.enrich = views > 1 && capabilities.operations.enrich.is_supported();
        }
        Ok(())
    }

    /// Marks the status as unchanged if the profile already has it.
    fn settle_status<P: ProfileProvider + ?Sized>(&mut self, provider: &P) {
        let (statuses, Some(current)) = (self.0.write.statuses(), self.0.current.as_deref()) else { return };
        let Some(first) = statuses.first() else { return };
        let difference = |then: &str| Difference {
            field: FieldPath::STATUS,
            now: value_of(current, &FieldPath::STATUS, provider.capabilities()),
            then: Some(then.into()),
        };
        match current.status.value() {
            Some(status) if statuses.contains(status) => {
                self.0.is_settled = true;
                self.0.settled.push(difference(status.as_str()));
            }
            _ => self.0.differences.push(difference(first.as_str())),
        }
    }
}
