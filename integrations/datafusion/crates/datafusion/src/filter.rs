//! Which conditions of a query a listing applies.

use anyprofile::{Expected, Filter, Kind, Status, Timestamp};
use datafusion::{
    arrow::datatypes::DataType,
    common::ScalarValue,
    logical_expr::{BinaryExpr, Cast, Expr, Operator, TableProviderFilterPushDown, TryCast},
};

/// A condition that a listing applies.
#[derive(Clone, Debug, PartialEq)]
enum Condition {
    Status(Vec<Status>),
    Kind(Vec<Kind>),
    Mfa(bool),
    Email(String),
    UpdatedSince(Timestamp),
    CreatedSince(Timestamp),
}

impl Condition {
    /// Returns whether the listing leaves out exactly those that the condition does.
    ///
    /// A search for an address finds others than the first address, too, and upper-case ones.
    fn is_exact(&self, is_strict: bool) -> bool {
        !is_strict && !matches!(self, Self::Email(_))
    }
}

/// The columns that tell partitions apart.
const PLACE: [&str; 3] = ["service", "account", "collection"];

/// Returns how a condition is applied: exactly, or not at all.
pub(crate) fn pushdown(expr: &Expr) -> TableProviderFilterPushDown {
    if is_of_place(expr) || condition(expr).is_some() {
        TableProviderFilterPushDown::Exact
    } else {
        TableProviderFilterPushDown::Unsupported
    }
}

/// Returns the conditions that neither a listing nor the choice of listings applies exactly, and that must be applied to what comes;
/// `None` if one of them never holds.
///
/// A condition may have been simplified since it was [accepted](pushdown): what is not known any more is applied to what comes, too.
pub(crate) fn rest_of(exprs: &[Expr]) -> Option<Vec<Expr>> {
    let mut rest = Vec::new();
    for expr in exprs {
        match expr {
            Expr::Literal(ScalarValue::Boolean(Some(true)), _) => {}
            Expr::Literal(ScalarValue::Boolean(_) | ScalarValue::Null, _) => return None,
            expr if is_of_place(expr) => {
                // A list without collections may have profiles of several kinds.
                if names_collection(expr) {
                    rest.push(expr.clone());
                }
            }
            expr => match condition(expr) {
                Some((condition, is_strict)) if condition.is_exact(is_strict) => {}
                _ => rest.push(expr.clone()),
            },
        }
    }
    Some(rest)
}

/// Returns whether a condition is about the collection.
pub(crate) fn names_collection(expr: &Expr) -> bool {
    expr.column_refs().iter().any(|column| column.name == PLACE[2])
}

/// Returns whether a condition is about nothing but which account, service or collection it is.
pub(crate) fn is_of_place(expr: &Expr) -> bool {
    let columns = expr.column_refs();
    !columns.is_empty() && columns.iter().all(|column| PLACE.contains(&&*column.name)) && !expr.is_volatile()
}

/// Returns the filter of a listing for these conditions, all of which must hold; `None` if they contradict each other, so that nobody
/// matches. Those that no listing applies are left out.
pub(crate) fn filter_of(exprs: &[Expr]) -> Option<Filter> {
    let mut filter = Filter::new();
    for (condition, _) in exprs.iter().filter_map(condition) {
        match condition {
            Condition::Status(words) => filter.status = both(&filter.status, words)?,
            Condition::Kind(words) => filter.kind = both(&filter.kind, words)?,
            Condition::Mfa(mfa) => {
                if filter.mfa.is_some_and(|before| before != Expected::Is(mfa)) {
                    return None;
                }
                filter.mfa = Some(Expected::Is(mfa));
            }
            // One address is searched for. The other conditions are applied to who is found.
            Condition::Email(address) => filter.email = filter.email.or(Some(address)),
            Condition::UpdatedSince(time) => filter.updated_since = filter.updated_since.max(Some(time)),
            Condition::CreatedSince(time) => filter.created_since = filter.created_since.max(Some(time)),
        }
    }
    Some(filter)
}

