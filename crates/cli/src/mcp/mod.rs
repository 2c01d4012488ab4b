//! `anyprofile mcp`: the accounts for an agent, over the Model Context Protocol on standard input and output.

mod arguments;
mod plans;
mod redact;
mod review;
mod tools;

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use anyprofile::Error;
use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt as _,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, JsonObject,
        ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
    },
    service::RequestContext,
};
use serde_json::Value;

use self::{plans::Plans, redact::Redaction};
use crate::{
    args::Global,
    exit::{Exit, Failure},
    session::Session,
};

/// The arguments of `anyprofile mcp`.
#[derive(Debug, clap::Args)]
pub(crate) struct Mcp {
    /// Let the agent execute plans, with the tool `apply`. Without it, nothing can be written.
    #[arg(long)]
    allow_write: bool,
    /// Replace the values of these classes of fields by "[redacted]" in every result.
    #[arg(long, value_delimiter = ',', value_name = "CLASS,…")]
    redact: Vec<anyprofile::snapshot::FieldClass>,
}

/// What an agent is told at the beginning.
const INSTRUCTIONS: &str = "User profiles at several services. A field that has no value has a state that says why: null, absent, \
unsupported or withheld; never take one of these for false. A listing says whether it is complete: while `complete` is false, somebody \
may be missing. A write is planned first (`plan`), shown to the person, and executed once (`apply`), if this server was started with \
--allow-write.";

/// Serves until the client ends the session.
pub(crate) async fn run(global: &Global, arguments: Mcp) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let handler = Handler {
        session: Arc::new(session),
        plans: Arc::new(Plans::default()),
        redaction: Redaction::new(&arguments.redact),
        allow_write: arguments.allow_write,
        pending: Pending::default(),
    };
    let pending = handler.pending.clone();
    let failed =
        |error: &dyn std::fmt::Display| Failure::Usage(format!("the session could not begin: {error}"));
    let serving = handler.serve(rmcp::transport::stdio()).await.map_err(|error| failed(&error))?;
    let ended = serving.waiting().await;
    pending.finish().await;
    ended.map_err(|error| failed(&error))?;
    Ok(Exit::Complete)
}

/// The server of one session.
#[derive(Clone)]
struct Handler {
    session: Arc<Session>,
    plans: Arc<Plans>,
    redaction: Redaction,
    allow_write: bool,
    pending: Pending,
}

/// The writes that are under way.
#[derive(Clone, Default)]
struct Pending(Arc<Mutex<Vec<tokio::sync::oneshot::Receiver<()>>>>);

impl Pending {
    /// Runs a write as a task of its own, which goes on, and is awaited at the end of the session, if the caller is dropped. `None` if it
    /// panicked.
    async fn track<T: Send + 'static>(&self, write: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (ended, end) = tokio::sync::oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(end);
        let writing = tokio::spawn(async move {
            // Dropped when the write has ended, also by a panic.
            let _ended = ended;
            write.await
        });
        writing.await.ok()
    }

    /// Waits for all writes.
    async fn finish(&self) {
        let pending = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for end in pending {
            // An error means that it ended.
            let _ = end.await;
        }
    }
}

/// Why a tool gives no result.
enum Refusal {
    /// The arguments are wrong, as a sentence for the agent.
    Arguments(String),
    /// An error of the library.
    Library(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl Refusal {
    fn arguments(message: impl Into<String>) -> Self {
        Self::Arguments(message.into())
    }
}

/// Shows no personal data: that of an argument is not repeated, and errors of the library have none.
impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Arguments(message) => formatter.write_str(message),
            Self::Library(error) => write!(formatter, "{error}"),
        }
    }
}

type Called = Result<Value, Refusal>;

impl Handler {
    async fn call(&self, name: &str, arguments: JsonObject) -> Called {
        match name {
            "providers" => arguments::read(arguments).map(|arguments| self.providers(&arguments)),
            "list" => self.list(arguments::read(arguments)?).await,
            "members" => self.members(arguments::read(arguments)?).await,
            "find" => self.find(arguments::read(arguments)?).await,
            "get" => self.get(arguments::read(arguments)?).await,
            "review" => self.review(arguments::read(arguments)?).await,
            "plan" => self.plan(arguments::read(arguments)?).await,
            "apply" if self.allow_write => self.apply(arguments::read(arguments)?).await,
            "apply" => Err(Refusal::arguments("nothing can be written: start the server with --allow-write")),
            _ => Err(Refusal::arguments("there is no such tool")),
        }
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("anyprofile", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let offered = arguments::TOOLS.iter().filter(|tool| self.allow_write || tool.name != "apply");
        let tools = offered.map(|tool| {
            let hints = ToolAnnotations::new()
                .read_only(tool.name != "apply")
                .destructive(tool.name == "apply")
                .open_world(true);
            let mut described = Tool::new(tool.name, tool.description, Arc::new((tool.schema)()));
            described.annotations = Some(hints);
            described
        });
        Ok(ListToolsResult { tools: tools.collect(), ..ListToolsResult::default() })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let started = Instant::now();
        let known = arguments::TOOLS.iter().find(|tool| *tool.name == *request.name);
        let name: Cow<'static, str> =
            known.map_or("a tool that does not exist".into(), |tool| tool.name.into());
        let called = self.call(&request.name, request.arguments.unwrap_or_default()).await;
        // Which tool, how it ended and how long it took; nothing of what was asked or answered.
        let verdict = match &called {
            Ok(_) => "done".to_owned(),
            Err(Refusal::Arguments(_)) => "refused".to_owned(),
            Err(Refusal::Library(error)) => format!("failed ({})", error.kind()),
        };
        say!("mcp: {name}: {verdict}, {} ms", started.elapsed().as_millis());
        let result = match called {
            Ok(value) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(value.to_string())]);
                result.structured_content = Some(value);
                result
            }
            Err(refusal) => CallToolResult::error(vec![ContentBlock::text(refusal.to_string())]),
        };
        Ok(result.into())
    }
}
