//! What is handed to browsers and to a CI.

#[cfg(feature = "schema")]
use anyprofile_review::Policy;
use anyprofile_review::Review;
use serde_json::Value;

use crate::people::{human, options, snapshot, with_address};

/// A name with everything that a page, a report or a spreadsheet may take for something else.
const HOSTILE: &str =
    "</script><script>alert(1)</script>\"><img src=x onerror=alert(1)> =1+1 \u{202e}\u{0} \u{fffe} ]]> 名前";

const RULES: &str = "[[rules]]\ncheck = \"mfa\"\nseverity = \"high\"\n[[rules]]\ncheck = \"email_domains\"\ndomains = [\"example.com\"]\nseverity = \"low\"";

async fn hostile() -> Review {
    let mut eve = with_address("eu/user/eve", &format!("{}@example.com", "e".repeat(10_000)));
    eve.name.display = HOSTILE.into();
    eve.title = HOSTILE.into();
    eve.security.mfa_enabled = false.into();
    let people = vec![eve, human("eu/user/silent")];
    Review::of(&snapshot(people).await, &options(RULES).with_profiles()).await.unwrap()
}

/// The content of the element with the data of a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script id=\"data\" type=\"application/json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test]
async fn a_page_holds_every_value_and_no_value_is_a_part_of_the_page() {
    let review = hostile().await;
    let page = review.page().unwrap();
    let (people, options) = (snapshot(vec![human("eu/user/silent")]).await, options(RULES).with_profiles());
    let harmless = Review::of(&people, &options).await.unwrap().page().unwrap();
    for markup in ["<script", "</script", "<img", "<!--"] {
        assert_eq!(
            page.matches(markup).count(),
            harmless.matches(markup).count(),
            "no value is markup: {markup}"
        );
    }
    let data = data(&page);
    assert_eq!(data["profiles"][0]["name"], HOSTILE);
    let title = data["fields"].as_array().unwrap().iter().position(|field| field == "title").unwrap();
    assert_eq!(data["profiles"][0]["values"][title.to_string()], HOSTILE);
    assert_eq!(data["profiles"][0]["findings"], serde_json::json!([0]));
    assert_eq!(data["findings"][0]["profiles"], serde_json::json!([0]));
    assert_eq!(data["profiles"][1]["mfa"], Value::Null);
    assert_eq!(data["profiles"][1]["mfa_state"], "absent");
    assert_eq!(data["snapshot"]["complete"], true);
    assert_eq!(data["id"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn a_page_needs_the_profiles_and_is_the_same_for_the_same_review() {
    let people = || vec![human("eu/user/silent")];
    let snapshot = snapshot(people()).await;
    let without = Review::of(&snapshot, &options(RULES)).await.unwrap();
    assert!(without.page().unwrap_err().to_string().contains("with_profiles"));
    let of =
        || async { Review::of(&snapshot, &options(RULES).with_profiles()).await.unwrap().page().unwrap() };
    assert_eq!(of().await, of().await);
}

#[tokio::test]
async fn sarif_tells_apart_what_is_broken_and_what_is_not_known() {
    let review = hostile().await;
    let sarif = review.sarif(("anyprofile", "1.0"), Some("policy.toml"));
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let results: Vec<_> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["ruleId"], &it["level"], &it["kind"]))
        .collect();
    let (error, none, open) = (Value::from("error"), Value::from("none"), Value::from("open"));
    assert_eq!(results[0], (&"mfa".into(), &error, &Value::Null));
    assert_eq!(results[1], (&"mfa".into(), &none, &open));
    assert!(!sarif.to_string().contains("onerror"), "names are no part of a report");
    insta::assert_json_snapshot!(run["results"][0], @r#"
    {
      "level": "error",
      "locations": [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "memory:eu/user/eve",
              "kind": "resource"
            }
          ],
          "physicalLocation": {
            "artifactLocation": {
              "uri": "policy.toml"
            },
            "region": {
              "startLine": 1
            }
          }
        }
      ],
      "message": {
        "text": "memory:eu/user/eve: no second factor"
      },
      "partialFingerprints": {
        "anyprofile/v1": "0d372c7e9e59aa09d5a59d00ddc855784eb3a588248217b0b7c7d580ed0b1596"
      },
      "properties": {
        "severity": "high",
        "state": "violated"
      },
      "ruleId": "mfa",
      "ruleIndex": 0
    }
    "#);
}

#[tokio::test]
async fn junit_fails_what_is_broken_and_skips_what_is_not_known() {
    let review = hostile().await;
    insta::assert_snapshot!(review.junit().unwrap(), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="access review">
      <testsuite name="complete" tests="1" failures="0" skipped="0" errors="0">
        <testcase classname="complete" name="memory:eu">
        </testcase>
      </testsuite>
      <testsuite name="mfa" tests="2" failures="1" skipped="1" errors="0">
        <testcase classname="mfa" name="memory:eu/user/eve">
          <failure message="high: no second factor">memory:eu/user/eve</failure>
        </testcase>
        <testcase classname="mfa" name="memory:eu/user/silent">
          <skipped message="whether there is a second factor is not known: the service did not send it">memory:eu/user/silent</skipped>
        </testcase>
      </testsuite>
      <testsuite name="email_domains" tests="1" failures="0" skipped="1" errors="0">
        <testcase classname="email_domains" name="memory:eu/user/silent">
          <skipped message="the e-mail address is not known: the service did not send it">memory:eu/user/silent</skipped>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
#[cfg(feature = "schema")]
fn the_suggested_policy_is_one_by_its_schema() {
    let schema = anyprofile_review::policy_schema();
    let policy = serde_json::to_value(Policy::suggested().unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(
        validator.is_valid(&policy),
        "{:?}",
        validator.iter_errors(&policy).map(|it| it.to_string()).collect::<Vec<_>>()
    );
    let mut wrong = policy;
    wrong["rules"][0]["chek"] = 1.into();
    assert!(!validator.is_valid(&wrong));
}

#[tokio::test]
async fn a_rule_that_was_not_checked_is_no_test_that_passed() {
    let rules = "[[rules]]\ncheck = \"left\"\nseverity = \"high\"";
    let snapshot = snapshot(vec![human("eu/user/silent")]).await;
    let review = Review::of(&snapshot, &options(rules).with_profiles()).await.unwrap();
    assert_eq!(review.unchecked().collect::<Vec<_>>(), [("left", "there is no roster")]);
    let junit = review.junit().unwrap();
    assert!(junit.contains(r#"<skipped message="not checked: there is no roster">"#), "{junit}");
    let sarif = review.sarif(("anyprofile", "1.0"), Some("a b/p\u{fc}.toml"));
    assert!(sarif.to_string().contains("left: not checked: there is no roster"), "{sarif}");
    assert_eq!(data(&review.page().unwrap())["rules"][0]["unchecked"], "there is no roster");
}
