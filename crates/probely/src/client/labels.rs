//! Labels: those of users, and those of the whole account.

use anyprofile_core::Result;
use anyprofile_http::Listed;

use super::ProbelyClient;
use crate::{
    ListEntries, operations,
    wire::{Label, LabelCreate, LabelUpdate, ResultList, UserLabelWrite},
};

impl ProbelyClient {
    /// Lists the labels of users: one page of `GET /labels/users/`, with the total. Writes of users refer to
    /// labels by name; the filter [`ListUsers::label`](crate::ListUsers::label) takes the ids of this list.
    ///
    /// Source: page `labels-users-list` of the reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) with the service's messages by
    /// parameter. The error for a key that may not see labels is not published.
    pub async fn list_user_labels(&self, list: &ListEntries) -> Result<Listed<ResultList<Label>>> {
        self.call(operations::list_user_labels(list)).await
    }

    /// Creates a label of users: `POST /labels/users/`. Assigning a label that does not exist to a user also
    /// creates it. The response for a name that already exists is not published.
    ///
    /// Source: page `labels-users-create` of the reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the response does not show the label. The label may
    /// have been created then.
    pub async fn create_user_label(&self, label: &UserLabelWrite) -> Result<Label> {
        self.call(operations::create_user_label(label)).await
    }

    /// Gets a label of users: `GET /labels/users/{id}/`.
    ///
    /// Source: inferred from the other operations of `/labels/users/`.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_user_label(&self, id: &str) -> Result<Label> {
        self.call(operations::get_user_label(id)).await
    }

    /// Replaces a label of users and returns it: `PUT /labels/users/{id}/`.
    ///
    /// Source: inferred from the other operations of `/labels/users/`.
    ///
    /// # Errors
    /// See [`update_user_label`](Self::update_user_label).
    pub async fn replace_user_label(&self, id: &str, label: &UserLabelWrite) -> Result<Label> {
        self.call(operations::replace_user_label(id, label)).await
    }

    /// Renames or recolors a label of users and returns it: `PATCH /labels/users/{id}/`. The reference marks
    /// the name and the color as required, so both are sent.
    ///
    /// Source: page `labels-users-partial-update` of the reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest) before anything is sent with every
    /// violated rule by field, or with the service's messages by field;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_user_label(&self, id: &str, label: &UserLabelWrite) -> Result<Label> {
        self.call(operations::update_user_label(id, label)).await
    }

    /// Deletes a label of users: `DELETE /labels/users/{id}/`. What becomes of users that have the label is not
    /// published.
    ///
    /// Source: inferred from the other operations of `/labels/users/`.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_user_label(&self, id: &str) -> Result<()> {
        self.call(operations::delete_user_label(id)).await
    }

    /// Lists the labels of the account: one page of `GET /labels/`, with the total. Whether these are labels of
    /// all kinds is not published; [`list_user_labels`](Self::list_user_labels) is documented for users.
    ///
    /// Source: client code for the path; the record is documented with users.
    ///
    /// # Errors
    /// See [`list_user_labels`](Self::list_user_labels).
    pub async fn list_labels(&self, list: &ListEntries) -> Result<Listed<ResultList<Label>>> {
        self.call(operations::list_labels(list)).await
    }

    /// Creates a label: `POST /labels/`.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// See [`create_user_label`](Self::create_user_label).
    pub async fn create_label(&self, create: &LabelCreate) -> Result<Label> {
        self.call(operations::create_label(create)).await
    }

    /// Gets a label: `GET /labels/{id}/`. The ids `users` and `targets` are refused, because the service has
    /// lists at these paths.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn get_label(&self, id: &str) -> Result<Label> {
        self.call(operations::get_label(id)).await
    }

    /// Updates a label and returns it: `PATCH /labels/{id}/`. Only the fields that are set are sent.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// See [`update_user_label`](Self::update_user_label).
    pub async fn update_label(&self, id: &str, update: &LabelUpdate) -> Result<Label> {
        self.call(operations::update_label(id, update)).await
    }

    /// Deletes a label: `DELETE /labels/{id}/`.
    ///
    /// Source: client code.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_label(&self, id: &str) -> Result<()> {
        self.call(operations::delete_label(id)).await
    }
}
