//! Shows a plan before it is executed.

use anyprofile::{
    Capabilities, Field, FieldPath, Plan, ProfileProvider, Write,
    capabilities::Readable,
    plan::{Difference, PlannedRequest},
    writing::WriteOutcome,
};
use anyprofile_terminal::printable;
use serde_json::{Value, json};

use crate::{
    args::Format,
    diagnostics,
    exit::Failure,
    output::{grid, list_in_words, print_line, print_text},
};

/// A plan to show.
pub(crate) struct ShownPlan<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) capabilities: &'a Capabilities,
}

impl ShownPlan<'_> {
    /// Returns the id of the profile, or the account of a new one.
    fn subject(&self) -> String {
        match self.plan.write().id() {
            Some(id) => id.to_string(),
            None => format!("a new profile at {}", self.plan.issuer().account),
        }
    }

    /// Returns a description of the profile, unless the changes already show what is written.
    fn who(&self) -> Option<String> {
        let is_update = matches!(self.plan.write(), Write::Update { .. });
        let profile = self.plan.current().filter(|_| !is_update)?;
        let address = profile.email().map(|address| format!(" <{address}>")).unwrap_or_default();
        let status = profile.status.value().map(|status| format!(", {status}")).unwrap_or_default();
        Some(printable(&format!("{}{address}{status}", profile.label())))
    }

    /// Prints the plan as the output of the command.
    pub(crate) fn print(&self, format: Format) -> Result<(), Failure> {
        match format {
            Format::Table | Format::Csv => print_text(&self.text()),
            Format::Json => print_line(&serde_json::to_string_pretty(&self.json())?),
            Format::Ndjson => print_line(&self.json().to_string()),
        }
    }

    /// Returns the plan for reading: the changes and the requests.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![self.subject()];
        if self.plan.is_settled() {
            lines.push("nothing to write: unchanged".to_owned());
            lines.extend(self.plan.warnings().iter().map(|note| format!("note: {note}")));
            return lines.join("\n");
        }
        lines.extend(self.who());
        if matches!(self.plan.write(), Write::Create { .. }) {
            let rows: Vec<_> = self.differences().map(|[field, _, then]| vec![field, then]).collect();
            if !rows.is_empty() {
                lines.push(grid(&["field", "value"].map(str::to_owned), &rows));
            }
        } else {
            let rows = self.differences().map(|[field, now, then]| vec![field, now, "->".to_owned(), then]);
            let rows: Vec<_> = rows.collect();
            if !rows.is_empty() {
                lines.push(grid(&["field", "now", "", "then"].map(str::to_owned), &rows));
            }
        }
        lines.extend(self.plan.warnings().iter().map(|warning| format!("warning: {warning}")));
        for request in self.plan.requests() {
            lines.push(format!("{} {}", request.method, request.url));
            let headers = request.headers.iter();
            lines.extend(headers.map(|(name, value)| printable(&format!("{name}: {value}"))));
            lines.extend(body_lines(request));
        }
        lines.join("\n")
    }

    /// Returns one of several plans for reading: one line for each change and request.
    pub(crate) fn lines(&self) -> String {
        let subject = self.subject();
        if self.plan.is_settled() {
            return format!("{subject}  unchanged");
        }
        let is_of_status = !self.plan.write().statuses().is_empty();
        let differences =
            self.differences().filter(|_| !is_of_status).map(|[field, now, then]| match self.plan.write() {
                Write::Create { .. } => format!("{subject}  {field}: {then}"),
                _ => format!("{subject}  {field}: {now} -> {then}"),
            });
        let who = self.who().map(|who| format!("{subject}  {who}"));
        let warnings = self.plan.warnings().iter().map(|warning| format!("{subject}  warning: {warning}"));
        let requests = self.plan.requests().iter().map(|request| {
            let body = match (&request.body, &request.body_description) {
                (Some(body), _) => format!(" {}", printable(&body.to_string())),
                (None, Some(description)) => format!(" ({})", printable(description)),
                (None, None) => String::new(),
            };
            let headers: Vec<_> =
                request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            let headers = match &headers[..] {
                [] => String::new(),
                headers => format!(" [{}]", printable(&headers.join("; "))),
            };
            format!("{subject}  {} {}{body}{headers}", request.method, request.url)
        });
        who.into_iter().chain(differences).chain(warnings).chain(requests).collect::<Vec<_>>().join("\n")
    }

    /// Returns the field, current value and new value of each change.
    fn differences(&self) -> impl Iterator<Item = [String; 3]> {
        self.plan.differences().iter().map(|difference| {
            let Difference { field, now, then, .. } = difference;
            if self.is_secret(field) {
                return [field.to_string(), "(secret)".to_owned(), "(secret)".to_owned()];
            }
            let now = match (now, self.capabilities.fields.readable(field)) {
                (Field::Value(value), _) => in_words(value),
                (Field::Null, _) => "(none)".to_owned(),
                (Field::Absent, Readable::No) => "-".to_owned(),
                (Field::Absent, _) => "?".to_owned(),
            };
            let then = then.as_ref().map_or_else(|| "(cleared)".to_owned(), in_words);
            // A value of the service may contain characters that would hide or forge a line.
            [field.to_string(), printable(&now), printable(&then)]
        })
    }

    fn is_secret(&self, field: &FieldPath) -> bool {
        let rule = self.capabilities.fields.get(field).and_then(|spec| spec.write.as_ref());
        rule.is_some_and(|rule| rule.secret)
    }

    /// Returns the changes for programs; secrets have no values.
    fn changes(&self) -> Vec<Value> {
        let change =
            |it: &Difference| if self.is_secret(&it.field) { json!({"field": it.field}) } else { json!(it) };
        self.plan.differences().iter().map(change).collect()
    }

    /// Returns the plan for programs. A field that the service did not send has no `now`.
    pub(crate) fn json(&self) -> Value {
        let plan = self.plan;
        let mut shown = json!({
            "operation": plan.write().operation(),
            "changes": self.changes(),
            "warnings": plan.warnings(),
            "requests": plan.requests(),
        });
        if let Some(id) = plan.write().id() {
            shown["id"] = json!(id);
        }
        shown
    }
}

