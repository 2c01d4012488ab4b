//! Profiles as Arrow record batches, and back.
//!
//! One row is one profile. Null alone would make one thing of five, so each field of security, status and access has a second column
//! with its [state](anyprofile_core::FieldState): `value`, `null`, `absent`, `unsupported` or `withheld`. The column `profile` has
//! everything else, exactly as it was read, and [`profiles`] reads it back.
//!
//! A text is `Utf8`, a *word* is a text out of a few (`Dictionary(Int32, Utf8)`), a time is `Timestamp(Microsecond, "UTC")`, rounded down,
//! and null before the year 1. A list is null if it is not known, and empty if it is known to be empty. Columns with `*` are never null.
//!
//! | column | type | what it is |
//! |---|---|---|
//! | `id` * | text | the id, with service, account and collection |
//! | `service` * | word | the service |
//! | `account` * | word | the account of the service: the tenant |
//! | `collection` * | word | the collection that the native id belongs to, such as `user` |
//! | `native_id` * | text | the id in the form of the service |
//! | `display_name` | text | the name to show |
//! | `email` | text | the primary e-mail address, or else the first one |
//! | `kind` | word | what the profile represents, such as `human` or `service` |
//! | `status` | word | the status that the service set |
//! | `status_state` * | word | the state of `status` |
//! | `status_raw` | text | the service's own word for the status |
//! | `declared_status` | word | the status that was declared to the service |
//! | `declared_status_state` * | word | the state of `declared_status` |
//! | `mfa_enabled` | bool | whether multi-factor authentication is on |
//! | `mfa_enabled_state` * | word | the state of `mfa_enabled` |
//! | `mfa_methods` | list of texts | the second factors |
//! | `mfa_methods_state` * | word | the state of `mfa_methods` |
//! | `sso` | bool | whether the profile signs in through an identity provider |
//! | `sso_state` * | word | the state of `sso` |
//! | `last_login` | time | when the profile last signed in |
//! | `last_login_state` * | word | the state of `last_login` |
//! | `first_login` | time | when the profile first signed in |
//! | `first_login_state` * | word | the state of `first_login` |
//! | `is_owner` | bool | whether the profile owns the account |
//! | `is_owner_state` * | word | the state of `is_owner` |
//! | `is_billing_admin` | bool | whether the profile administers the billing of the account |
//! | `is_billing_admin_state` * | word | the state of `is_billing_admin` |
//! | `created` | time | when the record was created |
//! | `updated` | time | when the record was last updated |
//! | `status_changed` | time | when the status last changed |
//! | `external_id` | text | the id that the customer gave the profile |
//! | `username` | text | the name to sign in with, if it is not an e-mail address |
//! | `emails` | list | e-mail addresses: `address`, `purpose`, `primary`, `verified` |
//! | `roles` | list | roles and where they hold: `role_id`, `role_name`, `scope_tier`, `scope_id`, `scope_name` |
//! | `groups` | list | groups that the profile is a member of: `id`, `name`, `kind` |
//! | `labels` | list | labels on the profile: `id`, `name` |
//! | `entitlements` | list | what the profile may use: `value`, `name`, `kind` |
//! | `credentials` | list | tokens, keys and sessions, never the secrets: `id`, `kind`, `name`, `created`, `last_used`, `expires` |
//! | `phones` | list | phone numbers: `number`, `kind`, `primary`, `verified` |
//! | `given_name` | text | the given name |
//! | `family_name` | text | the family name |
//! | `formatted_name` | text | the full name, formatted |
//! | `nickname` | text | the name that the person is called by |
//! | `title` | text | the job title |
//! | `locale` | text | the language tag (BCP 47) |
//! | `country` | text | the country code (ISO 3166-1 alpha-2) |
//! | `timezone` | text | the time zone (IANA) |
//! | `organization_name` | text | the name of the organization |
//! | `organization_role` | text | the role of the person in the organization |
//! | `employee_number` | text | the number of the employee |
//! | `department` | text | the department |
//! | `division` | text | the division |
//! | `cost_center` | text | the cost center |
//! | `manager_id` | text | the id of the manager |
//! | `manager_email` | text | the e-mail address of the manager |
//! | `manager_name` | text | the name of the manager |
//! | `owner_id` | text | the id of who answers for the profile |
//! | `owner_email` | text | the e-mail address of who answers for the profile |
//! | `owner_name` | text | the name of who answers for the profile |
//! | `changed_by_email` | text | the e-mail address of who last changed the record |
//! | `changed_by_name` | text | the name of who last changed the record |
//! | `billing_contact` | text | the e-mail address that invoices are sent to |
//! | `billing_currency` | text | the currency of invoices |
//! | `invoiced` | bool | whether the profile is invoiced |
//! | `profile` * | text | the whole profile, as JSON |
//!
//! The metadata of the schema has the version of the columns as `anyprofile.schema_version`; this is 1. A new column keeps the version. The
//! metadata of each field has its description as `description`.
//!
//! A Parquet file of a snapshot has these columns. In a partitioned folder, `service` and `account` are in the names of the folders
//! instead, as Hive and Spark write it:
//!
//! | tool | how a folder is read |
//! |---|---|
//! | DuckDB | `read_parquet('people/**/*.parquet', hive_partitioning = true)` |
//! | pyarrow | `pyarrow.dataset.dataset("people", partitioning="hive", exclude_invalid_files=True)`, since `manifest.json` is there, too |
//! | Polars | `polars.scan_parquet("people/**/*.parquet", hive_partitioning=True)` |
//!
//! If the names of all accounts look like numbers, pyarrow and Polars take them for numbers, and `007` for 7, unless they are given the types
//! of these two columns. The column `id` has the name as it is.

