//! Looking at personal data in the schema.

use async_graphql::Enum;

/// What personal data is kept for; each may be destroyed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::part::Purpose")]
pub enum DataPurpose {
    /// Name, identity number, date of birth.
    Identity,
    /// Phone, e-mail, address.
    Contact,
    /// Text that was typed.
    Content,
    /// Hashes, keys and files of papers and results.
    Attachment,
}

/// What personal data was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::access::Purpose")]
pub enum AccessPurpose {
    /// A dossier or a list of them was looked at: the person, texts, names of files.
    Dossier,
    /// A file that somebody handed in or was given was fetched.
    File,
    /// A form was drawn up that names the person.
    Paper,
    /// Dossiers were looked for by a person's number, telephone or name.
    Search,
    /// What the role does not see was opened because it could not wait, with a reason.
    BreakGlass,
}
