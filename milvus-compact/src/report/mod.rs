//! The page of a run: one file that needs no network.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::record::Record;

/// A page that can be written: it was opened before anything was triggered.
pub struct ReportFile {
    path: PathBuf,
    file: File,
}

impl ReportFile {
    pub fn open(path: &Path) -> Result<Self, String> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file =
            opened.map_err(|error| format!("the report {} cannot be written: {error}", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the page in the place of what the file had.
    pub fn write(mut self, uri: &str, command: &str, records: &[Record]) -> std::io::Result<()> {
        let page = format!("{uri}{command}{}", records.len());
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(page.as_bytes())
    }
}
