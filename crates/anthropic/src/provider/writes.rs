//! What is written of end users, through the trait.

use anyprofile_core::{
    Change, Enrollment, ErrorKind, FieldPath, ProfileChange, ProfileDraft, ProfileId, ProfileProvider as _,
    Receipt, Result, Write, async_trait, wire::WithRaw,
};
use anyprofile_http::{
    Answer, HttpClient,
    actions::{Action, Actions},
};

use super::AnthropicProvider;
use crate::{
    config::Shape,
    wire::{self, ExternalUserDetailsInput, UserProfileAction, UserProfileCreate, UserProfileUpdate},
};

const fn extension(path: &'static str) -> FieldPath {
    FieldPath::extension(path)
}

pub(super) const RELATIONSHIP: FieldPath = extension("extension.relationship");
pub(super) const ACCESS_TYPE: FieldPath = extension("extension.access_type");
pub(super) const ENTITY_TYPE: FieldPath = extension("extension.entity_type");
pub(super) const ONBOARDED_AT: FieldPath = extension("extension.onboarded_at");
pub(super) const EMAIL_HASH: FieldPath = extension("extension.email_hash");
pub(super) const NAME_HASH: FieldPath = extension("extension.name_hash");

/// The value that a field is to have, read from its text. What it must look like was checked before.
fn parsed<T>(change: &ProfileChange, path: &FieldPath, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    match change.get(path) {
        Change::Set(value) => value.as_str().and_then(parse),
        Change::Keep | Change::Clear => None,
    }
}

fn text(change: &ProfileChange, path: &FieldPath) -> Option<String> {
    parsed(change, path, |text| Some(text.to_owned()))
}

fn set<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Keep, Change::Set)
}

/// What the platform says of the end user, in the shape that has it in one record.
fn details(change: &ProfileChange, shape: Shape) -> Option<ExternalUserDetailsInput> {
    if shape < Shape::September {
        return None;
    }
    let details = ExternalUserDetailsInput {
        account_status: parsed(change, &FieldPath::DECLARED_STATUS, |word| Some(word.into())),
        country: text(change, &FieldPath::COUNTRY),
        email_hash: text(change, &EMAIL_HASH),
        name_hash: text(change, &NAME_HASH),
        entity_type: parsed(change, &ENTITY_TYPE, |word| Some(word.into())),
        onboarded_at: parsed(change, &ONBOARDED_AT, |text| text.parse().ok()),
        reference_id: text(change, &FieldPath::EXTERNAL_ID),
        ..ExternalUserDetailsInput::default()
    };
    (details != ExternalUserDetailsInput::default()).then_some(details)
}

/// The pairs that change, by their keys; `None` removes one.
fn pairs(change: &ProfileChange) -> impl Iterator<Item = (String, Option<String>)> {
    change.iter().filter_map(|(path, change)| {
        let key = path.metadata_key()?.to_owned();
        match change {
            Change::Set(value) => Some((key, value.as_str().map(str::to_owned))),
            Change::Clear => Some((key, None)),
            Change::Keep => None,
        }
    })
}

impl AnthropicProvider {
    fn shape(&self) -> Shape {
        self.settings.shape
    }

    fn create_body(&self, draft: &ProfileDraft) -> UserProfileCreate {
        let (fields, shape) = (draft.fields(), self.shape());
        let is_early = shape < Shape::September;
        UserProfileCreate {
            external_id: text(fields, &FieldPath::EXTERNAL_ID).filter(|_| is_early),
            name: text(fields, &FieldPath::NAME_DISPLAY),
            relationship: parsed(fields, &RELATIONSHIP, |word| Some(word.into())),
            access_type: parsed(fields, &ACCESS_TYPE, |word| Some(word.into())),
            metadata: pairs(fields).filter_map(|(key, value)| Some((key, value?))).collect(),
            external_user_onboarded_at: parsed(fields, &ONBOARDED_AT, |text| text.parse().ok())
                .filter(|_| is_early),
            external_user_details: details(fields, shape),
            ..UserProfileCreate::default()
        }
    }

