//! A command on its way to the writer, and what comes back.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::Date;
use serde::Serialize;
use sha2::Sha256;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::domain::access::Looked;
use crate::domain::actor::Actor;
use crate::domain::archive::ArchiveAct;
use crate::domain::calendar::{CalendarYear, Notice};
use crate::domain::campaign::CampaignAct;
use crate::domain::catalogue::{InternalProcess, Procedure, ReviewProposed};
use crate::domain::claim::{Claim, ImportEvent};
use crate::domain::code::OfficeCode;
use crate::domain::dossier::{DossierCommand, Rejection};
use crate::domain::erasure::ErasureAct;
use crate::domain::fact::stream;
use crate::domain::office::Office;
use crate::domain::part::PartKind;
use crate::domain::policy::Policy;
use crate::domain::reason::Reason;
use crate::domain::reorganisation::Reorganisation;
use crate::domain::staff::StaffAct;
use crate::domain::supervision::SupervisionAct;
use crate::domain::target::Target;
use crate::domain::time::Moment;
use crate::journal::canonical;
use crate::tlog::Hash;
use crate::vault::Kept;

/// Whoever has waited longer for the writer is told to come again.
const WAITED_MAX: Duration = Duration::from_secs(6);
/// A command's canonical input is never larger.
const INPUT_BYTES_MAX: usize = 64 * 1024;

/// What is wanted.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Dossier {
        dossier: Uuid,
        command: DossierCommand,
    },
    /// Take in what another system tells of a dossier.
    Claim(Box<Claim>),
    /// Say that a file of another system is taken in, or was.
    Import(ImportEvent),
    /// Enter a result older than the system, or strike it.
    Archive(ArchiveAct),
    /// Register an officer of an office, change the record, or end it.
    Staff(StaffAct),
    /// Have it on record that personal data is opened.
    Access(Looked),
    /// Have personal data destroyed.
    Erase(ErasureAct),
    /// Take the next number of an office's day out of use, with a reason.
    VoidCode {
        office: OfficeCode,
    },
    /// Reserve the next numbers of the day for the desk of who asks.
    ReserveCodes {
        count: u32,
    },
    /// Void what is left of a desk's blocks of a day, with a reason; today's and one's own unless told.
    ReleaseCodes {
        #[serde(skip_serializing_if = "Option::is_none")]
        desk: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        on: Option<Date>,
    },
    Declare(CalendarYear),
    Adopt(Policy),
    Publish(Box<Procedure>),
    OpenOffice(Office),
    /// Record a notice: days off and worked, office hours, an outage.
    Notify(Box<Notice>),
    /// End a procedure by a decision.
    Abolish {
        procedure: String,
        decision: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        decided_on: Option<Date>,
        from: Date,
    },
    ApproveProcess(Box<InternalProcess>),
    ProposeReview(ReviewProposed),
    SetTarget(Target),
    /// Open a satisfaction campaign, or end it.
    Campaign(CampaignAct),
    /// Inspections, reminders, plans of reviews.
    Supervise(SupervisionAct),
    /// Close offices by a decision that says where what they had goes.
    Reorganise(Box<Reorganisation>),
}

impl Act {
    /// The stream it is done on, if on one of its own.
    #[must_use]
    pub(super) fn stream(&self) -> Option<Uuid> {
        match self {
            Self::Archive(act) => Some(act.stream()),
            Self::Staff(act) => Some(act.stream()),
            Self::Erase(act) => Some(act.stream()),
            Self::Import(_) => Some(stream::imports()),
            act => act.dossier(),
        }
    }

    /// Done on a stream of a day, such as the register of an office, where there is nothing to say in words.
    #[must_use]
    pub fn is_wordless(&self) -> bool {
        matches!(
            self,
            Self::VoidCode { .. }
                | Self::ReserveCodes { .. }
                | Self::ReleaseCodes { .. }
                | Self::Access(_)
                | Self::Import(_)
        )
    }

