//! Writes as values: the requests of a plan, which are what is sent.

use std::{fmt, sync::Arc};

use anyprofile_core::{
    ExecuteOptions, Executed, Execution, Plan, PlanOptions, PlannedRequest, Profile, ProfileProvider,
    Receipt, Result, Write, async_trait,
};

use crate::{Answer, HttpClient, Request};

type ReadAnswer = Arc<dyn Fn(&Answer) -> Result<Receipt> + Send + Sync>;

/// A request that writes, and how its answer is read.
#[derive(Clone)]
pub struct Action {
    request: Request,
    read: ReadAnswer,
    read_back: Option<Request>,
    hint: Option<&'static str>,
}

impl fmt::Debug for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Action({:?})", self.request)
    }
}

impl Action {
    /// A request, and what its answer says.
    pub fn new(request: Request, read: impl Fn(&Answer) -> Result<Receipt> + Send + Sync + 'static) -> Self {
        Self { request, read: Arc::new(read), read_back: None, hint: None }
    }

    /// Reads the record by another request where the answer is empty.
    pub fn with_read_back(mut self, request: Request) -> Self {
        self.read_back = Some(request);
        self
    }

    /// Says what to do where it may have been made although it failed.
    pub fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Sends it.
    async fn send(&self, http: &HttpClient) -> Result<Receipt> {
        let receipt = self.send_once(http).await;
        receipt.map_err(|error| match self.hint {
            Some(hint) => error.with_hint_if_effect(hint),
            None => error,
        })
    }

    async fn send_once(&self, http: &HttpClient) -> Result<Receipt> {
        let mut answer = http.send(self.request.clone()).await?;
        if let Some(read) = &self.read_back {
            answer = http.read_back(answer, || read.clone()).await?;
        }
        (self.read)(&answer)
    }
}

/// What a client of a service says of its writes; [`plan`] and [`execute`] do the rest.
#[async_trait]
pub trait Actions: ProfileProvider {
    /// What sends the requests.
    fn http(&self) -> &HttpClient;

    /// The requests of a write, in their order. Sends nothing, and gives the same requests for the same write.
    ///
    /// # Errors
    /// If the service does not take it.
    fn actions(&self, write: &Write) -> Result<Vec<Action>>;

    /// The profile after a write of which no answer shows it. Default: it is read as the plan read it.
    async fn read_back(&self, write: &Write) -> Option<Result<Profile>> {
        let _ = write;
        None
    }
}

/// Plans a write of a client of a service.
///
/// # Errors
/// As [`ProfileProvider::plan`].
pub async fn plan<A: Actions + ?Sized>(service: &A, write: &Write, options: &PlanOptions) -> Result<Plan> {
    let mut builder = Plan::begin(service, write, options).await?;
    let actions = if builder.is_settled() { Vec::new() } else { service.actions(builder.needed())? };
    for action in &actions {
        builder = builder.with_request(service.http().planned(&action.request)?);
    }
    Ok(builder.with_payload(actions).build())
}

/// Sends the requests of a plan, one after the other, until one is not made.
///
/// # Errors
/// As [`ProfileProvider::execute`].
pub async fn execute<A: Actions + ?Sized>(
    service: &A,
    plan: &Plan,
    options: &ExecuteOptions,
) -> Result<Executed> {
    plan.check_issuer(service.info())?;
    let actions: &Vec<Action> = plan.payload()?;
    let mut execution = Execution::begin(service, plan, options).await?;
    for action in actions {
        if !execution.goes_on() {
            break;
        }
        execution.step(action.send(service.http()).await);
    }
    if execution.is_unshown()
        && let Some(profile) = service.read_back(plan.needed()).await
    {
        execution.shows(profile);
    }
    Ok(execution.finish(service).await)
}

/// Headers that say nothing of what is written.
const OF_EVERY_REQUEST: [&str; 2] = ["accept", "user-agent"];

impl HttpClient {
    /// The request as it would be sent, to be shown before. Of a body that is no JSON, such as a file, the type and the size
    /// are told.
    ///
    /// # Errors
    /// As [`url`](Self::url).
    pub fn planned(&self, request: &Request) -> Result<PlannedRequest> {
        let body: Option<serde_json::Value> = serde_json::from_slice(&request.body).ok();
        let content_type = request.headers.get(http::header::CONTENT_TYPE);
        let described = (body.is_none() && !request.body.is_empty()).then(|| {
            let media_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("of no known type");
            format!("{media_type}, {} bytes", request.body.len())
        });
        let is_json = body.is_some();
        let method = request.method.as_str().to_owned();
        let mut planned = PlannedRequest::new(method, self.url(request)?, body);
        planned.body_description = described;
        let headers = self.headers().iter().filter(|(name, _)| !request.headers.contains_key(*name));
        for (name, value) in headers.chain(&request.headers) {
            let says_nothing =
                OF_EVERY_REQUEST.contains(&name.as_str()) || (is_json && *name == http::header::CONTENT_TYPE);
            if let (false, Ok(value)) = (says_nothing, value.to_str()) {
                planned = planned.with_header(name.as_str(), value);
            }
        }
        Ok(planned)
    }
}
