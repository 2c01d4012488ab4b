//! Persons: which profiles of several accounts belong to one human.
//!
//! Profiles are linked by rules that can be explained, never by a name alone. A key that does not tell two people apart is not used, and is
//! listed as an [`Ambiguity`] for somebody to decide.
//!
//! ```
//! use anyprofile_core::{
//!     Field, Profile,
//!     person::{LinkRule, PersonLinker},
//!     profile::Email,
//! };
//!
//! let profile = |id: &str, address: &str| -> Result<Profile, Box<dyn std::error::Error>> {
//!     let mut profile = Profile::new(id.parse()?);
//!     profile.emails = Email::login(address.into());
//!     Ok(profile)
//! };
//! let mut linker = PersonLinker::new();
//! linker.add(&profile("probely:eu/user/1", "Ada@example.com")?);
//! linker.add(&profile("upsun:acme/user/7", "ada@example.com")?);
//! linker.add(&profile("upsun:acme/user/8", "grace@example.com")?);
//! let persons = linker.link();
//! assert_eq!(persons.persons().len(), 2);
//! let ada = &persons.persons()[0];
//! assert_eq!(ada.profiles.len(), 2);
//! assert_eq!(ada.links[0].rule, LinkRule::Email);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//! | rule | two profiles of different accounts are one person if | strength |
//! |---|---|---|
//! | `mapping` | somebody says so | certain |
//! | `employee_number` | they have the same number of an employee | strong |
//! | `verified_email` | they have the same e-mail address, and a service has verified it for one of them | strong |
//! | `email` | they have the same e-mail address | medium |
//! | `external_id` | they have the same external id, and nothing else that differs | weak |
//!
//! A link that would contradict what is known is not made: two numbers of employees, two profiles of one account in one person, or names in
//! Latin letters that have nothing in common, which counts unless a service has verified the address. Neither is one by a key that several
//! profiles of one account have, nor by the address of a role, such as `info@`. An external id that is short or a number links nobody: each
//! system counts its own.

mod evidence;
mod link;
mod mailbox;
mod mapping;
mod name;

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use serde::{Serialize, Serializer};

use self::evidence::Evidence;
pub use self::mapping::{Mapping, MappingError};
use crate::{Profile, ProfileId};

/// Why two profiles are one person.
///
/// ```
/// use anyprofile_core::person::{LinkRule, Strength};
///
/// // A review may ask somebody to confirm what rests on an address alone.
/// assert!(LinkRule::Email.strength() < Strength::Strong);
/// assert_eq!(LinkRule::EmployeeNumber.as_str(), "employee_number");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LinkRule {
    /// A [`Mapping`] says so.
    Mapping,
    /// They have the same number of an employee.
    EmployeeNumber,
    /// They have the same e-mail address, which a service has verified for one of them.
    VerifiedEmail,
    /// They have the same e-mail address.
    Email,
    /// They have the same external id.
    ExternalId,
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strength {
    /// An external id is that of one system, and another system may give it to somebody else.
    Weak,
    /// An address can be given to somebody else when a person leaves.
    Medium,
    /// A service or an employer has checked it.
    Strong,
    /// Somebody said it.
    Certain,
}

impl LinkRule {
    /// Returns how sure a link by this rule is.
    pub const fn strength(self) -> Strength {
        match self {
            Self::Mapping => Strength::Certain,
            Self::EmployeeNumber | Self::VerifiedEmail => Strength::Strong,
            Self::Email => Strength::Medium,
            Self::ExternalId => Strength::Weak,
        }
    }

    /// Returns the word for this rule, as it is serialized.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mapping => "mapping",
            Self::EmployeeNumber => "employee_number",
            Self::VerifiedEmail => "verified_email",
            Self::Email => "email",
            Self::ExternalId => "external_id",
        }
    }
}

/// Writes each value as it is serialized.
macro_rules! shown_as_word {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    )*};
}

shown_as_word!(LinkRule, Strength, AmbiguityReason);