use std::{collections::HashMap, sync::Arc};

use anyprofile_core::{Capabilities, FieldPath, Profile};
use arrow_array::{
    Array, ArrayRef, LargeStringArray, ListArray, RecordBatchOptions, StringArray, StringViewArray,
    StructArray,
    builder::{BooleanBuilder, StringBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder},
    types::Int32Type,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, TimeUnit};

pub use arrow_array::RecordBatch;
pub use arrow_schema::SchemaRef;

use crate::{
    columns::{COLUMNS, Column, ColumnType, Value},
    error::{Result, SnapshotError},
    lists::{List, microseconds},
    manifest::SCHEMA_VERSION,
    store::{Row, profile_of},
};

/// The key of the version in the metadata of a schema.
pub(crate) const SCHEMA_VERSION_KEY: &str = "anyprofile.schema_version";

/// How many bytes of JSON one batch may have. The offsets of its texts have 32 bits, and an escaped id is up to three times as long.
const MAX_BYTES: usize = 1 << 29;

/// Returns the schema of the columns. The table above has each of them.
///
/// ```
/// use anyprofile_snapshot::arrow::arrow_schema;
///
/// let schema = arrow_schema();
/// assert_eq!(schema.metadata()["anyprofile.schema_version"], "1");
/// let state = schema.field_with_name("mfa_enabled_state")?;
/// assert_eq!(state.metadata()["description"], "the state of `mfa_enabled`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arrow_schema() -> SchemaRef {
    let fields: Fields = COLUMNS.iter().map(field_of).collect();
    let version = (SCHEMA_VERSION_KEY.to_owned(), SCHEMA_VERSION.to_string());
    Arc::new(Schema::new_with_metadata(fields, HashMap::from([version])))
}

/// Converts profiles of one account to a record batch with the [schema](fn@arrow_schema). The capabilities are those of the account's
/// provider, and say why a field has no value.
///
/// ```
/// use anyprofile_core::{Capabilities, Profile};
/// use anyprofile_snapshot::arrow::{profiles, record_batch};
///
/// let mut ada = Profile::new("library:main/user/ada".parse()?);
/// ada.name.display = "Ada".into();
/// let batch = record_batch(&[ada.clone()], &Capabilities::default())?;
/// assert_eq!(batch.num_rows(), 1);
/// assert_eq!(profiles(&batch)?, [ada]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SnapshotError::Refused`] if a profile cannot be written as JSON, or the profiles have more than 512 MiB of it together.
pub fn record_batch(profiles: &[Profile], capabilities: &Capabilities) -> Result<RecordBatch> {
    let capabilities = Arc::new(capabilities.clone());
    let row = |profile: &Profile| Row::new(0, profile.clone(), Arc::clone(&capabilities));
    let rows: Vec<_> = profiles.iter().map(row).collect::<Result<_>>()?;
    record_batch_of_rows(&rows).map_err(|_| does_not_fit())
}

