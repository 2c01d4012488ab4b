//! The invented people of the records. An index is the same person at every service.

use crate::rng::{Rng, key};

/// An invented person.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    /// As the person writes it, in the order and script of the language.
    pub(crate) display: String,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) country: &'static str,
}

/// Names of one script or language: as written, and in ASCII for addresses.
struct Names {
    country: &'static str,
    family_first: bool,
    given: [(&'static str, &'static str); 4],
    family: [(&'static str, &'static str); 4],
}

const fn names(
    country: &'static str,
    given: [(&'static str, &'static str); 4],
    family: [(&'static str, &'static str); 4],
) -> Names {
    Names { country, family_first: false, given, family }
}

const fn family_first(
    country: &'static str,
    given: [(&'static str, &'static str); 4],
    family: [(&'static str, &'static str); 4],
) -> Names {
    Names { country, family_first: true, given, family }
}

#[rustfmt::skip]
const LISTS: [Names; 16] = [
    names("GB", [("Rowan", "rowan"), ("Imogen", "imogen"), ("Ellis", "ellis"), ("Tamsin", "tamsin")],
        [("Hartwell", "hartwell"), ("O’Shay", "oshay"), ("Penrose-Lee", "penrose-lee"), ("Quill", "quill")]),
    names("FR", [("Zoé", "zoe"), ("Aurèle", "aurele"), ("François", "francois"), ("Maïwenn", "maiwenn")],
        [("Lefèvre", "lefevre"), ("D’Aubray", "daubray"), ("Çelier", "celier"), ("Noël", "noel")]),
    names("PL", [("Łucja", "lucja"), ("Świętosław", "swietoslaw"), ("Żaneta", "zaneta"), ("Bożydar", "bozydar")],
        [("Wąsik", "wasik"), ("Żółć", "zolc"), ("Śniegoń", "sniegon"), ("Krzesło", "krzeslo")]),
    names("IS", [("Þórdís", "thordis"), ("Ægir", "aegir"), ("Sólveig", "solveig"), ("Hrafnkell", "hrafnkell")],
        [("Ásgeirsdóttir", "asgeirsdottir"), ("Bjarnason", "bjarnason"), ("Þórsson", "thorsson"), ("Eldjárn", "eldjarn")]),
    names("TR", [("İlkay", "ilkay"), ("Çağla", "cagla"), ("Işık", "isik"), ("Gökçe", "gokce")],
        [("Şimşekoğlu", "simsekoglu"), ("Dağlı", "dagli"), ("Öztürkan", "ozturkan"), ("Kıvılcım", "kivilcim")]),
    names("VN", [("Ngọc Ánh", "ngocanh"), ("Hữu Phước", "huuphuoc"), ("Thảo", "thao"), ("Đức", "duc")],
        [("Nguyễn", "nguyen"), ("Đặng", "dang"), ("Lý", "ly"), ("Vũ", "vu")]),
    names("UA", [("Олеся", "olesya"), ("Ярема", "yarema"), ("Їлана", "yilana"), ("Тарас", "taras")],
        [("Вербицька", "verbytska"), ("Ґалаґан", "galagan"), ("Соняшник", "sonyashnyk"), ("Криниця", "krynytsia")]),
    names("GR", [("Ιόλη", "ioli"), ("Λεωνίδας", "leonidas"), ("Δανάη", "danai"), ("Φοίβος", "foivos")],
        [("Θαλασσινός", "thalassinos"), ("Αετού", "aetou"), ("Μελισσάς", "melissas"), ("Ξύδης", "xydis")]),
    names("IL", [("נועם", "noam"), ("שקד", "shaked"), ("אורי", "uri"), ("יעל", "yael")],
        [("הרדוף", "harduf"), ("בן־נחל", "bennahal"), ("ארזי", "arazi"), ("גלבוע", "gilboa")]),
    names("EG", [("ليان", "layan"), ("سامر", "samer"), ("رهف", "rahaf"), ("زياد", "ziad")],
        [("النخيل", "alnakhil"), ("البستاني", "albustani"), ("القمري", "alqamari"), ("الساقي", "alsaqi")]),
    names("IN", [("आरोही", "aarohi"), ("विहान", "vihaan"), ("मीनल", "meenal"), ("कबीर", "kabir")],
        [("सूर्यवंशी", "suryavanshi"), ("जोशीला", "joshila"), ("पर्वतकर", "parvatkar"), ("नीलकंठ", "neelkanth")]),
    names("GE", [("ნინო", "nino"), ("ლევანი", "levani"), ("თამუნა", "tamuna"), ("ზურაბი", "zurabi")],
        [("მთვარელი", "mtvareli"), ("წყაროშვილი", "tskaroshvili"), ("ვაზაძე", "vazadze"), ("ქარელი", "kareli")]),
    family_first("CN", [("雨桐", "yutong"), ("子墨", "zimo"), ("晓峰", "xiaofeng"), ("思远", "siyuan")],
        [("林", "lin"), ("欧阳", "ouyang"), ("沈", "shen"), ("陆", "lu")]),
    family_first("JP", [("陽菜", "hina"), ("蓮", "ren"), ("さくら", "sakura"), ("悠真", "yuma")],
        [("月見里", "yamanashi"), ("小鳥遊", "takanashi"), ("東雲", "shinonome"), ("五十嵐", "igarashi")]),
    family_first("KR", [("하늘", "haneul"), ("도윤", "doyun"), ("서아", "seoa"), ("지호", "jiho")],
        [("남궁", "namgung"), ("황보", "hwangbo"), ("선우", "sunwoo"), ("제갈", "jegal")]),
    names("TH", [("มะลิ", "mali"), ("ธาวิน", "thawin"), ("ฟ้าใส", "fahsai"), ("ภูผา", "phupha")],
        [("แสงจันทร์", "saengchan"), ("รุ่งเรือง", "rungrueang"), ("ทองสุข", "thongsuk"), ("ใจดี", "chaidee")]),
];

const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// Returns the person with this index.
pub(crate) fn person(seed: u64, index: u64) -> Person {
    let mut rng = Rng::new(key(&[seed, 0x7065_6F70_6C65, index]));
    let list = rng.pick(&LISTS);
    let (given, given_ascii) = *rng.pick(&list.given);
    let (family, family_ascii) = *rng.pick(&list.family);
    let domain = rng.pick(&DOMAINS);
    // Chinese, Japanese and Korean names are written family name first and without a space.
    let display = if list.family_first { format!("{family}{given}") } else { format!("{given} {family}") };
    // The index makes the names and addresses of a million people unique.
    Person {
        given,
        family,
        display,
        username: format!("{given_ascii}-{family_ascii}-{index}"),
        email: format!("{given_ascii}.{family_ascii}.{index}@{domain}"),
        country: list.country,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_depends_on_the_seed_and_the_index_only() {
        assert_eq!(person(1, 5).email, person(1, 5).email);
        assert_ne!(person(1, 5).email, person(1, 6).email);
        let differing = (0..50).filter(|i| person(1, *i).display != person(2, *i).display).count();
        assert!(differing > 40, "{differing}");
    }

    #[test]
    fn addresses_are_ascii_and_at_example_domains() {
        for index in 0..500 {
            let person = person(3, index);
            let (local, domain) = person.email.split_once('@').expect("an address");
            assert!(local.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-'), "{local}");
            assert!(DOMAINS.contains(&domain));
            assert!(person.display.chars().count() <= 60);
        }
        assert!((0..20).any(|index| !person(1, index).display.is_ascii()));
    }
}