impl Strength {
    /// Returns the word for this strength, as it is serialized.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Medium => "medium",
            Self::Strong => "strong",
            Self::Certain => "certain",
        }
    }
}

impl AmbiguityReason {
    /// Returns the word for this reason, as it is serialized.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeveralInOneAccount => "several_in_one_account",
            Self::SharedMailbox => "shared_mailbox",
            Self::Contradiction => "contradiction",
            Self::TwoOfOneAccount => "two_of_one_account",
            Self::NamesDiffer => "names_differ",
            Self::OwnerNotKnown => "owner_not_known",
        }
    }
}

/// Two profiles that are one person, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Link {
    /// One profile.
    #[serde(serialize_with = "as_text")]
    pub one: ProfileId,
    /// The other one.
    #[serde(serialize_with = "as_text")]
    pub other: ProfileId,
    /// Why.
    pub rule: LinkRule,
    /// How sure that is.
    pub strength: Strength,
}

/// A human, with the profiles that are known to be theirs.
///
/// ```
/// use anyprofile_core::{Profile, person::PersonLinker};
///
/// let mut linker = PersonLinker::new();
/// linker.add(&Profile::new("probely:eu/user/1".parse()?));
/// let persons = linker.link();
/// let person = &persons.persons()[0];
/// // Nothing says whose else the profile is: a person of their own, without a link.
/// assert!(person.profiles.len() == 1 && person.strength().is_none());
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// The profiles, in the order in which they were added.
    #[serde(serialize_with = "as_texts")]
    pub profiles: Vec<ProfileId>,
    /// Why they are one person: one link fewer than there are profiles, and one for each profile that a [`Mapping`] says to be owned.
    pub links: Vec<Link>,
    /// The service users and other profiles that name one of these as their owner, or that a [`Mapping`] names with one of these.
    #[serde(serialize_with = "as_texts")]
    pub owns: Vec<ProfileId>,
}

impl Person {
    /// Returns the strength of the weakest link; `None` if there is one profile.
    pub fn strength(&self) -> Option<Strength> {
        self.links.iter().map(|link| link.strength).min()
    }

    /// Returns the strength of the weakest link between two of the profiles; `None` if they are one profile, or not both of this person. Of
    /// what is [owned](Self::owns) without a link, it is not known either.
    pub fn strength_between(&self, one: &ProfileId, other: &ProfileId) -> Option<Strength> {
        // Links make a tree, so there is one way.
        let mut reached: Vec<(&ProfileId, Option<Strength>)> = vec![(one, None)];
        let mut next = 0;
        while let Some((id, strength)) = reached.get(next).copied() {
            next += 1;
            if id == other {
                return strength;
            }
            for link in &self.links {
                let end = if link.one == *id { &link.other } else { &link.one };
                let is_here = link.one == *id || link.other == *id;
                if is_here && !reached.iter().any(|(known, _)| *known == end) {
                    let weakest = strength.map_or(link.strength, |strength| strength.min(link.strength));
                    reached.push((end, Some(weakest)));
                }
            }
        }
        None
    }
}

/// Why profiles may be one person and are not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AmbiguityReason {
    /// Several profiles of one account have the key, so it does not tell them apart.
    SeveralInOneAccount,
    /// The address is that of a role, such as `info@`.
    SharedMailbox,
    /// Another key of theirs differs, such as the number of an employee.
    Contradiction,
    /// The link would make two profiles of one account one person.
    TwoOfOneAccount,
    /// Their names have nothing in common.
    NamesDiffer,
    /// Nobody has the address or the id that a profile names as its owner, or several people have.
    OwnerNotKnown,
}

/// Profiles that may be one person, which nobody has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ambiguity {
    /// Why they are not linked.
    pub reason: AmbiguityReason,
    /// The rule that would link them; `None` if it is about an owner.
    pub rule: Option<LinkRule>,
    /// The profiles.
    #[serde(serialize_with = "as_texts")]
    pub profiles: Vec<ProfileId>,
}

