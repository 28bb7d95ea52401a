//! Dossiers that are linked with the one a command is on: a rule may look at them, so their states are read too.

use std::collections::HashSet;

use uuid::Uuid;

use super::request::{Act, Request};
use super::states::State;
use crate::domain::dossier::{Dossier, DossierCommand};

/// The dossiers a command on one of several may look at or tell: the whole, and the legs beside it.
pub fn of<'a>(
    request: &Request,
    state: impl Fn(Uuid) -> Option<&'a State>,
) -> Vec<(Uuid, &'a Dossier)> {
    let ids = ids(request, &state);
    let known = ids
        .into_iter()
        .filter_map(|id| Some((id, state(id)?.dossier()?)));
    known.collect()
}

/// Their ids, as far as the states tell; and of the dossier whose data is to be destroyed.
pub fn ids<'a>(request: &Request, state: impl Fn(Uuid) -> Option<&'a State>) -> Vec<Uuid> {
    let (own, command) = match &request.act {
        Act::Dossier { dossier, command } => (dossier, command),
        Act::Erase(act) => return act.dossier().into_iter().collect(),
        _ => return Vec::new(),
    };
    let kin = |id: Uuid| {
        let known = state(id).and_then(State::dossier);
        known.into_iter().flat_map(Dossier::kin)
    };
    let mut waiting: Vec<Uuid> = kin(*own).collect();
    if let DossierCommand::OpenLeg { whole, .. } = command {
        waiting.push(*whole);
    }
    if waiting.is_empty() {
        return Vec::new();
    }
    let mut seen = HashSet::from([*own]);
    let mut found = Vec::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            found.push(id);
            waiting.extend(kin(id));
        }
    }
    found
}
