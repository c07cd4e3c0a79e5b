//! The lists of the replies, as `proto/` has them. A test compares the two.

use super::Element::{Databases, Details, Ids, Names, Plans, Segments};
use super::Holds::{Message, Messages, Numbers, Texts};
use super::Shape;

/// A message without lists.
pub(in crate::rpc) static NO_LISTS: Shape = Shape(&[]);

static LONG_ARRAY: Shape = Shape(&[(1, Numbers(Ids))]);

pub(in crate::rpc) static COLLECTION: Shape = Shape(&[
    (2, Message(&SCHEMA)),
    (4, Texts(Names)),                  // virtual_channel_names
    (9, Texts(Names)),                  // aliases
    (13, Messages(Details, &NO_LISTS)), // properties
]);
static SCHEMA: Shape = Shape(&[(4, Messages(Details, &FIELD)), (6, Messages(Details, &NO_LISTS))]);
static FIELD: Shape = Shape(&[(6, Messages(Details, &NO_LISTS))]);

pub(in crate::rpc) static COLLECTIONS: Shape = Shape(&[(2, Texts(Names))]);
pub(in crate::rpc) static STATISTICS: Shape = Shape(&[(2, Messages(Details, &NO_LISTS))]);
pub(in crate::rpc) static DATABASES: Shape = Shape(&[(2, Texts(Databases)), (4, Numbers(Ids))]);
pub(in crate::rpc) static PARTITIONS: Shape = Shape(&[(2, Texts(Names)), (3, Numbers(Ids))]);
pub(in crate::rpc) static INDEXES: Shape = Shape(&[(2, Messages(Details, &NO_LISTS))]);

pub(in crate::rpc) static STORED_SEGMENTS: Shape = Shape(&[(2, Messages(Segments, &STORED_SEGMENT))]);
static STORED_SEGMENT: Shape = Shape(&[(10, Numbers(Ids))]); // compaction_from

pub(in crate::rpc) static LOADED_SEGMENTS: Shape = Shape(&[(2, Messages(Segments, &LOADED_SEGMENT))]);
static LOADED_SEGMENT: Shape = Shape(&[(10, Numbers(Ids))]); // nodes

pub(in crate::rpc) static SNAPSHOTS: Shape = Shape(&[(2, Texts(Names))]);

pub(in crate::rpc) static ROWS: Shape = Shape(&[(2, Messages(Details, &COLUMN))]);
static COLUMN: Shape = Shape(&[(3, Message(&SCALARS))]);
static SCALARS: Shape = Shape(&[(3, Message(&LONG_ARRAY))]);

pub(in crate::rpc) static FLUSHED: Shape =
    Shape(&[(3, Messages(Details, &SEGMENTS_OF_COLLECTION)), (6, Messages(Details, &NO_LISTS))]);
static SEGMENTS_OF_COLLECTION: Shape = Shape(&[(2, Message(&LONG_ARRAY))]);

pub(in crate::rpc) static REPLICAS: Shape = Shape(&[(2, Messages(Details, &REPLICA))]);
static REPLICA: Shape = Shape(&[(3, Numbers(Ids)), (5, Numbers(Ids))]); // partitions and nodes

pub(in crate::rpc) static PLANS: Shape = Shape(&[(3, Messages(Plans, &PLAN))]);
static PLAN: Shape = Shape(&[(1, Numbers(Ids)), (11, Numbers(Ids))]); // sources and targets
