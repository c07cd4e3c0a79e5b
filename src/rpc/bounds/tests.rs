use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::proto::common::{KeyValuePair, Status as Success};
use crate::proto::schema::{
    CollectionSchema, FieldData, FieldSchema, LongArray, ScalarField, field_data, scalar_field,
};
use crate::proto::service::*;

/// The shape of each reply that has lists, by its name.
const SHAPES: [(&str, &Shape); 12] = [
    ("DescribeCollectionResponse", &COLLECTION),
    ("ShowCollectionsResponse", &COLLECTIONS),
    ("GetCollectionStatisticsResponse", &STATISTICS),
    ("ListDatabasesResponse", &DATABASES),
    ("ShowPartitionsResponse", &PARTITIONS),
    ("DescribeIndexResponse", &INDEXES),
    ("GetPersistentSegmentInfoResponse", &STORED_SEGMENTS),
    ("GetQuerySegmentInfoResponse", &LOADED_SEGMENTS),
    ("ListSnapshotsResponse", &SNAPSHOTS),
    ("QueryResults", &ROWS),
    ("FlushResponse", &FLUSHED),
    ("GetReplicasResponse", &REPLICAS),
];
const OF_PLANS: (&str, &Shape) = ("GetCompactionPlansResponse", &PLANS);

/// The fields of a shape as lines: where, and how they are counted.
fn of_shape(shape: &Shape, path: &str, lines: &mut Vec<String>) {
    for (number, holds) in shape.0 {
        let path = format!("{path}.{number}");
        match holds {
            Holds::Texts(_) => lines.push(format!("{path} texts")),
            Holds::Numbers(_) => lines.push(format!("{path} numbers")),
            Holds::Message(inner) => of_shape(inner, &path, lines),
            Holds::Messages(_, inner) => {
                lines.push(format!("{path} messages"));
                of_shape(inner, &path, lines);
            }
        }
    }
}

#[test]
fn every_list_of_every_reply_is_counted() {
    const REPEATED: i32 = 3;
    const STRING: i32 = 9;
    const MESSAGE: i32 = 11;
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let files = protox::compile(["milvus.proto"], [proto]).unwrap().file;
    let mut messages = std::collections::HashMap::new();
    for file in &files {
        for message in &file.message_type {
            let name = format!(".{}.{}", file.package(), message.name());
            for nested in &message.nested_type {
                messages.insert(format!("{name}.{}", nested.name()), nested.field.clone());
            }
            messages.insert(name, message.field.clone());
        }
    }
    let service = &files.iter().find_map(|file| file.service.first()).unwrap().method;
    for method in service {
        let mut found = Vec::new();
        let mut open = vec![(method.output_type().to_owned(), String::new())];
        while let Some((name, path)) = open.pop() {
            for field in &messages[&name] {
                let path = format!("{path}.{}", field.number());
                let is_list = field.label == Some(REPEATED);
                let kind = match field.r#type {
                    Some(STRING) => "texts",
                    Some(MESSAGE) => "messages",
                    _ => "numbers",
                };
                if is_list {
                    found.push(format!("{path} {kind}"));
                }
                if kind == "messages" {
                    open.push((field.type_name().to_owned(), path));
                }
            }
        }
        let reply = method.output_type().rsplit('.').next().unwrap();
        let shape = SHAPES.iter().chain([&OF_PLANS]).find(|(name, _)| *name == reply);
        let mut counted = Vec::new();
        of_shape(shape.map_or(&NO_LISTS, |(_, shape)| shape), "", &mut counted);
        found.sort();
        counted.sort();
        assert_eq!(counted, found, "{reply}");
    }
}

#[test]
fn what_one_frame_can_have_is_never_too_much() {
    const FRAME: u32 = 16 * 1024;
    for element in Element::ALL {
        // The smallest element has two bytes; a packed number has one, and is in no list of few.
        assert!(element.most() >= FRAME / if element == Element::Ids { 1 } else { 2 }, "{element:?}");
    }
}

/// What the scanner makes of a message that comes in pieces of these sizes.
fn scanned(shape: &'static Shape, message: &[u8], sizes: &[usize]) -> Result<Counts, Excess> {
    let mut scanner = Scanner::new(shape, message.len());
    let mut rest = message;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        scanner.read(piece)?;
        rest = after;
    }
    Ok(*scanner.counts())
}

/// How many of each there are, in the order of [`Element::ALL`].
fn told(counts: &Counts) -> [usize; ELEMENTS] {
    Element::ALL.map(|element| counts.of(element) as usize)
}

fn of_segments(reply: &GetPersistentSegmentInfoResponse) -> [usize; ELEMENTS] {
    [reply.infos.len(), 0, 0, 0, reply.infos.iter().map(|info| info.compaction_from.len()).sum(), 0]
}

