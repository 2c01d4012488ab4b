//! Conditions on profiles, as a person writes them.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::{Capabilities, FieldPath, FieldState, Profile, Timestamp, Verdict, email::is_same_address};

/// How deep conditions may be nested.
const DEEPEST: usize = 64;

/// A condition on a profile.
///
/// `FIELD = VALUE`, `!=`, `<`, `<=`, `>`, `>=`, `~` (contains, without regard to case), and
/// `FIELD is STATE` or `is not STATE` with the states `known` (or `value`), `null`, `absent`, `unsupported`,
/// `withheld`; joined by `and`, `or`, `not` and parentheses. A value is a word, or a text in single or
/// double quotes. Times compare as times, numbers as numbers, everything else as text.
///
/// A comparison of a field without a value is false, `!=` included: what is not known is neither equal nor
/// different. A list holds a value if one of its items does, in any of the item's fields.
///
/// ```
/// use anyprofile_core::Expression;
///
/// let expression: Expression = "security.mfa_enabled = false and not emails ~ '@example.com'".parse()?;
/// let error = "title =".parse::<Expression>().unwrap_err();
/// assert_eq!(error.to_string(), "a value is missing at the end");
/// # Ok::<(), anyprofile_core::ExpressionError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Expression {
    node: Node,
    text: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Compare(FieldPath, Comparison, String),
    Is(FieldPath, FieldState),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

impl Expression {
    /// Whether the profile meets the condition. `capabilities` are those of its provider.
    pub fn matches(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        // One conversion a profile, however many fields are asked for.
        let json = serde_json::to_value(profile).unwrap_or_default();
        self.node.matches(&Subject { profile, capabilities, json: &json })
    }

    /// The same, and where the profile does not meet it, whether that is for what is not known of it.
    pub fn verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let json = serde_json::to_value(profile).unwrap_or_default();
        let subject = Subject { profile, capabilities, json: &json };
        if self.node.matches(&subject) {
            return Verdict::Wanted;
        }
        if self.node.judge(&subject).is_none() { Verdict::Undetermined } else { Verdict::Unwanted }
    }

    /// Whether it is known that the profile meets the condition: where that depends on a field that is not known, `not` and `!=`
    /// included, it is undetermined.
    #[cfg(feature = "layers")]
    pub(crate) fn known_verdict(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        let json = serde_json::to_value(profile).unwrap_or_default();
        match self.node.judge(&Subject { profile, capabilities, json: &json }) {
            Some(true) => Verdict::Wanted,
            Some(false) => Verdict::Unwanted,
            None => Verdict::Undetermined,
        }
    }

    /// The fields that are compared with something, and not only asked for their state.
    pub fn compared(&self) -> Vec<FieldPath> {
        let mut paths = Vec::new();
        self.node.compared(&mut paths);
        paths
    }
}

struct Subject<'a> {
    profile: &'a Profile,
    capabilities: &'a Capabilities,
    json: &'a Value,
}

impl Node {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::And(nodes) => nodes.iter().all(|node| node.matches(subject)),
            Self::Or(nodes) => nodes.iter().any(|node| node.matches(subject)),
            Self::Not(node) => !node.matches(subject),
            Self::Is(path, state) => subject.profile.state(path, subject.capabilities) == *state,
            Self::Compare(path, comparison, wanted) => {
                if subject.profile.state(path, subject.capabilities) != FieldState::Value {
                    return false;
                }
                if path.as_str() == "id" {
                    return comparison.holds(&Value::String(subject.profile.id.to_string()), wanted);
                }
                if matches!(comparison, Comparison::Equal | Comparison::NotEqual)
                    && let Some(is_same) = is_address(subject.profile, path, wanted)
                {
                    return is_same == (*comparison == Comparison::Equal);
                }
                let value = path.as_str().split('.').try_fold(subject.json, |json, key| json.get(key));
                value.is_some_and(|value| comparison.holds(value, wanted))
            }
        }
    }
}

