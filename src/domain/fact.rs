//! A fact: an event with its circumstances, as it stands in the journal for ever.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::Actor;
use super::event::Event;
pub use super::part::{Part, PartKind};
use super::reason::Reason;
use super::time::Moment;

/// An act that was done although the law forbids it: recorded, shown, never improving a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breach {
    pub rule: BreachRule,
    /// The article it offends against.
    pub basis: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachRule {
    /// More supplement requests than the policy allows.
    RepeatedSupplement,
    /// An apology after the last lawful day.
    LateApology,
    /// More apologies than the policy allows.
    RepeatedApology,
    /// Papers entered into the system later than the policy's window.
    EnteredLate,
    /// A refusal issued after the due date.
    LateRefusal,
    /// A result signed after the due date.
    LateResult,
    /// Accepted, refused or asked about after the intake clock had run out.
    LateIntake,
    /// A supplement asked for at appraisal later than the policy's working days after receipt.
    LateSupplementNotice,
    /// An on-site check that was not announced in the system first.
    UnscheduledVerification,
    /// A step of a feedback later than its working days: refused, asked about, passed on, answered, published.
    LateFeedback,
    /// Told by another system, and nothing these rules would have taken; the basis is the code of the refusal.
    NotByTheRules,
}

impl BreachRule {
    /// What the public reads: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::RepeatedSupplement => (
                "Yêu cầu bổ sung quá số lần",
                "Supplement requested too often",
            ),
            Self::LateApology => ("Xin lỗi quá muộn", "Apology came too late"),
            Self::RepeatedApology => ("Xin lỗi quá số lần", "Apologised too often"),
            Self::EnteredLate => ("Nhập hồ sơ muộn", "Entered late"),
            Self::LateRefusal => ("Từ chối sau hạn", "Refused after the due date"),
            Self::LateResult => ("Ký kết quả sau hạn", "Signed after the due date"),
            Self::LateIntake => ("Tiếp nhận, trả lời quá hạn", "Intake took too long"),
            Self::LateSupplementNotice => {
                ("Yêu cầu bổ sung quá muộn", "Supplement requested too late")
            }
            Self::UnscheduledVerification => (
                "Xác minh thực địa không báo trước trên hệ thống",
                "On-site check not announced in the system first",
            ),
            Self::LateFeedback => (
                "Xử lý phản ánh, kiến nghị quá hạn",
                "Feedback dealt with too late",
            ),
            Self::NotByTheRules => (
                "Nguồn khai việc mà quy tắc ở đây không nhận",
                "Told by the source; these rules would have refused it",
            ),
        }
    }
}

/// All that surrounds an event, without the moment of recording and the place in its stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// When it is claimed to have happened.
    pub occurred_at: Option<Moment>,
    /// The hour printed on the slip (dossier.accepted).
    pub received_at: Option<Moment>,
    pub reason: Option<Reason>,
    /// Legal basis of an exception.
    pub basis: Option<String>,
    pub breach: Option<Breach>,
    /// Policy in force, `code/version`.
    pub policy: Option<String>,
    pub parts: Vec<Part>,
    /// Position of the fact that caused a reaction.
    pub cause: Option<u64>,
    /// `import:<hash>` when it comes from another system.
    pub source: Option<String>,
}

/// What a decision adds to a stream; the writer completes it into a [`Fact`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub stream: Uuid,
    pub event: Event,
    pub circumstances: Circumstances,
}

/// One entry of the journal, decoded. The exact bytes are made and read in `journal::fact`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub stream: Uuid,
    /// Place in the stream, from 1.
    pub version: u32,
    /// The command that brought it.
    pub command: Uuid,
    pub actor: Actor,
    pub recorded_at: Moment,
    /// Leaf hash of the stream's previous fact; absent at version 1.
    pub prev: Option<[u8; 32]>,
    pub event: Event,
    pub circumstances: Circumstances,
}

impl Fact {
    /// The moment that counts: when it was recorded, or for what another system tells, when that claims it happened.
    #[must_use]
    pub fn at(&self) -> Moment {
        let around = &self.circumstances;
        let claimed = around.occurred_at.filter(|_| around.source.is_some());
        claimed.unwrap_or(self.recorded_at)
    }
}

/// The well-known streams, and the ids derived beside them.
pub mod stream {
    use std::sync::LazyLock;

    use jiff::civil::Date;
    use uuid::Uuid;

    use crate::domain::time::Moment;

