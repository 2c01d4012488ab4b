//! Each form with a profile that says much and one that says little.

use anyprofile_core::{
    Capabilities, Email, Field, FieldPath, Kind, Profile, Status, Timestamp,
    capabilities::FieldSpec,
    profile::{
        Actor, Address, Credential, CredentialKind, EmailPurpose, Entitlement, Group, Label, Phone, Photo,
        Role, RoleAssignment, RoleScope, ScopeTier,
    },
};
use serde_json::Value;

use super::{Form, FormError, FormOptions, FormWriter};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::default();
    let fields = FieldPath::CORE.iter().filter(|path| **path != FieldPath::SECURITY_SSO).map(|path| {
        let spec = FieldSpec::read(path.clone(), "x");
        if *path == FieldPath::SECURITY_FIRST_LOGIN { spec.withheld("users:security") } else { spec }
    });
    capabilities.fields = fields.collect();
    capabilities
}

/// A person of whom much is known.
fn rich() -> Profile {
    let mut profile = Profile::new("library:main/user/-7f".parse().unwrap());
    profile.kind = Kind::Human.into();
    profile.status = Status::Suspended.into();
    profile.status_raw = "locked".into();
    profile.external_id = "hr-17".into();
    profile.username = "ada".into();
    profile.emails = vec![
        Email::new("ada@example.org").with_purpose(EmailPurpose::Work).with_primary(true).with_verified(true),
        Email::new("countess@example.com").with_purpose(EmailPurpose::Home),
    ]
    .into();
    profile.picture = "https://example.org/ada.png".into();
    profile.website = "https://example.org/ada".into();
    profile.title = "=cmd|'/c calc'!A0".into();
    profile.locale = "en-GB".into();
    profile.country = "GB".into();
    profile.timezone = "Europe/London".into();
    profile.nickname = Field::Null;
    profile.roles = vec![
        RoleAssignment::new(Role::new("r1", "Admin"), RoleScope::default().with_tier(ScopeTier::Account)),
        RoleAssignment::new(
            Role::new("r2", "Editor, senior"),
            RoleScope::default().with_tier(ScopeTier::Team).with_id("t1").with_name("Engines"),
        ),
    ]
    .into();
    profile.labels = vec![Label::new("mathematician").with_color(Field::Null)].into();
    profile.metadata = Field::Value([("Cost centre".to_owned(), "42".to_owned())].into());
    profile.phones = vec![
        Phone::default()
            .with_number("+44 20 7946 0018")
            .with_kind("work")
            .with_primary(true)
            .with_verified(false),
        Phone::default().with_number("+44 20 7946 0019").with_kind("mobile").with_primary(true),
    ]
    .into();
    profile.photos = vec![Photo::default().with_url("ada.png").with_kind("thumbnail")].into();
    profile.addresses = vec![
        Address::default()
            .with_kind("home")
            .with_street_address("St James's Square 12")
            .with_locality("London")
            .with_postal_code("SW1Y 4JH")
            .with_country("United Kingdom"),
    ]
    .into();
    profile.groups = vec![Group::default().with_id("g1").with_name("Engines").with_kind("team")].into();
    profile.entitlements =
        vec![Entitlement::default().with_value("seat").with_name("A seat").with_primary(true)].into();
    profile.credentials = vec![
        Credential::default()
            .with_id("c1")
            .with_kind(CredentialKind::ApiToken)
            .with_name("ci")
            .with_last_used(time("2026-10-01T12:00:00.5Z"))
            .with_expires(Field::Null),
        Credential::default().with_id("c2").with_kind(CredentialKind::Session),
    ]
    .into();
    profile.name = anyprofile_core::profile::Name::default()
        .with_display("Ada Lovelace")
        .with_given("Augusta Ada")
        .with_family("King")
        .with_formatted("Augusta Ada King, Countess of Lovelace");
    profile.organization.name = "Analytical Engines".into();
    profile.employee.number = "17".into();
    profile.employee.department = "Research".into();
    profile.employee.manager =
        Actor::default().with_id("8a").with_name("Charles Babbage").with_email("charles@example.org").into();
    profile.billing.contact = "billing@example.org".into();
    profile.access.owner = true.into();
    profile.access.billing_admin = false.into();
    profile.security.mfa_enabled = true.into();
    profile.security.last_login = Field::Null;
    profile.security.mfa_methods = vec!["totp".to_owned()].into();
    profile.times.created = time("2024-07-28T15:29:50.1234567Z").into();
    profile.times.updated = time("2026-02-03T04:05:06Z").into();
    profile
}

