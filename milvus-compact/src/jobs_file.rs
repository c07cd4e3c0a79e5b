//! The jobs of a run in a file, as the library exports them. It stays when the run is interrupted or killed, and `wait`
//! follows the jobs in it. It has names and numbers of collections and segments, and no token.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::milvus::Target;

/// What a file begins with.
const VERSION: u64 = 1;

/// A file that is written while jobs start and end.
pub struct JobsFile {
    path: PathBuf,
    file: Mutex<File>,
}

/// A job that was not seen to end.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    pub target: Target,
    pub job: i64,
    /// What the library exported.
    pub text: String,
}

/// What a file has.
#[derive(Debug, PartialEq)]
pub struct Content {
    pub uri: String,
    pub left: Vec<Left>,
}

impl JobsFile {
    /// Makes a file, where the user says or else where such files belong. Returns what one of an earlier run had left there;
    /// a file of another kind is not touched.
    pub fn create(named: Option<&Path>, uri: &str) -> Result<(Self, Vec<Left>), String> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => usual_path()?,
        };
        let has_text = fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() > 0);
        let earlier = if has_text { read(&path)?.left } else { Vec::new() };
        let why = |error: std::io::Error| format!("the file of jobs {}: {error}", path.display());
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(why)?;
        writeln!(file, "{}", json!({"milvus_compact_jobs": VERSION, "uri": uri})).map_err(why)?;
        Ok((Self { path, file: Mutex::new(file) }, earlier))
    }

    /// Goes on with a file that was read.
    pub fn reopen(path: &Path) -> Result<Self, String> {
        let why = |error| format!("the file of jobs {}: {error}", path.display());
        let file = OpenOptions::new().append(true).open(path).map_err(why)?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }

    /// Whether it could be written.
    pub fn started(&self, target: &Target, job: i64, text: &str) -> bool {
        self.write(&json!({
            "job": job,
            "collection": target.collection,
            "database": target.database,
            "text": text,
        }))
    }

    pub fn ended(&self, job: i64) -> bool {
        self.write(&json!({"ended": job}))
    }

    fn write(&self, line: &Value) -> bool {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes()).is_ok()
    }

    /// Removes the file if no job in it is left; else returns where it is.
    pub fn close(self) -> Option<PathBuf> {
        match read(&self.path) {
            Ok(content) if content.left.is_empty() => {
                let _ = fs::remove_file(&self.path);
                None
            }
            _ => Some(self.path),
        }
    }
}

/// Reads a file. One that a killed process left may end within a line: the library's text then is not complete.
pub fn read(path: &Path) -> Result<Content, String> {
    let why = |error: &dyn std::fmt::Display| format!("the file of jobs {}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| why(&error))?;
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_default());
    let first = lines.next().unwrap_or_default();
    if first["milvus_compact_jobs"].as_u64() != Some(VERSION) {
        return Err(why(&"it is no file of jobs of this version of milvus-compact"));
    }
    let mut left: Vec<Left> = Vec::new();
    for line in lines {
        if let Some(ended) = line["ended"].as_i64() {
            left.retain(|known| known.job != ended);
        }
        if let (Some(job), Some(collection), Some(text)) =
            (line["job"].as_i64(), line["collection"].as_str(), line["text"].as_str())
        {
            let database = line["database"].as_str().unwrap_or_default().to_owned();
            let target = Target { database, collection: collection.to_owned() };
            left.push(Left { target, job, text: text.to_owned() });
        }
    }
    Ok(Content { uri: first["uri"].as_str().unwrap_or_default().to_owned(), left })
}

/// A new file in the folder for what programs remember: systemd's for the service, or the user's.
fn usual_path() -> Result<PathBuf, String> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = variable("STATE_DIRECTORY")
        .or_else(|| variable("XDG_STATE_HOME").map(|folder| folder.join("milvus-compact")))
        .or_else(|| variable("HOME").map(|home| home.join(".local/state/milvus-compact")))
        .ok_or("there is no folder for the file of jobs: HOME is not set")?;
    fs::create_dir_all(&folder).map_err(|error| format!("the folder {}: {error}", folder.display()))?;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(folder.join(format!("jobs-{}-{}.jsonl", since.as_secs(), std::process::id())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(collection: &str) -> Target {
        Target { database: "sales".to_owned(), collection: collection.to_owned() }
    }

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("milvus-compact-{name}-{}", std::process::id()))
    }

    #[test]
    fn what_ended_is_not_left() {
        let path = path("jobs");
        let (file, earlier) = JobsFile::create(Some(&path), "http://host").unwrap();
        assert_eq!(earlier, []);
        assert!(
            file.started(&target("a"), 1, "one") && file.started(&target("b"), 2, "two") && file.ended(1)
        );
        let left = vec![Left { target: target("b"), job: 2, text: "two".into() }];
        assert_eq!(read(&path), Ok(Content { uri: "http://host".into(), left }));
        assert_eq!(file.close().as_deref(), Some(path.as_path()));
        let file = JobsFile::reopen(&path).unwrap();
        assert!(file.ended(2));
        assert_eq!(file.close(), None);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_was_cut_has_what_was_complete() {
        let path = path("cut");
        let (file, earlier) = JobsFile::create(Some(&path), "http://host").unwrap();
        assert_eq!(earlier, []);
        assert!(file.started(&target("a"), 1, "one"));
        drop(file);
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{{\"job\": 2, \"coll")).unwrap();
        assert_eq!(read(&path).unwrap().left.len(), 1);
        fs::write(&path, "something else\n").unwrap();
        assert!(read(&path).is_err() && JobsFile::create(Some(&path), "http://host").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "something else\n");
        fs::remove_file(&path).unwrap();
    }
}
