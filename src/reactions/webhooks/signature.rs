//! What a receiver checks signatures with: derived from the master key and the subscription's id, it is stored nowhere.

use uuid::Uuid;
use zeroize::Zeroizing;

pub use crate::ports::signature::Secret;
use crate::vault::Keys;

/// The secret of a subscription.
#[must_use]
pub fn secret(keys: &Keys, subscription: Uuid) -> Secret {
    let bytes = Zeroizing::new(keys.derive(&format!("motcua/webhook/v1/{subscription}")));
    Secret::of(&bytes)
}
