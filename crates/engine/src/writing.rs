//! Creates and executes plans.

use std::time::SystemTime;

use anyprofile_core::{
    Error, ErrorKind, ExecuteOptions, Executed, FieldPath, GetOptions, Plan, PlanOptions, Profile, ProfileId,
    ProfileProvider as _, Result, Timestamp, Write,
    plan::{Execution, Receipt},
    profile::{MissingReason, View},
};
use anyprofile_http::Caller;

use crate::{Action, Basis, Connection};

/// The private content of a plan.
struct Payload {
    actions: Vec<Action>,
    basis: Basis,
}

/// Creates the plan of a write.
pub(crate) async fn plan(
    connection: &Connection,
    caller: &Caller,
    write: &Write,
    options: &PlanOptions,
) -> Result<Plan> {
    check_addressed_by_id(connection, write)?;
    let mut builder = Plan::begin(connection, write, options).await?;
    let mut payload = Payload { actions: Vec::new(), basis: Basis::default() };
    if !builder.is_settled() {
        let now = Timestamp::try_from(SystemTime::now()).map_err(|_| {
            Error::new(ErrorKind::Internal, "the time of this machine's clock is out of range")
                .with_provider(connection.info())
                .with_hint("set the clock")
        })?;
        let reading = caller.reading();
        payload.basis = connection.connector().basis(&reading, builder.needed(), builder.current()).await?;
        payload.actions = connection.connector().write(caller, builder.needed(), &payload.basis, now)?;
        if payload.actions.is_empty() {
            // Only a change can be done already, as the basis may show. Every other write needs a request.
            if !matches!(write, Write::Update { .. }) {
                return Err(Error::new(
                    ErrorKind::Internal,
                    "the connector returned no request for the write",
                )
                .with_provider(connection.info())
                .with_operation(write.operation())
                .with_hint("report this as a defect"));
            }
            builder = builder.settled();
        }
        for action in &payload.actions {
            builder = builder.with_request(action.planned(connection.http())?);
            if let Some(warning) = action.warning() {
                builder = builder.with_warning(warning);
            }
        }
    }
    Ok(builder.with_payload(payload).build())
}

/// Checks that a write names the profile by its id. Another name may now belong to another profile.
fn check_addressed_by_id(connection: &Connection, write: &Write) -> Result<()> {
    let operations = &connection.capabilities().operations;
    let Some(alias) = write.id().and_then(|id| operations.alias(id)) else { return Ok(()) };
    let message = format!("nothing was sent: a write must name the {} by its id", alias.kind);
    Err(Error::new(ErrorKind::InvalidRequest, message)
        .with_provider(connection.info())
        .with_operation(write.operation())
        .with_hint(alias.hint.to_string()))
}

/// Sends the requests of a plan one after the other, until one fails.
pub(crate) async fn execute(
    connection: &Connection,
    caller: &Caller,
    plan: &Plan,
    options: &ExecuteOptions,
) -> Result<Executed> {
    plan.check_issuer(connection.info())?;
    let payload: &Payload = plan.payload()?;
    if options.unchanged && !plan.is_settled() && payload.basis != Basis::default() {
        let basis = connection.connector().basis(&caller.reading(), plan.needed(), None).await?;
        if basis != payload.basis {
            return Err(Error::new(
                ErrorKind::Conflict,
                "nothing was sent: records that the plan depends on have changed since it was made",
            )
            .with_provider(connection.info())
            .with_operation(plan.write().operation())
            .with_hint("make a new plan"));
        }
    }
    let mut execution = Execution::begin(connection, plan, options).await?;
    // Before anything is sent, since this future may be dropped.
    caller.forget_what_may_change();
    let mut created = Vec::new();
    for action in &payload.actions {
        if !execution.goes_on() {
            break;
        }
        let receipt = match action.operation(&created) {
            Ok(operation) => caller.call(&operation).await,
            Err(error) => Err(error.with_provider(connection.info())),
        };
        created.push(match &receipt {
            Ok(Receipt::Shows(profile)) => Some(profile.id.native().to_owned()),
            _ => None,
        });
        execution.step(receipt);
    }
    if !created.is_empty() {
        caller.forget_what_may_change();
    }
    if execution.is_unshown()
        && let Write::Update { id, change } = plan.needed()
    {
        let fields: Vec<_> = change.iter().map(|(field, _)| field.clone()).collect();
        execution.shows(read_back(connection, &caller.reading(), id, &fields).await);
    }
    Ok(execution.finish(connection).await)
}

/// Reads the profile, with the records that show these fields.
async fn read_back(
    connection: &Connection,
    caller: &Caller,
    id: &ProfileId,
    fields: &[FieldPath],
) -> Result<Profile> {
    let mut profile = connection.read(caller, id, &GetOptions::default()).await?;
    let views = of_fields(connection, &profile, fields);
    connection.complete_with(caller, &mut profile, &views, MissingReason::of).await?;
    Ok(profile)
}

/// Returns the further records that show these fields, for fields that no record of the profile shows yet.
fn of_fields(connection: &Connection, profile: &Profile, fields: &[FieldPath]) -> Vec<View> {
    let table = &connection.capabilities().fields;
    let read: Vec<&View> = profile.origin.iter().flat_map(anyprofile_core::profile::Origin::views).collect();
    let mut further = connection.connector().further_views(&profile.id.kind);
    further.retain(|view| {
        fields.iter().any(|field| {
            let shows = |view: &View| {
                table.readable_in(field, [view]) == anyprofile_core::capabilities::Readable::Yes
            };
            !read.iter().any(|view| shows(view)) && shows(view)
        })
    });
    further
}
