//! The profiles and operations in a scope.

use std::collections::BTreeSet;

use crate::{
    Capabilities, FieldPath, Filter, IdKind, ListQuery, Profile, ProfileChange, ProfileDraft, ProfileId,
    ProviderInfo, Verdict,
    apply::applied,
    capabilities::{Operations, Support},
    listing::{Next, Page},
    query::FilterPart,
};

/// Why an operation is not supported.
const NO_OPERATION: &str = "the scope of this provider does not include the operation";
const NO_KIND: &str = "the scope of this provider includes no kind of id that supports the operation";

/// An operation that a [`Scoped`](super::Scoped) provider may be restricted to.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use std::sync::Arc;
///
/// use anyprofile_core::{
///     ErrorKind, Filter, ProfileProviderExt,
///     layers::{Scoped, ScopedOperation},
/// };
///
/// // A help desk reads and deactivates. It deletes nobody.
/// let operations = [ScopedOperation::List, ScopedOperation::Get, ScopedOperation::Deactivate];
/// let provider = Scoped::new(Arc::new(provider), Filter::new()).with_operations(operations);
/// provider.deactivate(&ada.id).await?;
/// assert_eq!(provider.delete(&ada.id).await.unwrap_err().kind(), ErrorKind::Unsupported);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ScopedOperation {
    /// Listing profiles.
    List,
    /// Reading one profile.
    Get,
    /// Reading the credential's own profile.
    Current,
    /// Listing the members of an organization.
    Members,
    /// Creating a profile.
    Create,
    /// Updating a profile.
    Update,
    /// Deactivating a profile.
    Deactivate,
    /// Deleting a profile.
    Delete,
    /// Creating an enrollment link.
    Enroll,
}

/// What a provider is restricted to.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) filter: Filter,
    pub(super) kinds: Option<Vec<IdKind>>,
    pub(super) operations: Option<BTreeSet<ScopedOperation>>,
}

impl Scope {
    fn has_kind(&self, kind: &IdKind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
    }

    /// Returns whether all profiles are in the scope.
    fn is_everybody(&self) -> bool {
        self.filter.is_empty() && self.kinds.is_none()
    }

    /// Returns whether a profile is in the scope; `capabilities` are those of the provider below.
    pub(super) fn verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        if self.has_kind(&profile.id.kind) {
            self.filter.known_verdict(profile, capabilities)
        } else {
            Verdict::No
        }
    }

    /// Returns whether a profile would be in the scope after an update.
    pub(super) fn verdict_after(
        &self,
        profile: &Profile,
        change: &ProfileChange,
        capabilities: &Capabilities,
    ) -> Verdict {
        match applied(profile, change, capabilities) {
            Ok(after) => self.verdict(&after, capabilities),
            // The result of the change is not known.
            Err(_) => Verdict::Unknown,
        }
    }

    /// Returns whether a profile created from a draft would be in the scope.
    pub(super) fn verdict_of_draft(
        &self,
        draft: &ProfileDraft,
        info: &ProviderInfo,
        capabilities: &Capabilities,
    ) -> Verdict {
        // The id of a new profile is not known.
        let is_open = self.filter.condition.as_ref().is_some_and(|it| it.compared().contains(&FieldPath::ID));
        let id = ProfileId::new(info.service.clone(), info.account.clone(), draft.kind().clone(), "new");
        match id {
            Ok(id) if !is_open => self.verdict_after(&Profile::new(id), draft.fields(), capabilities),
            _ => Verdict::Unknown,
        }
    }

    /// Returns a page without the profiles outside the scope.
    pub(super) fn page(
        &self,
        page: Page<Profile>,
        query: &ListQuery,
        capabilities: &Capabilities,
    ) -> Page<Profile> {
        if self.is_everybody() {
            return page;
        }
        if page.collection.as_ref().is_some_and(|kind| !self.has_kind(kind)) {
            return passed_over(page);
        }
        let filter = &query.filter;
        let pushed = query.filter_plan(capabilities).pushed;
        let exact: Vec<_> = pushed.into_iter().filter(|part| part.is_exact()).collect();
        let mut contradicted: Vec<FilterPart> = Vec::new();
        let mut page = page.leave_out(|profile| {
            let verdict = self.verdict(profile, capabilities);
            if verdict == Verdict::Yes {
                return verdict;
            }
            let contradicts =
                |part: &&FilterPart| filter.verdict_of(**part, profile, capabilities) == Verdict::No;
            contradicted.extend(exact.iter().filter(contradicts));
            // A profile that does not match the query is not missing.
            verdict.and(filter.verdict(profile, capabilities))
        });
        if let Some(left_out) = &mut page.left_out {
            left_out.contradicted.append(&mut contradicted);
        }
        page
    }

    /// Returns the capabilities that remain of those of the provider below.
    pub(super) fn restrict(&self, below: &Capabilities) -> Capabilities {
        let mut capabilities = below.clone();
        for (support, operation) in supports(&mut capabilities.operations) {
            self.restrict_support(support, operation);
        }
        capabilities.operations.aliases.retain(|alias| self.has_kind(&alias.kind));
        if !self.is_everybody() {
            for listing in [&mut capabilities.listing, &mut capabilities.members] {
                listing.collections.retain(|collection| self.has_kind(&collection.kind));
                listing.declares_total = false;
                listing.both_ends = false;
                listing.is_scoped = true;
            }
        }
        capabilities
    }

    fn restrict_support(&self, support: &mut Support, operation: Option<ScopedOperation>) {
        let Support::For(kinds) = support else { return };
        let is_allowed = match (&self.operations, operation) {
            (Some(operations), Some(operation)) => operations.contains(&operation),
            _ => true,
        };
        kinds.retain(|kind| self.has_kind(kind));
        if !is_allowed {
            *support = Support::no(NO_OPERATION);
        } else if kinds.is_empty() {
            *support = Support::no(NO_KIND);
        }
    }
}

/// Returns what a provider supports, each with the operation that restricts it.
fn supports(operations: &mut Operations) -> [(&mut Support, Option<ScopedOperation>); 10] {
    [
        (&mut operations.list, Some(ScopedOperation::List)),
        (&mut operations.get, Some(ScopedOperation::Get)),
        (&mut operations.current, Some(ScopedOperation::Current)),
        (&mut operations.enrich, None),
        (&mut operations.members, Some(ScopedOperation::Members)),
        (&mut operations.create, Some(ScopedOperation::Create)),
        (&mut operations.update, Some(ScopedOperation::Update)),
        (&mut operations.deactivate, Some(ScopedOperation::Deactivate)),
        (&mut operations.delete, Some(ScopedOperation::Delete)),
        (&mut operations.enroll, Some(ScopedOperation::Enroll)),
    ]
}

/// Replaces a page of a collection outside the scope: the listing continues with the next collection.
fn passed_over(page: Page<Profile>) -> Page<Profile> {
    let next = page.next_collection.clone().map_or(Next::End, Next::Cursor);
    Page {
        next,
        collection: page.collection,
        next_collection: page.next_collection,
        date: page.date,
        cached_at: page.cached_at,
        request_id: page.request_id,
        ..Page::not_offered(page.stats)
    }
}