    fn update_body(&self, change: &ProfileChange) -> UserProfileUpdate {
        let shape = self.shape();
        let is_early = shape < Shape::September;
        UserProfileUpdate {
            external_id: set(text(change, &FieldPath::EXTERNAL_ID).filter(|_| is_early)),
            name: set(text(change, &FieldPath::NAME_DISPLAY)),
            relationship: set(parsed(change, &RELATIONSHIP, |word| Some(word.into()))),
            access_type: set(parsed(change, &ACCESS_TYPE, |word| Some(word.into()))),
            metadata: pairs(change).collect(),
            external_user_onboarded_at: parsed(change, &ONBOARDED_AT, |text| text.parse().ok())
                .filter(|_| is_early),
            external_user_details: details(change, shape),
            ..UserProfileUpdate::default()
        }
    }

    /// The request for a link: of its own with a beta, one of several actions without.
    fn enroll(&self, id: &ProfileId) -> Result<Action> {
        let is_action = self.shape() == Shape::GenerallyAvailable;
        let request = if is_action {
            self.client.action_url_request(id.native(), &UserProfileAction::EnrollEndUser)?
        } else {
            self.client.enrollment_url_request(id.native())
        };
        Ok(Action::new(request, move |answer| enrollment(answer, is_action).map(Receipt::Enrollment)))
    }
}

/// The link that an answer has.
fn enrollment(answer: &Answer, is_action: bool) -> Result<Enrollment> {
    let (url, expires_at) = if is_action {
        let made: wire::ActionUrl = answer.decode_record()?;
        (made.url, made.expires_at)
    } else {
        let made: wire::EnrollmentUrl = answer.decode_record()?;
        (made.url, made.expires_at)
    };
    let Some(url) = url.into_value() else {
        return Err(answer.error(ErrorKind::Decode, "the answer has no link"));
    };
    let expires_at = expires_at.value().and_then(|text| text.parse().ok());
    let enrollment = Enrollment::new(url.expose(), expires_at);
    match enrollment.url.check() {
        Ok(()) => Ok(enrollment),
        Err(reason) => Err(answer.error(ErrorKind::Decode, format!("the link is not handed out: {reason}"))),
    }
}

#[async_trait]
impl Actions for AnthropicProvider {
    fn http(&self) -> &HttpClient {
        &self.client.http
    }

    fn actions(&self, write: &Write) -> Result<Vec<Action>> {
        let action = match write {
            Write::Create { draft } => {
                let request = self.client.create_user_profile_request(&self.create_body(draft))?;
                let provider = self.clone();
                Action::new(request, move |answer| {
                    let kept: WithRaw<wire::UserProfile> = answer.decode_record()?;
                    let profile = provider.kept(kept);
                    let profile = profile.map_err(|reason| answer.error(ErrorKind::Decode, reason))?;
                    Ok(Receipt::Shows(Box::new(profile)))
                })
                .with_hint("the profile may be there all the same: look for its external id, or at the newest profiles, before trying again")
            }
            Write::Update { id, change } => {
                let request =
                    self.client.update_user_profile_request(id.native(), &self.update_body(change))?;
                let (provider, asked) = (self.clone(), id.clone());
                Action::new(request, move |answer| {
                    provider.asked(answer, &asked).map(|profile| Receipt::Shows(Box::new(profile)))
                })
                .with_read_back(self.client.get_request(id.native()))
            }
            Write::Delete { id } => {
                let asked = id.clone();
                Action::new(self.client.delete_user_profile_request(id.native())?, move |answer| {
                    answer.acknowledges(&asked).map(|()| Receipt::Accepted)
                })
            }
            Write::Enroll { id } => self.enroll(id)?,
            other => return Err(other.unsupported(self.info(), self.capabilities())),
        };
        Ok(vec![action])
    }
}