/// Finds out which profiles belong to one human.
///
/// It keeps the ids and the keys of profiles and nothing else of them, and takes time linear in their number: 1,000,000 profiles of four
/// accounts took 5 s, and 0.9 GiB at the peak, with the persons and their links.
///
/// ```
/// use anyprofile_core::{Profile, person::PersonLinker};
///
/// let mut linker = PersonLinker::new();
/// linker.extend([Profile::new("probely:eu/user/1".parse()?), Profile::new("upsun:acme/user/7".parse()?)]);
/// // Nothing links them, so they are two.
/// assert_eq!(linker.link().persons().len(), 2);
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Default)]
pub struct PersonLinker {
    evidence: Vec<Evidence>,
    mapping: Mapping,
}

impl fmt::Debug for PersonLinker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PersonLinker({} profiles)", self.evidence.len())
    }
}

impl PersonLinker {
    /// Creates a linker without profiles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what somebody has decided.
    pub fn with_mapping(mut self, mapping: Mapping) -> Self {
        self.mapping = mapping;
        self
    }

    /// Adds a profile. Only its id, its kind and its keys are kept.
    pub fn add(&mut self, profile: &Profile) {
        self.evidence.push(Evidence::of(profile));
    }

    /// Links the profiles.
    pub fn link(mut self) -> Persons {
        // A service may send a record twice.
        let mut seen = HashSet::with_capacity(self.evidence.len());
        let is_new: Vec<bool> = self.evidence.iter().map(|it| seen.insert(&it.id)).collect();
        let mut is_new = is_new.into_iter();
        self.evidence.retain(|_| is_new.next().unwrap_or(true));
        link::link(&self.evidence, &self.mapping)
    }
}

impl Extend<Profile> for PersonLinker {
    fn extend<I: IntoIterator<Item = Profile>>(&mut self, profiles: I) {
        profiles.into_iter().for_each(|profile| self.add(&profile));
    }
}

/// Persons, with what could not be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(clippy::struct_field_names, reason = "they are the persons")]
#[non_exhaustive]
pub struct Persons {
    persons: Vec<Person>,
    /// Service users and others that are no human, and that no person owns.
    #[serde(serialize_with = "as_texts")]
    unowned: Vec<ProfileId>,
    ambiguities: Vec<Ambiguity>,
    local_ids: usize,
}

impl Persons {
    /// Returns the persons, in the order of their first profiles. A human without a link is a person of one profile.
    pub fn persons(&self) -> &[Person] {
        &self.persons
    }

    /// Returns the profiles that are no human, and that nobody is known to own.
    pub fn unowned(&self) -> &[ProfileId] {
        &self.unowned
    }

    /// Returns what could not be decided.
    pub fn ambiguities(&self) -> &[Ambiguity] {
        &self.ambiguities
    }

    /// Returns how many external ids profiles of several accounts have, and which are too short, or numbers, to be those of one person in every
    /// system. They link nobody, and are no ambiguities: that two systems count alike says next to nothing.
    pub const fn local_ids(&self) -> usize {
        self.local_ids
    }

    /// Returns the person that a profile belongs to, or that owns it. This looks at each person: for many profiles, make a map of
    /// [`persons`](Self::persons) once.
    pub fn of(&self, id: &ProfileId) -> Option<&Person> {
        let is_theirs = |person: &&Person| person.profiles.contains(id) || person.owns.contains(id);
        self.persons.iter().find(is_theirs)
    }

    /// Returns how many links each rule made.
    pub fn links_by_rule(&self) -> BTreeMap<LinkRule, usize> {
        let mut counts = BTreeMap::new();
        for link in self.persons.iter().flat_map(|person| &person.links) {
            *counts.entry(link.rule).or_insert(0) += 1;
        }
        counts
    }
}

/// Writes an id as it is written on a command line, to be handed on.
fn as_text<S: Serializer>(id: &ProfileId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

fn as_texts<S: Serializer>(ids: &[ProfileId], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ids.iter().map(ToString::to_string))
}

#[cfg(test)]
mod tests;