fn of_plans(reply: &GetCompactionPlansResponse) -> [usize; ELEMENTS] {
    let ids = reply.merge_infos.iter().map(|info| info.sources.len() + info.targets.len()).sum();
    [0, reply.merge_infos.len(), 0, 0, ids, 0]
}

fn of_collection(reply: &DescribeCollectionResponse) -> [usize; ELEMENTS] {
    let names = reply.virtual_channel_names.len() + reply.aliases.len();
    let of_schema = reply.schema.as_ref().map_or(0, |schema| {
        let of_fields: usize = schema.fields.iter().map(|field| 1 + field.type_params.len()).sum();
        of_fields + schema.properties.len()
    });
    [0, 0, 0, names, 0, reply.properties.len() + of_schema]
}

fn of_rows(reply: &QueryResults) -> [usize; ELEMENTS] {
    let ids = reply.fields_data.iter().map(|column| match &column.field {
        Some(field_data::Field::Scalars(ScalarField {
            data: Some(scalar_field::Data::LongData(LongArray { data })),
        })) => data.len(),
        _ => 0,
    });
    [0, 0, 0, 0, ids.sum(), reply.fields_data.len()]
}

fn text() -> impl Strategy<Value = String> {
    "[a-zß]{0,9}"
}

fn ids() -> impl Strategy<Value = Vec<i64>> {
    vec(any::<i64>(), 0..5)
}

fn pairs() -> impl Strategy<Value = Vec<KeyValuePair>> {
    let pair = (text(), text()).prop_map(|(key, value)| KeyValuePair { key, value });
    vec(pair, 0..4)
}

fn segments() -> impl Strategy<Value = GetPersistentSegmentInfoResponse> {
    let info = (any::<i64>(), text(), ids(), any::<bool>());
    let info = info.prop_map(|(segment_id, insert_channel, compaction_from, is_sorted)| {
        PersistentSegmentInfo { segment_id, insert_channel, compaction_from, is_sorted, ..Default::default() }
    });
    vec(info, 0..9)
        .prop_map(|infos| GetPersistentSegmentInfoResponse { status: Some(Success::default()), infos })
}

fn plans() -> impl Strategy<Value = GetCompactionPlansResponse> {
    let info = (ids(), any::<i64>(), text(), ids());
    let info = info.prop_map(|(sources, target, channel, targets)| CompactionMergeInfo {
        sources,
        target,
        channel,
        targets,
        ..Default::default()
    });
    vec(info, 0..9).prop_map(|merge_infos| GetCompactionPlansResponse { merge_infos, ..Default::default() })
}

fn collections() -> impl Strategy<Value = DescribeCollectionResponse> {
    let field = (text(), pairs()).prop_map(|(name, type_params)| FieldSchema {
        name,
        type_params,
        ..Default::default()
    });
    let schema = (text(), vec(field, 0..5), pairs()).prop_map(|(name, fields, properties)| {
        CollectionSchema { name, fields, properties, ..Default::default() }
    });
    (proptest::option::of(schema), vec(text(), 0..4), vec(text(), 0..4), pairs()).prop_map(
        |(schema, aliases, virtual_channel_names, properties)| DescribeCollectionResponse {
            schema,
            aliases,
            virtual_channel_names,
            properties,
            ..Default::default()
        },
    )
}

fn rows() -> impl Strategy<Value = QueryResults> {
    let column = (text(), ids()).prop_map(|(field_name, data)| {
        let data = Some(scalar_field::Data::LongData(LongArray { data }));
        FieldData { field_name, field: Some(field_data::Field::Scalars(ScalarField { data })) }
    });
    vec(column, 0..5).prop_map(|fields_data| QueryResults { fields_data, ..Default::default() })
}

/// One field of a message: as it may be, or not.
fn field() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![0..16_u8, Just(0x80)];
    let payload = prop_oneof![vec(any::<u8>(), 0..12), vec(0..20_u8, 0..12)];
    (number, 0..8_u8, any::<bool>(), payload).prop_map(|(number, kind, is_true, payload)| {
        let length = u8::try_from(payload.len()).unwrap();
        let mut field = vec![number << 3 | kind];
        match kind {
            0 => field.push(length),
            2 if is_true => field.push(length),
            _ => {}
        }
        field.extend(payload);
        field
    })
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(1..40_usize, 1..6)
}