    /// The dossier it is done on, if on one.
    #[must_use]
    pub fn dossier(&self) -> Option<Uuid> {
        match self {
            Self::Dossier { dossier, .. } => Some(*dossier),
            Self::Claim(claim) => Some(claim.case.dossier()),
            Self::Import(_)
            | Self::Archive(_)
            | Self::Staff(_)
            | Self::Access(_)
            | Self::Erase(_)
            | Self::VoidCode { .. }
            | Self::ReserveCodes { .. }
            | Self::ReleaseCodes { .. }
            | Self::Declare(_)
            | Self::Adopt(_)
            | Self::Publish(_)
            | Self::OpenOffice(_)
            | Self::Abolish { .. }
            | Self::ApproveProcess(_)
            | Self::ProposeReview(_)
            | Self::Notify(_)
            | Self::SetTarget(_)
            | Self::Campaign(_)
            | Self::Supervise(_)
            | Self::Reorganise(_) => None,
        }
    }
}

/// Personal data a command brings: it goes to the vault, the fact gets a commitment.
#[derive(Debug, Clone, Serialize)]
pub struct Personal {
    pub kind: PartKind,
    /// A flat object of texts.
    pub value: serde_json::Value,
    /// The file whose hash the value holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Kept>,
}

/// One command with its circumstances.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// Chosen by the client; the same id with the same content is answered once and for all.
    pub id: Uuid,
    pub actor: Actor,
    /// Refused as `CONFLICT` when the dossier has another version.
    #[serde(skip)]
    pub expected_version: Option<u32>,
    pub act: Act,
    pub occurred_at: Option<Moment>,
    pub received_at: Option<Moment>,
    pub reason: Option<Reason>,
    pub basis: Option<String>,
    pub personal: Vec<Personal>,
    /// The story's hour; heeded by simulated journals only, and never set by a door.
    #[serde(skip)]
    pub at: Option<Moment>,
}

impl Request {
    /// A command without claims, reason or personal data.
    #[must_use]
    pub fn new(id: Uuid, actor: Actor, act: Act) -> Self {
        Self {
            id,
            actor,
            expected_version: None,
            act,
            occurred_at: None,
            received_at: None,
            reason: None,
            basis: None,
            personal: Vec::new(),
            at: None,
        }
    }

    /// It comes from a simulation, which waits as long as it takes.
    pub(super) fn tells_story(&self) -> bool {
        self.at.is_some()
    }
}

/// Where the personal parts of a request belong.
pub(super) struct PlaceOfParts {
    /// Of the fact that will name them.
    pub stream: Uuid,
    /// What their subject is derived from: parts with the same one are one person's.
    pub whose: Uuid,
}

impl Request {
    /// The id of the dossier that it begins.
    fn begun(&mut self) -> Option<&mut Uuid> {
        match &mut self.act {
            Act::Dossier { dossier, command } if command.begins() => Some(dossier),
            _ => None,
        }
    }

    /// Names the dossier that it begins as a release up to 0.1 derived it; gives the name it had, if that was derived with the time.
    fn name_untimed(&mut self) -> Option<Uuid> {
        let id = self.id;
        let begun = self.begun()?;
        let untimed = stream::dossier_untimed(id);
        (*begun == stream::of_the_time(id, untimed)).then(|| std::mem::replace(begun, untimed))
    }

    /// None when it brings no parts, or its fact takes none.
    pub(super) fn place_of_parts(&self) -> Option<PlaceOfParts> {
        if self.personal.is_empty() || self.act.is_wordless() {
            return None;
        }
        // On the shelf each act says something of its own.
        let stream = self.act.stream();
        let whose = match &self.act {
            Act::Staff(act) => act.whose(),
            // One that was struck and entered anew may be somebody else's.
            Act::Archive(_) => self.id,
            _ => stream.unwrap_or(self.id),
        };
        Some(PlaceOfParts {
            stream: stream.unwrap_or_else(stream::reference),
            whose,
        })
    }
}

