//! Lists and their links, in both formats of the service.

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{Field, envelope_fields, open_record, profile::RawJson};
use serde::{Deserialize, Deserializer};

use super::{LooseMap, OneOrMany, Profile};

envelope_fields! { mod fields { counts { count } records { profiles items } } }

/// A page of profiles, in the format of the service behind `/profiles`.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct ProfileList<R = Profile> {
    /// The number of profiles on all pages; may be missing.
    #[serde(default, deserialize_with = "fields::count")]
    pub count: Field<u64>,
    /// The profiles of this page.
    #[serde(deserialize_with = "fields::profiles")]
    pub profiles: Vec<R>,
    /// The links to other pages.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// A page in the format of the services behind `/users` and `/organizations`.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct ItemList<R> {
    /// The records of this page.
    #[serde(deserialize_with = "fields::items")]
    pub items: Vec<R>,
    /// The number of records on all pages. Documented only for teams and for the members of an organization.
    #[serde(default, deserialize_with = "fields::count")]
    pub count: Field<u64>,
    /// The links to other pages.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// The links of a page. They may omit parameters of the query. Other links, such as `curies`, are not read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Links {
    /// The link to this page.
    pub this: Option<Link>,
    /// The link to the previous page.
    pub previous: Option<Link>,
    /// The link to the next page.
    pub next: Option<Link>,
    /// The links to the users that the records refer to (`ref:users:0` and so on), in this order.
    pub users: Vec<SignedLink>,
    /// The links to the teams that the records refer to (`ref:teams:0` and so on), in this order. Which lists
    /// have them is not documented.
    pub teams: Vec<SignedLink>,
}

/// A link that the service signed (`ref:users:N`, `ref:teams:N`). Clients cannot create one: the signature covers the ids.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLink(String);

impl SignedLink {
    /// Creates a link from a response of this service: a URL, or a path.
    pub fn new(href: impl Into<String>) -> Self {
        Self(href.into())
    }

    /// Returns the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SignedLink(..)")
    }
}

open_record! {
    /// A link of a record (`_links`): to the record itself, to a related resource, or to an action.
    pub struct RecordLink {
        /// The target: a URL, or a path.
        href: String,
        /// The method, if it is not `GET`.
        method: String,
        /// The title.
        title: String,
    }
}

/// The links of a record by name. If a link is missing, the resource does not exist or the credential may not
/// use it. Most entries are one link; `curies` is a list.
pub type RecordLinks = LooseMap<OneOrMany<RecordLink>>;

impl RecordLinks {
    /// Returns the target of the link with this name; of the first one if it is a list.
    pub fn href(&self, name: &str) -> Field<String> {
        self.get(name).and_then(|link| match link {
            OneOrMany::One(link) => link.href,
            OneOrMany::Many(links) => links.into_iter().next().map_or(Field::Absent, |link| link.href),
        })
    }
}

/// A link. `Debug` does not show the URL, because it may contain a search text.
#[derive(Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// The title.
    #[serde(default)]
    pub title: Field<String>,
    /// The target: a URL, or a path.
    #[serde(default)]
    pub href: Field<String>,
}

impl Link {
    /// Creates a link from a response: a URL, or a path.
    pub(crate) fn to(href: &str) -> Self {
        Self { title: Field::Absent, href: Field::Value(href.to_owned()) }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Link(href: {})", self.href.record_state())
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An empty map may come as `[]` or null, and a link as a list of links. Anything else that cannot be
        // read is kept as a link without a URL, which is refused when it is followed. Without any link, the
        // listing would look complete.
        let raw = RawJson::deserialize(deserializer)?;
        let links: BTreeMap<String, RawJson> = match (raw.decode(), raw.get()) {
            (Ok(links), _) => links,
            (Err(_), "[]" | "null") => BTreeMap::new(),
            (Err(_), _) => return Ok(Self { next: Some(Link::default()), ..Self::default() }),
        };
        let link = |name: &str| {
            let raw = links.get(name)?;
            match raw.get().as_bytes().first() {
                Some(b'n') => None,
                Some(b'[') => match raw.decode::<Vec<Link>>() {
                    Ok(several) => several.into_iter().next(),
                    Err(_) => Some(Link::default()),
                },
                _ => Some(raw.decode().unwrap_or_default()),
            }
        };
        let signed = |prefix: &str| {
            let mut signed: Vec<_> = links
                .keys()
                .filter_map(|name| Some((name.strip_prefix(prefix)?.parse::<u64>().ok()?, link(name)?)))
                .filter_map(|(number, link)| Some((number, SignedLink(link.href.into_value()?))))
                .collect();
            signed.sort_by_key(|(number, _)| *number);
            signed.into_iter().map(|(_, link)| link).collect()
        };
        let (users, teams) = (signed("ref:users:"), signed("ref:teams:"));
        Ok(Self { this: link("self"), previous: link("previous"), next: link("next"), users, teams })
    }
}
