//! Rows about people: who filed and who rated, whose desk cost which day, who paid what, what other systems were told.

use motcua::acts::{Act, Personal, Receipt, Refusal, Request};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{
    DeliveryMethod, DossierCommand as C, ObligationKind, PaymentMethod, RatingDevice, SyncOutcome,
};
use motcua::domain::fact::stream;
use motcua::domain::part::PartKind;
use motcua::domain::reason::Reason;
use serde_json::json;

use super::counter::stranger;
use super::ground::{
    FIRST, Known, LONG, OFFICE, SECOND, Town, given_the_district, hour, list, person,
};
use crate::office::id;
