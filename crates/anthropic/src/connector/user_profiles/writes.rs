//! Writes of end users.

use anyprofile_core::{
    Change, ErrorKind, Field, FieldPath, ProfileChange, ProfileDraft, ProfileId, Result, Timestamp, Write,
    enrollment::Enrollment, plan::Receipt,
};
use anyprofile_engine::Action;
use anyprofile_http::{Caller, Response};

use super::{
    UserProfilesConnector,
    capabilities::{ACCESS_TYPE, EMAIL_HASH, ENTITY_TYPE, NAME_HASH, ONBOARDED_AT, RELATIONSHIP},
    mapping_of_lists,
};
use crate::{
    beta::Shape,
    operations,
    wire::{
        ActionUrl, EnrollmentUrl, ExternalUserDetailsInput, SecretText, UserProfileAction, UserProfileCreate,
        UserProfileUpdate,
    },
};

fn text(change: &ProfileChange, path: &FieldPath) -> Option<String> {
    change.text(path).into_set().map(str::to_owned)
}

/// Returns a word of an enumeration.
fn word<T: for<'a> From<&'a str>>(change: &ProfileChange, path: &FieldPath) -> Option<T> {
    change.text(path).into_set().map(T::from)
}

/// Returns a time. Its format has been checked before.
fn time(change: &ProfileChange, path: &FieldPath) -> Option<Timestamp> {
    change.text(path).into_set()?.parse().ok()
}

fn set<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Keep, Change::Set)
}

/// Returns the platform's details of the end user, for the versions that have them in one record.
fn details(change: &ProfileChange) -> Option<ExternalUserDetailsInput> {
    let details = ExternalUserDetailsInput {
        account_status: word(change, &FieldPath::DECLARED_STATUS),
        country: text(change, &FieldPath::COUNTRY),
        email_hash: text(change, &EMAIL_HASH),
        name_hash: text(change, &NAME_HASH),
        entity_type: word(change, &ENTITY_TYPE),
        onboarded_at: time(change, &ONBOARDED_AT),
        reference_id: text(change, &FieldPath::EXTERNAL_ID),
    };
    (details != ExternalUserDetailsInput::default()).then_some(details)
}

/// Returns the metadata entries to change by key; `None` removes one.
fn pairs(change: &ProfileChange) -> impl Iterator<Item = (String, Option<String>)> {
    change.iter().filter_map(|(path, _)| {
        let key = path.metadata_key()?.to_owned();
        let value = change.text(path).map(|text| Some(text.to_owned()));
        Some((key, value.or_cleared_by(None)?))
    })
}

fn create_body(draft: &ProfileDraft, shape: Shape) -> UserProfileCreate {
    let (fields, is_early) = (draft.fields(), shape < Shape::September);
    UserProfileCreate {
        external_id: text(fields, &FieldPath::EXTERNAL_ID).filter(|_| is_early),
        name: text(fields, &FieldPath::NAME_DISPLAY),
        relationship: word(fields, &RELATIONSHIP),
        access_type: word(fields, &ACCESS_TYPE),
        metadata: pairs(fields).filter_map(|(key, value)| Some((key, value?))).collect(),
        external_user_onboarded_at: time(fields, &ONBOARDED_AT).filter(|_| is_early),
        external_user_details: details(fields).filter(|_| !is_early),
    }
}

fn update_body(change: &ProfileChange, shape: Shape) -> UserProfileUpdate {
    let is_early = shape < Shape::September;
    UserProfileUpdate {
        external_id: set(text(change, &FieldPath::EXTERNAL_ID).filter(|_| is_early)),
        name: set(text(change, &FieldPath::NAME_DISPLAY)),
        relationship: set(word(change, &RELATIONSHIP)),
        access_type: set(word(change, &ACCESS_TYPE)),
        metadata: pairs(change).collect(),
        external_user_onboarded_at: time(change, &ONBOARDED_AT).filter(|_| is_early),
        external_user_details: details(change).filter(|_| !is_early),
    }
}

/// Reads the link of a response. Callers check whether the URL is safe to open.
fn enrollment(response: &Response, url: Field<SecretText>, expires_at: &Field<String>) -> Result<Receipt> {
    let Some(url) = url.into_value() else {
        return Err(response.error(ErrorKind::Decode, "the response does not contain a link"));
    };
    let expires_at = expires_at.value().and_then(|text| text.parse().ok());
    Ok(Receipt::Enrollment(Enrollment::new(url.expose(), expires_at)))
}

impl UserProfilesConnector {
    pub(super) fn action(&self, caller: &Caller, write: &Write, now: Timestamp) -> Result<Action> {
        let (beta, shape, now) = (&self.beta, self.beta.shape(), Some(now));
        Ok(match write {
            Write::Create { draft } => {
                let create = operations::create_user_profile(beta, &create_body(draft, shape), now);
                Action::shows(mapping_of_lists(shape).of(create))
            }
            Write::Update { id, change } => {
                let body = update_body(change, shape);
                let update = operations::update_user_profile(beta, id.native(), &body, now);
                Action::shows(mapping_of_lists(shape).asked(update, id))
            }
            Write::Delete { id } => Action::accepted(operations::delete_user_profile(beta, id.native()), id),
            Write::Enroll { id } => self.enroll(id),
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        })
    }

    /// Creates the action for a link: with a beta an operation of its own, without a beta one of several
    /// actions.
    fn enroll(&self, id: &ProfileId) -> Action {
        Action::new(if self.beta.shape() == Shape::GenerallyAvailable {
            let action = UserProfileAction::EnrollEndUser;
            operations::create_action_url(&self.beta, id.native(), &action).read_as(|response| {
                let link: ActionUrl = response.decode_record()?;
                enrollment(response, link.url, &link.expires_at)
            })
        } else {
            operations::create_enrollment_url(&self.beta, id.native()).read_as(|response| {
                let link: EnrollmentUrl = response.decode_record()?;
                enrollment(response, link.url, &link.expires_at)
            })
        })
    }
}