impl Node {
    /// Whether the condition holds; `None` if that depends on what is not known. A field that is null is known to have
    /// no value.
    fn judge(&self, subject: &Subject<'_>) -> Option<bool> {
        let mut is_open = false;
        match self {
            Self::And(nodes) | Self::Or(nodes) => {
                let decides = matches!(self, Self::Or(_));
                for node in nodes {
                    match node.judge(subject) {
                        Some(holds) if holds == decides => return Some(decides),
                        Some(_) => {}
                        None => is_open = true,
                    }
                }
                (!is_open).then_some(!decides)
            }
            Self::Not(node) => node.judge(subject).map(|holds| !holds),
            Self::Is(..) => Some(self.matches(subject)),
            Self::Compare(path, ..) => match subject.profile.state(path, subject.capabilities) {
                FieldState::Value => Some(self.matches(subject)),
                FieldState::Null => Some(false),
                _ => None,
            },
        }
    }

    fn compared(&self, paths: &mut Vec<FieldPath>) {
        match self {
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.compared(paths)),
            Self::Not(node) => node.compared(paths),
            Self::Compare(path, ..) => paths.push(path.clone()),
            Self::Is(..) => {}
        }
    }
}

impl Comparison {
    /// Whether a value of a profile compares so with the wanted one.
    fn holds(self, value: &Value, wanted: &str) -> bool {
        match (value, self) {
            (Value::Null, _) => false,
            // `!=` holds if no item is equal.
            (Value::Array(_) | Value::Object(_), Self::NotEqual) => !Self::Equal.holds(value, wanted),
            (Value::Array(items), _) => items.iter().any(|item| self.holds(item, wanted)),
            (Value::Object(fields), _) => fields.values().any(|field| self.holds(field, wanted)),
            (Value::String(text), _) => self.holds_text(text, wanted),
            (other, _) => self.holds_text(&other.to_string(), wanted),
        }
    }

    fn holds_text(self, text: &str, wanted: &str) -> bool {
        if self == Self::Contains {
            return text.to_lowercase().contains(&wanted.to_lowercase());
        }
        let order = compare(text, wanted);
        match self {
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
            Self::Contains => false,
        }
    }
}

/// Whether a field that holds e-mail addresses has this one; `None` for other fields.
fn is_address(profile: &Profile, path: &FieldPath, wanted: &str) -> Option<bool> {
    if *path == FieldPath::EMAILS {
        return Some(profile.has_email(wanted));
    }
    let contact = profile.billing.contact.value().filter(|_| *path == FieldPath::BILLING_CONTACT)?;
    Some(is_same_address(contact, wanted))
}

/// Times as times, numbers as numbers, everything else as text.
fn compare(text: &str, wanted: &str) -> Ordering {
    if let (Ok(time), Ok(wanted)) = (text.parse::<Timestamp>(), time(wanted)) {
        return time.cmp(&wanted);
    }
    if let (Ok(number), Ok(wanted)) = (text.parse::<f64>(), wanted.parse::<f64>())
        && let Some(order) = number.partial_cmp(&wanted)
    {
        return order;
    }
    text.cmp(wanted)
}

/// A time, or a date that stands for its first moment in UTC.
fn time(text: &str) -> Result<Timestamp, crate::TimestampError> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse())
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?.map_err(de::Error::custom)
    }
}

/// Shows no values: they may be personal data.
impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Expression(..)")
    }
}

/// A text that is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError(String);

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ExpressionError {}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
        let node = parser.any_of()?;
        match parser.peek() {
            None => Ok(Self { node, text: text.to_owned() }),
            Some(token) => Err(ExpressionError(format!("'and' or 'or' is missing before {}", token.shown()))),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A word without quotes: a field, a keyword or a value.
    Word(String),
    /// A text in quotes: a value.
    Text(String),
    Compare(Comparison),
    Open,
    Close,
}