    /// Namespace of every derived stream id of motcua.
    const NAMESPACE: Uuid = Uuid::from_u128(0x6d6f_7463_7561_4000_8000_0000_0000_0001);

    /// The journal's own stream: position 0.
    #[must_use]
    pub fn journal() -> Uuid {
        static ID: LazyLock<Uuid> = LazyLock::new(|| Uuid::new_v5(&NAMESPACE, b"journal"));
        *ID
    }

    /// Calendars, policies, procedures and offices.
    #[must_use]
    pub fn reference() -> Uuid {
        static ID: LazyLock<Uuid> = LazyLock::new(|| Uuid::new_v5(&NAMESPACE, b"reference"));
        *ID
    }

    /// The stream of a dossier that a command creates: nobody chooses an id. It begins with the time that the command's begins with.
    #[must_use]
    pub fn dossier(command: Uuid) -> Uuid {
        of_the_time(command, dossier_untimed(command))
    }

    /// As releases up to 0.1 derived it from every command.
    #[must_use]
    pub fn dossier_untimed(command: Uuid) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("dossier:{command}").as_bytes())
    }

    /// An id derived from a command's, with that one's time in front where it has one (version 7, RFC 9562 §5.7): what is begun
    /// together lies together in every index, so that a journal costs the same to write however large it is.
    #[must_use]
    pub fn of_the_time(command: Uuid, derived: Uuid) -> Uuid {
        let timed = command.get_version_num() == 7;
        let milliseconds = (command.as_u64_pair().0 >> 16).cast_signed();
        let at = timed.then(|| Moment(milliseconds * 1_000));
        at.map_or(derived, |at| at_the_time(at, derived))
    }

    /// An id with a time in front, to the millisecond; the rest as derived.
    #[must_use]
    pub fn at_the_time(at: Moment, derived: Uuid) -> Uuid {
        let milliseconds = u64::try_from(at.0 / 1_000).unwrap_or_default();
        let mut rest = [0; 10];
        rest.copy_from_slice(&derived.as_bytes()[6..]);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &rest).into_uuid()
    }

    /// A dossier that another system tells of.
    #[must_use]
    pub fn told(system: &str, case: &str) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("told:{system}:{case}").as_bytes())
    }

    /// What was taken in from other systems.
    #[must_use]
    pub fn imports() -> Uuid {
        Uuid::new_v5(&NAMESPACE, b"imports")
    }

    /// The staff of an office.
    #[must_use]
    pub fn staff(office: &str) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("staff:{office}").as_bytes())
    }

    /// A result older than the system: nothing is entered twice.
    #[must_use]
    pub fn archive(office: &str, procedure: &str, number: &str) -> Uuid {
        let name = format!("archive:{office}:{procedure}:{number}");
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }

    /// What became of a subject's personal data.
    #[must_use]
    pub fn subject(subject: Uuid) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("subject:{subject}").as_bytes())
    }

    /// What became of wrapping keys.
    #[must_use]
    pub fn wrapping_keys() -> Uuid {
        Uuid::new_v5(&NAMESPACE, b"wrapping-keys")
    }

    /// What somebody of an office looked at on a day.
    #[must_use]
    pub fn access(office: &str, actor: &str, date: Date) -> Uuid {
        let name = format!("access:{office}:{actor}:{date}");
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }

    /// The command id of what the program does by itself: the same on every node.
    #[must_use]
    pub fn reaction(name: &str) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("reaction:{name}").as_bytes())
    }

    /// The daily register of an office: the same id on every node.
    #[must_use]
    pub fn register(office: &str, date: Date) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("register:{office}:{date}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::stream;

    #[test]
    fn a_dossiers_id_begins_with_the_time_that_its_commands_id_begins_with() {
        let command = |text: &str| text.parse::<Uuid>().expect("a UUID");
        let timed = command("019c21d5-7f3a-7abc-8def-0123456789ab");
        let beside = command("019c21d5-7f3a-7abc-8def-0123456789ac");
        let id = stream::dossier(timed);
        assert_eq!(id.as_u128() >> 80, timed.as_u128() >> 80);
        assert_eq!((id.get_version_num(), id), (7, stream::dossier(timed)));
        assert_ne!(id, stream::dossier(beside));
        let timeless = command("6f1c1b0e-5a3e-4a57-9d0c-0c1f2a3b4c5d");
        assert_eq!(stream::dossier(timeless), stream::dossier_untimed(timeless));
        assert_eq!(stream::dossier(timeless).get_version_num(), 5);
    }
}
