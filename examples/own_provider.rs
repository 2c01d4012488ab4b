//! A provider of one's own, which reads a file of people, beside those of the services.

use std::sync::Arc;

use anyprofile::{
    Capabilities, Directory, Email, Error, ErrorKind, FieldPath, GetOptions, ListQuery, Profile, ProfileId,
    ProfileProvider, ProviderInfo, Result, async_trait,
    capabilities::{FieldSpec, Support},
    listing::{Cursor, Page},
};

/// The people of a csv file: name, address.
#[derive(Debug)]
struct File {
    info: ProviderInfo,
    capabilities: Capabilities,
    people: Vec<Profile>,
}

impl File {
    fn read(text: &str) -> Result<Self> {
        let info = ProviderInfo::new("file".parse()?, "people".parse()?, "People", "file:people.csv");
        let mut capabilities = Capabilities::default();
        capabilities.operations.list = Support::users();
        capabilities.operations.get = Support::users();
        capabilities.fields = [
            FieldSpec::read(FieldPath::ID, "line"),
            FieldSpec::read(FieldPath::NAME_DISPLAY, "name"),
            FieldSpec::read(FieldPath::EMAILS, "address"),
        ]
        .into_iter()
        .collect();
        let person = |(line, text): (usize, &str)| {
            let (name, address) = text.split_once(',').unwrap_or((text, ""));
            let mut profile = Profile::new(format!("file:people/user/{line}").parse()?);
            profile.name.display = name.into();
            profile.emails = Email::login(address.into());
            Ok::<_, Error>(profile)
        };
        let people = text.lines().enumerate().map(person).collect::<Result<_>>()?;
        Ok(Self { info, capabilities, people })
    }
}

#[async_trait]
impl ProfileProvider for File {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
        query.check(&self.info, &self.capabilities)?;
        Ok(Page::last(self.people.clone()))
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities.operations.get.check(&self.info, "get", id)?;
        let found = self.people.iter().find(|person| person.id == *id).cloned();
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such line").with_provider(&self.info))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = File::read("Ada Lovelace,ada@example.com\nGrace Hopper,grace@example.com\n")?;
    let directory = Directory::new(vec![Arc::new(file)]);
    // Everything works that needs no more than lists and records.
    for account in directory.find(&anyprofile::FindKey::guess("grace@example.com")).await {
        for profile in account.profiles() {
            println!("{}  {}", profile.id, profile.label());
        }
    }
    Ok(())
}
