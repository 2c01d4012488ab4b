//! What lists: the floor, a native client, the trait.

use std::{ffi::OsString, sync::Arc};

use anyprofile::{
    ListQuery, ProfileProvider, ProfileProviderExt as _, anthropic::ListUserProfiles, probely::ListUsers,
    upsun::ListProfiles,
};
use clap::ValueEnum;

use crate::{
    Outcome, floor,
    service::{InPlace, Service, anthropic_client, declared_probely, probely_client, upsun_client},
};

/// Records a page, for everybody: the most that each of the services gives.
pub(crate) const PAGE_SIZE: u32 = 100;

/// What lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// reqwest and `serde_json`, into plain structs.
    Floor,
    /// The service's native client.
    Native,
    /// The trait, with full normalization.
    Trait,
    /// The trait, with one record a page, the last, of which a field has another type than was published.
    Odd,
    /// The trait, for Probely as a definition file describes it.
    Definition,
    /// The trait, in any order: from both ends where that is possible.
    Unordered,
}

impl Engine {
    /// Those that decode the pages of a service.
    pub(crate) fn decoding(service: Service) -> Vec<Self> {
        let mut all = vec![Self::Floor, Self::Native, Self::Trait, Self::Odd];
        if service == Service::Probely {
            all.push(Self::Definition);
        }
        all
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Native => "native",
            Self::Trait => "trait",
            Self::Odd => "odd",
            Self::Definition => "definition",
            Self::Unordered => "unordered",
        }
    }

    /// A process that lists all profiles.
    pub(crate) fn program(self, service: Service, origin: &str) -> Outcome<Vec<OsString>> {
        let mut program = vec![std::env::current_exe()?.into_os_string()];
        program.extend(
            ["list", "--engine", self.name(), "--service", service.name(), "--origin", origin]
                .map(OsString::from),
        );
        Ok(program)
    }

    /// The provider that it lists.
    pub(crate) fn provider(
        self,
        service: Service,
        origin: &str,
        transport: InPlace,
    ) -> Outcome<Arc<dyn ProfileProvider>> {
        if self == Self::Definition {
            declared_probely(origin, transport)
        } else {
            service.provider(origin, transport)
        }
    }

    /// Lists all profiles and gives how many there were.
    pub(crate) async fn list(self, service: Service, origin: &str, transport: InPlace) -> Outcome<u64> {
        match (self, service) {
            (Self::Floor, _) => floor::list(service, origin).await,
            (Self::Trait | Self::Odd | Self::Definition | Self::Unordered, _) => {
                let provider = self.provider(service, origin, transport)?;
                let query = ListQuery::new().with_page_size(PAGE_SIZE);
                let mut profiles = provider.list(query.with_unordered(self == Self::Unordered));
                let mut seen = 0;
                while let Some(profile) = profiles.try_next().await? {
                    std::hint::black_box(&profile);
                    seen += 1;
                }
                Ok(seen)
            }
            (Self::Native, Service::Upsun) => {
                let client = upsun_client(origin, transport)?;
                let mut list = ListProfiles::default();
                list.range = Some(PAGE_SIZE);
                let mut page = client.list_profiles(&list).await?.list;
                let mut seen = page.profiles.len() as u64;
                while let Some(next) = page.links.next.take() {
                    page = client.follow_profiles(&list, &next).await?.list;
                    seen += page.profiles.len() as u64;
                }
                Ok(seen)
            }
            (Self::Native, Service::Probely) => {
                let client = probely_client(origin, transport)?;
                let mut seen = 0;
                for is_api_users in [false, true] {
                    let mut list = ListUsers::default();
                    list.length = Some(PAGE_SIZE);
                    let mut number = 1;
                    loop {
                        list.page = Some(number);
                        let page = if is_api_users {
                            client.list_api_users(&list).await?.list
                        } else {
                            client.list_users(&list).await?.list
                        };
                        seen += page.results.len() as u64;
                        if page.page_total.value().is_none_or(|total| number >= *total) {
                            break;
                        }
                        number += 1;
                    }
                }
                Ok(seen)
            }
            (Self::Native, Service::Anthropic) => {
                let client = anthropic_client(origin, transport)?;
                let mut list = ListUserProfiles::default();
                list.paging.limit = Some(PAGE_SIZE);
                let mut seen = 0;
                loop {
                    let page = client.list_user_profiles(&list).await?.list;
                    seen += page.data.len() as u64;
                    list.paging.page = page.next_page.into_value();
                    if list.paging.page.is_none() {
                        return Ok(seen);
                    }
                }
            }
        }
    }
}
