//! Version numbers of servers, and how to parse them.

use std::fmt;

/// Major, minor and patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// How much of its version a server reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The whole version. A pre-release counts as the release.
    Version(Version),
    /// Major and minor number only: a build of a branch, from anywhere between its first and its latest state.
    Line(u32, u32),
    /// No version.
    Nothing,
}

impl Version {
    /// Parses `v2.3.5-lite`, `2.6.15-dev`, `3.0`; `None` for any other beginning. A missing patch number counts as 0.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match Told::by(text) {
            Told::Version(version) => Some(version),
            Told::Line(major, minor) => Some(Self(major, minor, 0)),
            Told::Nothing => None,
        }
    }

    /// Whether both have the same major and minor number.
    fn is_of(self, major: u32, minor: u32) -> bool {
        (self.0, self.1) == (major, minor)
    }
}

impl Told {
    /// Parses what a server reports. `pkg/v2.5.5` is the version of a Go module in the server's source, which shares
    /// only the major and minor number with the server.
    pub(crate) fn by(text: &str) -> Self {
        let text = text.trim();
        if let Some(module) = text.strip_prefix("pkg/") {
            return match Self::by(module) {
                Self::Version(Version(major, minor, _)) => Self::Line(major, minor),
                told => told,
            };
        }
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|digits| digits.parse().ok());
        let (Some(major), Some(minor)) = (numbers.next().flatten(), numbers.next().flatten()) else {
            return Self::Nothing;
        };
        numbers
            .next()
            .flatten()
            .map_or(Self::Line(major, minor), |patch| Self::Version(Version(major, minor, patch)))
    }

    /// Completes it with the version that the user assumes. What the server reports takes precedence.
    pub(crate) fn or(self, assumed: Option<Version>) -> Self {
        match (self, assumed) {
            (Self::Nothing, Some(assumed)) => Self::Version(assumed),
            (Self::Line(major, minor), Some(assumed)) if assumed.is_of(major, minor) => {
                Self::Version(assumed)
            }
            _ => self,
        }
    }

    /// The oldest version that this can be.
    pub(crate) fn at_least(self) -> Option<Version> {
        match self {
            Self::Version(version) => Some(version),
            Self::Line(major, minor) => Some(Version(major, minor, 0)),
            Self::Nothing => None,
        }
    }

    /// Whether this is certainly older than that version.
    pub(crate) fn is_before(self, version: Version) -> bool {
        match self {
            Self::Version(own) => own < version,
            Self::Line(major, minor) => (major, minor) < (version.0, version.1),
            Self::Nothing => false,
        }
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

    /// Servers write or have written each of these texts.
    #[test]
    fn each_text_is_taken_for_what_it_tells() {
        let version = |major, minor, patch| Told::Version(Version(major, minor, patch));
        for (text, told) in [
            ("v2.3.5", version(2, 3, 5)),
            ("v2.3.5-lite", version(2, 3, 5)),
            ("2.2.16", version(2, 2, 16)),
            ("v2.4.24", version(2, 4, 24)),
            ("2.4.18.post1", version(2, 4, 18)),
            ("2.5.27", version(2, 5, 27)),
            ("2.6.19", version(2, 6, 19)),
            ("2.6.15-dev", version(2, 6, 15)),
            ("3.0.0-beta", version(3, 0, 0)),
            ("3.0.0", version(3, 0, 0)),
            ("v3.0", Told::Line(3, 0)),
            ("2.6-20260625-abc1234", Told::Line(2, 6)),
            ("v2.5-20250101-abcdef", Told::Line(2, 5)),
            ("2.6-latest", Told::Line(2, 6)),
            ("2.6.x", Told::Line(2, 6)),
            ("pkg/v2.5.5", Told::Line(2, 5)),
            ("pkg/", Told::Nothing),
            ("master-20260807-abc1234", Told::Nothing),
            ("unknown", Told::Nothing),
            ("0438a28f", Told::Nothing),
            ("1234567", Told::Nothing),
            ("0438a28f6d2c11d0a1b2c3d4e5f60718293a4b5c", Told::Nothing),
            ("99999999999.1", Told::Nothing),
            ("2", Told::Nothing),
            ("", Told::Nothing),
        ] {
            assert_eq!(Told::by(text), told, "{text}");
        }
    }

    #[test]
    fn a_line_is_its_oldest_patch_where_that_matters_and_older_than_none_of_them() {
        let line = Told::by("2.6-20260625-abc1234");
        assert_eq!(line.at_least(), Some(Version(2, 6, 0)));
        assert_eq!(Version::parse("2.6"), Some(Version(2, 6, 0)));
        assert!(!line.is_before(Version(2, 6, 3)) && line.is_before(Version(2, 7, 0)));
        assert!(Told::by("2.6.2").is_before(Version(2, 6, 3)));
        assert!(!Told::Nothing.is_before(Version(9, 0, 0)));
    }

    #[test]
    fn what_is_assumed_adds_to_what_is_told_and_never_overrules_it() {
        let or = |text, assumed| Told::by(text).or(Version::parse(assumed)).at_least();
        assert_eq!(or("master-20260807-abc1234", "3.0.0"), Some(Version(3, 0, 0)));
        assert_eq!(or("2.6-20260625-abc1234", "2.6.19"), Some(Version(2, 6, 19)));
        assert_eq!(or("2.6-20260625-abc1234", "3.0.0"), Some(Version(2, 6, 0)));
        assert_eq!(or("pkg/v2.5.5", "2.5.8"), Some(Version(2, 5, 8)));
        assert_eq!(or("2.6.3", "2.6.19"), Some(Version(2, 6, 3)));
        assert_eq!(or("unknown", ""), None);
    }
}
