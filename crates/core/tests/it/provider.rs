//! The default methods of a provider.

use std::sync::atomic::Ordering;

use anyprofile_core::{
    Capabilities, ErrorKind, FieldPath, GetOptions, ListQuery, PlanOptions, Profile, ProfileChange,
    ProfileId, ProfileProvider, ProfileProviderExt, ProviderInfo, Result, Write, async_trait,
    capabilities::Support,
    check::CheckMethod,
    listing::{Cursor, Page},
};

use crate::memory::{Memory, failure};

#[tokio::test]
async fn an_id_of_another_account_is_refused_without_a_request() {
    let memory = Memory::of(1, 1);
    for other in ["upsun:other/user/x", "probely:acme/user/x"] {
        let id: ProfileId = other.parse().unwrap();
        assert_eq!(memory.get(&id).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        let error = memory.update(&id, &ProfileChange::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(memory.gets.load(Ordering::SeqCst), 0);
    let own: ProfileId = "upsun:acme/user/x".parse().unwrap();
    assert_eq!(memory.get(&own).await.unwrap().id, own);
}

#[tokio::test]
async fn what_a_provider_does_not_write_is_unsupported_without_a_request() {
    let mut memory = Memory::of(1, 1);
    memory.capabilities.operations.update = Support::no("not allowed");
    let id: ProfileId = "upsun:acme/user/x".parse().unwrap();
    let change = ProfileChange::new().set(FieldPath::TITLE, "x");
    let errors = [
        memory.current().await.unwrap_err(),
        memory.update(&id, &change).await.unwrap_err(),
        memory.plan(&Write::update(id.clone(), change.clone()), &PlanOptions::new()).await.unwrap_err(),
    ];
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.account().unwrap().as_str(), "acme");
    }
    assert_eq!(errors[1].message(), "not allowed");
    assert!(memory.asked().is_empty());
}

#[tokio::test]
async fn a_credential_without_a_profile_is_checked_with_a_list_of_one() {
    let mut memory = Memory::of(10, 1);
    memory.total = Some(10);
    let report = memory.check().await.unwrap();
    assert_eq!((report.method, report.profile, report.declared_total), (CheckMethod::List, None, Some(10)));
    assert_eq!(memory.sizes(), [Some(1)]);
    memory.capabilities.listing.page_size = false;
    memory.check().await.unwrap();
    assert_eq!(memory.sizes(), [Some(1), None]);
    let memory = Memory::by(|_| Err(failure()));
    assert_eq!(memory.check().await.unwrap_err().kind(), ErrorKind::Upstream);
}

/// A provider that knows its own profile.
#[derive(Debug)]
struct Own(Memory);

#[async_trait]
impl ProfileProvider for Own {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        self.0.list_page(query, cursor).await
    }

    async fn get_opts(&self, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.0.get_opts(id, options).await
    }

    async fn current_opts(&self, _: &GetOptions) -> Result<Profile> {
        Ok(self.0.profile("me"))
    }
}

#[tokio::test]
async fn a_credential_with_a_profile_is_checked_with_it() {
    let mut memory = Memory::of(1, 1);
    memory.capabilities.operations.current = Support::users();
    let own = Own(memory);
    let report = own.check().await.unwrap();
    assert_eq!(report.method, CheckMethod::Current);
    assert_eq!(report.profile.unwrap().native(), "me");
    assert!(own.0.asked().is_empty());
}