/// Converts profiles of one account to a record batch with some of the columns, by their places in the [schema](fn@arrow_schema), in the
/// order in which they are named. Columns that are not named cost nothing.
///
/// ```
/// use anyprofile_core::{Capabilities, Profile};
/// use anyprofile_snapshot::arrow::{arrow_schema, record_batch_of_columns};
///
/// let places = ["status_state", "id"].map(|name| arrow_schema().index_of(name));
/// let places = places.into_iter().collect::<Result<Vec<_>, _>>()?;
/// let ada = Profile::new("library:main/user/ada".parse()?);
/// let batch = record_batch_of_columns(vec![ada], &Capabilities::default(), &places)?;
/// assert_eq!(batch.schema().field(1).name(), "id");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SnapshotError::Refused`] if there is no column at a place, and those of [`record_batch`].
pub fn record_batch_of_columns(
    profiles: Vec<Profile>,
    capabilities: &Capabilities,
    columns: &[usize],
) -> Result<RecordBatch> {
    let named = |place: &usize| {
        COLUMNS.get(*place).ok_or_else(|| SnapshotError::Refused(format!("there is no column {place}")))
    };
    let named = columns.iter().map(named).collect::<Result<Vec<_>>>()?;
    let has_json = named.iter().any(|column| column.column_type == ColumnType::Json);
    let capabilities = Arc::new(capabilities.clone());
    let row = |profile: Profile| {
        let capabilities = Arc::clone(&capabilities);
        if has_json {
            Row::new(0, profile, capabilities)
        } else {
            Ok(Row { account: 0, profile, line: Box::default(), capabilities })
        }
    };
    let rows: Vec<_> = profiles.into_iter().map(row).collect::<Result<_>>()?;
    batch_of(&rows, &named).map_err(|_| does_not_fit())
}

/// Returns the field that a column shows, or has the state of; `None` for a part of the id, the whole profile, and a column that is not in
/// the [schema](fn@arrow_schema).
///
/// ```
/// use anyprofile_core::FieldPath;
/// use anyprofile_snapshot::arrow::path_of_column;
///
/// assert_eq!(path_of_column("mfa_enabled_state"), Some(FieldPath::SECURITY_MFA_ENABLED));
/// assert_eq!(path_of_column("account"), None);
/// ```
pub fn path_of_column(name: &str) -> Option<FieldPath> {
    COLUMNS.iter().find(|column| column.name == name)?.path()
}

fn does_not_fit() -> SnapshotError {
    SnapshotError::Refused("the profiles do not fit into one record batch; convert fewer at once".to_owned())
}

/// Reads the profiles of a record batch, each as it was. Only the column `profile` is read, so the batch may lack the others, and
/// may have more.
///
/// # Errors
/// [`SnapshotError::Unreadable`] if there is no column `profile`, or a value of it is not a profile.
pub fn profiles(batch: &RecordBatch) -> Result<Vec<Profile>> {
    let unreadable = |why: String| SnapshotError::unreadable("the record batch", why);
    let column = batch.column_by_name("profile");
    let column = column.ok_or_else(|| unreadable("it has no column `profile`".to_owned()))?;
    let texts =
        Texts::of(column).ok_or_else(|| unreadable("its column `profile` is not a text".to_owned()))?;
    let profile = |row: usize| {
        let profile =
            if column.is_null(row) { Err("it is null".to_owned()) } else { profile_of(texts.get(row)) };
        profile.map_err(|why| unreadable(format!("row {}: {why}", row + 1)))
    };
    (0..batch.num_rows()).map(profile).collect()
}

