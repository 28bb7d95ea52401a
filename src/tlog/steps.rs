//! A receipt taken apart: each step of its check with what came out, for those who want to see why it holds.

use super::checkpoint::Checkpoint;
use super::note::Note;
use super::policy::{Policy, PolicyError, Standing};
use super::proof::{ProofError, root_by_inclusion};
use super::receipt::{Receipt, ReceiptError};
use super::{Hash, leaf_hash};

/// What each step of the check gave. The receipt holds when [`Steps::holds`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Of the entry's bytes.
    pub leaf: Hash,
    /// What the receipt's checkpoint says; worth what [`Steps::signed`] is.
    pub claimed: Checkpoint,
    /// Where the path leads from the leaf.
    pub reached: Result<Hash, ProofError>,
    /// Log signature and cosignatures by the policy; none without a policy.
    pub signed: Option<Result<Standing, PolicyError>>,
}

impl Steps {
    /// Takes the check of a receipt over these bytes step by step.
    pub fn of(
        receipt: &Receipt,
        entry: &[u8],
        policy: Option<&Policy>,
    ) -> Result<Self, ReceiptError> {
        let read = || {
            let note: Note = receipt.checkpoint.parse().ok()?;
            note.text.parse().ok()
        };
        let claimed: Checkpoint = read().ok_or(ReceiptError::Malformed)?;
        let leaf = leaf_hash(entry);
        let reached = root_by_inclusion(&leaf, receipt.index, claimed.size, &receipt.path);
        let signed = policy.map(|policy| {
            let opened = policy.open(&receipt.checkpoint);
            opened.map(|(_, standing)| standing)
        });
        Ok(Self {
            leaf,
            claimed,
            reached,
            signed,
        })
    }

    /// Whether the path leads to the checkpoint's root.
    #[must_use]
    pub fn is_included(&self) -> bool {
        self.reached == Ok(self.claimed.root)
    }

    /// How the checkpoint stands, when the log signed it and no signature is wrong.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.signed.as_ref()?.as_ref().ok()
    }

    /// The same answer as [`Receipt::verify`] under the policy.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.is_included() && self.standing().is_some_and(|standing| standing.quorum)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KeyKind, SignedCheckpoint, SigningKey, node_hash};
    use super::*;

    fn given() -> (Receipt, Policy) {
        let log = SigningKey::from_seed("log.example/x", &[1; 32], KeyKind::Log).expect("a key");
        let sibling = leaf_hash(b"other");
        let checkpoint = Checkpoint {
            origin: "log.example/x".into(),
            size: 2,
            root: node_hash(&leaf_hash(b"entry"), &sibling),
        };
        let signed = SignedCheckpoint::sign(checkpoint, &log).expect("signed");
        let receipt = Receipt {
            extra: None,
            index: 0,
            path: vec![sibling],
            checkpoint: signed.to_string(),
        };
        (receipt, Policy::unwitnessed(log.verifier().clone()))
    }

    #[test]
    fn a_good_receipt_holds_in_every_step_and_without_witnesses_says_so() {
        let (receipt, policy) = given();
        let steps = Steps::of(&receipt, b"entry", Some(&policy)).expect("steps");
        assert!(steps.holds());
        assert!(!steps.standing().expect("signed").witnessed);
    }

    #[test]
    fn another_entry_leads_elsewhere_and_a_wrong_signature_is_no_standing() {
        let (mut receipt, policy) = given();
        let steps = Steps::of(&receipt, b"Entry", Some(&policy)).expect("steps");
        assert!(!steps.is_included() && steps.standing().is_some() && !steps.holds());
        receipt.checkpoint = receipt.checkpoint.replace("\n2\n", "\n3\n");
        let steps = Steps::of(&receipt, b"entry", Some(&policy)).expect("steps");
        assert!(steps.standing().is_none() && !steps.holds());
    }

    #[test]
    fn without_a_policy_nothing_holds_but_the_path_is_checked() {
        let (receipt, _) = given();
        let steps = Steps::of(&receipt, b"entry", None).expect("steps");
        assert!(steps.is_included() && steps.signed.is_none() && !steps.holds());
    }
}
