//! Where a scenario's text comes from: the program itself or a file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// The scenarios that come with the program.
const SHIPPED: [(&str, &str); 6] = [
    (
        "luc-yen-2023",
        include_str!("../../scenarios/luc-yen-2023.json"),
    ),
    (
        "lang-son-2022",
        include_str!("../../scenarios/lang-son-2022.json"),
    ),
    (
        "dinh-hoa-2021",
        include_str!("../../scenarios/dinh-hoa-2021.json"),
    ),
    ("abuses", include_str!("../../scenarios/abuses.json")),
    ("hue-2024", include_str!("../../scenarios/hue-2024.json")),
    (
        "bach-thong-2023",
        include_str!("../../scenarios/bach-thong-2023.json"),
    ),
];

/// The text of a scenario file, not yet read as plan or as expected figures.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: Cow<'static, str>,
}

/// Why a scenario is not played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("no scenario {name:?}: there are {known}, or the path of a .json file")]
    Unknown { name: String, known: String },
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("scenario {name}: {source}")]
    Malformed {
        name: String,
        source: serde_json::Error,
    },
    /// A field has the right type and a value that cannot be.
    #[error("scenario {name}: {place}: {why}")]
    Impossible {
        name: String,
        place: String,
        why: String,
    },
}

impl ScenarioError {
    /// The stable code that clients may rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "SCENARIO_UNKNOWN",
            Self::Unreadable { .. } => "SCENARIO_UNREADABLE",
            Self::Malformed { .. } => "SCENARIO_MALFORMED",
            Self::Impossible { .. } => "SCENARIO_IMPOSSIBLE",
        }
    }
}

impl Source {
    /// Names of the scenarios that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.into_iter().map(|(name, _)| name)
    }

    /// A shipped scenario by its name, or the file at a path that ends in `.json`.
    ///
    /// # Errors
    /// [`ScenarioError::Unknown`] or [`ScenarioError::Unreadable`].
    pub fn find(name_or_path: &str) -> Result<Self, ScenarioError> {
        let path = Path::new(name_or_path);
        if path.extension().is_some_and(|end| end == "json") {
            return Self::read(path);
        }
        match SHIPPED.into_iter().find(|(name, _)| *name == name_or_path) {
            Some((name, text)) => Ok(Self::new(name, text)),
            None => Err(ScenarioError::Unknown {
                name: name_or_path.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// A text with the name that errors give it.
    pub fn new(name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|source| ScenarioError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::new(path.display().to_string(), text))
    }

    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, ScenarioError> {
        serde_json::from_str(&self.text).map_err(|source| ScenarioError::Malformed {
            name: self.name.clone(),
            source,
        })
    }

    pub(super) fn impossible(
        &self,
        place: impl Into<String>,
        why: impl Into<String>,
    ) -> ScenarioError {
        ScenarioError::Impossible {
            name: self.name.clone(),
            place: place.into(),
            why: why.into(),
        }
    }
}
