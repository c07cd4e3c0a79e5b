//! Where the server is and what the library is told: from arguments, a config file and the environment.

use std::fs;
use std::path::{Path, PathBuf};

use crate::arguments::Connection;

/// What a client is made with.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Without one the library says so itself.
    pub uri: Option<String>,
    pub options: Vec<(String, String)>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// What the environment has for it.
pub struct Environment {
    pub uri: Option<String>,
    pub token: Option<String>,
}

impl Environment {
    pub fn read() -> Self {
        let get = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self { uri: get("MILVUS_URI"), token: get("MILVUS_TOKEN") }
    }
}

impl Configuration {
    /// Arguments come before the config file, and that before the environment.
    pub fn new(arguments: &Connection, environment: Environment) -> Result<Self, String> {
        let mut file = match config_file(arguments.config.as_deref()) {
            Some(path) => read(&path)?,
            None => Vec::new(),
        };
        let mut made = Self::default();
        let from_file = take(&mut file, "uri");
        made.uri = arguments.uri.clone().or(from_file).or(environment.uri);
        made.options = file;
        for (key, value) in &arguments.options {
            made.set(key, value);
        }
        if let Some(database) = &arguments.database {
            made.set("database", database);
        }
        made.set_token(arguments, environment.token);
        if made.uri.is_none() {
            return Err("no server is named: give --uri, set MILVUS_URI, or write `uri` into a config file"
                .to_owned());
        }
        Ok(made)
    }

    fn set(&mut self, key: &str, value: &str) {
        self.options.retain(|(known, _)| known != key);
        self.options.push((key.to_owned(), value.to_owned()));
    }

    fn set_token(&mut self, arguments: &Connection, from_environment: Option<String>) {
        const KEYS: [&str; 4] = ["token", "token_file", "user", "password"];
        let uri_has_one = self.uri.as_deref().is_some_and(|uri| user_of(uri).is_some());
        let is_secret =
            |(key, _): &(String, String)| ["token", "password", "tls.client_key_pem"].contains(&key.as_str());
        if arguments.uri.as_deref().is_some_and(|uri| user_of(uri).is_some())
            || arguments.token.is_some()
            || arguments.options.iter().any(is_secret)
        {
            self.notes.push(
                "everyone on this machine can read a token among the arguments; --token-file and MILVUS_TOKEN hide it"
                    .to_owned(),
            );
        }
        if let Some(file) = &arguments.token_file {
            self.options.retain(|(key, _)| !KEYS.contains(&key.as_str()));
            self.set("token_file", &file.to_string_lossy());
        } else if let Some(token) = &arguments.token {
            self.options.retain(|(key, _)| !KEYS.contains(&key.as_str()));
            self.set("token", token);
        } else if let Some(token) = from_environment {
            let is_set = self.options.iter().any(|(key, _)| KEYS.contains(&key.as_str()));
            if !is_set && !uri_has_one {
                self.set("token", &token);
            }
        }
    }
}

/// The part of a URI before the host, if it has one.
fn user_of(uri: &str) -> Option<&str> {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    authority.rsplit_once('@').map(|(user, _)| user)
}

/// A URI without what is before its host: that is a token.
pub fn without_token(uri: &str) -> String {
    match user_of(uri) {
        Some(user) => uri.replacen(&format!("{user}@"), "", 1),
        None => uri.to_owned(),
    }
}

/// The file that is named, or else the user's, or else the machine's, if there is one.
fn config_file(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(path) = named {
        return Some(path.to_owned());
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let user = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home);
    let user = user.map(|folder| folder.join("milvus-compact.toml"));
    user.into_iter().chain([PathBuf::from("/etc/milvus-compact.toml")]).find(|path| path.exists())
}

/// The keys and values of a config file. `tls.ca_file = "x"` and `[tls]` with `ca_file = "x"` are the same.
fn read(path: &Path) -> Result<Vec<(String, String)>, String> {
    let named = |why: &dyn std::fmt::Display| format!("the config file {}: {why}", path.display());
    let text = fs::read_to_string(path).map_err(|error| named(&error))?;
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| named(&error.message().replace('\n', " ")))?;
    let mut pairs = Vec::new();
    flatten("", &table, &mut pairs).map_err(|why| named(&why))?;
    Ok(pairs)
}

fn flatten(prefix: &str, table: &toml::Table, pairs: &mut Vec<(String, String)>) -> Result<(), String> {
    for (key, value) in table {
        let key = format!("{prefix}{key}");
        let value = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(answer) => answer.to_string(),
            toml::Value::Table(inner) => {
                flatten(&format!("{key}."), inner, pairs)?;
                continue;
            }
            _ => return Err(format!("{key} has to be a text, a whole number, or true or false")),
        };
        pairs.push((key, value));
    }
    Ok(())
}

fn take(pairs: &mut Vec<(String, String)>, key: &str) -> Option<String> {
    let at = pairs.iter().position(|(known, _)| known == key)?;
    Some(pairs.remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Arguments;
    use clap::Parser as _;

    fn configured(
        arguments: &[&str],
        uri: Option<&str>,
        token: Option<&str>,
    ) -> Result<Configuration, String> {
        let given = Arguments::parse_from([&["milvus-compact", "info"], arguments].concat());
        let environment = Environment { uri: uri.map(str::to_owned), token: token.map(str::to_owned) };
        Configuration::new(&given.connection, environment)
    }

    fn token(made: &Configuration) -> Option<&str> {
        made.options.iter().find(|(key, _)| key == "token").map(|(_, value)| value.as_str())
    }

    #[test]
    fn arguments_come_before_the_environment() {
        let made = configured(&["--uri", "http://a"], Some("http://b"), Some("secret")).unwrap();
        assert_eq!(made.uri.as_deref(), Some("http://a"));
        assert_eq!(token(&made), Some("secret"));
        assert!(made.notes.is_empty());
    }

    #[test]
    fn a_token_among_the_arguments_is_used_and_noted() {
        let made = configured(&["--uri", "http://a", "--token", "mine"], None, Some("secret")).unwrap();
        assert_eq!((token(&made), made.notes.len()), (Some("mine"), 1));
        let made = configured(&["--uri", "http://me:mine@a/db"], None, Some("secret")).unwrap();
        assert_eq!((token(&made), made.notes.len()), (None, 1));
    }

    #[test]
    fn without_a_server_there_is_a_sentence() {
        assert!(configured(&[], None, None).unwrap_err().contains("--uri"));
    }

    #[test]
    fn a_uri_is_shown_without_its_token() {
        assert_eq!(without_token("http://me:p@host:1/db"), "http://host:1/db");
        assert_eq!(without_token("http://host:1/db@x"), "http://host:1/db@x");
    }

    #[test]
    fn dotted_keys_and_tables_are_the_same() {
        let table: toml::Table =
            "timeout_ms = 5\ntls.ca_file = \"a\"\n[retry]\nmax_attempts = 2".parse().unwrap();
        let mut pairs = Vec::new();
        flatten("", &table, &mut pairs).unwrap();
        pairs.sort();
        let wanted = [("retry.max_attempts", "2"), ("timeout_ms", "5"), ("tls.ca_file", "a")]
            .map(|(a, b)| (a.into(), b.into()));
        assert_eq!(pairs, wanted);
    }
}
