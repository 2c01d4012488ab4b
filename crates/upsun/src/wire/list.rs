//! Lists and their links, in both of the service's dialects.

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{Field, envelope_fields, open_record, profile::RawJson};
use serde::{Deserialize, Deserializer};

use super::{LooseMap, OneOrMany, Profile};

envelope_fields! { mod fields { counts { count } records { profiles items } } }

/// A page of profiles, in the shape of the service behind `/profiles`.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct ProfileList<R = Profile> {
    /// How many profiles there are on all pages; may be missing.
    #[serde(default, deserialize_with = "fields::count")]
    pub count: Field<u64>,
    /// The profiles of this page.
    #[serde(deserialize_with = "fields::profiles")]
    pub profiles: Vec<R>,
    /// Where to go on.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// A page in the shape of the services behind `/users` and `/organizations`.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct ItemList<R> {
    /// The records of this page.
    #[serde(deserialize_with = "fields::items")]
    pub items: Vec<R>,
    /// How many records there are on all pages. Documented for teams alone; client code knows it for members.
    #[serde(default, deserialize_with = "fields::count")]
    pub count: Field<u64>,
    /// Where to go on.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// Links of a page, which may leave out parameters that were sent. Further ones, such as `curies`, are not read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Links {
    /// This page.
    pub this: Option<Link>,
    /// The page before.
    pub previous: Option<Link>,
    /// The page after.
    pub next: Option<Link>,
    /// Where the users are described whom the records name (`ref:users:0` and so on), in that order.
    pub users: Vec<SignedLink>,
}

/// A link that the service signed (`ref:users:N`). Clients cannot make one up: the signature covers the ids.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLink(String);

impl SignedLink {
    /// A link that a response of this service held: a URL, or a path alone.
    pub fn new(href: impl Into<String>) -> Self {
        Self(href.into())
    }

    /// The link.
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
    /// A link of a record (`_links`): to the record itself, to what belongs to it, to what can be done with it.
    pub struct RecordLink {
        /// Where it leads: a URL, or a path alone.
        href: String,
        /// The method, where it is not `GET`.
        method: String,
        /// What it is called.
        title: String,
    }
}

/// The links of a record, by their name. One that is not there says that there is no such thing, or that the
/// credential may not do it. Most are one link; `curies` is a list.
pub type RecordLinks = LooseMap<OneOrMany<RecordLink>>;

impl RecordLinks {
    /// Where the link of this name leads; the first one if it is a list.
    pub fn href(&self, name: &str) -> Field<String> {
        self.get(name).and_then(|link| match link {
            OneOrMany::One(link) => link.href,
            OneOrMany::Many(links) => links.into_iter().next().map_or(Field::Absent, |link| link.href),
        })
    }
}

/// A link. `Debug` shows no address: it may hold what was searched for.
#[derive(Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// What it is called.
    #[serde(default)]
    pub title: Field<String>,
    /// Where it leads: a URL, or a path alone.
    #[serde(default)]
    pub href: Field<String>,
}

impl Link {
    /// A link that a response held: a URL, or a path alone.
    pub(crate) fn to(href: &str) -> Self {
        Self { title: Field::Absent, href: Field::Value(href.to_owned()) }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Link(href: {})", self.href.state())
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An empty map may come as `[]` or null, and a link as a list of links. Anything else that cannot be read is
        // taken as a link without an address, which is refused when it is followed: as no link at all it would make
        // the listing look whole.
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
        let mut users: Vec<_> = links
            .keys()
            .filter_map(|name| Some((name.strip_prefix("ref:users:")?.parse::<u64>().ok()?, link(name)?)))
            .filter_map(|(number, link)| Some((number, SignedLink(link.href.into_value()?))))
            .collect();
        users.sort_by_key(|(number, _)| *number);
        let users = users.into_iter().map(|(_, link)| link).collect();
        Ok(Self { this: link("self"), previous: link("previous"), next: link("next"), users })
    }
}