/// A profile of which nearly nothing is known.
fn sparse() -> Profile {
    let mut profile = Profile::new("library:main/user/x".parse().unwrap());
    profile.status = Field::Null;
    profile.roles = Vec::new().into();
    profile
}

fn options() -> FormOptions {
    FormOptions::default().with_time(time("2026-11-30T08:00:00Z"))
}

fn json(form: Form, profile: &Profile) -> (Value, FormWriter) {
    let mut writer = FormWriter::new(form, options()).unwrap();
    let line = writer.record(profile, &capabilities()).unwrap();
    assert!(line.ends_with("}\n") && line.matches('\n').count() == 1);
    (serde_json::from_str(&line).unwrap(), writer)
}

macro_rules! assert_form {
    ($name:literal, $form:expr) => {
        let ((rich, mut writer), (sparse, _)) = (json($form, &rich()), json($form, &sparse()));
        writer.record(&self::sparse(), &capabilities()).unwrap();
        insta::with_settings!({ sort_maps => true, omit_expression => true }, {
            insta::assert_json_snapshot!(concat!($name, "_rich"), rich);
            insta::assert_json_snapshot!(concat!($name, "_sparse"), sparse);
            insta::assert_snapshot!(concat!($name, "_loss"), writer.loss());
        });
    };
}

#[test]
fn a_scim_user_keeps_everything() {
    assert_form!("scim", Form::Scim);
    let mut profile = rich();
    let (_, writer) = json(Form::Scim, &profile);
    assert_eq!(writer.loss().altered.len(), 1, "two phone numbers are the primary one");
    profile.phones = Field::Absent;
    let (_, writer) = json(Form::Scim, &profile);
    assert!(writer.loss().is_empty(), "{}", writer.loss());
}

#[test]
fn null_hidden_unsupported_and_unsent_stay_apart_in_scim() {
    const OURS: &str = "urn:ietf:params:scim:schemas:extension:anyprofile:1.0:User";
    let (user, _) = json(Form::Scim, &rich());
    let states = &user[OURS]["states"];
    assert_eq!(states["null"], serde_json::json!(["nickname", "security.last_login"]));
    assert_eq!(states["withheld"], serde_json::json!(["security.first_login"]));
    assert_eq!(states["unsupported"], serde_json::json!(["security.sso"]));
    // Not sent: no word for it.
    assert!(!states.to_string().contains("billing.vat_number"));
    let (user, _) = json(Form::Scim, &sparse());
    assert_eq!(user[OURS]["states"]["empty"], serde_json::json!(["roles"]));
}

#[test]
fn scim_has_no_active_for_a_status_that_is_neither() {
    for (status, active) in [
        (Field::Value(Status::Active), Some(true)),
        (Status::Suspended.into(), Some(false)),
        (Status::Deleted.into(), Some(false)),
        (Status::Pending.into(), None),
        (Status::from("on_leave").into(), None),
        (Field::Null, None),
        (Field::Absent, None),
    ] {
        let mut profile = rich();
        profile.status = status;
        let (user, _) = json(Form::Scim, &profile);
        assert_eq!(user.get("active").and_then(Value::as_bool), active);
    }
}

#[test]
fn an_event_of_ocsf_has_what_is_known() {
    assert_form!("ocsf", Form::Ocsf);
}