/// Returns the words that both lists accept; the empty list accepts all. `None` if there are none.
fn both<T: PartialEq>(before: &[Expected<T>], words: Vec<T>) -> Option<Vec<Expected<T>>> {
    let words = words.into_iter().map(Expected::Is);
    let both: Vec<_> = words.filter(|word| before.is_empty() || before.contains(word)).collect();
    (!both.is_empty()).then_some(both)
}

/// Returns the condition, and whether it is stricter than what the listing applies.
fn condition(expr: &Expr) -> Option<(Condition, bool)> {
    let exactly = |condition| Some((condition, false));
    match expr {
        Expr::Column(column) if column.name == "mfa_enabled" => exactly(Condition::Mfa(true)),
        Expr::IsTrue(inner) => condition(inner),
        Expr::Not(inner) | Expr::IsFalse(inner) => match (&**inner, condition(inner)?) {
            (Expr::Column(_), (Condition::Mfa(mfa), _)) => exactly(Condition::Mfa(!mfa)),
            _ => None,
        },
        Expr::InList(list) if !list.negated => {
            let words = list.list.iter().map(|item| text(literal(item)?)).collect::<Option<Vec<_>>>()?;
            exactly(words_of(column(&list.expr)?, &words)?)
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            match (condition(left)?, condition(right)?) {
                ((Condition::Status(one), _), (Condition::Status(other), _)) => {
                    exactly(Condition::Status([one, other].concat()))
                }
                ((Condition::Kind(one), _), (Condition::Kind(other), _)) => {
                    exactly(Condition::Kind([one, other].concat()))
                }
                _ => None,
            }
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let (name, op, value) = match (column(left), column(right)) {
                (Some(name), None) => (name, *op, literal(right)?),
                (None, Some(name)) => (name, op.swap()?, literal(left)?),
                _ => return None,
            };
            compared(name, op, value)
        }
        _ => None,
    }
}

fn compared(name: &str, op: Operator, value: &ScalarValue) -> Option<(Condition, bool)> {
    let since = match name {
        "updated" => Condition::UpdatedSince as fn(Timestamp) -> Condition,
        "created" => Condition::CreatedSince,
        "mfa_enabled" if op == Operator::Eq => {
            let ScalarValue::Boolean(Some(mfa)) = value else { return None };
            return Some((Condition::Mfa(*mfa), false));
        }
        _ if op == Operator::Eq => return Some((words_of(name, &[text(value)?])?, false)),
        _ => return None,
    };
    match op {
        Operator::GtEq => Some((since(time(value)?), false)),
        // At this very moment is not later.
        Operator::Gt | Operator::Eq => Some((since(time(value)?), true)),
        _ => None,
    }
}

/// Returns the condition that a column is one of these words; `None` if a word is not one that the column can have.
fn words_of(name: &str, words: &[&str]) -> Option<Condition> {
    // A filter has this word for what is not known, and a column has null.
    if words.contains(&"unknown") {
        return None;
    }
    match (name, words) {
        ("status", words) => {
            let parsed =
                words.iter().map(|word| word.parse().ok().filter(|it: &Status| it.as_str() == *word));
            Some(Condition::Status(parsed.collect::<Option<_>>()?))
        }
        ("kind", words) => {
            let parsed = words.iter().map(|word| word.parse().ok().filter(|it: &Kind| it.as_str() == *word));
            Some(Condition::Kind(parsed.collect::<Option<_>>()?))
        }
        ("email", [address]) if !address.is_empty() => Some(Condition::Email((*address).to_owned())),
        _ => None,
    }
}

/// Returns the name of a column, also of one that is compared as text.
fn column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column(column) => Some(&column.name),
        Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field })
            if is_text(field.data_type()) =>
        {
            column(expr)
        }
        _ => None,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn literal(expr: &Expr) -> Option<&ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    }
}

fn text(value: &ScalarValue) -> Option<&str> {
    value.try_as_str().flatten()
}

