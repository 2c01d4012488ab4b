//! The data controls of an end user at Google's cloud (beta).

use anyprofile_http::{Operation, Request, Response, header::HeaderName};

use super::user_profiles::at_user_profile;
use crate::{
    beta::{BETA_2026_09_04, BETA_HEADER, Beta},
    wire::{DataControlsUpdate, GoogleDataControls},
};

/// The beta of data controls (official SDKs).
const DATA_CONTROLS_BETA: &str = "google-managed-data-controls-2026-09-01";

pub(crate) fn get_data_controls(beta: &Beta, user_profile_id: &str) -> Operation<GoogleDataControls> {
    let request = at_data_controls(beta, Request::get("BetaGetGoogleDataControls"), user_profile_id);
    Operation::new(request, Response::decode_record)
}

pub(crate) fn update_data_controls(
    beta: &Beta,
    user_profile_id: &str,
    update: &DataControlsUpdate,
) -> Operation<GoogleDataControls> {
    let is_empty = *update == DataControlsUpdate::default();
    let request = at_data_controls(beta, Request::post("BetaUpdateGoogleDataControls"), user_profile_id)
        .json(update)
        .refused_if(is_empty, "one of cmek and storage is required", None);
    Operation::new(request, Response::decode_record).reading_back(&get_data_controls(beta, user_profile_id))
}

/// Adds the path, and the betas that the official SDKs send with it: its own, and the last one of user profiles.
fn at_data_controls(beta: &Beta, request: Request, user_profile_id: &str) -> Request {
    let betas = beta.header_of(&[BETA_2026_09_04, DATA_CONTROLS_BETA]);
    at_user_profile(beta, request, user_profile_id)
        .path("/providers/google/data_controls")
        .header(HeaderName::from_static(BETA_HEADER), betas)
}
