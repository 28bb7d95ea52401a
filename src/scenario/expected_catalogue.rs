//! What an article reports of a catalogue, and whether the catalogue's statistics found it.

use jiff::civil::Date;
use serde::Deserialize;

use super::expected::{Rounding, Value};
use crate::domain::catalogue::Level;

/// Of which procedures a figure speaks: in force on a day, of a level if told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CatalogueQuestion {
    pub level: Option<Level>,
    pub on: Date,
}

/// The answer. With a level, placements and units are those of the level's one-stops, all else of the procedures it settles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CatalogueTally {
    pub procedures: u64,
    pub placements: u64,
    pub linked_placements: u64,
    pub linked_same_level: u64,
    pub linked_cross_level: u64,
    pub fields: u64,
    pub full: u64,
    pub partial: u64,
    /// Levels 1 to 4.
    pub historical: [u64; 4],
    pub vertical: u64,
    /// Of these, received at a one-stop.
    pub vertical_received: u64,
    pub processes: u64,
    pub in_scope: u64,
    pub in_scope_approved: u64,
    pub review_proposals: u64,
    pub must_digitise_components: u64,
    pub must_digitise_decisions: u64,
    pub units: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueMeasure {
    Procedures,
    Placements,
    LinkedPlacements,
    LinkedSameLevel,
    LinkedCrossLevel,
    Fields,
    /// Full and partial.
    Online,
    Full,
    Partial,
    /// Full and partial, of procedures.
    OnlineShare,
    /// Of procedures.
    FullShare,
    HistoricalLevel2,
    HistoricalLevel3,
    HistoricalLevel4,
    /// Received at a one-stop, of those of vertical agencies.
    VerticalReceivedShare,
    Processes,
    /// Approved, of procedures in scope.
    ProcessCoverage,
    ReviewProposals,
    MustDigitiseComponents,
    MustDigitiseDecisions,
    Units,
}

/// One figure of an article.
#[derive(Debug, Clone)]
pub struct CatalogueFigure {
    pub name: String,
    pub question: CatalogueQuestion,
    pub measure: CatalogueMeasure,
    pub value: Value,
    /// Why more is claimed than the article prints, such as a denominator.
    pub assumed: Option<String>,
    /// The words of the article it is read from.
    pub sentence: String,
    pub source: String,
}

/// One row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRow {
    pub figure: String,
    pub question: CatalogueQuestion,
    pub expected: String,
    pub measured: String,
    pub assumed: Option<String>,
    pub met: bool,
}

/// A figure as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    figure: String,
    catalogue: CatalogueMeasure,
    level: Option<Level>,
    on: Date,
    value: String,
    #[serde(default)]
    rounding: Rounding,
    assumed: Option<String>,
    sentence: String,
    source: String,
}

impl Written {
    pub(super) fn read(self) -> Result<CatalogueFigure, String> {
        let value = Value::read(&self.value, self.rounding)
            .ok_or_else(|| format!("{:?} is not a figure", self.value))?;
        if value.is_percent() != self.catalogue.is_share() {
            return Err(format!("{:?} does not fit the measure", self.value));
        }
        Ok(CatalogueFigure {
            name: self.figure,
            question: CatalogueQuestion {
                level: self.level,
                on: self.on,
            },
            measure: self.catalogue,
            value,
            assumed: self.assumed,
            sentence: self.sentence,
            source: self.source,
        })
    }
}

impl CatalogueFigure {
    /// Published beside measured.
    #[must_use]
    pub fn row(&self, tally: &CatalogueTally) -> CatalogueRow {
        let measured = self.measure.of(tally);
        CatalogueRow {
            figure: self.name.clone(),
            question: self.question,
            expected: self.value.text.clone(),
            measured: self.value.print(measured),
            assumed: self.assumed.clone(),
            met: self.value.is_met(measured),
        }
    }
}

impl CatalogueMeasure {
    fn is_share(self) -> bool {
        match self {
            Self::OnlineShare
            | Self::FullShare
            | Self::VerticalReceivedShare
            | Self::ProcessCoverage => true,
            Self::Procedures
            | Self::Placements
            | Self::LinkedPlacements
            | Self::LinkedSameLevel
            | Self::LinkedCrossLevel
            | Self::Fields
            | Self::Online
            | Self::Full
            | Self::Partial
            | Self::HistoricalLevel2
            | Self::HistoricalLevel3
            | Self::HistoricalLevel4
            | Self::Processes
            | Self::ReviewProposals
            | Self::MustDigitiseComponents
            | Self::MustDigitiseDecisions
            | Self::Units => false,
        }
    }

    /// Numerator and denominator; a count has the denominator 1.
    fn of(self, tally: &CatalogueTally) -> (u64, u64) {
        let [_, level_2, level_3, level_4] = tally.historical;
        let online = tally.full + tally.partial;
        match self {
            Self::Procedures => (tally.procedures, 1),
            Self::Placements => (tally.placements, 1),
            Self::LinkedPlacements => (tally.linked_placements, 1),
            Self::LinkedSameLevel => (tally.linked_same_level, 1),
            Self::LinkedCrossLevel => (tally.linked_cross_level, 1),
            Self::Fields => (tally.fields, 1),
            Self::Online => (online, 1),
            Self::Full => (tally.full, 1),
            Self::Partial => (tally.partial, 1),
            Self::OnlineShare => (online, tally.procedures),
            Self::FullShare => (tally.full, tally.procedures),
            Self::HistoricalLevel2 => (level_2, 1),
            Self::HistoricalLevel3 => (level_3, 1),
            Self::HistoricalLevel4 => (level_4, 1),
            Self::VerticalReceivedShare => (tally.vertical_received, tally.vertical),
            Self::Processes => (tally.processes, 1),
            Self::ProcessCoverage => (tally.in_scope_approved, tally.in_scope),
            Self::ReviewProposals => (tally.review_proposals, 1),
            Self::MustDigitiseComponents => (tally.must_digitise_components, 1),
            Self::MustDigitiseDecisions => (tally.must_digitise_decisions, 1),
            Self::Units => (tally.units, 1),
        }
    }
}
