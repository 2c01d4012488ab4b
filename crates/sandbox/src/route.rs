//! The table of a service's operations, and the search for the operation of a request.

use axum::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::exchange::{Call, Reply};

/// An operation of a service.
pub(crate) struct Route<S: 'static> {
    pub(crate) method: Method,
    /// The path. A segment in braces, or its end in braces, is a parameter.
    pub(crate) path: &'static str,
    pub(crate) operation: &'static str,
    /// Whether the operation writes. A `POST` may only read.
    pub(crate) writes: bool,
    /// Handles a request with the decoded path parameters, in order.
    pub(crate) handler: Handler<S>,
}

pub(crate) type Handler<S> = fn(&S, &Call, &[String]) -> Reply;

impl<S> Route<S> {
    pub(crate) fn new(
        method: Method,
        path: &'static str,
        operation: &'static str,
        handler: Handler<S>,
    ) -> Self {
        Self { writes: method != Method::GET, method, path, operation, handler }
    }

    pub(crate) fn get(path: &'static str, operation: &'static str, handler: Handler<S>) -> Self {
        Self::new(Method::GET, path, operation, handler)
    }

    pub(crate) fn post(path: &'static str, operation: &'static str, handler: Handler<S>) -> Self {
        Self::new(Method::POST, path, operation, handler)
    }

    pub(crate) fn put(path: &'static str, operation: &'static str, handler: Handler<S>) -> Self {
        Self::new(Method::PUT, path, operation, handler)
    }

    pub(crate) fn patch(path: &'static str, operation: &'static str, handler: Handler<S>) -> Self {
        Self::new(Method::PATCH, path, operation, handler)
    }

    pub(crate) fn delete(path: &'static str, operation: &'static str, handler: Handler<S>) -> Self {
        Self::new(Method::DELETE, path, operation, handler)
    }

    /// Marks a `POST` that writes nothing.
    pub(crate) fn that_only_reads(self) -> Self {
        Self { writes: false, ..self }
    }
}

/// The part of a request that is known before any check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) writes: bool,
}

impl Operation {
    /// The operation of a request that has none.
    pub(crate) const NONE: Self = Self { id: "unknown", writes: false };
}

/// The parts that differ between the services.
pub(crate) trait Service: Send + Sync + Sized + 'static {
    const REQUEST_ID_HEADER: &'static str;

    fn routes() -> &'static [Route<Self>];

    /// Returns the path in the routes that a path stands for. Most services have no other paths.
    fn path_in_routes(path: &str) -> &str {
        path
    }

    /// Returns the response to a request without the right credential and headers.
    fn authorize(&self, call: &Call) -> Result<(), Reply>;

    /// Returns the response to an unknown path.
    fn unknown_path(&self, call: &Call) -> Reply;

    /// Returns the response to a method that the path does not have. The `Allow` header is added to it.
    fn wrong_method(&self, call: &Call) -> Reply;

    /// Returns a path segment, decoded, for another profile; `None` if it does not name a profile, or if no
    /// other exists.
    fn segment_of_another(&self, segment: &str) -> Option<String> {
        let _ = segment;
        None
    }

    /// Deletes a profile that is listed early and creates another one that is listed last. Returns whether it
    /// did.
    fn swap_person(&self) -> bool {
        false
    }

    /// Creates a profile that is listed first. Returns whether it did.
    fn insert_person(&self) -> bool {
        false
    }
}

/// A type-erased [`Service`].
pub(crate) trait AnyService: Send + Sync {
    /// Returns the operation before any check, so that a fault can act first.
    fn operation(&self, call: &Call) -> Operation;
    fn response(&self, call: &Call) -> Reply;
    fn request_id_header(&self) -> &'static str;
    /// Returns the path of the same operation on another profile.
    fn path_of_another(&self, call: &Call) -> Option<String>;
    fn swap_person(&self) -> bool;
    fn insert_person(&self) -> bool;
}

