//! Writes as values: a plan shows them, and sends exactly what it shows.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use anyprofile_core::{
    Error, ErrorKind, Profile, ProfileId, Result,
    plan::{PlannedRequest, Receipt},
};
use anyprofile_http::{HttpClient, Operation};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One step of a plan: an operation that writes.
#[derive(Clone)]
pub struct Action {
    step: Step,
    warning: Option<Cow<'static, str>>,
}

#[derive(Clone)]
enum Step {
    Ready(Box<Operation<Receipt>>),
    /// Needs the id of what an earlier step creates.
    After(usize, Dependent),
}

/// Creates an operation from the id that it needs.
type Dependent = Arc<dyn Fn(&str) -> Operation<Receipt> + Send + Sync>;

/// The placeholder for an id that is not known yet.
const UNKNOWN_ID: &str = "{id}";
/// The placeholder in a URL.
const UNKNOWN_ID_IN_URL: &str = "%7Bid%7D";

impl Action {
    /// Creates a step whose operation returns the receipt itself.
    pub fn new(operation: Operation<Receipt>) -> Self {
        Self { step: Step::Ready(Box::new(operation)), warning: None }
    }

    /// Creates a step whose response shows the profile.
    pub fn shows(operation: Operation<Profile>) -> Self {
        Self::new(operation.map(|profile| Receipt::Shows(Box::new(profile))))
    }

    /// Creates a step whose response confirms the write. The content of the response is ignored, except that it must not be about
    /// another profile than `id`.
    pub fn accepted<T>(operation: Operation<T>, id: &ProfileId) -> Self {
        let (operation, id) = (operation.without_reading_back(), id.clone());
        Self::new(operation.read_as(move |response| response.acknowledges(&id).map(|()| Receipt::Accepted)))
    }

    /// Creates a step whose response confirms the write, and whose record has another id than the profile. Unlike
    /// [`accepted`](Self::accepted), it does not check the id.
    pub fn acknowledged<T>(operation: Operation<T>) -> Self {
        let operation = operation.without_reading_back();
        Self::new(operation.read_as(|response| response.acknowledged().map(|()| Receipt::Accepted)))
    }

    /// Creates a step that needs the id of the profile that step number `step` (from 0) creates. A plan shows `{id}` in its place. The
    /// operation is not sent if that step fails.
    pub fn after(
        step: usize,
        operation: impl Fn(&str) -> Operation<Receipt> + Send + Sync + 'static,
    ) -> Self {
        Self { step: Step::After(step, Arc::new(operation)), warning: None }
    }

    /// Adds a warning about the step, which its plan shows.
    pub fn with_warning(mut self, warning: impl Into<Cow<'static, str>>) -> Self {
        self.warning = Some(warning.into());
        self
    }

    /// Returns the warning about the step.
    pub(crate) fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Returns the request as a plan shows it.
    pub(crate) fn planned(&self, http: &HttpClient) -> Result<PlannedRequest> {
        match &self.step {
            Step::Ready(operation) => http.planned(operation.request()),
            Step::After(_, operation) => {
                let mut planned = http.planned(operation(UNKNOWN_ID).request())?;
                planned.url = planned.url.replace(UNKNOWN_ID_IN_URL, UNKNOWN_ID);
                Ok(planned)
            }
        }
    }

    /// Returns the operation to send. `created` holds the ids that the steps before have created.
    pub(crate) fn operation(&self, created: &[Option<String>]) -> Result<Operation<Receipt>> {
        match &self.step {
            Step::Ready(operation) => Ok((**operation).clone()),
            Step::After(step, operation) => match created.get(*step) {
                Some(Some(id)) => Ok(operation(id)),
                _ => Err(Error::new(
                    ErrorKind::Decode,
                    format!(
                        "nothing was sent: this step needs the id that step {} creates, and its response shows no id",
                        step + 1
                    ),
                )
                .with_hint("find the profile that was created, and make a plan for the rest")),
            },
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Step::Ready(operation) => write!(formatter, "Action({operation:?})"),
            Step::After(step, operation) => {
                write!(formatter, "Action({:?} after step {})", operation(UNKNOWN_ID), step + 1)
            }
        }
    }
}

/// The records that a write depends on besides the profile, by name. `Debug` shows only the names.
#[derive(Clone, Default, PartialEq)]
pub struct Basis(BTreeMap<&'static str, Value>);

impl Basis {
    /// Adds one or more records under a name.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if they cannot be serialized as JSON.
    pub fn with(mut self, name: &'static str, records: &impl Serialize) -> Result<Self> {
        let value = serde_json::to_value(records)
            .map_err(|_| Error::new(ErrorKind::Internal, format!("'{name}' cannot be serialized as JSON")))?;
        self.0.insert(name, value);
        Ok(self)
    }

    /// Returns the records under a name.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if there are none, or if they have another type.
    pub fn get<T: DeserializeOwned>(&self, name: &'static str) -> Result<T> {
        self.0.get(name).and_then(|value| T::deserialize(value).ok()).ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                format!("the connector has not read '{name}', which the write needs"),
            )
            .with_hint("report this as a defect")
        })
    }
}

impl fmt::Debug for Basis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Basis({:?})", self.0.keys().collect::<Vec<_>>())
    }
}
