//! What applicants met with: papers scanned or asked for again, money, ratings, feedback, electronic results.

use std::sync::LazyLock;

use super::deeds::{COLUMNS, Place};
use super::measure::Rows;
use crate::databases::insert::{Insert, Writes};
use crate::domain::time::Moment;
use crate::projections::Model;

pub const MODEL: Model = Model {
    version: 3,
    tables: "
        create table document ( -- electronic results
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- `signed` digitally, `certified` a copy so, `filed`: its file's hash is kept
            primary key (number, turn, position)
        ) strict, without rowid;
        create table component ( -- papers as they came in
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- where its digital form comes from: `none`, `here`, `from_dossier`, `from_result`
            item        integer not null,
            primary key (number, turn, position)
        ) strict, without rowid;
        create table payment ( -- what was to be paid, and what became of it
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- `issued`, `cancelled`, `paid_online`, `paid_otherwise`, `refunded`
            obligation  integer not null,
            primary key (number, turn, position)
        ) strict, without rowid;
        create table rating (
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- whose device: `own`, `office`
            score       integer not null, -- from 1
            scale       integer not null, -- the best score
            primary key (number, turn, position)
        ) strict, without rowid;
        create table feedback (
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- `submitted`, `asked`, `clarified`, `forwarded`, `refused`, `answered`, `published`, `liked`, `disliked`, `overdue`
            feedback    integer not null, -- which of the dossier
            due_at      integer,          -- of the answer; on `answered`, of its publication
            late        integer not null, -- recorded with its breach
            primary key (number, turn, position)
        ) strict, without rowid;
        create table synchronisation ( -- with the national portal
            number      integer not null,
            turn        integer not null,
            position    integer not null,
            recorded_at integer not null,
            deed        text    not null, -- `requested`, `acknowledged`, `failed`
            primary key (number, turn, position)
        ) strict, without rowid;",
    indexes: "
        create index rating_recorded on rating (recorded_at);
        create index feedback_recorded on feedback (recorded_at);",
};

/// Ratings given in the period: satisfied is one of the two best scores. Those from an office's device count neither way.
pub(super) static RATINGS: Rows = Rows {
    from: "rating cross join turn",
    condition: "rating.recorded_at >= since and rating.recorded_at < until
        and turn.number = rating.number and turn.turn = rating.turn",
    numerator: "rating.score >= rating.scale - 1",
    excluded: "rating.deed = 'office'",
};

/// The other rows of the same feedback.
macro_rules! same_feedback {
    ($row:literal) => {
        concat!(
            $row,
            ".number = feedback.number and ",
            $row,
            ".feedback = feedback.feedback and ",
            $row,
            ".recorded_at < until"
        )
    };
}

/// The day of its answer: the one named when its sender had said more, else the first.
macro_rules! feedback_due {
    ($row:literal) => {
        concat!(
            "coalesce((select ",
            $row,
            ".due_at from feedback as ",
            $row,
            " where ",
            $row,
            ".deed = 'clarified' and ",
            same_feedback!($row),
            " order by ",
            $row,
            ".position desc limit 1), feedback.due_at)"
        )
    };
}

/// When it was answered or refused.
macro_rules! feedback_closed {
    ($row:literal) => {
        concat!(
            "(select min(",
            $row,
            ".recorded_at) from feedback as ",
            $row,
            " where ",
            $row,
            ".deed in ('answered', 'refused') and ",
            same_feedback!($row),
            ")"
        )
    };
}

/// Every step by its day: answered or refused in time, none of them late, and published where a day was named for it.
macro_rules! feedback_on_time {
    ($due:literal, $closed:literal) => {
        concat!(
            feedback_due!($due), " >= coalesce(", feedback_closed!($closed), ", until)
            and not exists (select 1 from feedback as step where step.late and ", same_feedback!("step"), ")
            and not exists (select 1 from feedback as answer where answer.deed = 'answered' and answer.due_at < until and ",
            same_feedback!("answer"),
            " and not exists (select 1 from feedback as told where told.deed = 'published' and ",
            same_feedback!("told"),
            "))"
        )
    };
}

/// Feedback that came in the period: each of its steps by its day or not. What is neither closed nor due, and what waits for
/// its sender, counts neither way.
pub(super) static FEEDBACK: Rows = Rows {
    from: "feedback cross join turn",
    condition: "feedback.deed = 'submitted' and feedback.recorded_at >= since and feedback.recorded_at < until
        and turn.number = feedback.number and turn.turn = max(feedback.turn, 1)",
    numerator: feedback_on_time!("clear", "closing"),
    excluded: concat!(
        feedback_due!("clear"), " is null or (", feedback_closed!("closing"), " is null and (", feedback_due!("clear"), " >= until
            or exists (select 1 from feedback as asked_for where asked_for.deed = 'asked' and ", same_feedback!("asked_for"),
        " and not exists (select 1 from feedback as clear where clear.deed = 'clarified' and clear.position > asked_for.position and ",
        same_feedback!("clear"),
        "))))"
    ),
};

/// Received in the period with papers entered: one of them has a digital form or none.
pub(super) static DIGITISED: Rows = Rows {
    from: "turn",
    condition: "turn.first = turn.turn and turn.received_at >= since and turn.received_at < until
        and exists (select 1 from component
        where component.number = turn.number and component.recorded_at < until)",
    numerator: "exists (select 1 from component where component.number = turn.number
        and component.recorded_at < until and component.deed <> 'none')",
    excluded: "0",
};

/// The same: one of them was reused or none.
pub(super) static REUSED: Rows = Rows {
    numerator: "exists (select 1 from component where component.number = turn.number
        and component.recorded_at < until and component.deed in ('from_dossier', 'from_result'))",
    ..DIGITISED
};

