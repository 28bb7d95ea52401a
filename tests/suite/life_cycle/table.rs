//! `tests/life_cycle.csv`, the oracle: written from the law, read strictly.

use std::collections::BTreeMap;

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand, Phase};

const HEADER: &str = "state,command,role,to,event,paper,clock";
const CLOCKS: [&str; 6] = ["none", "starts", "runs", "pauses", "resumes", "ends"];
const PAPERS: [&str; 8] = ["-", "01", "02", "03", "04", "05", "06", "07"];

/// What follows when a role gives a command in a state.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub to: Phase,
    /// Kinds of the events on the dossier's stream, in order.
    pub events: Vec<String>,
    /// What the command leaves the processing clock doing: `runs` and `pauses` also when nothing changed.
    pub clock: String,
}

/// Every allowed (state, command, role).
pub struct Table {
    rows: BTreeMap<(&'static str, String, Role), Row>,
}

impl Table {
    pub fn shipped() -> Self {
        Self::read(include_str!("../../life_cycle.csv")).expect("the table is sound")
    }

    /// Refuses a row with an unknown word or a key that stood before.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Err(format!("the header is not {HEADER}"));
        }
        let known = super::town::every_command();
        let mut rows = BTreeMap::new();
        for line in lines {
            let (key, row) = read_row(line, &known)?;
            if rows.insert(key, row).is_some() {
                return Err(format!("stands twice: {line}"));
            }
        }
        Ok(Self { rows })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn row(&self, state: Phase, command: &str, role: Role) -> Option<&Row> {
        self.rows.get(&(state.name(), command.to_owned(), role))
    }

    /// The (command, role) pairs a state allows.
    pub fn allowed_in(&self, state: Phase) -> Vec<(&str, Role)> {
        let keys = self.rows.keys();
        keys.filter(|(from, _, _)| *from == state.name())
            .map(|(_, command, role)| (command.as_str(), *role))
            .collect()
    }

    /// The rows of a command with the states they start from.
    pub fn of_command<'a>(
        &'a self,
        command: &'a str,
    ) -> impl Iterator<Item = (&'static str, &'a Row)> {
        let rows = self.rows.iter();
        rows.filter(move |((_, known, _), _)| known == command)
            .map(|((from, _, _), row)| (*from, row))
    }

    pub fn names_command(&self, command: &str) -> bool {
        self.rows.keys().any(|(_, known, _)| known == command)
    }

    pub fn names_phase(&self, phase: Phase) -> bool {
        let from = self.rows.keys().any(|(from, _, _)| *from == phase.name());
        from || self.rows.values().any(|row| row.to == phase)
    }

    /// The code of the refusal that a cell outside the table must give.
    pub fn refusal(&self, state: Phase, command: &DossierCommand, role: Role) -> &'static str {
        let in_this_state = |(from, known, _): &(&str, String, Role)| {
            *from == state.name() && known == command.name()
        };
        let by_this_role =
            |(_, known, by): &(&str, String, Role)| known == command.name() && *by == role;
        let for_others = self.rows.keys().any(in_this_state);
        if for_others || !self.rows.keys().any(by_this_role) {
            "WRONG_ROLE"
        } else if state == Phase::Absent {
            "UNKNOWN_DOSSIER"
        } else if self.row_begins(command.name()) {
            "ALREADY_EXISTS"
        } else if self.is_closed(state) {
            "ALREADY_CLOSED"
        } else {
            "WRONG_STATE"
        }
    }

    fn row_begins(&self, command: &str) -> bool {
        let mut keys = self.rows.keys();
        keys.any(|(from, known, _)| *from == Phase::Absent.name() && known == command)
    }

    /// Nothing leads out of it.
    fn is_closed(&self, state: Phase) -> bool {
        let mut rows = self.rows.iter();
        !rows.any(|((from, _, _), row)| *from == state.name() && row.to != state)
    }
}

type Key = (&'static str, String, Role);

fn read_row(line: &str, known: &[DossierCommand]) -> Result<(Key, Row), String> {
    let unknown = |word: &str| format!("unknown {word:?}: {line}");
    let cells: Vec<&str> = line.split(',').collect();
    let [state, command, role, to, events, paper, clock] = cells[..] else {
        return Err(format!("not seven cells: {line}"));
    };
    let state = Phase::from_name(state).ok_or_else(|| unknown(state))?;
    let role = Role::from_name(role).ok_or_else(|| unknown(role))?;
    let to = Phase::from_name(to).ok_or_else(|| unknown(to))?;
    if !known.iter().any(|known| known.name() == command) {
        return Err(unknown(command));
    }
    if !PAPERS.contains(&paper) {
        return Err(unknown(paper));
    }
    if !CLOCKS.contains(&clock) {
        return Err(unknown(clock));
    }
    let kinds = crate::golden::dossier_kinds();
    let events: Vec<String> = events.split('+').map(str::to_owned).collect();
    if let Some(event) = events.iter().find(|event| !kinds.contains(&event.as_str())) {
        return Err(unknown(event));
    }
    let row = Row {
        to,
        events,
        clock: clock.to_owned(),
    };
    Ok(((state.name(), command.to_owned(), role), row))
}

#[test]
fn a_table_with_a_doubled_row_or_an_unknown_word_is_not_an_oracle() {
    let row = "absent,draft,receiver,draft,dossier.drafted,-,none";
    let read = |lines: &[&str]| Table::read(&[&[HEADER], lines].concat().join("\n")).map(|_| ());
    assert_eq!(read(&[row]), Ok(()));
    let twice = read(&[row, row]).expect_err("a doubled row");
    assert!(twice.starts_with("stands twice"), "{twice}");
    for (word, replaced) in [
        ("absent", "gone"),
        ("receiver", "porter"),
        (",draft,dossier", ",sketch,dossier"),
        ("absent,draft", "absent,doodle"),
        ("dossier.drafted", "dossier.drawn"),
        ("-", "08"),
        ("none", "rests"),
    ] {
        let wrong = read(&[&row.replacen(word, replaced, 1)]).expect_err("an unknown word");
        assert!(wrong.starts_with("unknown"), "{wrong}");
    }
}
