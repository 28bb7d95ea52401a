//! Where a node keeps what it keeps, and opening it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::acts::{Counter, Premises};
use crate::copies;
use crate::domain::actor::is_id;
use crate::integrity;
use crate::journal::{Journal, JournalError, Location};
use crate::vault::{self, Folder, Keys, Vault};

/// Options of every command that touches a node.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder of the embedded journal, the vault and the read models.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "motcua-data",
        env = "MOTCUA_DATA"
    )]
    pub data: PathBuf,
    /// Journal and vault on PostgreSQL instead of in --data: postgres://user:password@host:port/database
    #[arg(
        long,
        value_name = "URL",
        env = "MOTCUA_JOURNAL",
        hide_env_values = true
    )]
    pub journal: Option<String>,
    /// Folder of the keys; never inside --data. Nodes of one journal share them.
    #[arg(long, value_name = "DIR", env = "MOTCUA_KEYS")]
    pub keys: Option<PathBuf>,
    /// Folder of the enciphered files of papers and results; `files` in --data unless told. Nodes of one journal share it.
    #[arg(long, value_name = "DIR", env = "MOTCUA_FILES")]
    pub files: Option<PathBuf>,
}

impl Place {
    /// A data folder, or a PostgreSQL database and where its files lie.
    pub fn of(text: &str, files: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut place = match text.parse()? {
            Location::Sqlite(folder) => Self::of_folder(folder),
            Location::Postgres(url) => {
                let mut place = Self::of_folder(PathBuf::from("motcua-data"));
                place.journal = Some(url);
                place
            }
        };
        place.files = files;
        Ok(place)
    }

    /// An embedded journal and what lies beside it.
    pub fn of_folder(data: PathBuf) -> Self {
        Self {
            data,
            journal: None,
            keys: None,
            files: None,
        }
    }

    /// Where the enciphered files lie.
    pub fn files_folder(&self) -> PathBuf {
        let told = self.files.clone();
        told.unwrap_or_else(|| self.data.join("files"))
    }

    pub fn journal_location(&self) -> anyhow::Result<Location> {
        match &self.journal {
            Some(address) => Ok(address.parse()?),
            None => Ok(Location::Sqlite(self.data.join("journal.db"))),
        }
    }

    fn vault_location(&self) -> vault::Location {
        match &self.journal {
            Some(address) if address.starts_with("postgres") => {
                vault::Location::Postgres(address.clone())
            }
            Some(_) | None => vault::Location::Sqlite(self.data.join("vault.db")),
        }
    }