/// Converts rows to a record batch.
pub(crate) fn record_batch_of_rows(rows: &[Row]) -> Result<RecordBatch, ArrowError> {
    batch_of(rows, &COLUMNS.iter().collect::<Vec<_>>())
}

fn batch_of(rows: &[Row], columns: &[&Column]) -> Result<RecordBatch, ArrowError> {
    let bytes = rows.iter().fold(0_usize, |bytes, row| bytes.saturating_add(row.line.len()));
    if bytes > MAX_BYTES {
        return Err(ArrowError::MemoryError("too many bytes for one record batch".to_owned()));
    }
    let fields: Fields = columns.iter().map(|column| field_of(column)).collect();
    let schema = Schema::new_with_metadata(fields, arrow_schema().metadata().clone());
    let arrays = columns.iter().map(|column| array_of(column, rows)).collect::<Result<_, _>>()?;
    // A batch without columns has rows, too.
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(schema), arrays, &options)
}

/// Texts, of whichever of the three types for them: another program may have written the file again.
pub(crate) enum Texts<'a> {
    Small(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
}

impl<'a> Texts<'a> {
    pub(crate) fn of(array: &'a ArrayRef) -> Option<Self> {
        let array = array.as_any();
        let small = array.downcast_ref().map(Self::Small);
        small
            .or_else(|| array.downcast_ref().map(Self::Large))
            .or_else(|| array.downcast_ref().map(Self::View))
    }

    pub(crate) fn get(&self, row: usize) -> &'a str {
        match self {
            Self::Small(texts) => texts.value(row),
            Self::Large(texts) => texts.value(row),
            Self::View(texts) => texts.value(row),
        }
    }
}

fn field_of(column: &Column) -> Field {
    let data_type = match column.list() {
        Some(list) => DataType::List(Arc::new(item_of(list))),
        None => data_type_of(column.column_type),
    };
    let description = ("description".to_owned(), description_of(column.name).to_owned());
    Field::new(column.name, data_type, !column.is_always_there()).with_metadata(HashMap::from([description]))
}

/// Returns the field of the items of a list.
fn item_of(list: &List) -> Field {
    let data_type = if list.is_of_records() { DataType::Struct(fields_of(list)) } else { DataType::Utf8 };
    Field::new_list_field(data_type, true)
}

fn fields_of(list: &List) -> Fields {
    list.columns
        .iter()
        .map(|(name, column_type)| Field::new(*name, data_type_of(*column_type), true))
        .collect()
}

fn data_type_of(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Text | ColumnType::Json | ColumnType::List => DataType::Utf8,
        ColumnType::Word => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn array_of(column: &Column, rows: &[Row]) -> Result<ArrayRef, ArrowError> {
    if let Some(list) = column.list() {
        return array_of_list(list, rows);
    }
    let mut values = Values::new(column.column_type);
    for row in rows {
        values.push(column.value(row))?;
    }
    Ok(values.finish())
}

fn array_of_list(list: &List, rows: &[Row]) -> Result<ArrayRef, ArrowError> {
    let mut columns: Vec<_> = list.columns.iter().map(|(_, column_type)| Values::new(*column_type)).collect();
    let (mut lengths, mut is_known) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        let items = list.rows(&row.profile);
        is_known.push(items.is_some());
        let items = items.unwrap_or_default();
        lengths.push(items.len());
        for item in items {
            for (column, value) in columns.iter_mut().zip(item) {
                column.push(value)?;
            }
        }
    }
    let mut columns: Vec<_> = columns.into_iter().map(Values::finish).collect();
    let items: ArrayRef = match columns.pop() {
        Some(texts) if columns.is_empty() && !list.is_of_records() => texts,
        popped => {
            columns.extend(popped);
            Arc::new(StructArray::try_new(fields_of(list), columns, None)?)
        }
    };
    let offsets = OffsetBuffer::from_lengths(lengths);
    let lists =
        ListArray::try_new(Arc::new(item_of(list)), offsets, items, Some(NullBuffer::from(is_known)))?;
    Ok(Arc::new(lists))
}

