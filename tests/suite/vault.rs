//! The vault beside the journal.

use motcua::{
    domain::{part::PartKind, time::Moment},
    journal,
    vault::{Deposit, Keys, Location, Opened, Personal, Vault},
};
use serde_json::json;
use uuid::Uuid;

use crate::grounds::postgres;

#[tokio::test]
async fn journal_and_vault_share_a_database_without_meeting() {
    let Some(ground) = postgres().await else {
        return;
    };
    let journal::Location::Postgres(url) = &ground.location else {
        panic!("a place on PostgreSQL");
    };
    let (location, keys) = (
        Location::Postgres(url.clone()),
        Keys::given([7; 32], [(1, [8; 32]), (2, [9; 32])]),
    );
    for _ in 0..2 {
        let vault = Vault::create_or_open(&location, &keys)
            .await
            .expect("a vault opens");
        let journal = ground.journal().await;
        let value = json!({"name": "Công dân 000001"});
        let deposit = Deposit {
            command: Uuid::from_u128(1),
            stream: Uuid::from_u128(2),
            parts: vec![Personal {
                file: None,
                kind: PartKind::Applicant,
                subject: Uuid::from_u128(3),
                value: value.clone(),
            }],
        };
        let parts = vault
            .put(std::slice::from_ref(&deposit), Moment(1))
            .await
            .expect("stored");
        let wanted = (deposit.stream, deposit.command, parts[0][0].clone());
        let read = vault.open(&[wanted]).await.expect("read");
        assert_eq!(read, [Opened::Present(value)]);
        assert_eq!(journal.head().await.expect("a head").size, 0);
    }
}