/// Something was to be paid since the period began, and not cancelled: paid online or not.
pub(super) static PAID: Rows = Rows {
    from: "turn",
    condition: "exists (select 1 from payment as issued where issued.number = turn.number and issued.turn = turn.turn
        and issued.deed = 'issued' and issued.recorded_at >= since and issued.recorded_at < until
        and not exists (select 1 from payment as ended where ended.number = issued.number
            and ended.obligation = issued.obligation and ended.deed = 'cancelled' and ended.recorded_at < until))",
    numerator: "exists (select 1 from payment where payment.number = turn.number and payment.turn >= turn.turn
        and (select later.first from turn as later where later.number = payment.number and later.turn = payment.turn) = turn.first
        and payment.deed = 'paid_online' and payment.recorded_at < until)",
    excluded: "0",
};

/// Settled by a result in the period: a paper and the result have digital forms or not.
pub(super) static DIGITAL_BOTH: Rows = Rows {
    from: "turn",
    condition: "turn.end_kind = 'completed' and turn.ended_at >= since and turn.ended_at < until",
    numerator: "exists (select 1 from document where document.number = turn.number
            and document.turn = turn.turn and document.recorded_at < until)
        and exists (select 1 from component where component.number = turn.number
            and component.recorded_at < until and component.deed <> 'none')",
    excluded: "0",
};

/// Received in the period: acknowledged by the national portal or not.
pub(super) static SYNCHRONISED: Rows = Rows {
    from: "turn",
    condition: "turn.first = turn.turn and turn.received_at >= since and turn.received_at < until",
    numerator: "exists (select 1 from synchronisation where synchronisation.number = turn.number
        and synchronisation.deed = 'acknowledged' and synchronisation.recorded_at < until)",
    excluded: "0",
};

/// The same feedback: each step by its day, not raised again on the same dossier, and its answer not disliked.
pub(super) static FEEDBACK_GOOD: Rows = Rows {
    numerator: concat!(
        "feedback.feedback = 1 and not exists (select 1 from feedback as said where said.deed = 'disliked' and ",
        same_feedback!("said"),
        ") and ",
        feedback_on_time!("clear", "closing")
    ),
    ..FEEDBACK
};

/// At work in the period: somebody complained, recommended or was dissatisfied, or nobody.
pub(super) static VOICED: Rows = Rows {
    from: "turn",
    condition: "turn.begun_at < until and (turn.ended_at is null or turn.ended_at >= since)",
    numerator: "exists (select 1 from feedback where feedback.number = turn.number
            and feedback.deed = 'submitted' and feedback.recorded_at < until)
        or exists (select 1 from rating where rating.number = turn.number and rating.turn = turn.turn
            and rating.recorded_at < until and rating.score * 2 < rating.scale + 1)",
    excluded: "0",
};

/// A row of one of the tables: its deed and its further columns.
#[derive(Clone, Copy)]
pub(super) enum Met {
    Document(&'static str),
    Component(&'static str, u32),
    Payment(&'static str, u32),
    /// Score and scale.
    Rating(&'static str, u8, u8),
    /// Which of the dossier, the day named with it, recorded with a breach.
    Feedback(&'static str, u32, Option<Moment>, bool),
    Synchronisation(&'static str),
}

/// A table, by the insert of its rows.
struct Tables {
    document: Insert,
    component: Insert,
    payment: Insert,
    rating: Insert,
    feedback: Insert,
    synchronisation: Insert,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let insert = |table: &str, more: &[&str]| {
        let columns = [&COLUMNS[..], more].concat();
        Insert::new(table, &columns, "")
    };
    Tables {
        document: insert("document", &[]),
        component: insert("component", &["item"]),
        payment: insert("payment", &["obligation"]),
        rating: insert("rating", &["score", "scale"]),
        feedback: insert("feedback", &["feedback", "due_at", "late"]),
        synchronisation: insert("synchronisation", &[]),
    }
});

/// Writes the rows of a batch.
pub(super) fn write(to: &mut Writes, all: &[(Place, Met)]) {
    let tables = &*TABLES;
    let (mut documents, mut components, mut payments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ratings, mut feedback, mut syncs) = (Vec::new(), Vec::new(), Vec::new());
    for (place, met) in all {
        match *met {
            Met::Document(deed) => documents.push((*place, deed)),
            Met::Component(deed, item) => components.push((*place, deed, item)),
            Met::Payment(deed, obligation) => payments.push((*place, deed, obligation)),
            Met::Rating(deed, score, scale) => ratings.push((*place, deed, score, scale)),
            Met::Feedback(deed, number, due_at, late) => {
                feedback.push((*place, deed, number, due_at, late));
            }
            Met::Synchronisation(deed) => syncs.push((*place, deed)),
        }
    }
    for (table, rows) in [
        (&tables.document, &documents),
        (&tables.synchronisation, &syncs),
    ] {
        table.put(to, rows, |columns, (place, deed)| place.bind(columns, deed));
    }
    for (table, rows) in [
        (&tables.component, &components),
        (&tables.payment, &payments),
    ] {
        table.put(to, rows, |columns, (place, deed, number)| {
            place.bind(columns, deed).bind(*number)
        });
    }
    tables.rating.put(to, &ratings, |columns, row| {
        let (place, deed, score, scale) = row;
        place.bind(columns, deed).bind(*score).bind(*scale)
    });
    tables.feedback.put(to, &feedback, |columns, row| {
        let (place, deed, number, due_at, late) = row;
        let columns = place.bind(columns, deed).bind(*number);
        columns.bind(due_at.map(|due_at| due_at.0)).bind(*late)
    });
}
