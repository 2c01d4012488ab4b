//! What Prism writes about the requests that it gets.

/// A request, and what Prism found wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// In lower case.
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    /// What the document does not allow, in Prism's words.
    pub(crate) violations: Vec<String>,
    /// Where Prism's own answer does not have the documented form: the document's examples are to blame.
    pub(crate) own_faults: usize,
}

/// Whether Prism says that it takes requests.
pub(crate) fn is_ready(log: &str) -> bool {
    log.contains("Prism is listening on")
}

/// The requests, in their order. Prism says of one all it has to say before it takes the next, as long as nobody
/// asks two things at once.
pub(crate) fn requests(log: &str) -> Vec<Seen> {
    let mut requests: Vec<Seen> = Vec::new();
    // What is said of a request before Prism gives it up.
    let mut reasons: Vec<&str> = Vec::new();
    for line in log.lines() {
        if let Some((method, path)) = received(line) {
            reasons.clear();
            requests.push(Seen { method: method.to_owned(), path: path.to_owned(), ..Seen::default() });
            continue;
        }
        let Some(request) = requests.last_mut() else { continue };
        if let Some((_, violation)) = line.split_once("Violation: ") {
            if violation.starts_with("request") {
                request.violations.push(violation.trim_end().to_owned());
            } else {
                request.own_faults += 1;
            }
        } else if let Some((_, reason)) = line.split_once("Request terminated with error: ") {
            let reason = reason.rsplit_once("errors#").map_or(reason, |(_, reason)| reason).trim_end();
            reasons.retain(|it| !reason.ends_with(it));
            reasons.insert(0, reason);
            request.violations.push(reasons.join("; "));
        } else if let Some((_, reason)) = line.split_once("[VALIDATOR] ✖  error") {
            reasons.push(reason.trim());
        }
    }
    requests
}

/// The method and path of a line that says that a request came.
fn received(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once("[HTTP SERVER] ")?;
    if !rest.trim_end().ends_with("Request received") {
        return None;
    }
    let mut words = rest.split_whitespace();
    Some((words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
[1:52:12 PM] › [CLI] …  awaiting  Starting Prism…
[1:52:13 PM] › [CLI] ℹ  info      GET        http://127.0.0.1:4010/ref/users?in=explicabo&sig=est
[1:52:13 PM] › [CLI] ▶  start     Prism is listening on http://127.0.0.1:4010
[1:52:16 PM] › [HTTP SERVER] get /profiles ℹ  info      Request received
[1:52:16 PM] ›     [NEGOTIATOR] ℹ  info      Request contains an accept header: */*
[1:52:16 PM] ›     [VALIDATOR] ✔  success   The request passed the validation rules. Looking for the best response
[1:52:16 PM] ›     [NEGOTIATOR] ℹ  info      > Responding with \"200\"
[1:52:16 PM] ›     [VALIDATOR] ✖  error     Violation: response.body.profiles.0.picture Response body property profiles.0.picture must match format \"url\"
[1:52:16 PM] › [HTTP SERVER] get /ref/users ℹ  info      Request received
[1:52:16 PM] ›     [VALIDATOR] ⚠  warning   Request did not pass the validation rules
[1:52:16 PM] ›     [VALIDATOR] ✖  error     Request query must have required property 'sig'
[1:52:16 PM] ›     [NEGOTIATOR] ℹ  info      > Responding with \"400\"
[1:52:16 PM] ›     [VALIDATOR] ✖  error     Violation: request.query Request query must have required property 'sig'
[1:52:16 PM] › [HTTP SERVER] post /me/phone ℹ  info      Request received
[1:52:16 PM] ›     [VALIDATOR] ✖  error     Invalid security scheme used
[1:52:16 PM] › [HTTP SERVER] post /me/phone ✖  error     Request terminated with error: https://example.com/prism/errors#UNAUTHORIZED: Invalid security scheme used
[1:52:16 PM] › [HTTP SERVER] patch /profiles/x ℹ  info      Request received
[1:52:16 PM] ›     [VALIDATOR] ⚠  warning   Request did not pass the validation rules
[1:52:16 PM] ›     [VALIDATOR] ✖  error     Request body must be object
[1:52:16 PM] › [HTTP SERVER] patch /profiles/x ✖  error     Request terminated with error: https://example.com/prism/errors#UNPROCESSABLE_ENTITY: Invalid request
";

    #[test]
    fn what_is_wrong_with_a_request_is_told_from_what_is_wrong_with_the_response() {
        let requests = requests(LOG);
        let told: Vec<_> = requests
            .iter()
            .map(|seen| (seen.method.as_str(), seen.path.as_str(), seen.violations.len(), seen.own_faults))
            .collect();
        assert_eq!(
            told,
            [
                ("get", "/profiles", 0, 1),
                ("get", "/ref/users", 1, 0),
                ("post", "/me/phone", 1, 0),
                ("patch", "/profiles/x", 1, 0)
            ]
        );
        assert_eq!(requests[1].violations, ["request.query Request query must have required property 'sig'"]);
        assert_eq!(requests[2].violations, ["UNAUTHORIZED: Invalid security scheme used"]);
        assert_eq!(
            requests[3].violations,
            ["UNPROCESSABLE_ENTITY: Invalid request; Request body must be object"]
        );
    }

    #[test]
    fn a_start_is_no_request() {
        let first = |lines: usize| LOG.lines().take(lines).collect::<Vec<_>>().join("\n");
        assert!(!is_ready(&first(2)) && is_ready(&first(3)));
        assert!(requests(&first(3)).is_empty());
    }
}
