//! The vault on both back ends: what is put is read, and nothing else ever is.

mod files;
mod forget;
mod ground;
mod put;
mod read;
mod wrapping;

use serde_json::json;
use uuid::Uuid;

use super::{Deposit, Opened, Personal, Vault};
use crate::domain::{
    part::{Part, PartKind},
    time::Moment,
};

const NOW: Moment = Moment(1_700_000_000_000_000);

/// The n-th command's deposit: an applicant and a contact of one subject.
fn deposit(n: u128) -> Deposit {
    let subject = Uuid::from_u128(0x5000_0000 + n);
    let personal = |kind, value| Personal {
        file: None,
        kind,
        subject,
        value,
    };
    Deposit {
        command: Uuid::from_u128(0xc000_0000 + n),
        stream: Uuid::from_u128(0xd000_0000 + n),
        parts: vec![
            personal(
                PartKind::Applicant,
                json!({"name": format!("Công dân {n:06}"), "cccd": format!("003{n:09}")}),
            ),
            personal(PartKind::Contact, json!({"phone": format!("0000{n:06}")})),
        ],
    }
}

fn wanted(deposit: &Deposit, parts: &[Part]) -> Vec<(Uuid, Uuid, Part)> {
    parts
        .iter()
        .map(|part| (deposit.stream, deposit.command, part.clone()))
        .collect()
}

/// Puts one deposit and gives its parts as a reader asks for them.
async fn put(vault: &Vault, deposit: &Deposit) -> Vec<(Uuid, Uuid, Part)> {
    let parts = vault
        .put(std::slice::from_ref(deposit), NOW)
        .await
        .expect("stored");
    wanted(deposit, &parts[0])
}

#[track_caller]
fn assert_unavailable(opened: &[Opened]) {
    let unavailable = |opened: &Opened| matches!(opened, Opened::Unavailable(_));
    assert!(opened.iter().all(unavailable), "{opened:?}");
}

fn present(deposit: &Deposit) -> Vec<Opened> {
    deposit
        .parts
        .iter()
        .map(|personal| Opened::Present(personal.value.clone()))
        .collect()
}