/// How several plans are shown.
#[derive(Clone, Copy)]
pub(crate) struct ShownAs {
    pub(crate) format: Format,
    /// Whether the plans are the output of the command.
    pub(crate) is_output: bool,
}

impl ShownAs {
    /// Returns the text that shows a plan.
    pub(crate) fn of(self, plan: &Plan, provider: &dyn ProfileProvider) -> String {
        let shown = ShownPlan { plan, capabilities: provider.capabilities() };
        match self.format {
            Format::Json | Format::Ndjson if self.is_output => shown.json().to_string(),
            _ => shown.lines(),
        }
    }

    /// Returns the text for an outcome that is known without a plan.
    pub(crate) fn of_known(self, name: &str, outcome: Option<&WriteOutcome>) -> String {
        let (word, words) = outcome.map_or(("", String::new()), |it| (it.word(), it.to_string()));
        match self.format {
            Format::Json | Format::Ndjson if self.is_output => {
                json!({"id": name, "state": word, "requests": []}).to_string()
            }
            _ => format!("{name}  {words}"),
        }
    }

    /// Shows plans, on standard output if they are the output of the command.
    pub(crate) fn print<'a>(self, shown: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
        if !self.is_output {
            shown.for_each(diagnostics::say_lines);
        } else if self.format == Format::Json {
            let all: Vec<Value> = shown.map(serde_json::from_str).collect::<Result<_, _>>()?;
            print_line(&serde_json::to_string_pretty(&all)?)?;
        } else {
            for shown in shown {
                print_text(shown)?;
            }
        }
        Ok(())
    }
}

/// Returns the body of a request, indented.
fn body_lines(request: &PlannedRequest) -> Vec<String> {
    match (&request.body, &request.body_description) {
        (Some(body), _) => format!("{body:#}").lines().map(printable).collect(),
        (None, Some(description)) => vec![format!("({})", printable(description))],
        (None, None) => Vec::new(),
    }
}

/// Returns a text unchanged, a list of texts as `--set` accepts it, and any other value as JSON.
pub(crate) fn in_words(value: &Value) -> String {
    let texts = || value.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    match (value.as_str(), texts()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(texts)) => list_in_words(&texts),
        (None, None) => value.to_string(),
    }
}
