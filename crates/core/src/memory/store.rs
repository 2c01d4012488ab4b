//! The profiles in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{Profile, ProfileId};

/// Profiles in the order in which they were added.
#[derive(Default)]
pub(super) struct Store {
    profiles: BTreeMap<u64, Profile>,
    places: HashMap<ProfileId, u64>,
    members: HashMap<ProfileId, BTreeSet<ProfileId>>,
    next_place: u64,
    /// How many ids were made up.
    created: u64,
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.profiles.len()
    }

    pub(super) fn get(&self, id: &ProfileId) -> Option<&Profile> {
        self.profiles.get(self.places.get(id)?)
    }

    /// All profiles with their places, which no other profile ever has.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, &Profile)> {
        self.profiles.iter().map(|(place, profile)| (*place, profile))
    }

    /// Adds a profile, or replaces the one with its id in its place.
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

    /// Makes profiles the members of an organization.
    pub(super) fn add_members(&mut self, organization: ProfileId, members: Vec<ProfileId>) {
        self.members.entry(organization).or_default().extend(members);
    }

    pub(super) fn is_member(&self, organization: &ProfileId, id: &ProfileId) -> bool {
        self.members.get(organization).is_some_and(|members| members.contains(id))
    }

    /// A native id that was not made up before.
    pub(super) fn next_native(&mut self) -> String {
        self.created += 1;
        format!("m{}", self.created)
    }
}
