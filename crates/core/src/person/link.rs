//! Links profiles by their keys.

use std::collections::{BTreeMap, HashMap};

use super::{
    Ambiguity, AmbiguityReason, Link, LinkRule, Mapping, Person, Persons,
    evidence::{Evidence, KeyHasher, OwnerKey},
};
use crate::ProfileId;

/// The shortest external id that is taken for that of one person in every system, in characters. Shorter ones are often numbers that each
/// system counts for itself.
const SHORTEST_ID: usize = 6;

/// The profiles that have a key, by their places.
type Holders = HashMap<u128, Vec<u32>>;

/// Profiles in sets, each with what must not differ in it.
struct Sets {
    parent: Vec<u32>,
    /// Of the first profile of a set: all of them.
    members: Vec<Vec<u32>>,
    links: Vec<Link>,
}

impl Sets {
    fn new(count: usize) -> Self {
        let places = 0..u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            parent: places.clone().collect(),
            members: places.map(|place| vec![place]).collect(),
            links: Vec::new(),
        }
    }

    fn root(&mut self, mut place: u32) -> u32 {
        while self.parent[place as usize] != place {
            let above = self.parent[self.parent[place as usize] as usize];
            self.parent[place as usize] = above;
            place = above;
        }
        place
    }

    /// Returns why two sets cannot be one person.
    fn contradiction(
        &self,
        evidence: &[Evidence],
        one: u32,
        other: u32,
        rule: LinkRule,
    ) -> Option<AmbiguityReason> {
        let (small, large) = (&self.members[one as usize], &self.members[other as usize]);
        // Sets are small: a profile an account.
        for a in small {
            for b in large {
                let (a, b) = (&evidence[*a as usize], &evidence[*b as usize]);
                let differ = |one: &Option<Box<str>>, other: &Option<Box<str>>| {
                    one.is_some() && other.is_some() && one != other
                };
                if rule != LinkRule::Mapping && a.is_same_account(b) {
                    return Some(AmbiguityReason::TwoOfOneAccount);
                }
                if rule != LinkRule::Mapping && differ(&a.employee_number, &b.employee_number) {
                    return Some(AmbiguityReason::Contradiction);
                }
                // An external id alone does not overrule addresses that differ.
                let has_other_address = !a.emails.is_empty()
                    && !b.emails.is_empty()
                    && !a.emails.iter().any(|one| b.emails.iter().any(|other| one.address == other.address));
                if rule == LinkRule::ExternalId && has_other_address {
                    return Some(AmbiguityReason::Contradiction);
                }
            }
        }
        None
    }

    /// Links two profiles, unless that contradicts what is known of them.
    fn join(
        &mut self,
        evidence: &[Evidence],
        (one, other): (u32, u32),
        rule: LinkRule,
    ) -> Result<(), AmbiguityReason> {
        let (a, b) = (self.root(one), self.root(other));
        if a == b {
            return Ok(());
        }
        if let Some(reason) = self.contradiction(evidence, a, b, rule) {
            return Err(reason);
        }
        let (kept, gone) = (a.min(b), a.max(b));
        self.parent[gone as usize] = kept;
        let moved = std::mem::take(&mut self.members[gone as usize]);
        self.members[kept as usize].extend(moved);
        self.links.push(Link {
            one: evidence[one as usize].id.clone(),
            other: evidence[other as usize].id.clone(),
            rule,
            strength: rule.strength(),
        });
        Ok(())
    }
}

