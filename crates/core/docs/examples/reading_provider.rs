use anyprofile_core::{
    AccountName, Capabilities, Error, ErrorKind, FieldPath, GetOptions, ListQuery, Profile, ProfileId,
    ProfileProvider, ProviderInfo, Result, ServiceName, async_trait,
    capabilities::{FieldSpec, Support},
    listing::{Cursor, Page},
};

#[derive(Debug)]
pub struct Memory {
    info: ProviderInfo,
    capabilities: Capabilities,
    profiles: Vec<Profile>,
}

impl Memory {
    pub fn new(account: AccountName, profiles: Vec<Profile>) -> Result<Self> {
        let info = ProviderInfo::new(ServiceName::new("memory")?, account, "Memory", "memory:");
        let mut capabilities = Capabilities::default();
        capabilities.operations.list = Support::users();
        capabilities.operations.get = Support::users();
        capabilities.fields =
            [FieldSpec::read(FieldPath::ID, "id"), FieldSpec::read(FieldPath::NAME_DISPLAY, "name")]
                .into_iter()
                .collect();
        Ok(Self { info, capabilities, profiles })
    }
}

#[async_trait]
impl ProfileProvider for Memory {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
        // Refuses what the capabilities do not declare.
        query.check(&self.info, &self.capabilities)?;
        Ok(Page::last(self.profiles.clone()))
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities.operations.get.check(&self.info, "get", id)?;
        let found = self.profiles.iter().find(|profile| profile.id == *id).cloned();
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such profile").with_provider(&self.info))
    }
}
