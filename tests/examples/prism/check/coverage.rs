//! Which documented parameters and fields of bodies were sent, and which undocumented parameters.

use std::collections::{BTreeMap, BTreeSet};

use crate::{document::Operation, fields, wire::Exchange};

/// Parameters that are sent and not documented: `operation, key of the query`. They are from client code.
const UNDOCUMENTED: &[(&str, &str)] = &[
    ("list-profiles", "filter[username]"),
    ("list-profiles", "range"),
    ("list-profiles", "page"),
    ("get-current-user-verification-status", "force_refresh"),
    ("get-current-user-verification-status-full", "force_refresh"),
];

/// Parameters that are documented and not sent: the service ignores them, or they are another spelling of one that is
/// sent, with brackets, as the official clients do.
const NOT_SENT: &[(&str, &str)] = &[
    ("profile_list", "ordering"),
    ("profile_list", "search"),
    ("list_user_profiles", "enforcement_status"),
    ("list_users", "roles"),
    ("list_invites", "roles"),
    ("list_invites", "statuses"),
];

/// What was sent natively, by operation.
#[derive(Debug, Default)]
pub(super) struct Coverage(BTreeMap<String, Sent>);

#[derive(Debug, Default)]
struct Sent {
    /// Parameters of the query, and headers.
    parameters: BTreeSet<String>,
    /// Fields of bodies, by their paths.
    fields: BTreeSet<String>,
}

impl Coverage {
    /// Keeps what was sent for an operation. Gives the parameters that the document does not have. It has all fields:
    /// the server takes no others.
    pub(super) fn keep(&mut self, id: &str, operation: &Operation, exchanges: &[Exchange]) -> Vec<String> {
        let mut undocumented = Vec::new();
        let sent = self.0.entry(id.to_owned()).or_default();
        for exchange in exchanges {
            sent.parameters.extend(exchange.headers.iter().cloned());
            sent.fields.extend(fields::sent(&exchange.body));
            for (key, value) in &exchange.query {
                if let Some(parameter) = operation.parameter_of((key, value)) {
                    sent.parameters.insert(parameter.to_owned());
                } else if !UNDOCUMENTED.contains(&(id, key)) {
                    undocumented.push(format!("{key}={value}"));
                }
            }
        }
        undocumented
    }

    /// What of an operation that was called is documented and was never sent, with the operation's id.
    pub(super) fn missing(&self, operations: &BTreeMap<String, Operation>) -> Vec<(String, String)> {
        let mut missing = Vec::new();
        for (id, sent) in &self.0 {
            let Some(operation) = operations.get(id) else { continue };
            let parameters = operation.query.keys().chain(&operation.headers);
            let parameters = parameters.filter(|it| {
                !sent.parameters.contains(*it) && !NOT_SENT.contains(&(id.as_str(), it.as_str()))
            });
            missing.extend(parameters.map(|it| (id.clone(), format!("never sends {it}"))));
            let fields = operation.fields.difference(&sent.fields);
            missing.extend(fields.map(|it| (id.clone(), format!("never sends the field {it}"))));
        }
        missing
    }
}
