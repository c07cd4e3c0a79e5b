//! The segments of a collection, as stored and as loaded.

use std::time::Duration;

use crate::collection::Collection;
use crate::error::Error;
use crate::lists::{self, exact};
use crate::proto::common::{SegmentLevel, SegmentState};
use crate::proto::service::{
    GetPersistentSegmentInfoRequest, GetQuerySegmentInfoRequest, PersistentSegmentInfo, QuerySegmentInfo,
};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::server::{HAS_LEVELS, HAS_SORTED, HAS_STORAGE_VERSION, Server};
use crate::text::{one_line, quotable, shortened};

/// Milvus' code for a segment that disappeared while the server listed the segments.
const SEGMENT_NOT_FOUND: i32 = 600;
/// How often the segments are listed if they change meanwhile, and the pause in between.
const LISTINGS: u32 = 5;
const LISTING_PAUSE: Duration = Duration::from_millis(20);
/// The longest channel name in bytes that is kept.
const CHANNEL_LIMIT: usize = 255;

/// One segment. `None`: the server does not report the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// Its id.
    pub id: i64,
    /// The collection that it belongs to.
    pub collection_id: i64,
    /// The partition that it belongs to.
    pub partition_id: i64,
    /// Its rows, including deleted ones that are not purged.
    pub rows: i64,
    /// The number of the protocol's `SegmentState`.
    pub state: i32,
    /// The number of the protocol's `SegmentLevel` (since 2.4.7).
    pub level: Option<i32>,
    /// Whether its rows are sorted by primary key (since 2.5.0).
    pub is_sorted: Option<bool>,
    /// How it is stored (since 2.6.0).
    pub storage_version: Option<i64>,
    /// The channel through which its rows arrived (newer than 3.0.0).
    pub channel: Option<String>,
    /// The segments that it was made from (newer than 3.0.0).
    pub compaction_from: Option<Vec<i64>>,
    /// Its size in memory in bytes; only for loaded segments, and only from few servers.
    pub memory: Option<i64>,
    /// The query nodes that serve it; only for loaded segments.
    pub nodes: Vec<i64>,
}

impl Segment {
    /// Whether its rows are stored permanently, or about to be.
    pub(crate) fn is_stored_data(&self) -> bool {
        let stored = [SegmentState::Sealed, SegmentState::Flushed, SegmentState::Flushing];
        stored.iter().any(|state| *state as i32 == self.state) && !self.is_l0()
    }

    /// Whether a trigger takes it: not while it grows, nor while it is sealed but not flushed.
    pub(crate) fn is_flushed(&self) -> bool {
        self.is_stored_data() && self.state != SegmentState::Sealed as i32
    }

    /// Whether it is stored permanently.
    pub(crate) fn is_in_state_flushed(&self) -> bool {
        self.state == SegmentState::Flushed as i32
    }

    /// Whether an import is writing it.
    pub(crate) fn is_importing(&self) -> bool {
        self.state == SegmentState::Importing as i32
    }

    /// Whether it exists: servers may list dropped segments.
    pub(crate) fn is_there(&self) -> bool {
        let gone = [SegmentState::None, SegmentState::NotExist, SegmentState::Dropped];
        !gone.iter().any(|state| *state as i32 == self.state)
    }

    /// Whether it waits to be sorted. Servers since 2.5 sort after a flush, and 2.5 also after a compaction.
    pub(crate) fn is_unsorted(&self) -> bool {
        self.is_stored_data() && self.is_sorted == Some(false)
    }

    /// Whether it still accepts rows.
    pub(crate) fn is_growing(&self) -> bool {
        self.state == SegmentState::Growing as i32 && !self.is_l0()
    }

    /// Whether it contains only deletions.
    pub(crate) fn is_l0(&self) -> bool {
        self.level == Some(SegmentLevel::L0 as i32)
    }

    /// Whether it is the result of clustering.
    pub(crate) fn is_clustered(&self) -> bool {
        self.level == Some(SegmentLevel::L2 as i32)
    }

    fn of_persistent(info: PersistentSegmentInfo, server: &Server) -> Self {
        let has_lineage = !info.insert_channel.is_empty();
        Self {
            id: info.segment_id,
            collection_id: info.collection_id,
            partition_id: info.partition_id,
            rows: info.num_rows,
            state: info.state,
            level: server.is_at_least(HAS_LEVELS).then_some(info.level),
            is_sorted: server.is_at_least(HAS_SORTED).then_some(info.is_sorted),
            storage_version: server.is_at_least(HAS_STORAGE_VERSION).then_some(info.storage_version),
            compaction_from: has_lineage.then(|| exact(info.compaction_from)),
            channel: has_lineage.then(|| shortened(&one_line(&info.insert_channel), CHANNEL_LIMIT)),
            memory: None,
            nodes: Vec::new(),
        }
    }

