//! The stored profiles.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::listing::SortKey;
use crate::{Profile, ProfileId, query::OrderField};

/// The profiles in the order in which they were added.
#[derive(Default)]
pub(super) struct ProfileStore {
    profiles: BTreeMap<u64, Profile>,
    places: HashMap<ProfileId, u64>,
    members: HashMap<ProfileId, BTreeSet<ProfileId>>,
    next_place: u64,
    /// The number of ids that were generated.
    created: u64,
    /// The sort keys at which pages ended, by place. A cursor is stored and must not contain them.
    marks: HashMap<u64, Vec<(Option<OrderField>, SortKey)>>,
}

/// The end of a page. It reveals nothing about the profile there.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) place: u64,
    number: usize,
}

impl Mark {
    pub(super) fn written(self) -> String {
        format!("{}.{}", self.place, self.number)
    }

    pub(super) fn read(written: &str) -> Option<Self> {
        let (place, number) = written.split_once('.')?;
        Some(Self { place: place.parse().ok()?, number: number.parse().ok()? })
    }
}

impl ProfileStore {
    pub(super) fn len(&self) -> usize {
        self.profiles.len()
    }

    pub(super) fn get(&self, id: &ProfileId) -> Option<&Profile> {
        self.profiles.get(self.places.get(id)?)
    }

    /// Returns all profiles with their places. A place is never reused.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, &Profile)> {
        self.profiles.iter().map(|(place, profile)| (*place, profile))
    }

    /// Returns the profile at a place.
    pub(super) fn at(&self, place: u64) -> Option<&Profile> {
        self.profiles.get(&place)
    }

    /// Records that a page ended at a place, with this sort key in an order by `field`.
    pub(super) fn mark(&mut self, place: u64, key: SortKey, field: Option<&OrderField>) -> Mark {
        let marks = self.marks.entry(place).or_default();
        let mark = (field.cloned(), key);
        let number = marks.iter().position(|it| *it == mark).unwrap_or_else(|| {
            marks.push(mark);
            marks.len() - 1
        });
        Mark { place, number }
    }

    /// Returns the sort key of a mark.
    pub(super) fn key_of(&self, mark: Mark, field: Option<&OrderField>) -> Option<SortKey> {
        let (of, key) = self.marks.get(&mark.place)?.get(mark.number)?;
        (of.as_ref() == field).then(|| key.clone())
    }

    /// Adds a profile, or replaces the one with its id in the same place.
    pub(super) fn put(&mut self, profile: Profile) {
        let next = self.next_place;
        let place = *self.places.entry(profile.id.clone()).or_insert(next);
        self.next_place += u64::from(place == next);
        self.profiles.insert(place, profile);
    }

    pub(super) fn remove(&mut self, id: &ProfileId) -> Option<Profile> {
        let place = self.places.remove(id)?;
        self.profiles.remove(&place)
    }

    /// Adds members to an organization.
    pub(super) fn add_members(&mut self, organization: ProfileId, members: Vec<ProfileId>) {
        self.members.entry(organization).or_default().extend(members);
    }

    pub(super) fn is_member(&self, organization: &ProfileId, id: &ProfileId) -> bool {
        self.members.get(organization).is_some_and(|members| members.contains(id))
    }

    /// Returns a native id that was not generated before.
    pub(super) fn next_native(&mut self) -> String {
        self.created += 1;
        format!("m{}", self.created)
    }
}
