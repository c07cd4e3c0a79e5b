//! Characters that come along when a text is copied from a file or a shell: newlines, blanks, quotes. No message quotes
//! the text.

use crate::error::Error;

/// Refuses a text that has such a character at its ends, or a control character anywhere.
pub(super) fn refuse(text: &str) -> Result<(), Error> {
    refuse_controls(text)?;
    match at_the_ends(text) {
        Some(slip) => Err(Error::invalid_argument(format!("{slip}; write it without"))),
        None => Ok(()),
    }
}

/// Refuses control characters, which nothing that is sent to a server may have.
pub(super) fn refuse_controls(text: &str) -> Result<(), Error> {
    let is_newline = |character: char| matches!(character, '\n' | '\r');
    let what = match text.chars().find(|character| character.is_control()) {
        None => return Ok(()),
        Some(_) if text.ends_with(is_newline) => "ends in a newline".to_owned(),
        Some(_) if text.starts_with(is_newline) => "begins with a newline".to_owned(),
        Some(first) if is_newline(first) => "has a newline in it".to_owned(),
        Some('\t') => "has a tab in it".to_owned(),
        Some(first) => format!("has the control character U+{:04X} in it", u32::from(first)),
    };
    Err(Error::invalid_argument(format!("{what}; write it without")))
}

/// What looks like a slip at the ends of a text.
pub(super) fn at_the_ends(text: &str) -> Option<&'static str> {
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    match (first, last) {
        _ if is_quote(first) && is_quote(last) && text.chars().nth(1).is_some() => Some("is in quotes"),
        _ if is_blank(first) => Some("begins with a blank"),
        _ if is_blank(last) => Some("ends in a blank"),
        _ if is_quote(first) => Some("begins with a quote"),
        _ if is_quote(last) => Some("ends in a quote"),
        _ => None,
    }
}

/// Also what no editor shows: zero-width space and byte order mark.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}' | '\u{feff}')
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'' | '`' | '\u{2018}'..='\u{201e}' | '\u{ab}' | '\u{bb}')
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Options};
    use crate::error::{Error, Status};

    fn config(uri: &str, pairs: &[(&str, &str)]) -> Result<Config, Error> {
        let mut options = Options::default();
        for (key, value) in pairs {
            options.set(key, value)?;
        }
        Config::new(uri, &options)
    }

    #[test]
    fn stray_characters_are_refused_by_name_and_the_secret_is_not_shown() {
        for (uri, pairs, said) in [
            ("http://h:1\n", &[][..], "uri: ends in a newline; write it without"),
            ("http://h:1\r\n", &[], "uri: ends in a newline; write it without"),
            ("http://h\u{7}:1", &[], "uri: has the control character U+0007 in it; write it without"),
            (" http://h", &[], "uri: begins with a blank; write it without"),
            ("http://h/db ", &[], "uri: ends in a blank; write it without"),
            ("\u{feff}http://h", &[], "uri: begins with a blank; write it without"),
            ("\"http://h\"", &[], "uri: is in quotes; write it without"),
            ("'http://h", &[], "uri: begins with a quote; write it without"),
            ("http://h”", &[], "uri: ends in a quote; write it without"),
            ("http://root:hunter2%0A@h", &[], "token: the password ends in a newline; write it without"),
            ("http://%20root:hunter2@h", &[], "token: the user begins with a blank; write it without"),
            ("http://h", &[("token", "hunter2\n")], "token: ends in a newline; write it without"),
            ("http://h", &[("token", "\nhunter2")], "token: begins with a newline; write it without"),
            ("http://h", &[("token", "hun\nter2")], "token: has a newline in it; write it without"),
            ("http://h", &[("token", "hun\tter2")], "token: has a tab in it; write it without"),
            ("http://h", &[("token", "hunter2 ")], "token: ends in a blank; write it without"),
            ("http://h", &[("token", "\u{a0}hunter2")], "token: begins with a blank; write it without"),
            ("http://h", &[("token", "'hunter2'")], "token: is in quotes; write it without"),
            (
                "http://h",
                &[("token", "\"root:hunter2\"")],
                "token: the user begins with a quote; write it without",
            ),
            (
                "http://h",
                &[("token", "root:hunter2\n")],
                "token: the password ends in a newline; write it without",
            ),
            (
                "http://h",
                &[("user", "root "), ("password", "hunter2")],
                "option user: ends in a blank; write it without",
            ),
            (
                "http://h",
                &[("user", "root"), ("password", "hunter2\r\n")],
                "option password: ends in a newline; write it without",
            ),
            (
                "http://h",
                &[("proxy", "http://u:hunter2@p:1\n")],
                "option proxy: ends in a newline; write it without",
            ),
            (
                "http://h",
                &[("management_uri", "'http://m'")],
                "option management_uri: is in quotes; write it without",
            ),
        ] {
            let error = config(uri, pairs).unwrap_err();
            assert_eq!((error.status, error.message()), (Status::InvalidArgument, said), "{uri:?} {pairs:?}");
        }
    }

    #[test]
    fn a_password_may_have_blanks_and_quotes_and_they_are_named_once_it_is_not_accepted() {
        for (password, said) in [
            ("hunter2", ""),
            ("hun\"ter 2", ""),
            ("hunter2 ", " (the password ends in a blank)"),
            (" hunter2", " (the password begins with a blank)"),
            ("'hunter2'", " (the password is in quotes)"),
            ("hunter2\"", " (the password ends in a quote)"),
            ("'", " (the password begins with a quote)"),
        ] {
            let config = config("http://h", &[("user", "root"), ("password", password)]).unwrap();
            assert_eq!(config.credentials.current().unwrap().token(), format!("root:{password}"));
            let refused = Error::new(Status::Unauthenticated, "refused");
            let told = config.hiding_secrets(config.hiding_secrets(refused));
            assert_eq!(told.message(), format!("refused{said}"));
            let other = config.hiding_secrets(Error::new(Status::Unavailable, "gone"));
            assert_eq!(other.message(), "gone");
        }
    }
}
