//! `anyprofile persons`

use std::{collections::HashMap, fs, path::Path};

use anyprofile::{
    ListQuery, ProfileId,
    person::{Ambiguity, Link, Mapping, Person, PersonLinker, Persons},
};
use anyprofile_files::csv::{CsvRow, rows as rows_of_csv};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::{review::cut, source::Source};
use crate::{
    args::{Format, Global, PersonsArguments, SnapshotOrLive},
    exit::{Exit, Failure},
    files,
    output::{MOST_ROWS, print_line, print_rows},
    session::Session,
    summary::counted,
};

/// The columns of a row: a profile of a person, or one that a person owns.
const COLUMNS: [&str; 7] = ["person", "name", "profile", "is", "rule", "strength", "linked_to"];

/// The columns of a row: a profile that may be somebody else.
const AMBIGUITY_COLUMNS: [&str; 5] = ["ambiguity", "reason", "rule", "name", "profile"];

/// Finds out which profiles are one person, and prints them.
pub(crate) async fn run(global: &Global, arguments: PersonsArguments) -> Result<Exit, Failure> {
    let mapping = mapping(arguments.from.mapping.as_deref())?;
    let source = source(global, &arguments.from).await?;
    let snapshot = &source.snapshot;
    let mut linker = PersonLinker::new().with_mapping(mapping.clone());
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
        tell_of_strangers(&mapping, &names);
        tell(&persons);
        for (account, gap) in snapshot.manifest().gaps() {
            say!("warning: {account}: {gap}");
        }
        let verdict = match (snapshot.manifest().complete, snapshot.manifest().is_filtered()) {
            (true, false) => "complete",
            (true, true) => "complete, of those that were asked for",
            (false, _) => "incomplete",
        };
        let rows = counted(snapshot.manifest().rows, "profile", "profiles");
        say!("{} of {rows}: {verdict}", counted(persons.persons().len() as u64, "person", "persons"));
    }
    Ok(if snapshot.manifest().complete { source.exit } else { source.exit.unless_complete() })
}

/// Opens the snapshot that was named, or lists everybody now.
pub(super) async fn source(global: &Global, from: &SnapshotOrLive) -> Result<Source, Failure> {
    if let Some(name) = &from.snapshot {
        let source = Source::open(name).await?;
        if let Some(finding) = source.snapshot.verify().await?.first() {
            return Err(Failure::Usage(format!("{name}: it was altered, `verify` shows all: {finding}")));
        }
        return Ok(source);
    }
    let session = Session::start(global).await?;
    Source::live(global, &session, ListQuery::new().with_enrich(from.enrich)).await
}

/// Reads what somebody has decided about persons: comma-separated values as spreadsheets write them.
pub(super) fn mapping(file: Option<&Path>) -> Result<Mapping, Failure> {
    let mut mapping = Mapping::default();
    let Some(file) = file else { return Ok(mapping) };
    let text = fs::read_to_string(file).map_err(|error| files::failure(file, &error))?;
    let wrong = |what: &str| Failure::Usage(format!("{}: {what}", file.display()));
    let is_column = |name: &str| name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("person");
    let rows = rows_of_csv(text.trim_start_matches('\u{feff}'), is_column).map_err(|what| wrong(&what))?;
    for (number, CsvRow { line, cells, .. }) in rows.iter().enumerate() {
        let at = |what: &str| wrong(&format!("line {line}: {what}"));
        let [id, person] = &cells[..] else {
            return Err(at("it must have two columns: a profile id, and a word for the person"));
        };
        let (id, person) = (id.trim(), person.trim());
        if number == 0 && is_column(id) {
            continue;
        }
        let id: ProfileId =
            id.parse().map_err(|_| at("the first column must be a profile id, such as upsun:acme/user/7"))?;
        if person.is_empty() {
            return Err(at("the word for the person is empty"));
        }
        if mapping.person(&id).is_some_and(|before| before != person) {
            return Err(at("the profile belongs to another person already"));
        }
        mapping.insert(id, person);
    }
    if mapping.is_empty() {
        return Err(wrong("it names no profile"));
    }
    Ok(mapping)
}

/// Says how many ids of a mapping are of nobody who was read.
fn tell_of_strangers(mapping: &Mapping, names: &Names) {
    let count = mapping.ids().filter(|id| !names.contains_key(id)).count();
    if count > 0 {
        say!(
            "note: {} of the mapping of no profile that was read",
            counted(count as u64, "id is", "ids are")
        );
    }
}

/// Prints what the rules did and did not decide.
fn tell(persons: &Persons) {
    let links: Vec<_> =
        persons.links_by_rule().iter().map(|(rule, count)| format!("{count} by {}", rule.as_str())).collect();
    if !links.is_empty() {
        say!("links: {}", links.join(", "));
    }
    if persons.local_ids() > 0 {
        let count = persons.local_ids() as u64;
        let ids = counted(count, "external id links", "external ids link");
        say!("{ids} nobody: each is a number, or short, and stands in several accounts");
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
            let mut rows: Vec<_> =
                if format == Format::Table { rows.take(MOST_ROWS).collect() } else { rows.collect() };
            if format == Format::Table && rows.len() == MOST_ROWS {
                say!("warning: the table ends after {MOST_ROWS} rows; -o csv and -o ndjson have all");
            }
            if format == Format::Table {
                for row in &mut rows {
                    cut(row, 1);
                }
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

/// Returns a row for each profile of a person, with the link by which it was reached from the first one.
fn rows(person: &Person, number: u64, names: &Names) -> Vec<Vec<Value>> {
    let row = |id: &ProfileId, is: &str, link: Option<(&Link, &ProfileId)>| {
        vec![
            json!(number),
            json!(names.get(id)),
            json!(id.to_string()),
            json!(is),
            json!(link.map(|(link, _)| link.rule)),
            json!(link.map(|(link, _)| link.strength)),
            json!(link.map(|(_, from)| from.to_string())),
        ]
    };
    let mut rows = Vec::new();
    // Links make a tree: each profile is reached by one of them.
    let mut reached: Vec<&ProfileId> = Vec::new();
    for first in &person.profiles {
        if reached.contains(&first) {
            continue;
        }
        rows.push(row(first, "profile", None));
        let mut next = reached.len();
        reached.push(first);
        while let Some(from) = reached.get(next).copied() {
            next += 1;
            for link in &person.links {
                let to = if link.one == *from { &link.other } else { &link.one };
                let is_here = link.one == *from || link.other == *from;
                if is_here && !reached.contains(&to) && person.profiles.contains(to) {
                    reached.push(to);
                    rows.push(row(to, "profile", Some((link, from))));
                }
            }
        }
    }
    rows.extend(person.owns.iter().map(|id| row(id, "owned", None)));
    rows
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
