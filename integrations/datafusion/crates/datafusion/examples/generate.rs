//! Writes a snapshot of invented people at many tenants, for measurements and for `cargo xtask distributed`.
//!
//! `cargo run --release --example generate -- PLACE ROWS TENANTS [CHANGED]`: each tenant has as many people. With CHANGED, one in 100 has
//! another status, one in 200 is gone, and one in 200 is new.

use std::sync::Arc;

use anyprofile::{
    AccountName, Capabilities, Error, ErrorKind, Field, FieldPath, GetOptions, IdKind, ListQuery, Profile,
    ProfileId, ProfileProvider, ProviderInfo, Result, Status, Timestamp, async_trait,
    capabilities::{FieldSpec, ListedCollection, Support},
    listing::{Cursor, CursorPosition, Next, Page},
    profile::{Email, View},
};
use anyprofile_snapshot::{ExportOptions, Snapshot, Target, Tool};

/// How many people a page has.
const PAGE: u64 = 10_000;
/// The time at which these people are asked: 2026-11-30.
const NOW: i128 = 1_796_000_000;
const DAY: i128 = 86_400;

/// A tenant with invented people. Nobody is kept in memory.
#[derive(Debug)]
struct Tenant {
    number: u64,
    people: u64,
    /// How many different people there are at all tenants together.
    persons: u64,
    is_changed: bool,
    info: ProviderInfo,
    capabilities: Capabilities,
}

impl Tenant {
    fn new(number: u64, people: u64, persons: u64, is_changed: bool) -> Result<Self> {
        let service = ["probely", "scim", "upsun"][(number % 3) as usize];
        let account = AccountName::new(&format!("tenant-{number:04}"));
        let account = account.map_err(|error| Error::config(error.to_string()))?;
        let user = View::new("user");
        let mut capabilities = Capabilities::default();
        let mut fields = vec![
            (FieldPath::STATUS, "status"),
            (FieldPath::EMAILS, "email"),
            (FieldPath::NAME_DISPLAY, "name"),
            (FieldPath::SECURITY_LAST_LOGIN, "last_login"),
            (FieldPath::TIMES_CREATED, "created"),
        ];
        // One of the services has no such field.
        if service != "upsun" {
            fields.push((FieldPath::SECURITY_MFA_ENABLED, "mfa"));
        }
        let specs = fields.into_iter().map(|(path, name)| FieldSpec::read_in(path, user.clone(), name));
        capabilities.fields = specs.collect();
        capabilities.operations.list = Support::of([IdKind::USER]);
        capabilities.listing.collections = vec![ListedCollection::new(IdKind::USER, [user])];
        capabilities.listing.declares_total = true;
        let service = service.parse().map_err(|_| Error::config("not the name of a service"))?;
        let info = ProviderInfo::new(service, account, "Invented", "memory:");
        Ok(Self { number, people, persons, is_changed, info, capabilities })
    }

    fn profile(&self, place: u64) -> Result<Profile> {
        let dice = mixed(self.number << 40 | place);
        // The one who is new has the place of the one who is gone.
        let is_other = self.is_changed && dice.is_multiple_of(200);
        let native = if is_other { format!("n{place}") } else { format!("u{place}") };
        let (service, account) = (self.info.service.clone(), self.info.account.clone());
        let id = ProfileId::new(service, account, IdKind::USER, native);
        let mut profile = Profile::new(id.map_err(|error| Error::config(error.to_string()))?);
        let person = mixed(dice) % self.persons;
        profile.name.display = format!("Person {person}").into();
        let mut email = Email::default();
        email.address = format!("person{person}@example.org").into();
        email.primary = true.into();
        profile.emails = Field::Value(vec![email]);
        let is_suspended =
            (dice >> 8).is_multiple_of(10) != (self.is_changed && (dice >> 16).is_multiple_of(100));
        profile.status = if is_suspended { Status::Suspended } else { Status::Active }.into();
        if self.info.service != "upsun" {
            profile.security.mfa_enabled = match (dice >> 24) % 10 {
                0 => Field::Absent,
                1 => Field::Null,
                2 | 3 => false.into(),
                _ => true.into(),
            };
        }
        profile.security.last_login = match (dice >> 32) % 20 {
            0 => Field::Null,
            1 => Field::Absent,
            _ => days_ago((dice >> 40) % 400),
        };
        profile.times.created = days_ago(400 + (dice >> 44) % 1000);
        Ok(profile)
    }
}

fn days_ago(days: u64) -> Field<Timestamp> {
    let time = Timestamp::from_unix_nanoseconds((NOW - i128::from(days) * DAY) * 1_000_000_000);
    time.map_or(Field::Absent, Field::Value)
}

/// Returns a number that looks like a random one (splitmix64).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[async_trait]
impl ProfileProvider for Tenant {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        let page = match cursor.map(|cursor| cursor.position(&self.info, query)).transpose()? {
            Some(CursorPosition::PageNumber(page)) => *page,
            _ => 1,
        };
        let from = (page - 1) * PAGE;
        let to = (from + PAGE).min(self.people);
        let people = (from..to).map(|place| self.profile(place)).collect::<Result<Vec<_>>>()?;
        let next = if to == self.people {
            Next::End
        } else {
            Next::Cursor(Cursor::new(&self.info, query, CursorPosition::PageNumber(page + 1)))
        };
        Ok(Page::last(people).with_next(next).with_declared_total(Some(self.people)))
    }

    async fn get_opts(&self, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
        Err(Error::new(ErrorKind::Unsupported, "these people are only listed"))
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (place, rows, tenants, is_changed) = match &arguments[..] {
        [place, rows, tenants] => (place, rows, tenants, false),
        [place, rows, tenants, changed] if changed == "CHANGED" => (place, rows, tenants, true),
        _ => return Err("usage: generate PLACE ROWS TENANTS [CHANGED]".into()),
    };
    let (rows, tenants): (u64, u64) = (rows.parse()?, tenants.parse()?);
    let persons = (rows / 2).max(1);
    let providers = (0..tenants).map(|number| {
        let people = rows / tenants + u64::from(number < rows % tenants);
        Ok(Arc::new(Tenant::new(number, people, persons, is_changed)?) as Arc<dyn ProfileProvider>)
    });
    let providers = providers.collect::<Result<Vec<_>>>()?;
    let target: Target = place.parse()?;
    let options = ExportOptions::new(ListQuery::new(), Tool::new("generate", env!("CARGO_PKG_VERSION")));
    let manifest = Snapshot::write(&providers, options, &target).await?;
    println!("{} profiles of {} tenants: {place}", manifest.rows, manifest.accounts.len());
    Ok(())
}