/// The values of a column.
enum Values {
    Texts(StringBuilder),
    Words(StringDictionaryBuilder<Int32Type>),
    Bools(BooleanBuilder),
    Times(TimestampMicrosecondBuilder),
}

impl Values {
    fn new(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Text | ColumnType::Json | ColumnType::List => Self::Texts(StringBuilder::new()),
            ColumnType::Word => Self::Words(StringDictionaryBuilder::new()),
            ColumnType::Bool => Self::Bools(BooleanBuilder::new()),
            ColumnType::Time => Self::Times(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
        }
    }

    fn push(&mut self, value: Value<'_>) -> Result<(), ArrowError> {
        match (self, value) {
            (Self::Texts(texts), Value::Text(text)) => texts.append_value(text),
            (Self::Words(words), Value::Text(word)) => _ = words.append(word)?,
            (Self::Bools(bools), Value::Bool(value)) => bools.append_value(value),
            (Self::Times(times), Value::Time(time)) => times.append_option(microseconds(time)),
            (Self::Texts(texts), _) => texts.append_null(),
            (Self::Words(words), _) => words.append_null(),
            (Self::Bools(bools), _) => bools.append_null(),
            (Self::Times(times), _) => times.append_null(),
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Texts(mut texts) => Arc::new(texts.finish()),
            Self::Words(mut words) => Arc::new(words.finish()),
            Self::Bools(mut bools) => Arc::new(bools.finish()),
            Self::Times(mut times) => Arc::new(times.finish()),
        }
    }
}

/// Returns what a column is.
fn description_of(column: &str) -> &'static str {
    DESCRIPTIONS.iter().find(|(name, _)| *name == column).map_or("", |(_, description)| description)
}