/// What was acknowledged: durable and in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the command's first fact.
    pub position: u64,
    /// How many facts it brought.
    pub entries: u32,
    /// The command was known: this is the first answer again.
    pub repeated: bool,
}

impl Receipt {
    /// The size the read models must have reached to show all of it.
    #[must_use]
    pub fn size(self) -> u64 {
        self.position + u64::from(self.entries)
    }
}

/// Why there is no receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The rules say no; nothing was recorded.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("the input is {0} bytes, more than 64 KB")]
    TooLarge(usize),
    #[error("too many commands are waiting")]
    Overloaded,
    #[error("this node is stopping")]
    Stopping,
    /// The record is not what was sealed or shown: this node takes no commands. The code says what was found.
    #[error("this node takes no commands: {0}")]
    Halted(&'static str),
    /// The store did not answer: send the same command id again.
    #[error("the store did not answer")]
    Unavailable,
    /// The clocks of the database and of this node are this many seconds apart: nothing is stamped until they agree.
    #[error("the database's clock is {0} s before this node's")]
    ClocksApart(i64),
    /// It would be recorded as facts of a format that is not raised yet: some node may not read them.
    #[error("this needs format {needs}, and the journal has {has}")]
    NotYetEnabled { needs: u32, has: u32 },
    /// This node holds a copy of the journal and writes none.
    #[error("this node takes no commands")]
    ReadOnlyNode,
    /// A fault of the program; the cause is in the log, never in the answer.
    #[error("internal fault")]
    Fault,
}

impl Refusal {
    /// Stable over releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::TooLarge(_) => "TOO_LARGE",
            Self::Overloaded => "OVERLOADED",
            Self::Stopping => "STOPPING",
            Self::Halted(_) => "NODE_HALTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::ClocksApart(_) => "CLOCKS_APART",
            Self::NotYetEnabled { .. } => "NOT_YET_ENABLED",
            Self::ReadOnlyNode => "READ_ONLY_NODE",
            Self::Fault => "INTERNAL",
        }
    }

    /// What happened and what to do next: (Vietnamese, English).
    #[must_use]
    pub fn message(&self) -> (String, String) {
        let (vietnamese, english) = match self {
            Self::Rejected(rejection) => return rejection.message(),
            Self::TooLarge(_) => (
                "Nội dung quá lớn. Rút gọn rồi gửi lại.",
                "The input is too large. Shorten it and send it again.",
            ),
            Self::Overloaded => (
                "Hệ thống đang quá tải. Gửi lại sau vài giây với cùng mã lệnh.",
                "The system is overloaded. Send the same command id again in a few seconds.",
            ),
            Self::Stopping => (
                "Máy chủ đang dừng. Gửi lại với cùng mã lệnh.",
                "This node is stopping. Send the same command id again.",
            ),
            Self::ClocksApart(_) => (
                "Đồng hồ của máy chủ và của cơ sở dữ liệu lệch nhau. Báo người vận hành; chưa ghi nhận gì, gửi lại sau với cùng mã lệnh.",
                "The clocks of the server and of its database disagree. Tell the operator; nothing was recorded, send the same command id again later.",
            ),
            Self::Halted(why) => {
                return (
                    format!(
                        "Hệ thống tạm dừng nhận thao tác vì sổ ghi không khớp với bản đã niêm phong hoặc đã công bố ({why}). Chưa có gì được ghi; báo ngay cho quản trị viên."
                    ),
                    format!(
                        "This node takes no commands: its record is not the one that was sealed or shown ({why}). Nothing was recorded; tell the operator at once."
                    ),
                );
            }
            Self::Unavailable => (
                "Kho dữ liệu chưa trả lời. Gửi lại với cùng mã lệnh; không bị ghi hai lần.",
                "The store did not answer. Send the same command id again; nothing is done twice.",
            ),
            Self::NotYetEnabled { .. } => (
                "Chức năng này chưa được bật vì hệ thống đang nâng cấp. Chưa ghi nhận gì; gửi lại sau khi người vận hành bật.",
                "This is not enabled yet: the system is being upgraded. Nothing was recorded; send it again once the operator has enabled it.",
            ),
            Self::ReadOnlyNode => (
                "Máy chủ này chỉ để tra cứu bản sao sổ nhật ký. Gửi lệnh tới máy chủ của chính cơ quan.",
                "This node only shows a copy of the journal. Send the command to the office's own node.",
            ),
            Self::Fault => (
                "Lỗi hệ thống. Báo cho quản trị viên.",
                "Internal fault. Tell the operator.",
            ),
        };
        (vietnamese.to_owned(), english.to_owned())
    }
}

