//! Writes as values: what a plan shows is what is sent.

use std::{collections::BTreeMap, fmt, sync::Arc};

use anyprofile_core::{
    Error, ErrorKind, Profile, ProfileId, Result,
    plan::{PlannedRequest, Receipt},
};
use anyprofile_http::{HttpClient, Operation};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// An operation that writes: one step of a plan.
#[derive(Clone)]
pub struct Action(Step);

#[derive(Clone)]
enum Step {
    Ready(Box<Operation<Receipt>>),
    /// Needs the id of what an earlier step creates.
    After(usize, Dependent),
}

/// What makes an operation of the id that it needs.
type Dependent = Arc<dyn Fn(&str) -> Operation<Receipt> + Send + Sync>;

/// How the id is shown that is not known yet.
const UNKNOWN_ID: &str = "{id}";
/// The same in a URL.
const UNKNOWN_ID_IN_URL: &str = "%7Bid%7D";

impl Action {
    /// An operation that says itself what its response is.
    pub fn new(operation: Operation<Receipt>) -> Self {
        Self(Step::Ready(Box::new(operation)))
    }

    /// An operation whose response shows the profile.
    pub fn shows(operation: Operation<Profile>) -> Self {
        Self::new(operation.map(|profile| Receipt::Shows(Box::new(profile))))
    }

    /// An operation whose response says that it was accepted, whatever else, and is about nobody else than this one.
    pub fn accepted<T>(operation: Operation<T>, id: &ProfileId) -> Self {
        let (operation, id) = (operation.without_reading_back(), id.clone());
        Self::new(operation.read_as(move |response| response.acknowledges(&id).map(|()| Receipt::Accepted)))
    }

    /// As [`accepted`](Self::accepted), of a record with an id that the profile is not known by.
    pub fn acknowledged<T>(operation: Operation<T>) -> Self {
        let operation = operation.without_reading_back();
        Self::new(operation.read_as(|response| response.acknowledged().map(|()| Receipt::Accepted)))
    }

    /// An operation that needs the id of the profile which the action at `step` (from 0) creates, and is shown with `{id}` in
    /// its place. It is not begun where that one was not made.
    pub fn after(
        step: usize,
        operation: impl Fn(&str) -> Operation<Receipt> + Send + Sync + 'static,
    ) -> Self {
        Self(Step::After(step, Arc::new(operation)))
    }

    /// How it is shown.
    pub(crate) fn planned(&self, http: &HttpClient) -> Result<PlannedRequest> {
        match &self.0 {
            Step::Ready(operation) => http.planned(operation.request()),
            Step::After(_, operation) => {
                let mut planned = http.planned(operation(UNKNOWN_ID).request())?;
                planned.url = planned.url.replace(UNKNOWN_ID_IN_URL, UNKNOWN_ID);
                Ok(planned)
            }
        }
    }

    /// What is sent, with the ids that the steps before have created.
    pub(crate) fn operation(&self, created: &[Option<String>]) -> Result<Operation<Receipt>> {
        match &self.0 {
            Step::Ready(operation) => Ok((**operation).clone()),
            Step::After(step, operation) => match created.get(*step) {
                Some(Some(id)) => Ok(operation(id)),
                _ => Err(Error::new(
                    ErrorKind::Decode,
                    format!(
                        "nothing was sent: the response to step {} shows no id, which the next one needs",
                        step + 1
                    ),
                )
                .with_hint("look for what was created, and make a plan for the rest")),
            },
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Step::Ready(operation) => write!(formatter, "Action({operation:?})"),
            Step::After(step, operation) => {
                write!(formatter, "Action({:?} after step {})", operation(UNKNOWN_ID), step + 1)
            }
        }
    }
}

/// What a write was worked out from, besides the profile: records by name. `Debug` shows the names alone.
#[derive(Clone, Default, PartialEq)]
pub struct Basis(BTreeMap<&'static str, Value>);

impl Basis {
    /// Adds a record, or several, under a name.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if it cannot be written as JSON.
    pub fn with(mut self, name: &'static str, records: &impl Serialize) -> Result<Self> {
        let value = serde_json::to_value(records)
            .map_err(|_| Error::new(ErrorKind::Internal, format!("'{name}' cannot be written as JSON")))?;
        self.0.insert(name, value);
        Ok(self)
    }

    /// What was put in under a name.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if there is nothing, or something else.
    pub fn get<T: DeserializeOwned>(&self, name: &'static str) -> Result<T> {
        self.0.get(name).and_then(|value| T::deserialize(value).ok()).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("the connector has not read '{name}' to write"))
                .with_hint("report this as a defect")
        })
    }
}

impl fmt::Debug for Basis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Basis({:?})", self.0.keys().collect::<Vec<_>>())
    }
}
