//! `segments`: the segments of a collection.

use super::tables::{number, table};
use crate::arguments::Segments;
use crate::context::Context;
use crate::milvus::{Target, names};
use crate::{exit, ffi, words};

pub(super) fn segments(context: &Context, arguments: &Segments) -> u8 {
    let target = Target { collection: arguments.collection.clone(), ..Target::default() };
    let which = if arguments.loaded { ffi::MILVUS_SEGMENTS_LOADED } else { ffi::MILVUS_SEGMENTS_STORED };
    let segments = match context.client.segments(&target, which, &mut |_| context.stop.go()) {
        Ok(segments) => segments,
        Err(failure) => {
            context.output.complaint(&failure.message);
            return exit::of(&failure, false);
        }
    };
    if context.output.json {
        for segment in &segments {
            context.output.listing(&segment.json.to_string());
        }
        return exit::DONE;
    }
    let mut table = table(&["#segment", "#rows", "state", "level", "sorted", "#partition", "channel"]);
    for segment in &segments {
        table.add_row([
            segment.id.to_string(),
            number(segment.rows),
            names::segment_state(segment.state).to_owned(),
            if segment.level < 0 { "-".to_owned() } else { names::segment_level(segment.level).to_owned() },
            if segment.is_sorted < 0 { "-".to_owned() } else { names::answer(segment.is_sorted).to_owned() },
            segment.partition.to_string(),
            segment.channel.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    if !segments.is_empty() {
        context.output.listing(&table.to_string());
    }
    let rows: i64 = segments.iter().map(|segment| segment.rows.max(0)).sum();
    let count = i64::try_from(segments.len()).unwrap_or(i64::MAX);
    context.output.listing(&format!("{}, {}", words::count(count, "segment"), words::count(rows, "row")));
    exit::DONE
}
