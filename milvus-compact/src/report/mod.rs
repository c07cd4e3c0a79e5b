//! The page of a run: one file that needs no network.

mod lineage;
mod page;
mod text;
mod timeline;

use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::record::Record;

/// A page that can be written: it was opened before anything was triggered.
pub struct ReportFile {
    path: PathBuf,
    file: File,
    is_new: bool,
    is_written: bool,
}

impl ReportFile {
    pub fn open(path: &Path) -> Result<Self, String> {
        let is_new = !path.exists();
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file =
            opened.map_err(|error| format!("the report {} cannot be written: {error}", path.display()))?;
        Ok(Self { path: path.to_owned(), file, is_new, is_written: false })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the page in the place of what the file had.
    pub fn write(mut self, uri: &str, command: &str, records: &[Record]) -> std::io::Result<()> {
        let page = page::page(&page::About { uri, command, ended: SystemTime::now() }, records);
        self.is_written = true;
        self.file.rewind()?;
        self.file.write_all(page.as_bytes())?;
        // A pipe or a device has no length.
        if self.file.metadata()?.is_file() {
            self.file.set_len(page.len() as u64)?;
        }
        Ok(())
    }
}

impl Drop for ReportFile {
    /// Nothing is left of a page that was not written.
    fn drop(&mut self) {
        if self.is_new && !self.is_written {
            let _ = fs::remove_file(&self.path);
        }
    }
}
