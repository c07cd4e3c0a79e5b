//! Version numbers of servers.

use std::fmt;

/// Major, minor and patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// Reads `v2.3.5-lite`, `2.6.15-dev`, `3.0`; anything that does not begin like that is `None`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|digits| digits.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some(Self(major, minor, numbers.next().flatten().unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_leniently() {
        for (text, expected) in [
            ("v2.3.5-lite", Some(Version(2, 3, 5))),
            ("2.2.16", Some(Version(2, 2, 16))),
            ("2.6.15-dev", Some(Version(2, 6, 15))),
            ("v3.0", Some(Version(3, 0, 0))),
            ("2.4.18.post1", Some(Version(2, 4, 18))),
            ("v2.5-20250101-abcdef", Some(Version(2, 5, 0))),
            ("master-20260101", None),
            ("0438a28f", None),
            ("99999999999.1", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(Version::parse(text), expected, "{text}");
        }
    }
}
