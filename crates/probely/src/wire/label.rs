//! Request bodies of labels and teams.

use serde::Serialize;

use super::body::request_body;

request_body! {
    /// A complete label of users (`POST /labels/users/`; `PUT` and `PATCH /labels/users/{id}/`). The reference
    /// marks both fields as required, also for `PATCH`.
    ///
    /// Source: pages `labels-users-create` and `labels-users-partial-update` of the reference.
    pub struct UserLabelWrite {
        required {
            /// The text, at most 255 characters.
            name: String,
            /// The color: `#RRGGBB`, or a name. ASCII letters, digits, `#`, `_` and `-` are allowed; it may be
            /// empty.
            color: String,
        }
        optional {}
    }
}

request_body! {
    /// A label to create (`POST /labels/`).
    ///
    /// Source: client code.
    pub struct LabelCreate {
        required {
            /// The text, at most 255 characters.
            name: String,
        }
        optional {
            /// The color: `#RRGGBB`, or a name. ASCII letters, digits, `#`, `_` and `-` are allowed.
            color: String,
        }
    }
}

request_body! {
    /// The fields of a label to change (`PATCH /labels/{id}/`). A field that is `None` is not sent and stays
    /// unchanged.
    ///
    /// Source: client code.
    pub struct LabelUpdate {
        optional {
            /// The text, at most 255 characters.
            name: String,
            /// The color: `#RRGGBB`, or a name. ASCII letters, digits, `#`, `_` and `-` are allowed.
            color: String,
        }
    }
}

request_body! {
    /// A team to create (`POST /teams/`). No maximum length is published.
    ///
    /// Source: client code.
    pub struct TeamCreate {
        required {
            /// The name.
            name: String,
        }
        optional {
            /// The description.
            description: String,
        }
    }
}

request_body! {
    /// The fields of a team to change (`PATCH /teams/{id}/`). A field that is `None` is not sent and stays
    /// unchanged. Users join and leave a team with role assignments, not here.
    ///
    /// Source: client code.
    pub struct TeamUpdate {
        optional {
            /// The name.
            name: String,
            /// The description; an empty one clears it.
            description: String,
        }
    }
}