pub(super) fn link(evidence: &[Evidence], mapping: &Mapping) -> Persons {
    let hasher = KeyHasher::new();
    let mut sets = Sets::new(evidence.len());
    let mut ambiguities = Vec::new();
    if !mapping.is_empty() {
        let holders = holders(evidence, |it, add| {
            if let Some(person) = mapping.person(&it.id) {
                add(hasher.hash(0, person));
            }
        });
        for places in in_order(&holders) {
            for pair in places.windows(2) {
                // Whatever else is known: somebody has decided it.
                let _ = sets.join(evidence, (pair[0], pair[1]), LinkRule::Mapping);
            }
        }
    }
    let numbers = holders(evidence, |it, add| {
        if let Some(number) = it.employee_number.as_deref().filter(|_| !it.is_thing) {
            add(hasher.hash(1, number));
        }
    });
    each_key(evidence, &mut sets, &numbers, |_, _| LinkRule::EmployeeNumber, &mut ambiguities);
    let mut shared = Vec::new();
    let emails = holders(evidence, |it, add| {
        for email in it.emails.iter().filter(|_| !it.is_thing) {
            if email.is_shared {
                shared.push(hasher.hash(2, &email.address));
            }
            add(hasher.hash(2, &email.address));
        }
    });
    shared.sort_unstable();
    shared.dedup();
    let (mailboxes, emails): (Holders, Holders) =
        emails.into_iter().partition(|(key, _)| shared.binary_search(key).is_ok());
    for places in in_order(&mailboxes).into_iter().filter(|places| places.len() > 1) {
        let rule = Some(LinkRule::Email);
        ambiguities.push(ambiguity(evidence, AmbiguityReason::SharedMailbox, rule, places));
    }
    let verified = |one: &Evidence, other: &Evidence| {
        let is_verified = one
            .emails
            .iter()
            .any(|a| other.emails.iter().any(|b| a.address == b.address && (a.is_verified || b.is_verified)));
        if is_verified { LinkRule::VerifiedEmail } else { LinkRule::Email }
    };
    each_key(evidence, &mut sets, &emails, verified, &mut ambiguities);
    let externals = holders(evidence, |it, add| {
        if let Some(id) = it.external_id.as_deref().filter(|_| !it.is_thing) {
            add(hasher.hash(3, id));
        }
    });
    let (ids, short): (Holders, Holders) = externals.into_iter().partition(|(_, places)| {
        let id = places.first().and_then(|place| evidence[*place as usize].external_id.as_deref());
        id.is_some_and(|id| id.chars().count() >= SHORTEST_ID)
    });
    for places in in_order(&short).into_iter().filter(|places| is_of_several_accounts(evidence, places)) {
        ambiguities.push(ambiguity(evidence, AmbiguityReason::ShortId, Some(LinkRule::ExternalId), places));
    }
    each_key(evidence, &mut sets, &ids, |_, _| LinkRule::ExternalId, &mut ambiguities);
    persons(evidence, sets, ambiguities)
}

/// Collects the places of the profiles that have each key.
fn holders(evidence: &[Evidence], mut keys: impl FnMut(&Evidence, &mut dyn FnMut(u128))) -> Holders {
    let mut holders = Holders::new();
    for (place, it) in (0..).zip(evidence) {
        keys(it, &mut |key| holders.entry(key).or_default().push(place));
    }
    holders
}

/// Returns the profiles of each key in an order that does not depend on the hashes.
fn in_order(holders: &Holders) -> Vec<&[u32]> {
    let mut all: Vec<&[u32]> = holders.values().map(Vec::as_slice).collect();
    all.sort_unstable();
    all
}

fn is_of_several_accounts(evidence: &[Evidence], places: &[u32]) -> bool {
    places.windows(2).any(|pair| !evidence[pair[0] as usize].is_same_account(&evidence[pair[1] as usize]))
}

