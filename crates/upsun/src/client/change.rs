//! What all changes have in common. None is repeated by the client: the service documents for none that this is safe.

use std::collections::BTreeMap;

use anyprofile_core::{Error, RawJson, Result, wire::Tolerant};
use anyprofile_http::{Answer, Request};

use super::UpsunClient;

impl UpsunClient {
    /// Makes a change, and gives the record as it then is: what the answer has of it, or, where that is nothing, what
    /// is read. The API documents 200 with the record; it has sent 201 and parts of the record, and sends 204
    /// elsewhere.
    ///
    /// `keys` are those of the record.
    pub(super) async fn change<T: Tolerant>(
        &self,
        change: Request,
        read: Request,
        keys: &[&str],
    ) -> Result<T> {
        let answer = self.http.send(change).await?;
        if has_something(&answer, keys) {
            return answer.decode_record();
        }
        let read = self.http.send(read).await.and_then(|answer| answer.decode_record());
        read.map_err(Error::after_write)
    }

    /// Makes a change whose answer says nothing but that it was made. Any success is one, whatever its body, but for
    /// a web page: that is not from the service.
    pub(super) async fn make(&self, change: Request) -> Result<()> {
        self.http.send(change).await?.acknowledged()
    }

    /// Refuses an organization's machine name where the API takes its id alone.
    pub(super) fn check_id(&self, operation: &'static str, organization: &str) -> Result<()> {
        if !organization.starts_with("name=") {
            return Ok(());
        }
        Err(self
            .refusal(operation, "an organization is changed by its id, not by its name")
            .with_hint("use the id, which the console shows (26 letters and digits)"))
    }

    /// Refuses what cannot be.
    pub(super) fn check(&self, operation: &'static str, can_be: bool, message: &'static str) -> Result<()> {
        if can_be { Ok(()) } else { Err(self.refusal(operation, message)) }
    }
}

/// Whether an answer has anything of a record with these keys, or is something else altogether. An empty object may
/// be written as `[]` by the service behind `/profiles`, and the API's notes on answers to changes speak of records
/// that are wrapped.
pub(crate) fn has_something(answer: &Answer, keys: &[&str]) -> bool {
    match serde_json::from_slice::<BTreeMap<String, RawJson>>(&answer.body) {
        Ok(record) => keys.iter().any(|key| record.contains_key(*key)),
        Err(_) => !matches!(answer.body.trim_ascii(), b"" | b"[]" | b"null"),
    }
}
