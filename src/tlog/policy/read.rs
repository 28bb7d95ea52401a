//! Reading a policy file, line by line (c2sp.org/tlog-policy, "Policy file syntax and structure").

use std::str::FromStr;

use super::{Group, LineProblem, Log, NONE, Policy, PolicyError, Witness};
use crate::tlog::note::{KeyKind, NoteError, VerifierKey};
use crate::tlog::text;

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(file: &str) -> Result<Self, PolicyError> {
        let mut reader = Reader::default();
        for (index, line) in file.split_inclusive('\n').enumerate() {
            let problem = |problem| PolicyError::Line {
                line: index + 1,
                problem,
            };
            reader.line(line).map_err(problem)?;
        }
        let quorum = reader.quorum.ok_or(PolicyError::NoQuorum)?;
        Ok(Self {
            logs: reader.logs,
            witnesses: reader.witnesses,
            groups: reader.groups,
            quorum: Some(quorum).filter(|name| name != NONE),
        })
    }
}

#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    /// As written: `none` as well.
    quorum: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), LineProblem> {
        let line = line.strip_suffix('\n').ok_or(LineProblem::Characters)?;
        if line.contains(|character: char| character.is_ascii_control() && character != '\t') {
            return Err(LineProblem::Characters);
        }
        let items: Vec<&str> = line
            .split([' ', '\t'])
            .filter(|item| !item.is_empty())
            .collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            _ => Err(LineProblem::Form),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), LineProblem> {
        let key = read_key(key, KeyKind::Log)?;
        if self.logs.iter().any(|log| log.key.key == key.key) {
            return Err(LineProblem::SameKey);
        }
        let url = url.map(|url| (*url).to_owned());
        self.logs.push(Log { key, url });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), LineProblem> {
        let key = read_key(key, KeyKind::Witness)?;
        let same_key = |witness: &Witness| witness.key.key == key.key;
        if self.witnesses.iter().any(same_key) {
            return Err(LineProblem::SameKey);
        }
        self.witnesses.push(Witness {
            name: self.new_name(name)?,
            key,
            url: url.map(|url| (*url).to_owned()),
        });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), LineProblem> {
        for (index, member) in members.iter().enumerate() {
            if !self.is_known(member) {
                return Err(LineProblem::UnknownName);
            }
            if members[..index].contains(member) || self.is_member(member) {
                return Err(LineProblem::SameMember);
            }
        }
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            digits => read_threshold(digits).ok_or(LineProblem::Threshold)?,
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err(LineProblem::Threshold);
        }
        self.groups.push(Group {
            name: self.new_name(name)?,
            threshold,
            members: members.iter().map(|member| (*member).to_owned()).collect(),
        });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), LineProblem> {
        if self.quorum.is_some() {
            return Err(LineProblem::SecondQuorum);
        }
        if name != NONE && !self.is_known(name) {
            return Err(LineProblem::UnknownName);
        }
        self.quorum = Some(name.to_owned());
        Ok(())
    }

    fn new_name(&self, name: &str) -> Result<String, LineProblem> {
        if name == NONE || self.is_known(name) {
            return Err(LineProblem::SameName);
        }
        Ok(name.to_owned())
    }

    fn is_known(&self, name: &str) -> bool {
        self.witnesses.iter().any(|witness| witness.name == name)
            || self.groups.iter().any(|group| group.name == name)
    }

    fn is_member(&self, name: &str) -> bool {
        let has = |group: &Group| group.members.iter().any(|member| member == name);
        self.groups.iter().any(has)
    }
}

fn read_key(vkey: &str, kind: KeyKind) -> Result<VerifierKey, LineProblem> {
    let key: VerifierKey = vkey.parse().map_err(LineProblem::Key)?;
    if key.kind != kind {
        return Err(LineProblem::Key(NoteError::KeyKind));
    }
    Ok(key)
}

fn read_threshold(digits: &str) -> Option<usize> {
    usize::try_from(text::decimal(digits)?).ok()
}