#[test]
fn the_type_of_a_user_in_ocsf_is_not_made_up() {
    type Change = fn(&mut Profile);

    let admin = |tier: ScopeTier| {
        RoleAssignment::new(Role::new(Field::Absent, "Administrator"), RoleScope::default().with_tier(tier))
    };
    let cases: [(&str, Change, u64); 5] = [
        ("nothing is known", |_| {}, 0),
        ("a person", |it| it.kind = Kind::Human.into(), 1),
        ("an owner", |it| it.access.owner = true.into(), 2),
        ("a program that owns", |it| (it.kind, it.access.owner) = (Kind::Service.into(), true.into()), 4),
        ("a word of the service", |it| it.kind = Kind::from("robot").into(), 99),
    ];
    for (what, change, number) in cases {
        let mut profile = sparse();
        change(&mut profile);
        let (event, writer) = json(Form::Ocsf, &profile);
        assert_eq!(event["user"]["type_id"], number, "{what}");
        assert!(writer.loss().guessed.is_empty(), "{what}");
    }
    for (tier, number, guesses) in [(ScopeTier::Account, 2, 1), (ScopeTier::Team, 1, 0)] {
        let mut profile = sparse();
        profile.kind = Kind::Human.into();
        profile.roles = vec![admin(tier)].into();
        let (event, writer) = json(Form::Ocsf, &profile);
        assert_eq!(event["user"]["type_id"], number);
        assert_eq!(writer.loss().guessed.len(), guesses);
    }
}

#[test]
fn an_event_of_ecs_has_what_is_known() {
    assert_form!("ecs", Form::Ecs);
}

#[test]
fn the_claims_of_a_person_are_those_that_are_known() {
    assert_form!("oidc", Form::Oidc);
    let (claims, _) = json(Form::Oidc, &sparse());
    assert!(claims.get("email_verified").is_none());
}

#[test]
fn every_word_names_its_form_and_an_error_names_them_all() {
    for form in Form::ALL {
        assert_eq!(form.to_string().parse(), Ok(form));
        assert_eq!(serde_json::to_value(form).unwrap(), form.as_str());
    }
    let error = "Vanta".parse::<Form>().unwrap_err().to_string();
    insta::assert_snapshot!(error, @"a form must be one of: scim, ocsf, ecs, oidc, vanta, drata, secureslate, conductorone");
}

#[test]
fn a_report_has_no_personal_data() {
    for form in Form::ALL {
        let Ok(mut writer) = FormWriter::new(form, options().with_unknown_mfa(false)) else { continue };
        for profile in [rich(), sparse()] {
            writer.record(&profile, &capabilities()).unwrap();
            writer.entitlements(&profile).unwrap();
        }
        assert_eq!(writer.loss().profiles, 2);
        let report = format!("{}{}", writer.loss(), serde_json::to_string(writer.loss()).unwrap());
        for text in ["Ada", "Lovelace", "example.org", "mathematician", "Engines", "-7f", "totp"] {
            assert!(!report.contains(text), "{form}: {text}");
        }
    }
}

#[cfg(not(feature = "csv"))]
#[test]
fn a_csv_form_that_is_not_built_in_says_how_to_get_it() {
    let error = FormWriter::new(Form::Vanta, FormOptions::default()).unwrap_err();
    assert_eq!(error, FormError::NotBuilt(Form::Vanta));
    assert!(error.to_string().contains("feature 'csv'"));
}

#[cfg(feature = "csv")]
mod csv_forms {
    use super::*;

    /// The file for both profiles, and the report.
    fn file(form: Form, options: FormOptions) -> String {
        let mut writer = FormWriter::new(form, options).unwrap();
        let mut file = writer.header().unwrap();
        for profile in [rich(), sparse()] {
            file.push_str(&writer.record(&profile, &capabilities()).unwrap());
        }
        if let Some(header) = writer.entitlements_header() {
            file.push_str("---\n");
            file.push_str(&header);
            // The second time, nothing is new.
            for profile in [rich(), sparse(), rich()] {
                file.push_str(&writer.entitlements(&profile).unwrap());
            }
        }
        format!("{file}---\n{}", writer.loss())
    }