    /// `--keys`, or `$XDG_STATE_HOME/motcua`, or `~/.local/state/motcua`.
    pub fn keys_folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(keys) = &self.keys {
            return Ok(keys.clone());
        }
        if let Some(state) = std::env::var_os("XDG_STATE_HOME") {
            return Ok(PathBuf::from(state).join("motcua"));
        }
        let home = std::env::var_os("HOME")
            .context("neither --keys nor HOME is set: say where the keys are, with --keys DIR")?;
        Ok(PathBuf::from(home).join(".local/state/motcua"))
    }

    /// The keys of an existing journal; never made.
    pub fn keys(&self) -> anyhow::Result<Keys> {
        if let Some(keys) = given_keys()? {
            return Ok(keys);
        }
        let folder = self.keys_folder()?;
        if !folder.join(vault::MASTER_FILE).exists() {
            bail!(
                "there are no keys in {}: say where they are with --keys, or restore them from their backup",
                folder.display()
            );
        }
        self.keys_or_new()
    }

    /// The keys, made when there are none: for a new journal only.
    pub fn keys_or_new(&self) -> anyhow::Result<Keys> {
        if let Some(keys) = given_keys()? {
            return Ok(keys);
        }
        let folder = self.keys_folder()?;
        std::fs::create_dir_all(&self.data)?;
        std::fs::create_dir_all(&folder)?;
        if lies_in(&folder, &self.data)? {
            bail!(
                "the keys would lie inside the data folder ({}): choose another place with --keys, or every copy of the \
                 data would carry its own key",
                folder.display()
            );
        }
        Keys::load_or_create(&folder).with_context(|| format!("keys in {}", folder.display()))
    }

    /// The journal, made when there is none.
    pub async fn journal(&self) -> anyhow::Result<Journal> {
        self.make_folder()?;
        let journal = Journal::create_or_open(&self.journal_location()?).await;
        journal.map_err(with_advice)
    }

    /// The journal as it is; never written.
    pub async fn journal_read_only(&self) -> anyhow::Result<Journal> {
        let journal = Journal::open_read_only(&self.journal_location()?).await;
        journal.map_err(with_advice)
    }

    /// Where the proof of this journal lies.
    pub fn proof(&self, policy: Option<PathBuf>) -> anyhow::Result<integrity::Place> {
        Ok(integrity::Place {
            data: self.data.clone(),
            keys: self.keys_folder()?,
            journal: self.journal_location()?,
            policy,
        })
    }

    /// Size of the newest signed checkpoint that lies beside the journal; 0 when none does.
    pub async fn sealed(&self) -> anyhow::Result<u64> {
        let location = integrity::Seals::location(&self.data, &self.journal_location()?);
        let newest = match integrity::Seals::open_read_only(&location).await {
            Ok(seals) => seals.latest().await?,
            Err(_) => None,
        };
        Ok(newest.map_or(0, |seal| seal.size))
    }

    /// The file that says whose log this folder is a copy of; only a mirror has it.
    pub fn mirror_file(&self) -> PathBuf {
        self.data.join("mirror.json")
    }

    /// Whether this is somebody else's journal: copied, never written, without a vault.
    pub fn is_mirror(&self) -> bool {
        self.journal.is_none() && self.mirror_file().exists() && !self.has_vault()
    }

    /// Whether the vault is there. One on PostgreSQL is looked for when it is opened.
    pub fn has_vault(&self) -> bool {
        match self.vault_location() {
            vault::Location::Sqlite(path) => path.exists(),
            vault::Location::Postgres(_) => true,
        }
    }

    /// The vault, made when there is none: for a new journal only.
    pub async fn vault(&self, keys: &Keys, journal: &Journal) -> anyhow::Result<Vault> {
        self.make_folder()?;
        let folder = self.files_folder();
        let vault = Vault::create_or_open(&self.vault_location(), keys).await?;
        let journal = crate::acts::opened(journal).await?.id;
        Ok(vault.with_files(Folder::open(folder, journal).await?))
    }

    /// Whether nodes of this journal elsewhere would not find the files that this one keeps.
    pub fn keeps_files_to_itself(&self) -> bool {
        self.journal.is_some() && self.files.is_none()
    }

    /// Everything a node needs to take commands on a journal that exists; nothing is made.
    pub async fn open(&self) -> anyhow::Result<Stores> {
        if self.journal.is_none() && self.data.join(copies::FILE).exists() {
            bail!(
                "{} is a backup, and a node that wrote to it would spoil it: `motcua restore --from {0} --data NEW`",
                self.data.display()
            );
        }
        let found = self.journal_read_only().await?;
        crate::acts::opened(&found).await?;
        drop(found);
        let keys = self.keys()?;
        if !self.has_vault() {
            bail!(
                "the vault of this journal is missing from {}: restore it from its backup; without it no name can be read",
                self.data.display()
            );
        }
        self.open_new(keys).await
    }

    /// As [`Place::open`], for a journal that has just been begun.
    pub async fn open_new(&self, keys: Keys) -> anyhow::Result<Stores> {
        let journal = self.journal().await?;
        let vault = self.vault(&keys, &journal).await?;
        let counter = Counter::open(journal.clone(), vault.clone(), &keys).await?;
        Ok(Stores {
            journal,
            vault,
            keys,
            counter,
        })
    }

    /// Everything a node needs to answer from a copy; keys are made when there are none, for its own tokens.
    pub async fn open_mirror(&self) -> anyhow::Result<Mirrored> {
        let journal = self.journal_read_only().await?;
        let office = Premises::enter(&journal).await.context(
            "nothing can be shown of this copy yet: `motcua mirror` fetches what is missing",
        )?;
        Ok(Mirrored {
            keys: self.keys_or_new()?,
            journal,
            office,
        })
    }

    fn make_folder(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.data)
            .with_context(|| format!("cannot make {}", self.data.display()))
    }

    /// The options that lead back here, for printed hints.
    pub fn options(&self) -> String {
        let mut options = String::new();
        if self.data != Path::new("motcua-data") {
            options.push_str(" --data ");
            options.push_str(&self.data.display().to_string());
        }
        if self.journal.is_some() {
            options += " --journal \"$MOTCUA_JOURNAL\"";
        }
        if let Some(keys) = &self.keys {
            options.push_str(" --keys ");
            options.push_str(&keys.display().to_string());
        }
        options
    }
}

