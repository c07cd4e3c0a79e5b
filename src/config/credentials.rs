//! The token. Every call sends it, and nothing shows it. The allocator wipes it from memory.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderValue;

use super::checks::check_length;
use super::stray;
use crate::error::Error;

/// The `authorization` metadata, and the secrets that no text may show.
#[derive(Clone)]
pub struct Credentials {
    authorization: HeaderValue,
    token: String,
    secrets: Vec<String>,
}

impl Credentials {
    /// Milvus expects base64 of `user:password` or of an API key, without a scheme.
    pub(crate) fn from_token(token: &str) -> Result<Self, Error> {
        check(token).map_err(|error| error.context("token"))?;
        Self::sent_as("", token)
    }

    /// HTTP's scheme Basic, for a proxy. (RFC 7617)
    pub(super) fn of_proxy(user: &str, password: &str) -> Result<Self, Error> {
        Self::sent_as("Basic ", &format!("{user}:{password}"))
    }

    fn sent_as(scheme: &str, token: &str) -> Result<Self, Error> {
        let encoded = BASE64.encode(token);
        let authorization = header(scheme, &encoded)?;
        let password = token.split_once(':').map(|(_, password)| password.to_owned());
        let mut secrets = vec![encoded, token.to_owned()];
        secrets.extend(password);
        // Hiding a one-letter password would hide that letter in every message.
        secrets.retain(|secret| secret.len() > 2);
        Ok(Self { authorization, token: token.to_owned(), secrets })
    }

    /// The metadata value, marked sensitive.
    #[must_use]
    pub fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    /// The token for protocols other than gRPC.
    pub(crate) fn bearer(&self) -> Result<HeaderValue, Error> {
        header("Bearer ", &self.token)
    }

    /// The token itself.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// What a refused password may have by mistake. It is no error as long as the server accepts it.
    pub(super) fn suspicion(&self) -> Option<String> {
        let (_, password) = self.token.split_once(':')?;
        stray::at_the_ends(password).map(|slip| format!("the password {slip}"))
    }

    /// The text with every secret hidden.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "[hidden]"))
    }

    /// Every text that nothing may show.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(String::as_str)
    }
}

/// A header value, marked sensitive.
fn header(scheme: &str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(format!("{scheme}{text}"))
        .map_err(|_| Error::invalid_argument("token: cannot be sent as metadata"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Refuses a token that cannot be right. A password may have blanks and quotes at its ends; names and API keys have
/// none.
fn check(token: &str) -> Result<(), Error> {
    check_length(token)?;
    match token.split_once(':') {
        Some((user, password)) => {
            stray::refuse(user).map_err(|error| error.preceded_by("the user"))?;
            stray::refuse_controls(password).map_err(|error| error.preceded_by("the password"))
        }
        None => stray::refuse(token),
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_every_form() {
        let credentials = Credentials::from_token("root:hunter2").unwrap();
        assert!(!format!("{credentials:?}").contains("hunter2"));
        assert!(!format!("{:?}", credentials.authorization()).contains(&BASE64.encode("root:hunter2")));
        let text = format!("bad hunter2, root:hunter2, {}", BASE64.encode("root:hunter2"));
        let store = super::super::CredentialStore::new(Some(credentials));
        assert_eq!(store.hidden_in(&text), "bad [hidden], [hidden], [hidden]");
    }

    #[test]
    fn the_metadata_is_plain_base64() {
        let credentials = Credentials::from_token("root:Milvus").unwrap();
        assert_eq!(credentials.authorization(), &BASE64.encode("root:Milvus"));
    }
}
