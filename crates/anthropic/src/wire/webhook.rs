//! The events that the service sends to a webhook.

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};

open_enum! {
    /// What an event reports. A word that is added later is to be skipped.
    pub enum EventType {
        /// The status of a program of the user profile has changed.
        ProgramStatusUpdated = "user_profile.program_status_updated",
        /// An enforcement action was opened against the user profile.
        EnforcementActionOpened = "user_profile.enforcement_action_opened",
        /// An enforcement action against the user profile was resolved.
        EnforcementActionResolved = "user_profile.enforcement_action_resolved",
    }
}

open_record! {
    /// An event. It says that something has changed, and not how: read the user profile again.
    pub struct WebhookEvent {
        /// The id, the same for repeated deliveries of the event.
        id: OpaqueId,
        /// `event`.
        record_type: String = "type",
        /// The time of the event.
        created_at: TimeText,
        /// What has changed.
        data: EventData,
    }
}

open_record! {
    /// What has changed.
    pub struct EventData {
        /// The id of the user profile (`uprof_…`).
        id: OpaqueId,
        /// What the event reports.
        event_type: EventType = "type",
        /// The id of the organization.
        organization_id: OpaqueId,
        /// The id of the enforcement action (`enac_…`); only in events about one.
        enforcement_action_id: OpaqueId,
    }
}
