//! Invented procedures: as many of each kind as a plan counts, which of them drawn by chance from the plan's name.

use serde::Deserialize;

use super::MustDigitise;
use crate::domain::catalogue::{
    Agency, AgencyRole, ApplicantKind, ChannelTerms, Component, DigitisationOrder, Fee, Level,
    Linkage, LinkageKind, Marked, OnlineLevel, OutcomeDocument, Procedure, Step, VerticalSector,
};
use crate::domain::dossier::Channel;
use crate::domain::law::{Certainty, Limit};
use crate::scenario::dice::Dice;

const SURE: Certainty = Certainty::Illustrative;
/// Codes have four digits.
const NUMBER_MAX: usize = 9_999;

/// Procedures of one level. Each count says how many of the group are so; the others are not.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub count: usize,
    pub level: Level,
    /// Taken in turn.
    pub fields: Vec<Field>,
    pub limit: Limit,
    pub online_level: OnlineShares,
    /// Levels as counted before Decree 42/2022; none when absent.
    #[serde(default)]
    pub historical_level: Option<HistoricalShares>,
    #[serde(default)]
    pub linkage: LinkageShares,
    /// Levels whose one-stops take them in; their own when absent.
    #[serde(default)]
    pub received_at: Option<Vec<Level>>,
    #[serde(default)]
    pub vertical: Option<VerticalShare>,
    /// How many need an internal process.
    #[serde(default)]
    pub in_scope: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub vi: String,
    pub en: String,
}

/// Their sum is the group's count.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlineShares {
    pub full: usize,
    pub partial: usize,
    pub information_only: usize,
}