    #[test]
    fn access_files_and_personnel_files_say_what_they_guess() {
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!("vanta", file(Form::Vanta, options()));
            insta::assert_snapshot!("secureslate", file(Form::SecureSlate, options().with_unknown_mfa(false)));
            insta::assert_snapshot!("drata", file(Form::Drata, options().with_unknown_mfa(true)));
            insta::assert_snapshot!("conductorone", file(Form::ConductorOne, options()));
        });
    }

    #[test]
    fn every_record_has_the_columns_of_the_header() {
        for form in Form::ALL.into_iter().filter(|form| form.is_csv()) {
            let mut writer = FormWriter::new(form, options().with_unknown_mfa(false)).unwrap();
            let mut file = writer.header().unwrap();
            for profile in [rich(), sparse()] {
                file.push_str(&writer.record(&profile, &capabilities()).unwrap());
            }
            // The reader refuses records of another length.
            assert_eq!(csv::Reader::from_reader(file.as_bytes()).records().map(Result::unwrap).count(), 2);
        }
    }

    #[test]
    fn access_is_gone_only_where_the_service_says_so() {
        for (status, written, guesses) in [
            (Field::Value(Status::Active), "Active", 0),
            (Status::Suspended.into(), "Deactivated", 0),
            (Status::Deleted.into(), "Deactivated", 0),
            (Status::Pending.into(), "Active", 1),
            (Status::from("on_leave").into(), "Active", 1),
            (Field::Null, "Active", 1),
            (Field::Absent, "Active", 1),
        ] {
            let mut profile = rich();
            profile.status = status;
            let mut writer = FormWriter::new(Form::Vanta, options()).unwrap();
            let line = writer.record(&profile, &capabilities()).unwrap();
            assert!(line.ends_with(&format!(",{written}\n")), "{line}");
            assert_eq!(writer.loss().guessed.len(), guesses);
        }
    }

    #[test]
    fn an_account_belongs_to_a_person_only_if_it_is_one() {
        let with_email = |kind: Field<Kind>| {
            let mut profile = sparse();
            profile.kind = kind;
            profile.emails = vec![Email::new("a@example.org").with_purpose(EmailPurpose::Login)].into();
            profile
        };
        let without = |kind: Field<Kind>| {
            let mut profile = sparse();
            profile.kind = kind;
            profile
        };
        for (profile, owner, is_guess) in [
            (with_email(Kind::Human.into()), "a@example.org", false),
            (without(Kind::Human.into()), "No owner", true),
            (with_email(Kind::Service.into()), "Not a person", false),
            (without(Kind::Organization.into()), "Not a person", false),
            (with_email(Field::Absent), "a@example.org", true),
            (without(Field::Null), "No owner", true),
            (without(Kind::from("robot").into()), "No owner", true),
        ] {
            let mut writer = FormWriter::new(Form::Vanta, options()).unwrap();
            let line = writer.record(&profile, &capabilities()).unwrap();
            assert_eq!(line.split(',').nth(1), Some(owner));
            assert_eq!(
                writer.loss().guessed.iter().any(|it| it.column == "Account owner"),
                is_guess,
                "{line}"
            );
        }
    }

    #[test]
    fn a_second_factor_that_is_not_known_stops_the_run_unless_there_is_a_choice() {
        for form in [Form::Drata, Form::SecureSlate] {
            let mut writer = FormWriter::new(form, options()).unwrap();
            writer.record(&rich(), &capabilities()).unwrap();
            for number in 0..25 {
                let mut profile = sparse();
                profile.id = format!("library:main/user/{number}").parse().unwrap();
                profile.security.mfa_enabled = if number % 2 == 0 { Field::Null } else { Field::Absent };
                // What is set up does not say what is required.
                profile.security.mfa_methods = vec!["totp".to_owned()].into();
                let error = writer.record(&profile, &capabilities()).unwrap_err();
                assert!(
                    matches!(error, FormError::UnknownMfa { profiles: 1, ref ids, .. } if ids[0] == profile.id)
                );
            }
            assert_eq!((writer.unknown_mfa().len(), writer.unknown_mfa_profiles()), (20, 25));
            assert_eq!(writer.loss().profiles, 1, "what is not written lost nothing");
            let error = writer.check().unwrap_err().to_string();
            assert!(
                error.contains("25 profiles") && error.contains("library:main/user/19 and 5 more"),
                "{error}"
            );
            assert_eq!(writer.manifest().unknown_mfa, None);

            for (choice, words) in [(false, ["no", "No"]), (true, ["yes", "Yes"])] {
                let mut writer = FormWriter::new(form, options().with_unknown_mfa(choice)).unwrap();
                let line = writer.record(&sparse(), &capabilities()).unwrap();
                assert!(line.split(',').any(|cell| words.contains(&cell)), "{line}");
                assert!(writer.loss().guessed.iter().any(|it| it.reason.contains("as the caller chose")));
                assert_eq!(writer.check(), Ok(()));
                assert_eq!(writer.manifest().unknown_mfa, Some(choice));
            }
        }
        let mut vanta = FormWriter::new(Form::Vanta, options().with_unknown_mfa(true)).unwrap();
        vanta.record(&sparse(), &capabilities()).unwrap();
        assert_eq!(vanta.manifest().unknown_mfa, None, "the form has no such column");
    }

    #[test]
    fn a_name_is_split_only_if_nothing_better_is_known() {
        for (display, given, first, last, is_guess) in [
            ("Ada King Lovelace", Field::Absent, "Ada King", "Lovelace", true),
            ("제갈도윤", Field::Absent, "제갈도윤", "", true),
            ("ada@example.org", Field::Absent, "", "", false),
            ("Ada King Lovelace", "Augusta".into(), "Augusta", "", false),
        ] {
            let mut profile = sparse();
            profile.name.display = display.into();
            profile.name.given = given;
            let mut writer = FormWriter::new(Form::Drata, options().with_unknown_mfa(false)).unwrap();
            let line = writer.record(&profile, &capabilities()).unwrap();
            assert!(line.starts_with(&format!("x,{first},{last},")), "{line}");
            assert_eq!(writer.loss().guessed.iter().any(|it| it.column == "first_name"), is_guess);
            assert_eq!(writer.loss().missing_required.contains_key("last_name"), last.is_empty());
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        let mut profile = rich();
        profile.id = "library:main/user/=1+1".parse().unwrap();
        profile.name = anyprofile_core::profile::Name::default().with_display("@SUM(A1) -x");
        profile.username = "+ada".into();
        profile.picture = "\t=1".into();
        profile.roles =
            vec![RoleAssignment::new(Role::new("r", "=HYPERLINK(\"http://x\")"), Field::Absent)].into();
        profile.groups = vec![Group::default().with_name("-g")].into();
        for form in Form::ALL.into_iter().filter(|form| form.is_csv()) {
            let mut writer = FormWriter::new(form, options()).unwrap();
            let mut file = writer.record(&profile, &capabilities()).unwrap();
            file.push_str(&writer.entitlements(&profile).unwrap());
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
            for cell in reader
                .records()
                .map(Result::unwrap)
                .flat_map(|it| it.iter().map(str::to_owned).collect::<Vec<_>>())
            {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{form}: {cell}");
            }
            assert!(writer.loss().altered.iter().any(|it| it.reason.contains("formula")), "{form}");
        }
    }
}

/// Writes the profiles of a file of lines of JSON as SCIM users. The script in `tests/real/forms` checks them:
///
/// ```sh
/// FORMS_PROFILES=profiles.ndjson FORMS_OUT=users.ndjson cargo test -p anyprofile-snapshot --lib form -- --ignored
/// ```
#[test]
#[ignore = "needs a file of profiles"]
fn profiles_of_a_file_are_written_as_scim_users() {
    let [profiles, out] = ["FORMS_PROFILES", "FORMS_OUT"].map(|name| std::env::var(name).unwrap());
    let mut writer = FormWriter::new(Form::Scim, options()).unwrap();
    let mut users = String::new();
    for line in std::fs::read_to_string(profiles).unwrap().lines() {
        users.push_str(&writer.record(&serde_json::from_str(line).unwrap(), &capabilities()).unwrap());
    }
    for profile in [rich(), sparse()] {
        users.push_str(&writer.record(&profile, &capabilities()).unwrap());
    }
    std::fs::write(out, users).unwrap();
    eprint!("{}", writer.loss());
}