fn time(value: &ScalarValue) -> Option<Timestamp> {
    let nanoseconds = match value {
        ScalarValue::TimestampSecond(Some(time), _) => i128::from(*time) * 1_000_000_000,
        ScalarValue::TimestampMillisecond(Some(time), _) => i128::from(*time) * 1_000_000,
        ScalarValue::TimestampMicrosecond(Some(time), _) => i128::from(*time) * 1_000,
        ScalarValue::TimestampNanosecond(Some(time), _) => i128::from(*time),
        _ => return None,
    };
    // The columns have microseconds, rounded down.
    let is_whole = nanoseconds.rem_euclid(1000) == 0;
    Timestamp::from_unix_nanoseconds(nanoseconds).filter(|_| is_whole)
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};

    use super::*;

    fn word(text: &str) -> Expr {
        let text = ScalarValue::Utf8(Some(text.to_owned()));
        lit(ScalarValue::Dictionary(Box::new(DataType::Int32), Box::new(text)))
    }

    #[test]
    fn conditions_that_a_listing_applies_are_told_from_those_that_it_does_not() {
        // Whether it is accepted, and whether it must be applied to what comes all the same.
        const EXACT: (bool, bool) = (true, false);
        const WIDER: (bool, bool) = (true, true);
        const REFUSED: (bool, bool) = (false, true);
        let since = lit(ScalarValue::TimestampMicrosecond(Some(1_700_000_000_000_000), Some("UTC".into())));
        for (expr, expected) in [
            (col("status").eq(word("active")), EXACT),
            (word("active").eq(col("status")), EXACT),
            (col("status").eq(word("active")).or(col("status").eq(word("suspended"))), EXACT),
            (col("status").in_list(vec![word("active"), word("locked")], false), EXACT),
            (col("status").eq(word("unknown")), REFUSED),
            (col("status").in_list(vec![word("active"), word("unknown")], false), REFUSED),
            (col("status").in_list(vec![word("active")], true), REFUSED),
            (col("status").not_eq(word("active")), REFUSED),
            (col("status").eq(word("active")).or(col("kind").eq(word("human"))), REFUSED),
            (col("mfa_enabled"), EXACT),
            (col("mfa_enabled").is_false(), EXACT),
            (!col("mfa_enabled"), EXACT),
            (!(!col("mfa_enabled")), REFUSED),
            (col("mfa_enabled").is_null(), REFUSED),
            (col("email").eq(lit("ada@example.com")), WIDER),
            (col("created").gt_eq(since.clone()), EXACT),
            (since.clone().lt(col("updated")), WIDER),
            (col("updated").lt(since), REFUSED),
            (col("service").eq(word("probely")), EXACT),
            (col("account").like(lit("eu-%")), EXACT),
            (col("collection").eq(word("user")), WIDER),
            (col("is_owner"), REFUSED),
        ] {
            let is_accepted = pushdown(&expr) == TableProviderFilterPushDown::Exact;
            let is_left = rest_of(std::slice::from_ref(&expr)).is_some_and(|rest| !rest.is_empty());
            assert_eq!((is_accepted, is_left), expected, "{expr}");
        }
        assert_eq!(rest_of(&[lit(true)]), Some(Vec::new()));
        assert_eq!((rest_of(&[lit(false)]), rest_of(&[lit(ScalarValue::Boolean(None))])), (None, None));
    }

    /// What is sent to another process is what was meant.
    #[test]
    fn a_filter_is_read_back_as_it_was() {
        for expr in [
            col("status").eq(word("active")).or(col("status").eq(word("no such word"))),
            col("kind").eq(word("unknown")),
            col("mfa_enabled"),
            col("email").eq(lit("unknown")),
        ] {
            let filter = filter_of(&[expr]).unwrap();
            let text = serde_json::to_string(&filter).unwrap();
            assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), filter, "{text}");
        }
    }

    #[test]
    fn conditions_that_contradict_each_other_match_nobody() {
        let is = |word: &str| col("status").eq(self::word(word));
        assert!(filter_of(&[is("active"), is("suspended")]).is_none());
        assert!(filter_of(&[col("mfa_enabled"), !col("mfa_enabled")]).is_none());
        let filter = filter_of(&[is("active").or(is("suspended")), is("active")]).unwrap();
        assert_eq!(filter.status, [Expected::Is(Status::Active)]);
    }
}
