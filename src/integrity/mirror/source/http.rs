//! The log over HTTP (c2sp.org/tlog-tiles).

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, StatusCode, Url};
use tokio::time::sleep;

use crate::integrity::mirror::error::{MirrorError, Result};
use crate::outside;
use crate::tlog::bundle::ENTRY_BYTES_MAX;
use crate::tlog::tile::WIDTH;
use crate::tlog::{Bundle, Hash, Tile, VerifierKey};

const NOTE_BYTES_MAX: usize = 64 * 1024;
const TILE_BYTES_MAX: usize = WIDTH as usize * 32;
const BUNDLE_BYTES_MAX: usize = WIDTH as usize * (2 + ENTRY_BYTES_MAX);
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How often one thing is asked for.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

/// A log at an address; clones share connections.
#[derive(Clone)]
pub struct Log {
    http: Client,
    /// Ends in `/log/`.
    base: Url,
    token: Option<String>,
}

impl Log {
    /// `address`: where the office's pages are, with or without `/log`. `token`: an auditor's, where entries are not for
    /// everybody.
    pub fn new(address: &str, token: Option<String>) -> Result<Self> {
        let wrong = || MirrorError::Address(outside::without_secrets(address));
        let prefix = address.trim_end_matches('/');
        let prefix = prefix.strip_suffix("/log").unwrap_or(prefix);
        let base: Url = format!("{prefix}/log/").parse().map_err(|_| wrong())?;
        let named = !base.username().is_empty() || base.password().is_some();
        if !["http", "https"].contains(&base.scheme()) || base.query().is_some() || named {
            return Err(wrong());
        }
        Ok(Self {
            http: outside::client(CONNECT_MAX),
            base,
            token,
        })
    }

    /// The newest published checkpoint, as text.
    pub async fn checkpoint(&self) -> Result<String> {
        self.text("checkpoint").await
    }

    /// The key that the log shows of itself: proves nothing of who shows it.
    pub async fn vkey(&self) -> Result<VerifierKey> {
        let text = self.text("vkey").await?;
        let key = text.trim().parse();
        key.map_err(|error| self.malformed("vkey", &error))
    }

    /// The hashes of a tile.
    pub async fn tile(&self, tile: &Tile) -> Result<Vec<Hash>> {
        let whole = Tile {
            width: WIDTH,
            ..*tile
        };
        let paths = [format!("tile/{tile}"), format!("tile/{whole}")];
        let (path, bytes) = self.either(paths, TILE_BYTES_MAX).await?;
        let (hashes, rest) = bytes.as_chunks();
        let width = usize::from(tile.width);
        if !rest.is_empty() || hashes.len() < width {
            return Err(self.malformed(&path, &"not a tile of this width"));
        }
        Ok(hashes[..width].to_vec())
    }

    /// The entries of a bundle.
    pub async fn bundle(&self, bundle: Bundle) -> Result<Vec<Bytes>> {
        let whole = Bundle {
            width: WIDTH,
            ..bundle
        };
        let paths = [bundle, whole].map(|bundle| format!("tile/entries/{bundle}"));
        let partial = paths[0].clone();
        let (path, bytes) = self.either(paths, BUNDLE_BYTES_MAX).await?;
        let told = if path == partial { bundle } else { whole };
        let entries = told
            .decode(&bytes)
            .map_err(|error| self.malformed(&path, &error))?;
        let wanted = entries.into_iter().take(usize::from(bundle.width));
        Ok(wanted.map(|entry| bytes.slice_ref(entry)).collect())
    }

    /// A partial tile or bundle, or the full one after it has gone.
    async fn either(
        &self,
        [partial, whole]: [String; 2],
        bytes_max: usize,
    ) -> Result<(String, Bytes)> {
        match self.get(&partial, bytes_max).await {
            Err(MirrorError::Refused { status: 404, .. }) if whole != partial => {
                Ok((whole.clone(), self.get(&whole, bytes_max).await?))
            }
            found => Ok((partial, found?)),
        }
    }

    async fn text(&self, path: &str) -> Result<String> {
        let bytes = self.get(path, NOTE_BYTES_MAX).await?;
        String::from_utf8(bytes.into()).map_err(|error| self.malformed(path, &error))
    }

    async fn get(&self, path: &str, bytes_max: usize) -> Result<Bytes> {
        let mut tries = 1;
        loop {
            match self.get_once(path, bytes_max).await {
                Err(error) if error.is_passing() && tries < TRIES => sleep(PAUSE * tries).await,
                answered => return answered,
            }
            tries += 1;
        }
    }

    async fn get_once(&self, path: &str, bytes_max: usize) -> Result<Bytes> {
        let address = self.address(path);
        let unreachable = |error: reqwest::Error| MirrorError::Unreachable {
            address: address.clone(),
            why: outside::cause(&error),
        };
        let mut request = self.http.get(address.clone());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(refused(address, status, self.token.is_some()));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(unreachable)? {
            if body.len() + piece.len() > bytes_max {
                return Err(self.malformed(path, &format!("more than {bytes_max} bytes")));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.into())
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn malformed(&self, path: &str, why: &dyn std::fmt::Display) -> MirrorError {
        MirrorError::Malformed {
            address: self.address(path),
            why: why.to_string(),
        }
    }
}

fn refused(address: String, status: StatusCode, with_token: bool) -> MirrorError {
    let hint = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if with_token => {
            ": the token is not one of an auditor of all offices, or has expired"
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            ": entries are for auditors there; ask the office for a token and pass it with --token"
        }
        StatusCode::SERVICE_UNAVAILABLE => ": nothing is published there now",
        StatusCode::NOT_FOUND => ": is there a log at this address?",
        _ => "",
    };
    MirrorError::Refused {
        address,
        status: status.as_u16(),
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_named_by_its_host_with_or_without_its_path() {
        for address in [
            "https://h.vn",
            "https://h.vn/",
            "https://h.vn/log",
            "https://h.vn/log/",
        ] {
            let source = Log::new(address, None).expect("an address");
            assert_eq!(source.address("vkey"), "https://h.vn/log/vkey", "{address}");
        }
        let below = Log::new("http://h.vn:8080/office", None).expect("an address");
        assert_eq!(
            below.address("checkpoint"),
            "http://h.vn:8080/office/log/checkpoint"
        );
        for wrong in [
            "h.vn",
            "ftp://h.vn",
            "https://h.vn?x=1",
            "https://me:secret@h.vn",
            "",
        ] {
            assert!(Log::new(wrong, None).is_err(), "{wrong}");
        }
    }
}
