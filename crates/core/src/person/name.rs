//! What the names of two profiles say against their being one person.

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::Profile;

/// The shortest word that counts if it is a part of another one.
const SHORTEST_PART: usize = 3;

/// Returns the words of a profile's names, in lower case and without accents; `None` if there is none, or if not all of them are in Latin
/// letters, which are compared with others of their kind alone.
pub(super) fn words_of(profile: &Profile) -> Option<Box<str>> {
    let name = &profile.name;
    // The service made it of something else, such as the address.
    let display = Some(&name.display).filter(|_| !name.derived.is_known_to_be(&true));
    let texts = [display, Some(&name.given), Some(&name.family), Some(&name.formatted)];
    let normalizer = DecomposingNormalizerBorrowed::new_nfd();
    let mut words: Vec<String> = Vec::new();
    for text in texts.into_iter().flatten().filter_map(|field| field.value()) {
        let plain: String = normalizer.normalize(text).chars().filter(|letter| !is_accent(*letter)).collect();
        for word in plain.to_lowercase().split(|letter: char| !letter.is_alphanumeric()) {
            if !word.is_empty() && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
    }
    let is_latin = |letter: char| {
        !letter.is_alphabetic() || letter < '\u{250}' || matches!(letter, '\u{1e00}'..='\u{1eff}')
    };
    let is_comparable = !words.is_empty() && words.iter().all(|word| word.chars().all(is_latin));
    is_comparable.then(|| words.join(" ").into())
}

fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Returns whether the words of two names have nothing in common: no word of one is a word, or a part of a word, of the other.
pub(super) fn differ(one: &str, other: &str) -> bool {
    let is_part = |part: &str, whole: &str| part.chars().count() >= SHORTEST_PART && whole.contains(part);
    let is_like = |a: &str, b: &str| a == b || is_part(a, b) || is_part(b, a);
    !one.split(' ').any(|a| other.split(' ').any(|b| is_like(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(display: &str) -> Option<Box<str>> {
        let mut profile = Profile::new("probely:eu/user/1".parse().unwrap());
        profile.name.display = display.into();
        words_of(&profile)
    }

    #[test]
    fn names_differ_only_if_no_word_is_like_another_one() {
        for (one, other, is_so) in [
            ("Ada Lovelace", "Lovelace, A.", false),
            ("Ada Lovelace", "alovelace", false),
            ("Zoë Müller", "ZOE", false),
            ("Grace Hopper", "Ada Lovelace", true),
            ("ERP Admin 2", "Ada Lovelace", true),
        ] {
            assert_eq!(differ(&words(one).unwrap(), &words(other).unwrap()), is_so, "{one}, {other}");
        }
    }

    #[test]
    fn other_letters_are_not_compared() {
        assert_eq!(words("東雲陽菜"), None);
        assert_eq!(words("…"), None);
    }
}