/// Their sum is the group's count.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoricalShares {
    #[serde(rename = "level_2")]
    pub second: usize,
    #[serde(rename = "level_3")]
    pub third: usize,
    #[serde(rename = "level_4")]
    pub fourth: usize,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageShares {
    #[serde(default)]
    pub same_level: usize,
    #[serde(default)]
    pub cross_level: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerticalShare {
    pub count: usize,
    pub agency_vi: String,
    pub decision: String,
}

impl Group {
    /// The group's procedures; `before` were written already.
    pub fn write(&self, plan: &str, group: u64, before: usize) -> Result<Vec<Procedure>, String> {
        let online = [
            (OnlineLevel::Full, self.online_level.full),
            (OnlineLevel::Partial, self.online_level.partial),
            (
                OnlineLevel::InformationOnly,
                self.online_level.information_only,
            ),
        ];
        let historical = self.historical_level.map(|shares| {
            let counts = [(4, shares.fourth), (3, shares.third), (2, shares.second)];
            counts.map(|(level, count)| (Some(level), count))
        });
        let linked = self.linkage.same_level + self.linkage.cross_level;
        let linkage = [
            (LinkageKind::SameLevel, self.linkage.same_level),
            (LinkageKind::CrossLevel, self.linkage.cross_level),
            (LinkageKind::None, self.count.saturating_sub(linked)),
        ];
        let vertical = self.vertical.as_ref().map_or(0, |share| share.count);
        let flags = |count: usize| [(true, count), (false, self.count.saturating_sub(count))];
        if self.fields.is_empty() || before + self.count > NUMBER_MAX {
            return Err(format!(
                "needs a field, and no more than {NUMBER_MAX} procedures in all"
            ));
        }
        let draw = |attribute| Dice::new(plan, &[7, group, attribute]);
        // Levels 4 and 3 are what is now full and partial: drawn alike, they go together.
        let online = spread("online_level", self.count, &online, draw(0))?;
        let historical = match historical {
            Some(shares) => spread("historical_level", self.count, &shares, draw(0))?,
            None => vec![None; self.count],
        };
        let linkage = spread("linkage", self.count, &linkage, draw(1))?;
        let vertical = spread("vertical", self.count, &flags(vertical), draw(2))?;
        let in_scope = spread("in_scope", self.count, &flags(self.in_scope), draw(3))?;
        let numbers = before + 1..=before + self.count;
        let written = numbers.enumerate().map(|(place, number)| Procedure {
            online_level: online[place],
            historical_level: historical[place].map(mark),
            linkage: Some(Linkage {
                kind: linkage[place],
                procedures: Vec::new(),
                legs: Vec::new(),
                certainty: SURE,
            }),
            vertical: self
                .vertical
                .as_ref()
                .filter(|_| vertical[place])
                .map(|share| VerticalSector {
                    agency_vi: share.agency_vi.clone(),
                    decision: Some(share.decision.clone()),
                    certainty: SURE,
                }),
            needs_process: Some(mark(in_scope[place])),
            ..self.plain(number, &self.fields[place % self.fields.len()])
        });
        Ok(written.collect())
    }

    /// What all of the group have in common.
    fn plain(&self, number: usize, field: &Field) -> Procedure {
        Procedure {
            code: format!("SIM-{number:04}"),
            version: 1,
            name_vi: format!("Thủ tục mô phỏng {number:03}"),
            name_en: format!("Simulated procedure {number:03}"),
            field_vi: field.vi.clone(),
            field_en: field.en.clone(),
            level: self.level,
            limit: self.limit,
            limit_certainty: SURE,
            limit_basis: "Số liệu mô phỏng; không phải quy định pháp luật".into(),
            limit_note_vi: None,
            limit_note_en: None,
            valid_from: None,
            valid_to: None,
            supplement_clock: None,
            steps: steps(),
            steps_certainty: SURE,
            components: components(),
            components_certainty: SURE,
            fee: Fee {
                vnd: None,
                note_vi: "Mô phỏng; không xác định".into(),
                certainty: SURE,
            },
            online_level: OnlineLevel::InformationOnly,
            online_certainty: SURE,
            result_vi: "Kết quả mô phỏng".into(),
            sensitive: false,
            same_signer_allowed: false,
            max_supplement_requests: None,
            opinion: None,
            certainty: SURE,
            sequence_vi: Some(mark(vec![
                "Nộp hồ sơ (mô phỏng)".into(),
                "Thẩm định, ký kết quả (mô phỏng)".into(),
                "Nhận kết quả (mô phỏng)".into(),
            ])),
            channels: [Channel::Counter, Channel::Online, Channel::Post]
                .map(terms)
                .to_vec(),
            cases: Vec::new(),
            number_of_sets: Some(mark(1)),
            applicant_kinds: Some(mark(vec![
                ApplicantKind::Citizen,
                ApplicantKind::Organisation,
            ])),
            agencies: vec![Agency {
                role: AgencyRole::Responsible,
                name_vi: "Cơ quan mô phỏng".into(),
                certainty: SURE,
            }],
            legal_basis: Vec::new(),
            conditions_vi: None,
            results: vec![OutcomeDocument {
                name_vi: "Kết quả mô phỏng".into(),
                paper: true,
                electronic: true,
                validity_vi: None,
                certainty: SURE,
            }],
            publication: None,
            historical_level: None,
            linkage: None,
            vertical: None,
            delegation: None,
            non_territorial: None,
            received_at: self.received_at.clone().map(mark),
            needs_process: None,
        }
    }
}

/// As many of each value as it has shares, in an order drawn by chance.
fn spread<T: Copy>(
    name: &str,
    count: usize,
    shares: &[(T, usize)],
    mut dice: Dice,
) -> Result<Vec<T>, String> {
    let sum: usize = shares.iter().map(|(_, share)| share).sum();
    if sum != count {
        return Err(format!("{name}: {sum} in all, the group has {count}"));
    }
    let values = shares
        .iter()
        .flat_map(|(value, share)| std::iter::repeat_n(*value, *share));
    let mut values: Vec<T> = values.collect();
    dice.shuffle(&mut values);
    Ok(values)
}

/// The first papers of the first procedures, then the second ones, in blocks of one decision each.
pub fn digitise(procedures: &mut [Procedure], order: MustDigitise) -> Result<(), String> {
    let places: Vec<(usize, usize)> = (0..components().len())
        .flat_map(|paper| (0..procedures.len()).map(move |procedure| (procedure, paper)))
        .take(order.components as usize)
        .collect();
    if places.len() < order.components as usize || order.decisions > order.components {
        return Err("must_digitise: not so many papers".into());
    }
    for (place, (procedure, paper)) in (0_u64..).zip(places) {
        let decision = place * u64::from(order.decisions) / u64::from(order.components.max(1)) + 1;
        procedures[procedure].components[paper].must_digitise = Some(DigitisationOrder {
            decision: format!("Quyết định mô phỏng {decision:02}"),
            certainty: SURE,
        });
    }
    Ok(())
}

fn mark<T>(value: T) -> Marked<T> {
    Marked {
        value,
        certainty: SURE,
    }
}

fn terms(channel: Channel) -> ChannelTerms {
    ChannelTerms {
        channel,
        limit: None,
        fee: None,
        note_vi: None,
        certainty: SURE,
    }
}

fn components() -> Vec<Component> {
    let names = [
        "Đơn đề nghị (mô phỏng)",
        "Giấy tờ chứng minh (mô phỏng)",
        "Giấy tờ kèm theo (mô phỏng)",
    ];
    let component = |name_vi: &str| Component {
        name_vi: name_vi.into(),
        originals: Some(1),
        copies: None,
        form: None,
        must_digitise: None,
        reusable_from: None,
    };
    names.map(component).to_vec()
}

fn steps() -> Vec<Step> {
    let rows = [
        ("Tiếp nhận", "Receive", "receiver", 2),
        ("Thẩm định, dự thảo", "Appraise and draft", "handler", 16),
        ("Ký", "Sign", "signer", 4),
        ("Đóng dấu, trả kết quả", "Seal and return", "clerk", 2),
    ];
    let step = |(vi, en, role, hours): (&str, &str, &str, u16)| Step {
        name_vi: vi.into(),
        name_en: en.into(),
        role: role.into(),
        hours,
    };
    rows.map(step).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group() -> Group {
        let text = r#"{"count": 20, "level": "district", "fields": [{"vi": "Đất đai", "en": "Land"},
            {"vi": "Xây dựng", "en": "Construction"}], "limit": {"unit": "working_days", "value": 5},
            "online_level": {"full": 11, "partial": 6, "information_only": 3},
            "historical_level": {"level_4": 11, "level_3": 6, "level_2": 3},
            "linkage": {"same_level": 2, "cross_level": 3}, "in_scope": 7,
            "vertical": {"count": 4, "agency_vi": "Ngành dọc", "decision": "1291/QĐ-TTg"}}"#;
        serde_json::from_str(text).expect("a group")
    }

    #[test]
    fn a_group_has_as_many_of_each_kind_as_it_counts_and_twice_the_same() {
        let written = group().write("here", 0, 3).expect("it fits");
        let count =
            |is_so: &dyn Fn(&Procedure) -> bool| written.iter().filter(|p| is_so(p)).count();
        assert_eq!(written.len(), 20);
        assert_eq!(count(&|p| p.online_level == OnlineLevel::Full), 11);
        assert_eq!(count(&|p| p.linkage_kind() == LinkageKind::SameLevel), 2);
        assert_eq!(count(&|p| p.linkage_kind() == LinkageKind::CrossLevel), 3);
        assert_eq!(count(&|p| p.vertical.is_some()), 4);
        assert_eq!(count(&|p| p.field_vi == "Đất đai"), 10);
        let level = |p: &Procedure| p.historical_level.as_ref().map(|marked| marked.value);
        assert!(
            written
                .iter()
                .all(|p| (level(p) == Some(4)) == (p.online_level == OnlineLevel::Full))
        );
        assert_eq!(
            (written[0].code.as_str(), written[0].name_vi.as_str()),
            ("SIM-0004", "Thủ tục mô phỏng 004")
        );
        assert_eq!(written, group().write("here", 0, 3).expect("it fits"));
        assert_ne!(written, group().write("there", 0, 3).expect("it fits"));
        for procedure in &written {
            crate::domain::catalogue::check(procedure).expect("a record that can be");
        }
    }

    #[test]
    fn counts_that_do_not_fit_are_refused_by_name() {
        let mut wrong = group();
        wrong.online_level.full = 12;
        let why = wrong.write("here", 0, 0).expect_err("21 of 20");
        assert!(why.contains("online_level: 21"), "{why}");
        let mut wrong = group();
        wrong.linkage.cross_level = 30;
        assert!(
            wrong
                .write("here", 0, 0)
                .expect_err("32 of 20")
                .contains("linkage")
        );
        assert!(group().write("here", 0, 9_990).is_err());
    }

    #[test]
    fn decisions_share_the_papers_among_them() {
        let mut written = group().write("here", 0, 0).expect("it fits");
        let order = MustDigitise {
            decisions: 3,
            components: 29,
        };
        digitise(&mut written, order).expect("60 papers");
        let orders = written.iter().flat_map(|p| &p.components);
        let orders: Vec<_> = orders
            .filter_map(|paper| paper.must_digitise.as_ref())
            .collect();
        let decisions: std::collections::BTreeSet<_> =
            orders.iter().map(|order| &order.decision).collect();
        assert_eq!((orders.len(), decisions.len()), (29, 3));
        let order = MustDigitise {
            decisions: 1,
            components: 61,
        };
        assert!(digitise(&mut written, order).is_err());
    }
}
