//! Everything that takes bytes from outside, each as a function of those bytes that panics if a promise is broken. The
//! targets in `fuzz/` call them; the tests below replay what the fuzzer has found worth keeping.

use crate::compaction::{model, portable};
use crate::config::{Config, Credentials, Options};
use crate::error::{Error, Status};
use crate::text::{LINE_LIMIT, one_line, shortened};
use crate::{management, rpc, transport};

type Target = (&'static str, fn(&[u8]));

/// What takes bytes, by the name of its folder in `fuzz/corpus`.
static TARGETS: [Target; 14] = [
    ("answer", rpc::fuzzing::answer),
    ("certificate", transport::fuzzing::certificate),
    ("credentials", credentials),
    ("frames", transport::fuzzing::frames),
    ("history", model::fuzz),
    ("job", job),
    ("options", options),
    ("page", page),
    ("proxy", transport::fuzzing::proxy),
    ("reply", rpc::fuzzing::reply),
    ("stream", transport::fuzzing::stream),
    ("text", text),
    ("topology", topology),
    ("uri", uri),
];

/// Runs the target of this name.
///
/// # Panics
/// If there is none, or if the bytes break a promise.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(of, _)| *of == name);
    let (_, target) = target.unwrap_or_else(|| panic!("there is no target {name}"));
    target(bytes);
}

/// An error is one printable line of bounded length, and tells of no defect.
pub(crate) fn is_fit(error: &Error) {
    let text = error.message();
    assert!(error.status != Status::Internal, "{error:?}");
    assert!(!text.is_empty() && text.len() <= LINE_LIMIT, "{} bytes", text.len());
    assert!(!text.contains(char::is_control), "{text:?}");
}

fn uri(bytes: &[u8]) {
    match Config::new(&String::from_utf8_lossy(bytes), &Options::default()) {
        Ok(config) => assert!(!config.address.to_string().contains(char::is_control)),
        Err(error) => is_fit(&error),
    }
}

/// The URI in the first line, and one option in each of the others.
fn options(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let uri = lines.next().unwrap_or_default();
    let mut options = Options::default();
    for line in lines {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let _ = options.set(key, value).inspect_err(is_fit);
    }
    let _ = Config::new(uri, &options).inspect_err(is_fit);
}

/// A token, and after a NUL a text in which it is hidden.
fn credentials(bytes: &[u8]) {
    const HIDDEN: &str = "[hidden]";
    let text = String::from_utf8_lossy(bytes);
    let (token, said) = text.split_once('\0').unwrap_or((&text, &text));
    match Credentials::from_token(token) {
        Ok(credentials) => {
            let told = credentials.hidden_in(said);
            let is_shown = |secret: &str| told.split(HIDDEN).any(|shown| shown.contains(secret));
            // One that is a part of the mark breaks the mark.
            if !credentials.secrets().any(|secret| HIDDEN.contains(secret)) {
                assert!(!credentials.secrets().any(is_shown), "{told:?}");
            }
        }
        Err(error) => is_fit(&error),
    }
}

fn job(bytes: &[u8]) {
    portable::fuzz(bytes);
}

fn page(bytes: &[u8]) {
    management::fuzz(bytes);
}

fn topology(bytes: &[u8]) {
    transport::fuzzing::topology(bytes);
}

fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let line = one_line(&text);
    assert!(line.len() <= LINE_LIMIT && !line.contains(char::is_control), "{line:?}");
    for limit in [3, 7, 120] {
        assert!(shortened(&text, limit).len() <= limit);
    }
    rpc::fuzzing::cause(&text);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut all: Vec<_> = files
            .map(|file| file.unwrap().path())
            .map(|path| (path.clone(), fs::read(&path).unwrap()))
            .collect();
        all.sort();
        all
    }

    /// Numbers that are the same in each run (`SplitMix64`).
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }

        fn below(&mut self, bound: usize) -> usize {
            usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
        }
    }

    /// Some bytes changed, cut out, doubled, or taken from elsewhere.
    fn mutated(bytes: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
        let mut mutated = bytes.to_vec();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(mutated.len() + 1);
            let length = numbers.below(16).min(mutated.len() - at);
            match numbers.below(5) {
                0 if at < mutated.len() => mutated[at] ^= 1 << numbers.below(8),
                1 => drop(mutated.drain(at..at + length)),
                2 => mutated.insert(at, [0, 1, 0x7f, 0x80, 0xff][numbers.below(5)]),
                3 => {
                    let piece = mutated[at..at + length].to_vec();
                    mutated.splice(at..at, piece);
                }
                _ => {
                    let from = numbers.below(other.len() + 1);
                    let length = numbers.below(64).min(other.len() - from);
                    mutated.splice(at..at, other[from..from + length].iter().copied());
                }
            }
        }
        mutated
    }

    /// Runs one input, and names it if it breaks a promise.
    fn check(name: &str, what: &str, bytes: &[u8]) {
        let ended = std::panic::catch_unwind(|| run(name, bytes));
        assert!(ended.is_ok(), "{name}: {what}: {}", bytes.escape_ascii());
    }

    #[test]
    fn what_the_fuzzer_kept_breaks_no_promise() {
        for (name, _) in TARGETS {
            let corpus = corpus(name);
            assert!(corpus.len() >= 3, "{name} has {} inputs", corpus.len());
            for (path, bytes) in corpus {
                check(name, &path.display().to_string(), &bytes);
            }
        }
    }

    /// `FUZZ_SEED` has other inputs drawn, and `FUZZ_INPUTS` more of them.
    #[test]
    fn inputs_near_those_break_no_promise() {
        let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
        let seed = number("FUZZ_SEED").unwrap_or(1);
        let inputs = number("FUZZ_INPUTS").unwrap_or(300);
        println!("FUZZ_SEED={seed} FUZZ_INPUTS={inputs}");
        for (name, _) in TARGETS {
            let corpus = corpus(name);
            let mut numbers = Numbers(seed);
            for drawn in 0..inputs {
                let [(_, bytes), (_, other)] = [(); 2].map(|()| &corpus[numbers.below(corpus.len())]);
                let bytes = mutated(bytes, other, &mut numbers);
                check(name, &format!("seed {seed}, input {drawn}"), &bytes);
            }
        }
    }
}
