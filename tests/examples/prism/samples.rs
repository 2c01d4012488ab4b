//! Values that fields can have, as their formats say.

use anyprofile::{FieldPath, capabilities::ValueFormat};
use serde_json::Value;

/// What is written at once.
pub(crate) type Written = Vec<(FieldPath, Value)>;

/// The characters of a text where the service publishes no limit.
const ANY_LENGTH: u32 = 1000;

/// Values of a field, one after the other: every word of a few, and the longest text. None for a format that is not
/// known here.
pub(crate) fn of(path: &FieldPath, format: &ValueFormat) -> Option<Vec<Written>> {
    let values: Vec<Value> = match format {
        ValueFormat::Text { max_characters } => {
            vec!["Ada & <Co>".into(), text(max_characters.unwrap_or(ANY_LENGTH)).into()]
        }
        ValueFormat::Email => vec!["ada.lovelace+x@example.com".into()],
        ValueFormat::Uri => vec!["https://example.com/a/b.png?c=d&e=f#g".into()],
        ValueFormat::Country => vec!["NO".into()],
        ValueFormat::Time => {
            ["2024-11-02T08:15:00Z", "2024-11-02T09:15:00.683264+01:00"].map(Value::from).into()
        }
        ValueFormat::OneOf(words) => words.iter().map(|word| Value::from(&**word)).collect(),
        ValueFormat::Bool => vec![true.into(), false.into()],
        ValueFormat::Lines { max_lines } => {
            let lines: Vec<_> = (1..=*max_lines).map(|line| format!("Gate {line}")).collect();
            vec!["Gate 1".into(), lines.join("\n").into()]
        }
        ValueFormat::Names { max_characters } => {
            vec![vec!["blue"].into(), vec!["blue", &text(max_characters.unwrap_or(ANY_LENGTH))].into()]
        }
        ValueFormat::Roles { tiers } => {
            let place = |tier: &std::borrow::Cow<'_, str>| format!("sDw5iRCtV_Yq@{tier}:4Tk_m2Qx8vBn");
            let places: Vec<_> = tiers.iter().skip(1).map(place).collect();
            vec![vec!["sDw5iRCtV_Yq"].into(), places.into()]
        }
        ValueFormat::Pairs { max_pairs, max_key_characters, max_value_characters } => {
            let most = (1..=max_pairs.unwrap_or(20)).map(|number| {
                // The number keeps the keys apart, in two places.
                let key = format!(
                    "{number:02}{}",
                    text(max_key_characters.unwrap_or(ANY_LENGTH).saturating_sub(2))
                );
                (FieldPath::metadata(&key), text(max_value_characters.unwrap_or(ANY_LENGTH)).into())
            });
            return Some(vec![vec![(FieldPath::metadata("plan"), "pro".into())], most.collect()]);
        }
        _ => return None,
    };
    Some(values.into_iter().map(|value| vec![(path.clone(), value)]).collect())
}

/// A text of so many characters, of two bytes each.
fn text(characters: u32) -> String {
    "ä".repeat(characters as usize)
}
