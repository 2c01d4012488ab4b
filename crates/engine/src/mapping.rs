//! From a service's record to a profile: what is the same for all records.

use std::fmt;

use anyprofile_core::{
    ErrorKind, Field, IdKind, Profile, ProfileId, Result,
    wire::{OpaqueId, Tolerant, WithRaw},
};
use anyprofile_http::{Operation, Response};

/// How a record of a service becomes a profile: which kind of id it has, where, and which field means what.
///
/// A record that has no usable id is none; one that is not whose was asked for is an error.
pub struct Mapping<T> {
    kind: IdKind,
    id: fn(&T) -> Option<&OpaqueId>,
    take_id: Option<fn(&mut T) -> Field<OpaqueId>>,
    profile: fn(ProfileId, T) -> Profile,
}

impl<T> Mapping<T> {
    /// Records of this kind, with the id that they have, and what they say.
    pub const fn new(
        kind: IdKind,
        id: fn(&T) -> Option<&OpaqueId>,
        profile: fn(ProfileId, T) -> Profile,
    ) -> Self {
        Self { kind, id, take_id: None, profile }
    }

    /// The same records, of which the id is needed for the profile's alone: it is taken out, and not copied.
    pub const fn taking_id(mut self, take_id: fn(&mut T) -> Field<OpaqueId>) -> Self {
        self.take_id = Some(take_id);
        self
    }

    /// A record as a profile, under its own id.
    ///
    /// # Errors
    /// That it has no usable id, in words that repeat nothing of it.
    pub fn profile(&self, response: &Response, mut kept: WithRaw<T>) -> Result<Profile, String> {
        let native: Box<str> = match self.take_id {
            Some(take_id) => take_id(&mut kept.record).into_value().map(Box::from).unwrap_or_default(),
            None => (self.id)(&kept.record).map(|id| id.as_str().into()).unwrap_or_default(),
        };
        let info = response.info();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), self.kind.clone(), native)
            .map_err(|_| "the record has no usable id".to_owned())?;
        Ok(self.under(id, kept))
    }

    /// For the records of a page.
    pub fn each<'a>(&'a self, response: &'a Response) -> impl Fn(WithRaw<T>) -> Result<Profile, String> + 'a {
        move |kept| self.profile(response, kept)
    }

    fn under(&self, id: ProfileId, kept: WithRaw<T>) -> Profile {
        let mut profile = (self.profile)(id, kept.record);
        profile.raw = kept.raw;
        profile
    }
}

impl<T: Tolerant> Mapping<T> {
    /// The record of a response as a profile, under its own id.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    pub fn read(&self, response: &Response) -> Result<Profile> {
        let profile = self.profile(response, response.decode_record()?);
        profile.map_err(|reason| response.error(ErrorKind::Decode, reason))
    }

    /// The record of a response as the profile that was asked for.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], also for the record of somebody else.
    pub fn read_of(&self, response: &Response, asked: &ProfileId) -> Result<Profile> {
        let kept: WithRaw<T> = response.decode_record()?;
        response.is_of(asked, (self.id)(&kept.record))?;
        self.profile(response, kept).map_err(|reason| response.error(ErrorKind::Decode, reason))
    }

    /// As [`read_of`](Self::read_of), of a record that has no id which the profile is asked for by.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`].
    pub fn read_under(&self, response: &Response, asked: &ProfileId) -> Result<Profile> {
        Ok(self.under(asked.clone(), response.decode_record()?))
    }
}

impl<T: Tolerant + 'static> Mapping<T> {
    /// An operation, read as a profile under its own id.
    pub fn of<U>(&self, operation: Operation<U>) -> Operation<Profile> {
        let mapping = self.clone();
        operation.read_as(move |response| mapping.read(response))
    }

    /// An operation, read as the profile that was asked for.
    pub fn asked<U>(&self, operation: Operation<U>, id: &ProfileId) -> Operation<Profile> {
        let (mapping, id) = (self.clone(), id.clone());
        operation.read_as(move |response| mapping.read_of(response, &id))
    }

    /// An operation, read as the profile that was asked for, of a record that has no id which it is asked for by.
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
