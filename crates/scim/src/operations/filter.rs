//! Filters (RFC 7644 §3.4.2.2).

use serde_json::Value;

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    GreaterOrEqual,
}

impl Comparison {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::GreaterOrEqual => "ge",
        }
    }
}

/// Returns a filter that all comparisons must meet; `None` without comparisons. A value is written as JSON, so that no
/// text of a person ends it.
pub(crate) fn filter(comparisons: &[(&str, Comparison, Value)]) -> Option<String> {
    let written =
        comparisons.iter().map(|(path, comparison, value)| format!("{path} {} {value}", comparison.as_str()));
    let written: Vec<_> = written.collect();
    (!written.is_empty()).then(|| written.join(" and "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_ends_where_it_ends() {
        let name = json!(r#"o"neil\ or active eq true"#);
        let written =
            filter(&[("userName", Comparison::Equal, name), ("active", Comparison::Equal, json!(true))]);
        assert_eq!(written.unwrap(), r#"userName eq "o\"neil\\ or active eq true" and active eq true"#);
        assert_eq!(filter(&[]), None);
    }
}