impl<S: Service> AnyService for S {
    fn operation(&self, call: &Call) -> Operation {
        match find(S::routes(), &call.method, S::path_in_routes(&call.path)) {
            RouteMatch::Route(route, _) => Operation { id: route.operation, writes: route.writes },
            RouteMatch::Methods(_) | RouteMatch::Nothing => Operation::NONE,
        }
    }

    fn response(&self, call: &Call) -> Reply {
        let found = find(S::routes(), &call.method, S::path_in_routes(&call.path));
        if matches!(found, RouteMatch::Nothing) {
            return self.unknown_path(call);
        }
        if let Err(refusal) = self.authorize(call) {
            return refusal;
        }
        match found {
            RouteMatch::Route(route, parameters) => (route.handler)(self, call, &parameters),
            RouteMatch::Methods(allow) => self.wrong_method(call).header("allow", allow),
            RouteMatch::Nothing => self.unknown_path(call),
        }
    }

    fn request_id_header(&self) -> &'static str {
        S::REQUEST_ID_HEADER
    }

    fn path_of_another(&self, call: &Call) -> Option<String> {
        let mut segments: Vec<_> = call.path.split('/').map(str::to_owned).collect();
        let mut is_found = false;
        for segment in &mut segments {
            let decoded = percent_decode_str(segment).decode_utf8_lossy().into_owned();
            if let Some(another) = self.segment_of_another(&decoded) {
                *segment = utf8_percent_encode(&another, NON_ALPHANUMERIC).to_string();
                is_found = true;
            }
        }
        is_found.then(|| segments.join("/"))
    }

    fn swap_person(&self) -> bool {
        Service::swap_person(self)
    }

    fn insert_person(&self) -> bool {
        Service::insert_person(self)
    }
}

pub(crate) enum RouteMatch<S: 'static> {
    Route(&'static Route<S>, Vec<String>),
    /// The path exists, with these methods.
    Methods(String),
    Nothing,
}

/// Finds the route of a path. The first match wins, so specific paths come before general ones.
pub(crate) fn find<S>(routes: &'static [Route<S>], method: &Method, path: &str) -> RouteMatch<S> {
    let wanted = if method == Method::HEAD { &Method::GET } else { method };
    let mut methods: Vec<&str> = Vec::new();
    let mut fitting: Option<&str> = None;
    for route in routes {
        if let Some(parameters) = match_path(route.path, path) {
            if *fitting.get_or_insert(route.path) != route.path {
                continue;
            }
            if route.method == *wanted {
                return RouteMatch::Route(route, parameters);
            }
            let known =
                if route.method == Method::GET { &["GET", "HEAD"][..] } else { &[route.method.as_str()] };
            methods.extend(known.iter().filter(|known| !methods.contains(*known)).collect::<Vec<_>>());
        }
    }
    if methods.is_empty() { RouteMatch::Nothing } else { RouteMatch::Methods(methods.join(", ")) }
}

/// Returns the decoded parameters if `path` matches. An empty segment matches no parameter.
fn match_path(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = percent_decode_str(segments.next()?).decode_utf8_lossy().into_owned();
        match expected.split_once('{') {
            Some((before, _)) => match segment.strip_prefix(before) {
                None | Some("") => return None,
                Some(value) => parameters.push(value.to_owned()),
            },
            None if expected != segment => return None,
            None => {}
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_its_pattern_segment_by_segment() {
        assert_eq!(match_path("/users/{id}/", "/users/-a%2Fb/"), Some(vec!["-a/b".to_owned()]));
        assert_eq!(match_path("/users/{id}/", "/users/x"), None);
        assert_eq!(
            match_path("/users/email={e}", "/users/email%3Da%2Bb%40c"),
            Some(vec!["a+b@c".to_owned()])
        );
        assert_eq!(match_path("/users/email={e}", "/users/email="), None);
        assert_eq!(match_path("/users/email={e}", "/users/mail=x"), None);
        assert_eq!(match_path("/users/{id}/", "/users//"), None);
        assert_eq!(match_path("/users/", "/users/"), Some(vec![]));
        assert_eq!(match_path("/users/me", "/users/me/more"), None);
    }
}