/// Checks that what prost decodes was counted: at least what is built, and exactly that if prost encoded it.
fn is_counted<M: Message + Default + std::fmt::Debug>(
    (shape, bytes, sizes): (&'static Shape, &[u8], &[usize]),
    count: fn(&M) -> [usize; ELEMENTS],
) -> Result<(), TestCaseError> {
    let (whole, in_pieces) = (scanned(shape, bytes, &[usize::MAX]), scanned(shape, bytes, sizes));
    prop_assert_eq!(whole, in_pieces, "the pieces make no difference");
    let Ok(decoded) = M::decode(bytes) else { return Ok(()) };
    match whole {
        Ok(counts) => {
            let built = count(&decoded);
            prop_assert!(told(&counts).iter().zip(built).all(|(told, built)| *told >= built));
            let again = decoded.encode_to_vec();
            let counts = scanned(shape, &again, sizes);
            prop_assert_eq!(counts.map(|counts| told(&counts)), Ok(built));
        }
        // prost passes over groups, which no message of the service has.
        Err(excess) => prop_assert!(excess == Excess::Malformed && has_group(bytes), "{:?}", decoded),
    }
    Ok(())
}

/// Whether any byte can be the key of a group's beginning.
fn has_group(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| byte & 7 == 3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_prost_encodes_is_counted_exactly(
        (segments, plans, collection, rows) in (segments(), plans(), collections(), rows()),
        sizes in sizes(),
    ) {
        let encoded = [
            (&STORED_SEGMENTS, segments.encode_to_vec(), of_segments(&segments)),
            (&PLANS, plans.encode_to_vec(), of_plans(&plans)),
            (&COLLECTION, collection.encode_to_vec(), of_collection(&collection)),
            (&ROWS, rows.encode_to_vec(), of_rows(&rows)),
        ];
        for (shape, bytes, built) in encoded {
            let counts = scanned(shape, &bytes, &sizes);
            prop_assert_eq!(counts.map(|counts| told(&counts)), Ok(built), "{:?}", bytes);
        }
    }

    #[test]
    fn nothing_that_prost_builds_of_any_bytes_is_left_out(
        bytes in prop_oneof![vec(any::<u8>(), 0..60), vec(field(), 0..12).prop_map(|fields| fields.concat())],
        sizes in sizes(),
    ) {
        is_counted((&STORED_SEGMENTS, &bytes, &sizes), of_segments)?;
        is_counted((&PLANS, &bytes, &sizes), of_plans)?;
        is_counted((&COLLECTION, &bytes, &sizes), of_collection)?;
        is_counted((&ROWS, &bytes, &sizes), of_rows)?;
    }

    #[test]
    fn nothing_that_prost_builds_of_a_changed_message_is_left_out(
        (segments, collection) in (segments(), collections()),
        changes in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        sizes in sizes(),
    ) {
        let changed = |mut bytes: Vec<u8>| {
            for (place, byte) in changes.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            bytes
        };
        is_counted((&STORED_SEGMENTS, &changed(segments.encode_to_vec()), &sizes), of_segments)?;
        is_counted((&COLLECTION, &changed(collection.encode_to_vec()), &sizes), of_collection)?;
    }
}

#[test]
fn what_does_not_fit_into_what_it_is_in_is_malformed() {
    for message in [
        &[0x12, 3, 0x52, 2, 1][..],   // ids beyond the message
        &[0x12, 2, 0x52, 2, 1, 1],    // beyond the segment
        &[0x12, 1, 0x08, 1],          // a number beyond the segment
        &[0x12, 1, 0x80, 1],          // a key beyond it
        &[0x12, 3, 0x0d, 0, 0, 0, 0], // four bytes beyond it
        &[0x0b, 0x0c],                // a group
        &[0x02, 0],                   // no field
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
    ] {
        assert_eq!(scanned(&STORED_SEGMENTS, message, &[1]), Err(Excess::Malformed), "{message:?}");
        assert!(GetPersistentSegmentInfoResponse::decode(message).is_err() || message == [0x0b, 0x0c]);
    }
}

#[test]
fn one_element_too_many_is_refused_whatever_it_is_in() {
    let most = |element: Element| element.most() as usize;
    let ids = vec![1; most(Element::Ids)];
    let plan = |sources: Vec<i64>| CompactionMergeInfo { sources, ..Default::default() };
    let plans =
        |merge_infos| GetCompactionPlansResponse { merge_infos, ..Default::default() }.encode_to_vec();
    let names = |count| ListSnapshotsResponse { snapshots: vec![String::new(); count], ..Default::default() };
    let of_ids = Excess::TooMany(Element::Ids);
    for (shape, bytes, expected) in [
        (&PLANS, plans(vec![plan(ids.clone())]), None),
        (&PLANS, plans(vec![plan(ids.clone()), plan(vec![]), plan(vec![1])]), Some(of_ids)),
        (&PLANS, plans(vec![plan(vec![]); most(Element::Plans)]), None),
        (&PLANS, plans(vec![plan(vec![]); most(Element::Plans) + 1]), Some(Excess::TooMany(Element::Plans))),
        (&SNAPSHOTS, names(most(Element::Names)).encode_to_vec(), None),
        (&SNAPSHOTS, names(most(Element::Names) + 1).encode_to_vec(), Some(Excess::TooMany(Element::Names))),
        // Not packed.
        (&DATABASES, [0x20, 1].repeat(most(Element::Ids)), None),
        (&DATABASES, [0x20, 1].repeat(most(Element::Ids) + 1), Some(of_ids)),
    ] {
        assert_eq!(scanned(shape, &bytes, &[16_384]).err(), expected);
    }
}