impl Token {
    /// For an error. What is in quotes is a value and not repeated.
    fn shown(&self) -> String {
        match self {
            Self::Word(word) => format!("'{word}'"),
            Self::Text(_) => "the text in quotes".to_owned(),
            Self::Compare(_) => "the comparison".to_owned(),
            Self::Open => "'('".to_owned(),
            Self::Close => "')'".to_owned(),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let operators = [
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("==", Comparison::Equal),
            ("=", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
            ("~", Comparison::Contains),
        ];
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '\'' | '"' => {
                let end = rest[1..]
                    .find(first)
                    .ok_or_else(|| ExpressionError("a quote is not closed".to_owned()))?;
                (Token::Text(rest[1..=end].to_owned()), end + 2)
            }
            _ => {
                if let Some((operator, comparison)) = operators.iter().find(|(it, _)| rest.starts_with(it)) {
                    (Token::Compare(*comparison), operator.len())
                } else {
                    let ends = |c: char| c.is_whitespace() || "()'\"!=<>~".contains(c);
                    let end = rest.find(ends).unwrap_or(rest.len());
                    if end == 0 {
                        return Err(ExpressionError(format!("'{first}' is not understood")));
                    }
                    (Token::Word(rest[..end].to_owned()), end)
                }
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        self.next += usize::from(is_next);
        is_next
    }

    fn any_of(&mut self) -> Result<Node, ExpressionError> {
        let mut nodes = vec![self.all_of()?];
        while self.take_word("or") {
            nodes.push(self.all_of()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) })
    }

    fn all_of(&mut self) -> Result<Node, ExpressionError> {
        let mut nodes = vec![self.one()?];
        while self.take_word("and") {
            nodes.push(self.one()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::And(nodes) })
    }

    fn one(&mut self) -> Result<Node, ExpressionError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ExpressionError("the condition is nested too deeply".to_owned()));
        }
        let node = if self.take_word("not") { Node::Not(Box::new(self.one()?)) } else { self.plain()? };
        self.depth -= 1;
        Ok(node)
    }

    fn plain(&mut self) -> Result<Node, ExpressionError> {
        match self.take() {
            Some(Token::Open) => {
                let node = self.any_of()?;
                match self.take() {
                    Some(Token::Close) => Ok(node),
                    _ => Err(ExpressionError("a parenthesis is not closed".to_owned())),
                }
            }
            Some(Token::Word(word)) => {
                let path = word.parse().map_err(|error| ExpressionError(format!("{word}: {error}")))?;
                self.condition(path)
            }
            Some(other) => Err(ExpressionError(format!("a field is missing before {}", other.shown()))),
            None => Err(ExpressionError("a field is missing at the end".to_owned())),
        }
    }

    fn condition(&mut self, path: FieldPath) -> Result<Node, ExpressionError> {
        if self.take_word("is") {
            let negated = self.take_word("not");
            let state = match self.take() {
                Some(Token::Word(word)) => state(&word)?,
                _ => return Err(ExpressionError(format!("after 'is' comes one of: {STATES}"))),
            };
            let node = Node::Is(path, state);
            return Ok(if negated { Node::Not(Box::new(node)) } else { node });
        }
        let Some(Token::Compare(comparison)) = self.take() else {
            return Err(ExpressionError(format!("{path} is not compared with anything")));
        };
        match self.take() {
            Some(Token::Word(value) | Token::Text(value)) => {
                let value = checked(&path, comparison, value)?;
                Ok(Node::Compare(path, comparison, value))
            }
            Some(other) => Err(ExpressionError(format!("a value is missing before {}", other.shown()))),
            None => Err(ExpressionError("a value is missing at the end".to_owned())),
        }
    }
}

/// The value, if a value of the field can be like it: a comparison that can never hold would look like an answer.
fn checked(path: &FieldPath, comparison: Comparison, value: String) -> Result<String, ExpressionError> {
    if path.is_time() && comparison != Comparison::Contains && time(&value).is_err() {
        let example = "2026-01-31 or 2026-01-31T12:00:00Z";
        return Err(ExpressionError(format!("{path} is compared with a time, such as {example}")));
    }
    if path.is_bool() {
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let value = value.to_ascii_lowercase();
        if !is_equality || !matches!(value.as_str(), "true" | "false") {
            return Err(ExpressionError(format!("{path} is compared by = or != with true or false")));
        }
        return Ok(value);
    }
    Ok(value)
}

const STATES: &str = "known, null, absent, unsupported, withheld";

fn state(word: &str) -> Result<FieldState, ExpressionError> {
    Ok(match word.to_ascii_lowercase().as_str() {
        "known" | "value" => FieldState::Value,
        "null" => FieldState::Null,
        "absent" => FieldState::Absent,
        "unsupported" => FieldState::Unsupported,
        "withheld" => FieldState::Withheld,
        _ => return Err(ExpressionError(format!("a state is one of: {STATES}"))),
    })
}

#[cfg(test)]
mod tests;