/// Links the profiles that have a key in common.
fn each_key(
    evidence: &[Evidence],
    sets: &mut Sets,
    holders: &Holders,
    rule_of: impl Fn(&Evidence, &Evidence) -> LinkRule,
    ambiguities: &mut Vec<Ambiguity>,
) {
    for places in in_order(holders).into_iter().filter(|places| places.len() > 1) {
        let mut accounts: Vec<_> = places
            .iter()
            .map(|place| {
                let id = &evidence[*place as usize].id;
                (&id.service, &id.account)
            })
            .collect();
        accounts.sort_unstable();
        let is_doubled = accounts.windows(2).any(|pair| pair[0] == pair[1]);
        let (first, second) = (&evidence[places[0] as usize], &evidence[places[1] as usize]);
        if is_doubled {
            // Profiles that are one person already are told apart by something else.
            let roots: Vec<_> = places.iter().map(|place| sets.root(*place)).collect();
            if roots.windows(2).any(|pair| pair[0] != pair[1]) {
                let rule = Some(rule_of(first, second));
                ambiguities.push(ambiguity(evidence, AmbiguityReason::SeveralInOneAccount, rule, places));
            }
            continue;
        }
        for pair in places.windows(2) {
            let rule = rule_of(&evidence[pair[0] as usize], &evidence[pair[1] as usize]);
            if let Err(reason) = sets.join(evidence, (pair[0], pair[1]), rule) {
                ambiguities.push(ambiguity(evidence, reason, Some(rule), pair));
            }
        }
    }
}

fn ambiguity(
    evidence: &[Evidence],
    reason: AmbiguityReason,
    rule: Option<LinkRule>,
    places: &[u32],
) -> Ambiguity {
    let named = places.iter().take(Persons::MOST_NAMED);
    let profiles = named.map(|place| evidence[*place as usize].id.clone()).collect();
    Ambiguity { reason, rule, profiles, count: places.len() }
}

/// Makes persons of the sets, and gives each what it owns.
fn persons(evidence: &[Evidence], mut sets: Sets, mut ambiguities: Vec<Ambiguity>) -> Persons {
    let mut place_of = vec![None; evidence.len()];
    let mut persons: Vec<Person> = Vec::new();
    for (place, it) in (0..).zip(evidence) {
        if it.is_thing {
            continue;
        }
        let root = sets.root(place);
        let number = *place_of[root as usize].get_or_insert_with(|| {
            persons.push(Person { profiles: Vec::new(), links: Vec::new(), owns: Vec::new() });
            persons.len() - 1
        });
        persons[number].profiles.push(it.id.clone());
    }
    let by_id: HashMap<&ProfileId, u32> = (0..).zip(evidence).map(|(place, it)| (&it.id, place)).collect();
    for link in std::mem::take(&mut sets.links) {
        let Some(place) = by_id.get(&link.one).copied() else { continue };
        let root = sets.root(place);
        if let Some(number) = place_of[root as usize] {
            persons[number].links.push(link);
        }
    }
    // Whom an owner's id or address names, in the order of the profiles.
    let mut by_address: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut by_native: HashMap<(&str, &str, &str), u32> = HashMap::new();
    for (place, it) in (0..).zip(evidence).filter(|(_, it)| !it.is_thing) {
        for email in &it.emails {
            by_address.entry(&email.address).or_default().push(place);
        }
        by_native.insert((it.id.service.as_str(), it.id.account.as_str(), it.id.native()), place);
    }
    let mut unowned = Vec::new();
    for it in evidence.iter().filter(|it| it.is_thing) {
        let mut owners: Vec<usize> = Vec::new();
        if let Some(OwnerKey { id, address }) = &it.owner {
            let by_id = id
                .as_deref()
                .and_then(|id| by_native.get(&(it.id.service.as_str(), it.id.account.as_str(), id)).copied());
            let places = match (by_id, address) {
                (Some(place), _) => vec![place],
                (None, Some(address)) => by_address.get(&**address).cloned().unwrap_or_default(),
                (None, None) => Vec::new(),
            };
            for place in places {
                let root = sets.root(place);
                owners.extend(place_of[root as usize].filter(|number| !owners.contains(number)));
            }
        }
        if let [owner] = owners[..] {
            persons[owner].owns.push(it.id.clone());
            continue;
        }
        if it.owner.is_some() {
            let profiles = vec![it.id.clone()];
            let reason = AmbiguityReason::OwnerNotKnown;
            ambiguities.push(Ambiguity { reason, rule: None, profiles, count: 1 });
        }
        unowned.push(it.id.clone());
    }
    Persons { persons, unowned, ambiguities }
}
