//! The workspaces: a few from the start, with the written changes applied to them, and new ones.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::collection::Collection;
use super::ids::Ids;
use crate::anthropic::WORKSPACE_ID;
use crate::anthropic::records::written;
use crate::clock::{DAY, EPOCH, SECOND};

const WORKSPACES: &str = "wrkspc_01";
/// The index of the default workspace, which can neither be changed nor archived.
pub(super) const DEFAULT: u64 = 0;
/// One of sixteen generated workspaces is archived.
const ARCHIVED: u64 = 2;
const NAMES: [&str; 4] = ["Production", "Staging", "Forschung & Entwicklung", "営業"];
const COLORS: [&str; 3] = ["#6C5BB9", "#1F7A4D", "#B9405B"];
const STEP: i64 = 5 * 3_600 * SECOND;

/// A workspace.
#[derive(Debug, Clone)]
pub(super) struct Workspace {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) external_key: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) geos: Geos,
    /// The index of the user profile that it is bound to. It is written once, and freed only by the deletion
    /// of the profile.
    pub(super) profile: Option<u64>,
    pub(super) created: i64,
    pub(super) archived: Option<i64>,
}

/// Where a workspace may compute.
#[derive(Debug, Clone)]
pub(super) struct Geos {
    /// `None` if all are allowed.
    pub(super) allowed: Option<Vec<&'static str>>,
    pub(super) default: &'static str,
}

impl Default for Geos {
    fn default() -> Self {
        Self { allowed: None, default: "global" }
    }
}

impl Workspace {
    pub(super) fn new(name: String, now: i64) -> Self {
        Self {
            name,
            color: COLORS[0].to_owned(),
            external_key: None,
            tags: BTreeMap::new(),
            geos: Geos::default(),
            profile: None,
            created: now,
            archived: None,
        }
    }
}

/// All workspaces.
#[derive(Debug)]
pub(super) struct Workspaces {
    ids: Ids,
    all: Collection<Workspace>,
    /// The number of generated user profiles.
    profiles: u64,
}

impl Workspaces {
    /// Returns four workspaces, and one more for every forty user profiles.
    pub(super) fn new(ids: Ids, profiles: u64) -> Self {
        Self { ids, all: Collection::new(4 + profiles / 40), profiles }
    }

    pub(super) fn generated(&self) -> u64 {
        self.all.generated()
    }

    /// Returns the number of workspaces. None of them is ever deleted.
    pub(super) fn total(&self) -> u64 {
        self.all.total()
    }

    pub(super) fn id(&self, index: u64) -> String {
        if index == DEFAULT { WORKSPACE_ID.to_owned() } else { self.ids.id(WORKSPACES, index) }
    }

    pub(super) fn index_of(&self, id: &str) -> Option<u64> {
        let of_another = |index: &u64| *index != DEFAULT && self.all.has(*index);
        if id == WORKSPACE_ID { Some(DEFAULT) } else { self.ids.index_of(WORKSPACES, id).filter(of_another) }
    }

    pub(super) fn get(&self, index: u64) -> Workspace {
        self.all.get(index, |index| self.generate(index))
    }

    pub(super) fn is_archived(&self, index: u64) -> bool {
        self.get(index).archived.is_some()
    }

    pub(super) fn put(&mut self, index: u64, workspace: Workspace) {
        self.all.put(index, workspace);
    }

    /// Creates a workspace and returns its index.
    pub(super) fn create(&mut self, workspace: Workspace) -> u64 {
        self.all.push(workspace)
    }

    fn generate(&self, index: u64) -> Workspace {
        let place = i64::try_from(index).unwrap_or(i64::MAX);
        let fraction = if index % 2 == 1 { 482_910 } else { 0 };
        let created = EPOCH.saturating_add(place.saturating_mul(STEP)).saturating_add(20 * DAY + fraction);
        if index == DEFAULT {
            return Workspace::new("Default".to_owned(), created);
        }
        let tags: &[(&str, &str)] = match index % 3 {
            0 => &[],
            1 => &[("env", "prod")],
            _ => &[("env", "test"), ("Eier", "Økonomi")],
        };
        let geos = match index % 4 {
            1 => Geos { allowed: Some(vec!["us"]), default: "us" },
            2 => Geos { allowed: Some(vec!["global", "us"]), default: "global" },
            _ => Geos::default(),
        };
        Workspace {
            color: COLORS[turn(index, 3)].to_owned(),
            external_key: (index % 4 == 3).then(|| format!("ekey_01SANDBox{index:08}")),
            tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            geos,
            profile: Some(index).filter(|index| index % 4 == 3 && *index < self.profiles),
            archived: (index % 16 == ARCHIVED).then(|| created.saturating_add(90 * DAY)),
            ..Workspace::new(NAMES[turn(index - 1, 4)].to_owned(), created)
        }
    }

    /// Returns a workspace, with the id of its user profile if that still exists.
    pub(super) fn show(&self, index: u64, profile_id: impl FnOnce(u64) -> Option<String>) -> Value {
        let workspace = self.get(index);
        let allowed = workspace.geos.allowed.map_or_else(|| json!("unrestricted"), |geos| json!(geos));
        json!({
            "id": self.id(index),
            "type": "workspace",
            "name": workspace.name,
            "display_color": workspace.color,
            "external_key_id": workspace.external_key,
            "tags": workspace.tags,
            "data_residency": {
                "allowed_inference_geos": allowed,
                "default_inference_geo": workspace.geos.default,
                "workspace_geo": "us",
            },
            "compartment_id": self.ids.compartment(index),
            "user_profile_id": workspace.profile.and_then(profile_id),
            "created_at": written(workspace.created),
            "archived_at": workspace.archived.map(written),
        })
    }
}

fn turn(index: u64, every: u64) -> usize {
    usize::try_from(index % every).unwrap_or(0)
}
