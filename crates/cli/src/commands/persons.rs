//! `anyprofile persons`

use std::{collections::HashMap, fs, path::Path};

use anyprofile::{
    ListQuery, ProfileId,
    person::{Ambiguity, Mapping, Person, PersonLinker, Persons},
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::source::Source;
use crate::{
    args::{Format, Global, PersonsArguments, SnapshotOrLive},
    exit::{Exit, Failure},
    files,
    output::{MOST_ROWS, print_line, print_rows},
    session::Session,
    summary::counted,
};

/// The columns of a row: a profile of a person, or one that a person owns.
const COLUMNS: [&str; 6] = ["person", "name", "profile", "is", "rule", "strength"];

/// The columns of a row: a profile that may be somebody else.
const AMBIGUITY_COLUMNS: [&str; 5] = ["ambiguity", "reason", "rule", "name", "profile"];

/// Finds out which profiles are one person, and prints them.
pub(crate) async fn run(global: &Global, arguments: PersonsArguments) -> Result<Exit, Failure> {
    let mapping = mapping(arguments.from.mapping.as_deref())?;
    let source = source(global, &arguments.from).await?;
    let snapshot = &source.snapshot;
    let mut linker = PersonLinker::new().with_mapping(mapping);
    let mut names = HashMap::new();
    let mut profiles = snapshot.read();
    while let Some(profile) = profiles.try_next().await? {
        linker.add(&profile);
        names.insert(profile.id.clone(), profile.label().into_owned());
    }
    let persons = linker.link();
    if arguments.ambiguities {
        print_ambiguities(global.output, &persons, &names)?;
    } else {
        print(global.output, &persons, &names)?;
    }
    if !global.quiet {
        tell(&persons);
        for (account, gap) in snapshot.manifest().gaps() {
            say!("warning: {account}: {gap}");
        }
        let verdict = if snapshot.manifest().complete { "complete" } else { "incomplete" };
        let rows = counted(snapshot.manifest().rows, "profile", "profiles");
        say!("{} of {rows}: {verdict}", counted(persons.persons().len() as u64, "person", "persons"));
    }
    Ok(if snapshot.manifest().complete { source.exit } else { source.exit.unless_complete() })
}

/// Opens the snapshot that was named, or lists everybody now.
pub(super) async fn source(global: &Global, from: &SnapshotOrLive) -> Result<Source, Failure> {
    if let Some(name) = &from.snapshot {
        return Source::open(name).await;
    }
    let session = Session::start(global).await?;
    Source::live(global, &session, ListQuery::new().with_enrich(from.enrich)).await
}

/// Reads what somebody has decided about persons.
pub(super) fn mapping(file: Option<&Path>) -> Result<Mapping, Failure> {
    let Some(file) = file else { return Ok(Mapping::default()) };
    let text = fs::read_to_string(file).map_err(|error| files::failure(file, &error))?;
    Mapping::from_csv(&text).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

/// Prints what the rules did and did not decide.
fn tell(persons: &Persons) {
    let links: Vec<_> =
        persons.links_by_rule().iter().map(|(rule, count)| format!("{count} by {}", rule.as_str())).collect();
    if !links.is_empty() {
        say!("links: {}", links.join(", "));
    }
    if !persons.unowned().is_empty() {
        let count = persons.unowned().len() as u64;
        say!(
            "{} without a person who owns them",
            counted(count, "service user or organization", "service users and organizations")
        );
    }
    let count = persons.ambiguities().len() as u64;
    if count > 0 {
        say!(
            "{}; --ambiguities shows what was not linked, and --mapping decides it",
            counted(count, "ambiguity", "ambiguities")
        );
    }
}

type Names = HashMap<ProfileId, String>;

fn print(format: Format, persons: &Persons, names: &Names) -> Result<(), Failure> {
    match format {
        Format::Ndjson => {
            for person in persons.persons() {
                print_line(&serde_json::to_string(&document(person, names)?)?)?;
            }
            Ok(())
        }
        Format::Json => {
            let all: Vec<_> =
                persons.persons().iter().map(|person| document(person, names)).collect::<Result<_, _>>()?;
            print_line(&serde_json::to_string_pretty(&all)?)
        }
        Format::Table | Format::Csv => {
            let rows = persons
                .persons()
                .iter()
                .zip(1_u64..)
                .flat_map(|(person, number)| rows(person, number, names));
            let rows: Vec<_> =
                if format == Format::Table { rows.take(MOST_ROWS).collect() } else { rows.collect() };
            if format == Format::Table && rows.len() == MOST_ROWS {
                say!("warning: the table ends after {MOST_ROWS} rows; -o csv and -o ndjson have all");
            }
            print_rows(format, &COLUMNS, &rows)
        }
    }
}

fn name_of(id: &ProfileId, names: &Names) -> Value {
    json!(names.get(id))
}

/// Returns a person for programs.
fn document(person: &Person, names: &Names) -> Result<Value, Failure> {
    let mut document = serde_json::to_value(person)?;
    document["name"] = person.profiles.first().map_or(Value::Null, |id| name_of(id, names));
    document["strength"] = json!(person.strength());
    Ok(document)
}

/// Returns a row for each profile of a person. The rule is the one that links it to a profile above it.
fn rows(person: &Person, number: u64, names: &Names) -> Vec<Vec<Value>> {
    let row = |id: &ProfileId, is: &str| {
        let link = person
            .links
            .iter()
            .find(|link| link.other == *id || (link.one == *id && person.profiles.first() != Some(id)));
        vec![
            json!(number),
            name_of(id, names),
            json!(id.to_string()),
            json!(is),
            json!(link.map(|link| link.rule)),
            json!(link.map(|link| link.strength)),
        ]
    };
    let own = person.profiles.iter().map(|id| row(id, "profile"));
    own.chain(person.owns.iter().map(|id| row(id, "owned"))).collect()
}

fn print_ambiguities(format: Format, persons: &Persons, names: &Names) -> Result<(), Failure> {
    let ambiguities = persons.ambiguities();
    match format {
        Format::Ndjson => ambiguities.iter().try_for_each(|it| print_line(&serde_json::to_string(it)?)),
        Format::Json => print_line(&serde_json::to_string_pretty(ambiguities)?),
        Format::Table | Format::Csv => {
            let of_one = |(ambiguity, number): (&Ambiguity, u64)| {
                let row = |id: &ProfileId| {
                    let id_text = json!(id.to_string());
                    vec![
                        json!(number),
                        json!(ambiguity.reason),
                        json!(ambiguity.rule),
                        name_of(id, names),
                        id_text,
                    ]
                };
                ambiguity.profiles.iter().map(row).collect::<Vec<_>>()
            };
            let rows: Vec<_> = ambiguities.iter().zip(1..).flat_map(of_one).collect();
            print_rows(format, &AMBIGUITY_COLUMNS, &rows)
        }
    }
}