    fn of_loaded(info: QuerySegmentInfo, server: &Server) -> Self {
        Self {
            id: info.segment_id,
            collection_id: info.collection_id,
            partition_id: info.partition_id,
            rows: info.num_rows,
            state: info.state,
            level: server.is_at_least(HAS_LEVELS).then_some(info.level),
            is_sorted: server.is_at_least(HAS_SORTED).then_some(info.is_sorted),
            storage_version: server.is_at_least(HAS_STORAGE_VERSION).then_some(info.storage_version),
            // Servers from 2.2 to 3.0 send 0 for every segment (seen on real ones).
            memory: Some(info.mem_size).filter(|size| *size > 0),
            nodes: exact(info.node_ids),
            ..Self::default()
        }
    }
}

/// Says how many segments wait to be sorted; `None` if none does.
pub(crate) fn waiting_to_be_sorted(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 segment waits to be sorted".to_owned()),
        count => Some(format!("{count} segments wait to be sorted")),
    }
}

/// The stored segments of a collection, by id. Some servers list growing and dropped ones too.
pub(crate) async fn persistent(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<Vec<Segment>, Error> {
    in_states(rpc, class, deadline, collection, &[]).await
}

/// The segments in these states, by id, on servers newer than 3.0.0. Older servers ignore the states, and return the
/// stored segments.
pub(crate) async fn in_states(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
    states: &[SegmentState],
) -> Result<Vec<Segment>, Error> {
    let asked = GetPersistentSegmentInfoRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
        states: states.iter().map(|state| *state as i32).collect(),
    };
    let mut attempts = 1;
    let reply = loop {
        match rpc.unary(class, deadline, &collection.database, asked.clone()).await {
            // A compaction has replaced a segment between the server's two reads.
            Err(error) if error.server_code == SEGMENT_NOT_FOUND => {
                if attempts == LISTINGS || !deadline.sleep(LISTING_PAUSE).await {
                    return Err(about(error.retriable().after_attempts(attempts), "stored", collection));
                }
                attempts += 1;
            }
            result => break result.map_err(|error| about(error, "stored", collection))?,
        }
    };
    let server = rpc.server(deadline).await?;
    kept(deadline, reply.infos, collection, move |info| Segment::of_persistent(info, &server)).await
}

/// The segments of a collection that query nodes serve, by id; empty if it is not loaded.
pub(crate) async fn loaded(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<Vec<Segment>, Error> {
    let asked = GetQuerySegmentInfoRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    let reply = rpc
        .unary(class, deadline, &collection.database, asked)
        .await
        .map_err(|error| about(error, "loaded", collection))?;
    let server = rpc.server(deadline).await?;
    kept(deadline, reply.infos, collection, move |info| Segment::of_loaded(info, &server)).await
}

/// Converts the segments of the collection, and sorts them by id. Of one that is listed more than once the first is kept,
/// with the nodes of all: a server may list a segment once for each node.
async fn kept<I: Send + 'static>(
    deadline: Deadline<'_>,
    infos: Vec<I>,
    collection: &Collection,
    convert: impl Fn(I) -> Segment + Send + 'static,
) -> Result<Vec<Segment>, Error> {
    let (id, count) = (collection.id, infos.len());
    let work = move || {
        let is_ours = |segment: &Segment| segment.collection_id == id || segment.collection_id == 0;
        lists::converted(infos, |info| Some(convert(info)).filter(is_ours)).map(sorted)
    };
    lists::work(deadline, count, work).await
}

/// Sorts by id. Of equal ones, which differ in nothing but their nodes, one is kept, with the nodes of all.
fn sorted(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_unstable_by_key(|segment| segment.id); // in place
    segments.dedup_by(|again, first| {
        let is_same = again.id == first.id;
        if is_same {
            first.nodes.append(&mut again.nodes);
        }
        is_same
    });
    for segment in &mut segments {
        segment.nodes.sort_unstable();
        segment.nodes.dedup();
        segment.nodes.shrink_to_fit();
    }
    exact(segments)
}

fn about(error: Error, which: &str, collection: &Collection) -> Error {
    error.context(format!("listing the {which} segments of \"{}\"", quotable(&collection.name)))
}
