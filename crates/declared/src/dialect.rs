//! The format of a service's errors, as its definition says it.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use anyprofile_core::ErrorKind;
use anyprofile_http::{Dialect, ErrorDetails, Failure, Success, SuccessVerdict};
use serde_json::Value;

use crate::{
    definition::{Errors, InSuccess},
    record::{Look, Lookup as _, Shape, ShapeBuilder, is_value, peek},
    template::text_of,
};

/// How a service reports errors.
#[derive(Clone, Debug)]
pub(crate) struct DeclaredDialect {
    request_id_headers: Vec<Cow<'static, str>>,
    quota_headers: Vec<Cow<'static, str>>,
    form: Vec<String>,
    message: Vec<String>,
    code: Vec<String>,
    may_be_empty: bool,
    statuses: BTreeMap<String, u16>,
    in_success: Option<InSuccess>,
    /// The places that a success is looked at for an error.
    shape: Arc<Shape>,
}

impl DeclaredDialect {
    pub(crate) fn new(errors: &Errors) -> Self {
        let owned =
            |texts: &[String]| texts.iter().map(|text| Cow::Owned(text.to_ascii_lowercase())).collect();
        let mut request_id_headers: Vec<Cow<'static, str>> = owned(&errors.request_id_headers);
        if request_id_headers.is_empty() {
            request_id_headers.push(Cow::Borrowed("x-request-id"));
        }
        let mut shape = ShapeBuilder::default();
        if let Some(rule) = &errors.in_success {
            shape.scalar(&rule.at);
            errors.code.iter().for_each(|pointer| shape.scalar(pointer));
        }
        Self {
            shape: Arc::new(shape.build()),
            request_id_headers,
            quota_headers: owned(&errors.quota_headers),
            form: errors.form.clone(),
            message: errors.message.clone(),
            code: errors.code.clone(),
            may_be_empty: errors.may_be_empty,
            statuses: errors.statuses.clone(),
            in_success: errors.in_success.clone(),
        }
    }

    fn code_of<'a>(&self, body: &'a Value) -> Option<Cow<'a, str>> {
        let values = self.code.iter().filter_map(|pointer| body.pointer(pointer));
        values
            .filter(|value| value.is_string() || value.is_number())
            .map(text_of)
            .find(|code| !code.is_empty())
    }

    /// Returns whether a body says that it is an error.
    fn is_error_in_success(&self, body: &Value) -> bool {
        let Some(rule) = &self.in_success else { return false };
        match body.pointer(&rule.at) {
            Some(value) => !rule.is.iter().any(|is| is_value(Look::of(Some(value)), is)),
            None => false,
        }
    }
}

impl Dialect for DeclaredDialect {
    fn request_id_headers(&self) -> &[Cow<'static, str>] {
        &self.request_id_headers
    }

    fn quota_headers(&self) -> &[Cow<'static, str>] {
        &self.quota_headers
    }

    fn is_own_form(&self, failure: &Failure<'_>) -> bool {
        if failure.is_empty {
            return self.may_be_empty;
        }
        let Some(json) = &failure.json else { return false };
        let is_there = |pointer: &String| json.pointer(pointer).is_some_and(|value| !value.is_null());
        // A success that says so is no error, whatever else it has.
        let is_success = self.in_success.as_ref().is_some_and(|rule| json.pointer(&rule.at).is_some())
            && !self.is_error_in_success(json);
        !is_success && (self.form.iter().any(is_there) || self.is_error_in_success(json))
    }

    fn describe(&self, failure: &Failure<'_>, details: &mut ErrorDetails) {
        details.service_message = self.message.iter().find_map(|pointer| failure.texts(pointer));
        let code = failure.json.as_ref().and_then(|json| self.code_of(json)).map(Cow::into_owned);
        let meant = code.as_ref().and_then(|code| self.statuses.get(code)).copied();
        // What a code means counts over the status, where the service uses one status for several things.
        if let Some(status) = meant.filter(|status| *status != failure.status) {
            details.kind = match status {
                401 => Some(ErrorKind::Unauthenticated),
                403 => Some(ErrorKind::PermissionDenied),
                404 => Some(ErrorKind::NotFound),
                409 => Some(ErrorKind::Conflict),
                429 => Some(ErrorKind::RateLimited),
                400 | 422 => Some(ErrorKind::InvalidRequest),
                _ => None,
            };
        }
        details.code = code;
    }

    fn verdict(&self, success: &Success<'_>) -> SuccessVerdict {
        let Some(rule) = &self.in_success else { return SuccessVerdict::Success };
        let Some(seen) = peek(success.body, &self.shape) else { return SuccessVerdict::Success };
        let look = |pointer: &str| self.shape.place(pointer).map_or(Look::Absent, |place| seen.look(place));
        let said = look(&rule.at);
        if said.is_absent() || rule.is.iter().any(|is| is_value(said, is)) {
            return SuccessVerdict::Success;
        }
        let mut codes = self.code.iter().filter_map(|pointer| look(pointer).text());
        let status = codes.find_map(|code| self.statuses.get(&*code).copied());
        SuccessVerdict::Failure(status.or(rule.status).unwrap_or(400))
    }
}
