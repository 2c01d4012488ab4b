//! A sandbox of one service, and what happens to it.

use std::{io, sync::Arc};

use anyprofile_sandbox::{Fault, NamedFault, Scene as Shown};

use super::{
    Tally, Violation,
    step::{Judge, Step},
};
use crate::{
    faults::{
        Lie, SERVICES, Scene, Setting, lied,
        pairs::LARGE,
        profiles::{OF_ANY_REQUEST, is_silence},
    },
    model::{Records, records},
    random::Random,
};

/// How many operations a life has.
const STEPS: usize = 30;

/// What a life has at a moment.
pub(super) struct Life {
    pub(super) scene: Scene,
    /// What the service holds, as far as was read at first and written since.
    pub(super) model: Records,
    pub(super) random: Random,
    /// How many names were made up.
    pub(super) names: u64,
}

/// A fault that is put in force, and how.
struct Chosen {
    fault: &'static NamedFault,
    in_force: Fault,
    how: &'static str,
}

/// Lives one life.
///
/// # Errors
/// If no sandbox can be had, or it answers otherwise than it should without a fault.
pub(super) async fn live(
    seed: u64,
    number: u64,
    told_wrong: Option<Lie>,
    tally: &mut Tally,
) -> io::Result<Result<(), Box<Violation>>> {
    let mut random = Random::of(seed, number);
    let setting = Setting {
        service: random.pick(&SERVICES).unwrap_or(SERVICES[0]),
        profiles: 12 + u64::try_from(random.below(60)).unwrap_or_default(),
        seed: random.next(),
        is_generally_available: !random.once_in(3),
        is_connected: false,
        is_declared: false,
    };
    let scene = Scene::new(setting).await?;
    let model = records(&scene.sandbox, setting).await?;
    let mut life = Life { scene, model, random, names: 0 };
    let mut told = vec![format!("{setting:?}")];
    for _ in 0..STEPS {
        let step = Step::choose(&mut life);
        // Now and then with what the provider remembers of before, and now and then without.
        if life.random.once_in(3) {
            life.scene.reconnect()?;
        }
        let provider = lied(Arc::clone(&life.scene.provider), told_wrong).await?;
        life.scene.sandbox.clear_requests();
        let is_planned = life.random.once_in(2);
        let plan =
            if is_planned { step.plan(provider.as_ref()).await.map_err(io::Error::other)? } else { None };
        let chosen = life.faults(&step);
        for chosen in &chosen {
            life.scene.sandbox.add_fault(chosen.in_force.clone());
        }
        let names: Vec<_> = chosen.iter().map(|chosen| chosen.fault.name).collect();
        let hows: Vec<_> =
            chosen.iter().map(|chosen| format!("{}{}", chosen.fault.name, chosen.how)).collect();
        let outcome = step.run(provider.as_ref(), &life.model, plan).await;
        let strikes = life.scene.sandbox.strikes();
        let is_disturbed = strikes.iter().any(|strikes| *strikes > 0);
        life.scene.sandbox.clear_faults();
        let requests = life.scene.sandbox.requests();
        life.scene.sandbox.clear_requests();
        let after = records(&life.scene.sandbox, setting).await?;
        life.scene.sandbox.clear_requests();
        tally.operations += 1;
        tally.disturbed += u64::from(is_disturbed);
        tally.failed += u64::from(outcome.is_error);
        tally.written += u64::from(after != life.model);
        told.push(format!("{step}; faults: {}; {}", hows.join(", "), outcome.word));
        let asked = requests.iter().filter(|request| request.service != "upsun-auth").count() as u64;
        let is_silent = matches!((&names[..], &strikes[..]), ([name], [struck]) if is_silence(name) && *struck >= asked.max(1));
        let (before, after_it) = (&life.model, &after);
        let facts = Judge { faults: &names, before, after: after_it, service: setting.service, is_silent };
        if let Some(reason) = facts.violation(&step, &outcome) {
            let sent =
                requests.iter().map(|it| format!("{} {} {}: {}", it.method, it.path, it.query, it.status));
            let requests = sent.collect();
            return Ok(Err(Box::new(Violation { seed, life: number, steps: told, requests, reason })));
        }
        life.model = after;
    }
    Ok(Ok(()))
}

impl Life {
    /// None, one or two faults that the step can meet.
    fn faults(&mut self, step: &Step) -> Vec<Chosen> {
        let count = [0, 1, 1, 1, 2, 2][self.random.below(6)];
        let is_listing = step.is_listing();
        let allows_large = self.random.once_in(40);
        let fits = |fault: &&NamedFault| {
            let is_small = allows_large || !LARGE.contains(&fault.name);
            let is_of_scene = if is_listing {
                matches!(fault.scene, Shown::Listing | Shown::Query)
            } else {
                OF_ANY_REQUEST.contains(&fault.name)
            };
            is_small && is_of_scene && !fault.needs_connection
        };
        let faults: Vec<_> = NamedFault::all().filter(fits).collect();
        let service = self.scene.setting.service;
        let mut chosen = Vec::new();
        for _ in 0..count {
            let Some(fault) = self.random.pick(&faults) else { break };
            let in_force = if is_listing { fault.of(service) } else { fault.everywhere(service) };
            let Some(mut in_force) = in_force else { continue };
            let mut how = "";
            if step.writes() && fault.can_follow_effect() && self.random.once_in(2) {
                in_force = in_force.after_effect();
                how = " after the effect";
            }
            chosen.push(Chosen { fault, in_force, how });
        }
        chosen
    }

    /// A name that nobody has.
    pub(super) fn name(&mut self) -> String {
        self.names += 1;
        format!("Soaked {}", self.names)
    }
}
