//! Labels: those of users, and those of the whole account.

use anyprofile_http::{Operation, Request, Response};

use super::{
    list::{ListEntries, ListOf, result_list},
    rules,
};
use crate::wire::{Label, LabelCreate, LabelUpdate, UserLabelWrite};

/// The hint for a label that may have been created.
const HINT_IF_MADE: &str =
    "it is not known whether the label was created: look for its name before you try again";

pub(crate) fn list_user_labels(list: &ListEntries) -> ListOf<Label> {
    Operation::new(list.request("labels_users_list", "/labels/users/"), result_list)
}

pub(crate) fn create_user_label(label: &UserLabelWrite) -> Operation<Label> {
    let request = Request::post("labels_users_create")
        .path("/labels/users/")
        .json(label)
        .checked(rules::label(Some(&label.name), Some(&label.color)));
    Operation::new(request, Response::decode_record).with_hint_if_made(HINT_IF_MADE)
}

pub(crate) fn get_user_label(id: &str) -> Operation<Label> {
    Operation::new(user_label(Request::get("labels_users_retrieve"), id), Response::decode_record)
}

pub(crate) fn replace_user_label(id: &str, label: &UserLabelWrite) -> Operation<Label> {
    write_user_label(Request::put("labels_users_update", label), id, label)
}

pub(crate) fn update_user_label(id: &str, label: &UserLabelWrite) -> Operation<Label> {
    write_user_label(Request::patch("labels_users_partial_update", label), id, label)
}

fn write_user_label(request: Request, id: &str, label: &UserLabelWrite) -> Operation<Label> {
    let request = user_label(request, id).checked(rules::label(Some(&label.name), Some(&label.color)));
    Operation::new(request, Response::decode_record).reading_back(&get_user_label(id))
}

pub(crate) fn delete_user_label(id: &str) -> Operation<()> {
    Operation::new(user_label(Request::delete("labels_users_destroy"), id), Response::acknowledged)
}

fn user_label(request: Request, id: &str) -> Request {
    request.path("/labels/users").segment(id).path("/")
}

pub(crate) fn list_labels(list: &ListEntries) -> ListOf<Label> {
    Operation::new(list.request("labels_list", "/labels/"), result_list)
}

pub(crate) fn create_label(create: &LabelCreate) -> Operation<Label> {
    let request = Request::post("labels_create")
        .path("/labels/")
        .json(create)
        .checked(rules::label(Some(&create.name), create.color.as_deref()));
    Operation::new(request, Response::decode_record).with_hint_if_made(HINT_IF_MADE)
}

pub(crate) fn get_label(id: &str) -> Operation<Label> {
    Operation::new(label(Request::get("labels_retrieve"), id), Response::decode_record)
}

pub(crate) fn update_label(id: &str, update: &LabelUpdate) -> Operation<Label> {
    let request = label(Request::patch("labels_partial_update", update), id)
        .checked(rules::label(update.name.as_deref(), update.color.as_deref()));
    Operation::new(request, Response::decode_record).reading_back(&get_label(id))
}

pub(crate) fn delete_label(id: &str) -> Operation<()> {
    Operation::new(label(Request::delete("labels_destroy"), id), Response::acknowledged)
}

/// The ids `users` and `targets` are refused: at these paths, the service has the lists of the labels of users
/// and of targets.
fn label(request: Request, id: &str) -> Request {
    let is_list = matches!(id, "users" | "targets");
    request.path("/labels").segment(id).path("/").refused_if(
        is_list,
        "'users' and 'targets' are lists of labels, not ids",
        Some("use the id of a label"),
    )
}
