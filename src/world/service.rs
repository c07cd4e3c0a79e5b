//! What the simulated server answers to each method.

use std::time::Duration;

use prost::Message;
use prost::bytes::{BufMut, Bytes};
use tokio::time::Instant;

use super::line::Line;
use super::truth::{Collection, Stage, Told, Truth};
use crate::proto::common::{CompactionState, ServerInfo, Status};
use crate::proto::schema::{CollectionSchema, FieldSchema};
use crate::proto::service as proto;

/// The server's clock when its life begins, in milliseconds since 1970.
const CLOCK: i64 = 1_780_000_000_000;

pub(super) fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut frame = Vec::with_capacity(5 + length);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(length).unwrap());
    message.encode_raw(&mut frame);
    frame.into()
}

fn refused(code: i32, reason: impl Into<String>) -> Status {
    Status { code, error_code: 1, reason: reason.into(), ..Status::default() }
}

fn not_found(line: Line, name: &str) -> Status {
    let reason = format!("collection not found[database=default][collection={name}]");
    // Some lines tell only the old code.
    match line {
        Line::V2_5 | Line::V2_6 => Status { error_code: 4, reason, ..Status::default() },
        _ => refused(100, reason),
    }
}

/// A response that only refuses, which every method's can be: its status is its first field.
pub(super) fn refusal(code: i32, reason: &str, retriable: bool) -> Bytes {
    let status = Status { code, error_code: 1, reason: reason.to_owned(), retriable, ..Status::default() };
    framed(&proto::GetVersionResponse { status: Some(status), ..Default::default() })
}

fn decoded<M: Message + Default>(body: &[u8]) -> M {
    M::decode(&body[5..]).expect("a request of the library is well formed")
}

/// The response to a method; `None` if the server does not know it.
pub(super) fn answer(truth: &mut Truth, method: &str, body: &[u8], request_id: &str) -> Option<Bytes> {
    let now = truth.catch_up();
    Some(match method {
        "Connect" => framed(&proto::ConnectResponse {
            status: Some(Status::default()),
            server_info: Some(ServerInfo {
                build_tags: truth.line.version().to_owned(),
                deploy_mode: "STANDALONE".to_owned(),
            }),
            identifier: (CLOCK + i64::try_from(truth.age().as_millis()).unwrap()) << 18,
        }),
        "DescribeCollection" => framed(&described(truth, &decoded(body))),
        "ShowPartitions" => {
            let asked: proto::ShowPartitionsRequest = decoded(body);
            framed(&match truth.find(&asked.collection_name) {
                Some(found) => {
                    let ids = truth.collections[found].partitions.clone();
                    let partition_names = ids.iter().map(|id| format!("p{id}")).collect();
                    proto::ShowPartitionsResponse {
                        status: Some(Status::default()),
                        partition_names,
                        partition_i_ds: ids,
                    }
                }
                None => proto::ShowPartitionsResponse {
                    status: Some(refused(100, "collection not found")),
                    ..Default::default()
                },
            })
        }
        "GetPersistentSegmentInfo" => framed(&segments(truth, &decoded(body))),
        "ManualCompaction" => {
            let asked: proto::ManualCompactionRequest = decoded(body);
            let named = (asked.collection_name.as_str(), asked.collection_id);
            framed(&match truth.asked(request_id, named, asked.major_compaction) {
                Told::Job { id, plans } => proto::ManualCompactionResponse {
                    status: Some(Status::default()),
                    compaction_id: id,
                    compaction_plan_count: if truth.line.is_old() {
                        0
                    } else {
                        i32::try_from(plans).unwrap()
                    },
                },
                Told::NotFound => proto::ManualCompactionResponse {
                    status: Some(refused(100, "collection not found")),
                    ..Default::default()
                },
            })
        }
        "GetCompactionState" => {
            let asked: proto::GetCompactionStateRequest = decoded(body);
            framed(&state(truth, asked.compaction_id, now))
        }
        "GetCompactionStateWithPlans" => {
            let asked: proto::GetCompactionPlansRequest = decoded(body);
            framed(&plans(truth, asked.compaction_id, now))
        }
        "DescribeIndex" => framed(&proto::DescribeIndexResponse {
            status: Some(Status::default()),
            index_descriptions: vec![proto::IndexDescription {
                field_name: "vector".to_owned(),
                state: 3,
                ..Default::default()
            }],
        }),
        _ => return None,
    })
}

