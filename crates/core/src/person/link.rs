//! Links profiles by their keys.

use std::collections::HashMap;

use super::{
    Ambiguity, AmbiguityReason, Link, LinkRule, Mapping, Person, Persons,
    evidence::{Evidence, OwnerKey},
    mailbox::is_shared_mailbox,
    name,
};

/// The shortest external id that is taken for that of one person in every system, in characters. Shorter ones are often numbers that each
/// system counts for itself.
const SHORTEST_ID: usize = 6;

/// The profiles that have each key, by their places.
type Holders<'a> = HashMap<&'a str, Vec<u32>>;

/// Profiles in sets, each with what must not differ in it.
struct Sets {
    parent: Vec<u32>,
    /// Of the first profile of a set: all of them.
    members: Vec<Vec<u32>>,
    links: Vec<(u32, u32, LinkRule)>,
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
        // Whatever else is known: somebody has decided it.
        if rule == LinkRule::Mapping {
            return None;
        }
        // Sets are small, unless somebody decided otherwise: a profile an account.
        for a in &self.members[one as usize] {
            for b in &self.members[other as usize] {
                let (a, b) = (&evidence[*a as usize], &evidence[*b as usize]);
                // What a person owns is not who they are.
                if a.is_not_human || b.is_not_human {
                    continue;
                }
                let differ = |one: &Option<Box<str>>, other: &Option<Box<str>>| {
                    one.is_some() && other.is_some() && one != other
                };
                if a.is_same_account(b) {
                    return Some(AmbiguityReason::TwoOfOneAccount);
                }
                if differ(&a.employee_number, &b.employee_number) {
                    return Some(AmbiguityReason::Contradiction);
                }
                let names_differ =
                    a.name.as_deref().zip(b.name.as_deref()).is_some_and(|(a, b)| name::differ(a, b));
                if rule != LinkRule::VerifiedEmail && names_differ {
                    return Some(AmbiguityReason::NamesDiffer);
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
        self.links.push((one, other, rule));
        Ok(())
    }
}

pub(super) fn link(evidence: &[Evidence], mapping: &Mapping) -> Persons {
    let mut sets = Sets::new(evidence.len());
    let mut ambiguities = Vec::new();
    if !mapping.is_empty() {
        let decided = holders(evidence, |it| mapping.person(&it.id).into_iter());
        for places in in_order(&decided) {
            for pair in places.windows(2) {
                // Nothing contradicts a decision.
                let _ = sets.join(evidence, (pair[0], pair[1]), LinkRule::Mapping);
            }
        }
    }
    let of_humans = |it: &Evidence| !it.is_not_human;
    let numbers = holders(evidence, |it| it.employee_number.as_deref().filter(|_| of_humans(it)).into_iter());
    each_key(evidence, &mut sets, &numbers, |_, _| LinkRule::EmployeeNumber, &mut ambiguities);
    let emails =
        holders(evidence, |it| it.emails.iter().filter(|_| of_humans(it)).map(|email| &*email.address));
    let (mailboxes, emails): (Holders<'_>, Holders<'_>) =
        emails.into_iter().partition(|(address, _)| is_shared_mailbox(address));
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
    let externals = holders(evidence, |it| it.external_id.as_deref().filter(|_| of_humans(it)).into_iter());
    let (local, ids): (Holders<'_>, Holders<'_>) = externals.into_iter().partition(|(id, _)| is_local(id));
    let local_ids = local.values().filter(|places| is_of_several_accounts(evidence, places)).count();
    each_key(evidence, &mut sets, &ids, |_, _| LinkRule::ExternalId, &mut ambiguities);
    Persons { local_ids, ..persons(evidence, sets, ambiguities) }
}

/// Returns whether an external id may be one of many systems that count for themselves: a number, or a short text.
fn is_local(id: &str) -> bool {
    id.chars().count() < SHORTEST_ID || id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Collects the places of the profiles that have each key.
fn holders<'a, I>(evidence: &'a [Evidence], keys: impl Fn(&'a Evidence) -> I) -> Holders<'a>
where
    I: Iterator<Item = &'a str>,
{
    let mut holders = Holders::new();
    for (place, it) in (0..).zip(evidence) {
        for key in keys(it) {
            holders.entry(key).or_default().push(place);
        }
    }
    holders
}

/// Returns the profiles of each key in an order that does not depend on the hashes.
fn in_order<'h>(holders: &'h Holders<'_>) -> Vec<&'h [u32]> {
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
    holders: &Holders<'_>,
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
        // Whoever does not go with the first one may go with another.
        let mut undecided: Option<(AmbiguityReason, LinkRule)> = None;
        for (number, place) in places.iter().enumerate().skip(1) {
            let mut refused = None;
            for known in &places[..number] {
                let rule = rule_of(&evidence[*known as usize], &evidence[*place as usize]);
                match sets.join(evidence, (*known, *place), rule) {
                    Ok(()) => {
                        refused = None;
                        break;
                    }
                    Err(reason) => refused = refused.or(Some((reason, rule))),
                }
            }
            undecided = undecided.or(refused);
        }
        if let Some((reason, rule)) = undecided {
            ambiguities.push(ambiguity(evidence, reason, Some(rule), places));
        }
    }
}

fn ambiguity(
    evidence: &[Evidence],
    reason: AmbiguityReason,
    rule: Option<LinkRule>,
    places: &[u32],
) -> Ambiguity {
    let profiles = places.iter().map(|place| evidence[*place as usize].id.clone()).collect();
    Ambiguity { reason, rule, profiles }
}

/// Makes persons of the sets, and gives each what it owns.
fn persons(evidence: &[Evidence], mut sets: Sets, mut ambiguities: Vec<Ambiguity>) -> Persons {
    let mut place_of = vec![None; evidence.len()];
    let mut persons: Vec<Person> = Vec::new();
    for (place, it) in (0..).zip(evidence) {
        if it.is_not_human {
            continue;
        }
        let root = sets.root(place);
        let number = *place_of[root as usize].get_or_insert_with(|| {
            persons.push(Person { profiles: Vec::new(), links: Vec::new(), owns: Vec::new() });
            persons.len() - 1
        });
        persons[number].profiles.push(it.id.clone());
    }
    for (one, other, rule) in std::mem::take(&mut sets.links) {
        let root = sets.root(one);
        if let Some(number) = place_of[root as usize] {
            let (one, other) = (evidence[one as usize].id.clone(), evidence[other as usize].id.clone());
            persons[number].links.push(Link { one, other, rule, strength: rule.strength() });
        }
    }
    // Whom an owner's id or address names, in the order of the profiles.
    let mut by_address: HashMap<&str, Vec<u32>> = HashMap::new();
    let mut by_native: HashMap<(&str, &str, &str), u32> = HashMap::new();
    // Most services have no owners, and then nobody is looked up.
    if evidence.iter().any(|it| it.is_not_human && it.owner.is_some()) {
        for (place, it) in (0..).zip(evidence).filter(|(_, it)| !it.is_not_human) {
            for email in &it.emails {
                by_address.entry(&email.address).or_default().push(place);
            }
            by_native.insert((it.id.service.as_str(), it.id.account.as_str(), it.id.native()), place);
        }
    }
    let mut unowned = Vec::new();
    for (place, it) in (0..).zip(evidence).filter(|(_, it)| it.is_not_human) {
        // A mapping that names it with a human says whose it is.
        let root = sets.root(place);
        let mut owners: Vec<usize> = place_of[root as usize].into_iter().collect();
        if let (Some(OwnerKey { id, address }), []) = (&it.owner, &owners[..]) {
            let by_id = id
                .as_deref()
                .and_then(|id| by_native.get(&(it.id.service.as_str(), it.id.account.as_str(), id)).copied());
            let places = match (&by_id, address) {
                (Some(place), _) => std::slice::from_ref(place),
                (None, Some(address)) => by_address.get(&**address).map_or(&[][..], Vec::as_slice),
                (None, None) => &[],
            };
            for place in places {
                let root = sets.root(*place);
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
            ambiguities.push(Ambiguity { reason, rule: None, profiles });
        }
        unowned.push(it.id.clone());
    }
    Persons { persons, unowned, ambiguities, local_ids: 0 }
}