/// Whether one folder lies inside another, wherever their names lead.
pub fn lies_in(inner: &Path, outer: &Path) -> std::io::Result<bool> {
    Ok(std::fs::canonicalize(inner)?.starts_with(std::fs::canonicalize(outer)?))
}

/// Whether a pseudonym from the command line may stand in facts.
pub fn pseudonym(id: &str) -> anyhow::Result<()> {
    if is_id(id) {
        return Ok(());
    }
    bail!(
        "{id} is not an actor id: letters, digits and . _ - : with a digit among them; never a name"
    )
}

/// The keys that the program was started with, if it was.
fn given_keys() -> anyhow::Result<Option<Keys>> {
    let variable = |name| match std::env::var(name) {
        Ok(text) => Ok(text),
        Err(std::env::VarError::NotPresent) => Ok(String::new()),
        Err(error) => Err(error).context(name),
    };
    let master = variable(vault::MASTER_VARIABLE)?;
    if master.is_empty() {
        return Ok(None);
    }
    Ok(Some(Keys::from_texts(
        &master,
        &variable(vault::WRAPPING_VARIABLE)?,
    )?))
}

/// A journal that cannot be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{error}; {advice}")]
pub struct Unopened {
    pub error: JournalError,
    pub advice: &'static str,
}

fn with_advice(error: JournalError) -> anyhow::Error {
    let advice = match &error {
        JournalError::Missing(_) => {
            "nothing was made. `motcua init` opens a live journal, `motcua demo` a simulated one, `motcua import` one of another system's history; --data or --journal say \
             where one is"
        }
        JournalError::Closed(_) => {
            "make the folder writable for the user who runs motcua; from read-only media `verify`, `export` and `history` read a \
             journal that was closed well"
        }
        JournalError::Foreign(_) => {
            "nothing was changed. Bring the file back from a backup or a mirror, or say with --data where the journal is"
        }
        JournalError::NewerThanProgram { .. } => "use a newer motcua",
        JournalError::Unavailable(_)
        | JournalError::Address(_)
        | JournalError::ClocksApart { .. }
        | JournalError::Gap { .. }
        | JournalError::Damaged { .. }
        | JournalError::SetBack { .. }
        | JournalError::Misuse(_)
        | JournalError::Sql(_) => "check --data or --journal, and that the database answers",
    };
    Unopened { error, advice }.into()
}

/// An open node on a copy of somebody else's journal.
pub struct Mirrored {
    pub journal: Journal,
    pub keys: Keys,
    pub office: Premises,
}

/// An office's own open node.
pub struct Stores {
    pub journal: Journal,
    pub vault: Vault,
    pub keys: Keys,
    pub counter: Counter,
}