fn described(truth: &Truth, asked: &proto::DescribeCollectionRequest) -> proto::DescribeCollectionResponse {
    let found = match asked.collection_name.as_str() {
        "" => truth.by_id(asked.collection_id),
        name => truth.find(name),
    };
    let Some(found) = found else {
        let status = Some(not_found(truth.line, &asked.collection_name));
        return proto::DescribeCollectionResponse { status, ..Default::default() };
    };
    let Collection { id, name, has_key, .. } = &truth.collections[found];
    let key = FieldSchema { name: "key".to_owned(), is_clustering_key: *has_key, ..Default::default() };
    proto::DescribeCollectionResponse {
        status: Some(Status::default()),
        schema: Some(CollectionSchema { name: name.clone(), fields: vec![key], ..Default::default() }),
        collection_id: *id,
        virtual_channel_names: vec!["channel".to_owned()],
        collection_name: asked.collection_name.clone(),
        db_name: "default".to_owned(),
        ..Default::default()
    }
}

fn segments(
    truth: &mut Truth,
    asked: &proto::GetPersistentSegmentInfoRequest,
) -> proto::GetPersistentSegmentInfoResponse {
    let Some(found) = truth.find(&asked.collection_name) else {
        let status = Some(refused(100, "collection not found"));
        return proto::GetPersistentSegmentInfoResponse { status, ..Default::default() };
    };
    let collection = &truth.collections[found];
    let is_changing = collection.listed.len() != collection.stored.len();
    if is_changing && truth.rng.bool() {
        let status = Some(refused(600, "segment not found"));
        return proto::GetPersistentSegmentInfoResponse { status, ..Default::default() };
    }
    let line = truth.line;
    let infos = collection.listed.iter().map(|(id, segment)| proto::PersistentSegmentInfo {
        segment_id: *id,
        collection_id: collection.id,
        partition_id: segment.partition,
        num_rows: segment.rows,
        state: 4,
        level: if line.is_old() { 0 } else { segment.level },
        is_sorted: line.sorts_flushed() && segment.is_sorted,
        ..Default::default()
    });
    proto::GetPersistentSegmentInfoResponse { status: Some(Status::default()), infos: infos.collect() }
}

fn state(truth: &Truth, job: i64, now: Instant) -> proto::GetCompactionStateResponse {
    assert!(job != 0, "a question about the jobs of all collections");
    let (mut executing, mut completed, mut failed) = (0, 0, 0);
    if let Some(job) = truth.jobs.get(&job).filter(|job| !job.is_lost && job.visible <= now) {
        for plan in &job.plans {
            match plan.stage {
                Stage::Completed => completed += i64::from(plan.is_counted(now)),
                Stage::Failed => failed += i64::from(plan.is_counted(now)),
                _ => executing += 1,
            }
        }
    }
    let state = if executing > 0 { CompactionState::Executing } else { CompactionState::Completed };
    proto::GetCompactionStateResponse {
        status: Some(Status::default()),
        state: state.into(),
        executing_plan_no: executing,
        timeout_plan_no: 0,
        completed_plan_no: completed,
        failed_plan_no: failed,
    }
}

fn plans(truth: &mut Truth, asked: i64, now: Instant) -> proto::GetCompactionPlansResponse {
    let listed = |plan: &super::truth::Plan| proto::CompactionMergeInfo {
        sources: plan.sources.clone(),
        target: plan.target,
        ..Default::default()
    };
    let all = asked == 0 && truth.line.is_old();
    let is_asked = |id: i64| all || id == asked;
    let jobs = truth.jobs.iter().filter(|(id, job)| is_asked(**id) && !job.is_lost && job.visible <= now);
    let plans = jobs.flat_map(|(_, job)| &job.plans);
    let mut merge_infos: Vec<_> = plans.filter(|plan| !plan.is_forgotten(now)).map(listed).collect();
    truth.rng.shuffle(&mut merge_infos);
    let state = state(truth, if asked == 0 { -1 } else { asked }, now).state;
    proto::GetCompactionPlansResponse { status: Some(Status::default()), state, merge_infos }
}

impl Truth {
    /// How long the server has lived.
    pub(super) fn age(&self) -> Duration {
        Instant::now().duration_since(self.began)
    }
}
