//! Reads the small files that options name. A file system can hang, and nothing can end a thread that waits for it. So
//! each reading has a thread of its own, and its caller waits no longer than it wants to.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use tokio::sync::{Mutex, oneshot};

use crate::error::Error;
use crate::runtime;

const THREAD: &str = "milvus-file";
/// A file that changed so recently can change once more without a difference that the file system shows.
const TICK: Duration = Duration::from_secs(2);

/// What of a file changes when somebody writes or replaces it.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Device, inode, and the time of the inode's last change, where there are such.
    inode: [i128; 4],
    /// A pipe or a device: it cannot be read twice.
    pub(crate) is_special: bool,
    is_settled: bool,
}

impl Stamp {
    pub(crate) fn of(file: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(file)?;
        let modified = metadata.modified().ok();
        let inode = inode(&metadata);
        let changed_at =
            u64::try_from(inode[2]).ok().map(|s| SystemTime::UNIX_EPOCH + Duration::from_secs(s));
        let is_old = |at: SystemTime| at.elapsed().is_ok_and(|age| age > TICK);
        Ok(Self {
            length: metadata.len(),
            modified,
            inode,
            is_special: !metadata.is_file(),
            is_settled: modified.is_none_or(is_old) && changed_at.is_none_or(is_old),
        })
    }

    /// Whether the file with the later stamp certainly has the same content as at this stamp.
    pub(crate) fn is_unchanged_in(&self, later: &Self) -> bool {
        self.is_settled && self.identity() == later.identity()
    }

    /// What differs after a change, if the clock of the file system has gone on.
    pub(crate) fn identity(&self) -> impl PartialEq + use<> {
        (self.length, self.modified, self.inode)
    }
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> [i128; 4] {
    use std::os::unix::fs::MetadataExt as _;
    [metadata.dev().into(), metadata.ino().into(), metadata.ctime().into(), metadata.ctime_nsec().into()]
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> [i128; 4] {
    [0, 0, -1, 0]
}

/// The beginning of a file: at most `limit` bytes.
pub(crate) fn read(file: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let opened = File::open(file)?;
    let length = opened.metadata().map_or(0, |metadata| metadata.len()).min(limit);
    // Large enough from the beginning: a vector that grows leaves copies of secrets behind.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 64);
    opened.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Runs `work` on a thread of its own, and blocks until it is done; `None` after the limit.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Error> {
    let (tell, told) = mpsc::channel();
    runtime::spawn_thread(THREAD, move || drop(tell.send(work())))?;
    Ok(told.recv_timeout(limit).ok())
}

/// A reading that is repeated. Only one is under way, however long it hangs.
pub(crate) struct Repeated<T>(Mutex<Option<oneshot::Receiver<T>>>);

impl<T> Default for Repeated<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Send + 'static> Repeated<T> {
    /// Runs `work` on a thread of its own. `None` if it is not done within the limit; a later call returns its result
    /// then, and does not wait for it. To be called on the library's thread.
    pub(crate) async fn run(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, Error> {
        let run = async {
            let mut place = self.0.lock().await;
            if let Some(left) = &mut *place {
                match left.try_recv() {
                    Err(oneshot::error::TryRecvError::Empty) => return Ok(None),
                    result => {
                        *place = None;
                        if let Ok(result) = result {
                            return Ok(Some(result));
                        }
                    }
                }
            }
            let (tell, told) = oneshot::channel();
            runtime::spawn_thread(THREAD, move || drop(tell.send(work())))?;
            // In its place before this waits: a caller that gives up leaves it there.
            let result = place.insert(told).await;
            *place = None;
            Ok(result.ok())
        };
        tokio::time::timeout(limit, run).await.unwrap_or(Ok(None))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_reading_that_hangs_has_no_second_beside_it_and_is_not_waited_for_again() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (reading, begun) = (Repeated::default(), Arc::<AtomicUsize>::default());
            let (release, hangs) = mpsc::channel::<()>();
            let first = Arc::clone(&begun);
            let hanging = move || {
                let _ = hangs.recv();
                first.fetch_add(1, Ordering::SeqCst)
            };
            assert_eq!(reading.run(Duration::from_millis(20), hanging).await.unwrap(), None);
            for _ in 0..3 {
                let more = Arc::clone(&begun);
                let more = move || more.fetch_add(100, Ordering::SeqCst);
                assert_eq!(reading.run(Duration::from_mins(10), more).await.unwrap(), None);
            }
            release.send(()).unwrap();
            let done = async {
                loop {
                    let again = Arc::clone(&begun);
                    let again = move || again.fetch_add(1, Ordering::SeqCst);
                    if let Some(result) = reading.run(Duration::from_mins(10), again).await.unwrap() {
                        return result;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            assert_eq!(done.await, 0, "the result of the first");
            assert_eq!(begun.load(Ordering::SeqCst), 1, "no other has begun");
        });
    }

    #[test]
    fn a_stamp_differs_after_each_kind_of_change() {
        let folder = std::env::temp_dir().join(format!("milvus-stamp-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (file, other) = (folder.join("token"), folder.join("other"));
        fs::write(&file, "one").unwrap();
        let settled = Stamp { is_settled: true, ..Stamp::of(&file).unwrap() };
        assert!(settled.is_unchanged_in(&Stamp::of(&file).unwrap()));
        assert!(!Stamp::of(&file).unwrap().is_unchanged_in(&settled), "it is too young to be sure");
        fs::write(&file, "three").unwrap();
        assert!(!settled.is_unchanged_in(&Stamp::of(&file).unwrap()));
        let settled = Stamp { is_settled: true, ..Stamp::of(&file).unwrap() };
        fs::write(&other, "fives").unwrap();
        fs::rename(&other, &file).unwrap();
        assert!(!settled.is_unchanged_in(&Stamp::of(&file).unwrap()));
        assert!(Stamp::of(&folder).unwrap().is_special);
        fs::remove_dir_all(&folder).unwrap();
    }
}