/// What each column is. The table at the top of this file has the same, which a test checks.
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("id", "the id, with service, account and collection"),
    ("service", "the service"),
    ("account", "the account of the service: the tenant"),
    ("collection", "the collection that the native id belongs to, such as `user`"),
    ("native_id", "the id in the form of the service"),
    ("display_name", "the name to show"),
    ("email", "the primary e-mail address, or else the first one"),
    ("kind", "what the profile represents, such as `human` or `service`"),
    ("status", "the status that the service set"),
    ("status_state", "the state of `status`"),
    ("status_raw", "the service's own word for the status"),
    ("declared_status", "the status that was declared to the service"),
    ("declared_status_state", "the state of `declared_status`"),
    ("mfa_enabled", "whether multi-factor authentication is on"),
    ("mfa_enabled_state", "the state of `mfa_enabled`"),
    ("mfa_methods", "the second factors"),
    ("mfa_methods_state", "the state of `mfa_methods`"),
    ("sso", "whether the profile signs in through an identity provider"),
    ("sso_state", "the state of `sso`"),
    ("last_login", "when the profile last signed in"),
    ("last_login_state", "the state of `last_login`"),
    ("first_login", "when the profile first signed in"),
    ("first_login_state", "the state of `first_login`"),
    ("is_owner", "whether the profile owns the account"),
    ("is_owner_state", "the state of `is_owner`"),
    ("is_billing_admin", "whether the profile administers the billing of the account"),
    ("is_billing_admin_state", "the state of `is_billing_admin`"),
    ("created", "when the record was created"),
    ("updated", "when the record was last updated"),
    ("status_changed", "when the status last changed"),
    ("external_id", "the id that the customer gave the profile"),
    ("username", "the name to sign in with, if it is not an e-mail address"),
    ("emails", "e-mail addresses: `address`, `purpose`, `primary`, `verified`"),
    ("roles", "roles and where they hold: `role_id`, `role_name`, `scope_tier`, `scope_id`, `scope_name`"),
    ("groups", "groups that the profile is a member of: `id`, `name`, `kind`"),
    ("labels", "labels on the profile: `id`, `name`"),
    ("entitlements", "what the profile may use: `value`, `name`, `kind`"),
    (
        "credentials",
        "tokens, keys and sessions, never the secrets: `id`, `kind`, `name`, `created`, `last_used`, `expires`",
    ),
    ("phones", "phone numbers: `number`, `kind`, `primary`, `verified`"),
    ("given_name", "the given name"),
    ("family_name", "the family name"),
    ("formatted_name", "the full name, formatted"),
    ("nickname", "the name that the person is called by"),
    ("title", "the job title"),
    ("locale", "the language tag (BCP 47)"),
    ("country", "the country code (ISO 3166-1 alpha-2)"),
    ("timezone", "the time zone (IANA)"),
    ("organization_name", "the name of the organization"),
    ("organization_role", "the role of the person in the organization"),
    ("employee_number", "the number of the employee"),
    ("department", "the department"),
    ("division", "the division"),
    ("cost_center", "the cost center"),
    ("manager_id", "the id of the manager"),
    ("manager_email", "the e-mail address of the manager"),
    ("manager_name", "the name of the manager"),
    ("owner_id", "the id of who answers for the profile"),
    ("owner_email", "the e-mail address of who answers for the profile"),
    ("owner_name", "the name of who answers for the profile"),
    ("changed_by_email", "the e-mail address of who last changed the record"),
    ("changed_by_name", "the name of who last changed the record"),
    ("billing_contact", "the e-mail address that invoices are sent to"),
    ("billing_currency", "the currency of invoices"),
    ("invoiced", "whether the profile is invoiced"),
    ("profile", "the whole profile, as JSON"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the table at the top of this file.
    fn table() -> Vec<(String, bool, String, String)> {
        let lines = include_str!("arrow.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
        let cells = |line: &str| {
            let cells: Vec<_> = line.trim_end_matches(" |").split(" | ").collect();
            let (name, mark) = cells[0].split_once('`').unwrap();
            (name.to_owned(), mark == " *", cells[1].to_owned(), cells[2].to_owned())
        };
        lines.map(cells).collect()
    }

    #[test]
    fn the_table_of_the_docs_has_each_column_with_its_type_and_description() {
        let schema = arrow_schema();
        let columns = schema.fields().iter().map(|field| {
            let column_type = match field.data_type() {
                DataType::Utf8 => "text",
                DataType::Dictionary(..) => "word",
                DataType::Boolean => "bool",
                DataType::Timestamp(..) => "time",
                DataType::List(item) if *item.data_type() == DataType::Utf8 => "list of texts",
                DataType::List(_) => "list",
                other => panic!("{other}"),
            };
            let description = field.metadata()["description"].clone();
            (field.name().clone(), !field.is_nullable(), column_type.to_owned(), description)
        });
        assert_eq!(columns.collect::<Vec<_>>(), table());
        assert_eq!(schema.fields().len(), COLUMNS.len());
        for field in schema.fields() {
            let DataType::List(item) = field.data_type() else { continue };
            let DataType::Struct(parts) = item.data_type() else { continue };
            let parts: Vec<_> = parts.iter().map(|part| format!("`{}`", part.name())).collect();
            assert!(field.metadata()["description"].ends_with(&parts.join(", ")), "{}", field.name());
        }
    }

    #[test]
    fn nobody_is_a_batch_without_rows() {
        let batch = record_batch(&[], &Capabilities::default()).unwrap();
        assert_eq!((batch.num_rows(), profiles(&batch).unwrap()), (0, Vec::new()));
    }

    #[test]
    fn what_is_not_a_profile_is_told_without_its_content() {
        let batch = |text: Option<&str>, name: &str| {
            let texts: ArrayRef = Arc::new(StringViewArray::from(vec![text]));
            RecordBatch::try_from_iter_with_nullable([(name, texts, true)]).unwrap()
        };
        for (batch, why) in [
            (batch(Some("{\"secret\": 1}"), "profile"), "the record batch: row 1: it is not a profile"),
            (batch(None, "profile"), "the record batch: row 1: it is null"),
            (batch(Some("{}"), "id"), "the record batch: it has no column `profile`"),
        ] {
            let error = profiles(&batch).unwrap_err().to_string();
            assert!(error.starts_with(why), "{error}");
            assert!(!error.contains("secret"));
        }
    }
}