/// A request at the writer's door.
pub(super) struct Submission {
    pub request: Request,
    /// HMAC of the canonical input: known again, yet telling nothing of it.
    pub mac: Hash,
    pub bytes: usize,
    /// Since when it waits.
    pub since: Instant,
    reply: oneshot::Sender<Result<Receipt, Refusal>>,
}

impl Submission {
    pub fn new(
        mut request: Request,
        key: &[u8; 32],
        reply: oneshot::Sender<Result<Receipt, Refusal>>,
    ) -> Result<Self, Refusal> {
        // A node of the release before knows the command again too: it names the dossier that begins otherwise.
        let timed = request.name_untimed();
        let input = canonical(&request).map_err(|_| Refusal::Fault)?;
        if let Some((begun, timed)) = request.begun().zip(timed) {
            *begun = timed;
        }
        if input.len() > INPUT_BYTES_MAX {
            return Err(Refusal::TooLarge(input.len()));
        }
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).map_err(|_| Refusal::Fault)?;
        mac.update(&input);
        let mac = mac.finalize().into_bytes().into();
        Ok(Self {
            request,
            mac,
            bytes: input.len(),
            since: Instant::now(),
            reply,
        })
    }

    /// Whether nobody waits for the answer any more.
    pub fn is_given_up(&self) -> bool {
        self.reply.is_closed()
    }

    /// Whether it has waited so long that the door would give up before the answer.
    pub fn is_late(&self) -> bool {
        !self.request.tells_story() && self.since.elapsed() > WAITED_MAX
    }

    /// Answers; a client that has gone away is no fault.
    pub fn answer(self, answer: Result<Receipt, Refusal>) {
        let _ = self.reply.send(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Role;

    /// As a node of release 0.1 takes it: the dossier that begins is named by the id it derived.
    #[test]
    fn a_command_is_known_again_by_a_node_of_the_release_before() {
        let id: Uuid = "019c21d5-7f3a-7abc-8def-0123456789ab"
            .parse()
            .expect("a UUID");
        let begins = |dossier| {
            let command = DossierCommand::Draft {
                procedure: "1.004873".parse().expect("a procedure"),
                office: "H63.40.01".parse().expect("an office"),
            };
            let actor = Actor::new("receiver-1", "H63.40.01", Role::Receiver);
            Request::new(id, actor, Act::Dossier { dossier, command })
        };
        let mac = |dossier| {
            let (reply, _) = oneshot::channel();
            let submission = Submission::new(begins(dossier), &[7; 32], reply).expect("taken");
            let Act::Dossier { dossier: named, .. } = submission.request.act else {
                panic!("it is on a dossier");
            };
            assert_eq!(named, dossier, "what is asked for is not changed");
            submission.mac
        };
        let (timed, untimed) = (stream::dossier(id), stream::dossier_untimed(id));
        assert_ne!(timed, untimed);
        let input = canonical(&begins(untimed)).expect("canonical");
        let mut before = <Hmac<Sha256> as KeyInit>::new_from_slice(&[7; 32]).expect("a key");
        before.update(&input);
        let before: Hash = before.finalize().into_bytes().into();
        assert_eq!(mac(timed), before);
        assert_ne!(
            mac(timed),
            mac(Uuid::nil()),
            "another dossier is another command"
        );
    }
}
