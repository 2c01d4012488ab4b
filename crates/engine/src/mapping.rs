//! Converts the records of a service to profiles.

use std::fmt;

use anyprofile_core::{
    ErrorKind, Field, IdKind, Profile, ProfileId, Result,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::{Operation, Response};

/// Converts a record of a service to a profile: the kind of its id, where the id is, and what each field means.
///
/// A record without a valid id is an error, and so is the record of another profile than the requested one.
pub struct Mapping<T> {
    kind: IdKind,
    id: fn(&T) -> Option<&OpaqueId>,
    take_id: Option<fn(&mut T) -> Field<OpaqueId>>,
    profile: fn(ProfileId, T) -> Profile,
}

impl<T> Mapping<T> {
    /// Creates a mapping for records of a kind. `id` returns the id of a record, and `profile` converts the record.
    pub const fn new(
        kind: IdKind,
        id: fn(&T) -> Option<&OpaqueId>,
        profile: fn(ProfileId, T) -> Profile,
    ) -> Self {
        Self { kind, id, take_id: None, profile }
    }

    /// Moves the id out of the record instead of copying it. Use it if `profile` does not need the id of the record.
    pub const fn taking_id(mut self, take_id: fn(&mut T) -> Field<OpaqueId>) -> Self {
        self.take_id = Some(take_id);
        self
    }

    /// Converts a record to a profile with the record's own id.
    ///
    /// # Errors
    /// If the record has no valid id. The message repeats nothing of the record.
    pub fn profile(&self, response: &Response, mut record: WithRaw<T>) -> Result<Profile, String> {
        let native: Box<str> = match self.take_id {
            Some(take_id) => take_id(&mut record.record).into_value().map(Box::from).unwrap_or_default(),
            None => (self.id)(&record.record).map(|id| id.as_str().into()).unwrap_or_default(),
        };
        let info = response.info();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), self.kind.clone(), native)
            .map_err(|_| "the record has no valid id".to_owned())?;
        Ok(self.under(id, record))
    }

    /// Returns a function that converts the records of a page; see [`profile`](Self::profile).
    pub fn each<'a>(&'a self, response: &'a Response) -> impl Fn(WithRaw<T>) -> Result<Profile, String> + 'a {
        move |record| self.profile(response, record)
    }

    fn under(&self, id: ProfileId, record: WithRaw<T>) -> Profile {
        let mut profile = (self.profile)(id, record.record);
        profile.raw = record.raw;
        profile
    }
}

impl<T: Tolerant> Mapping<T> {
    /// Reads the record of a response as a profile with the record's own id.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response is not a record, or has no valid id.
    pub fn read(&self, response: &Response) -> Result<Profile> {
        let profile = self.profile(response, response.decode_record()?);
        profile.map_err(|reason| response.error(ErrorKind::Decode, reason))
    }

    /// Reads the record of a response as the requested profile.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response is not a record, has no valid id, or is of another profile.
    pub fn read_of(&self, response: &Response, asked: &ProfileId) -> Result<Profile> {
        let record: WithRaw<T> = response.decode_record()?;
        response.is_of(asked, (self.id)(&record.record))?;
        self.profile(response, record).map_err(|reason| response.error(ErrorKind::Decode, reason))
    }

    /// Reads a record that does not hold the id of the profile, and gives it the requested id.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response is not a record.
    pub fn read_under(&self, response: &Response, asked: &ProfileId) -> Result<Profile> {
        Ok(self.under(asked.clone(), response.decode_record()?))
    }
}

impl<T: Tolerant + 'static> Mapping<T> {
    /// Makes an operation return its record as a profile; see [`read`](Self::read).
    pub fn of<U>(&self, operation: Operation<U>) -> Operation<Profile> {
        let mapping = self.clone();
        operation.read_as(move |response| mapping.read(response))
    }

    /// Makes an operation return its record as the requested profile; see [`read_of`](Self::read_of).
    pub fn asked<U>(&self, operation: Operation<U>, id: &ProfileId) -> Operation<Profile> {
        let (mapping, id) = (self.clone(), id.clone());
        operation.read_as(move |response| mapping.read_of(response, &id))
    }

    /// Makes an operation return a record without the profile's id as the requested profile; see
    /// [`read_under`](Self::read_under).
    pub fn under_asked<U>(&self, operation: Operation<U>, id: &ProfileId) -> Operation<Profile> {
        let (mapping, id) = (self.clone(), id.clone());
        operation.read_as(move |response| mapping.read_under(response, &id))
    }
}

impl<T> Clone for Mapping<T> {
    fn clone(&self) -> Self {
        Self { kind: self.kind.clone(), ..*self }
    }
}

impl<T> fmt::Debug for Mapping<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Mapping({})", self.kind)
    }
}
