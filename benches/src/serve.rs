//! A small, fast server: every call succeeds at once. A job of collection `job_<ms>` is complete so many
//! milliseconds after its trigger, one of `endless_<number>` never; any other was at once, if its id is not huge. Jobs of
//! `line_<number>` stand in line: the server works on some of them at a time, in the order of their triggers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io::Read;
use std::sync::Mutex;
use std::time::Duration;

use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::arguments::Arguments;
use crate::proto::common::{self, CompactionState, ServerInfo};
use crate::proto::schema::CollectionSchema;
use crate::proto::service::milvus_service_server::{MilvusService, MilvusServiceServer};
use crate::proto::service::*;
use crate::{Result, os};

/// What milliseconds are in.
const MILLISECOND: u64 = 1_000_000;

/// Jobs from this id on, which nobody has triggered, never end; nor do those of collections from this id on.
const ENDLESS: i64 = 1 << 40;

/// A plan of a job: four segments become one. Their ids are as large as those of real ones.
fn plan(number: i64) -> CompactionMergeInfo {
    let first = 461_234_567_890_123_456 + 5 * number;
    CompactionMergeInfo { sources: (first..first + 4).collect(), target: first + 4, ..Default::default() }
}

#[derive(Default)]
struct Jobs {
    /// When each is complete.
    ends: HashMap<i64, u64>,
    /// How long those of a collection take, by its id.
    durations: HashMap<i64, u64>,
    /// When each worker of the line is free.
    free: BinaryHeap<Reverse<u64>>,
}

impl Jobs {
    /// When the next job of the line is complete that is triggered now. Its time is between half of `each` and twice that,
    /// and the same in each run.
    fn next_in_line(&mut self, each: f64) -> u64 {
        let from = self.free.pop().map_or(0, |Reverse(free)| free).max(os::monotonic_ns());
        let part = (self.ends.len() as f64 * 0.618_034).fract(); // evenly spread, and in no order
        let end = from + (each * 2_f64.powf(2.0 * part - 1.0)) as u64;
        self.free.push(Reverse(end));
        end
    }
}

/// A collection from this id on is in line.
const LINE: i64 = 1 << 41;

struct Server {
    jobs: Mutex<Jobs>,
    /// Before the state of a job is told.
    pause: Duration,
    /// How many plans each job has.
    plans: i64,
    /// How long a job of the line takes, in nanoseconds.
    each: f64,
}

impl Server {
    fn jobs(&self) -> std::sync::MutexGuard<'_, Jobs> {
        self.jobs.lock().expect("no handler panics")
    }

    fn is_complete(&self, job: i64) -> bool {
        self.jobs().ends.get(&job).map_or(job < ENDLESS, |end| *end <= os::monotonic_ns())
    }
}

/// Serves on a free port until standard input ends. Prints its URI, and for each job `job=ID end_ns=TIME`.
pub(crate) fn serve(arguments: &Arguments) -> Result {
    let pause = Duration::from_millis(arguments.number("pause")?.unwrap_or(0));
    let plans = i64::try_from(arguments.number("plans")?.unwrap_or(1))?;
    let each = arguments.number("each")?.unwrap_or(0) as f64 * MILLISECOND as f64;
    let slots = arguments.number("slots")?.unwrap_or(1);
    let jobs = Mutex::new(Jobs { free: (0..slots).map(|_| Reverse(0)).collect(), ..Jobs::default() });
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        // Not the server's own setting, which is for listeners that it opens itself.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        tonic::transport::Server::builder()
            .add_service(MilvusServiceServer::new(Server { jobs, pause, plans, each }))
            .serve_with_incoming(incoming)
            .await?;
        Ok(())
    })
}

type Answer<T> = std::result::Result<Response<T>, Status>;

fn success() -> Option<common::Status> {
    Some(common::Status::default())
}

#[tonic::async_trait]
impl MilvusService for Server {
    async fn connect(&self, _: Request<ConnectRequest>) -> Answer<ConnectResponse> {
        let server_info = Some(ServerInfo { build_tags: "v2.6.8".to_owned(), ..Default::default() });
        Ok(Response::new(ConnectResponse { status: success(), server_info, identifier: 7 }))
    }

    async fn get_version(&self, _: Request<GetVersionRequest>) -> Answer<GetVersionResponse> {
        Ok(Response::new(GetVersionResponse { status: success(), version: "v2.6.8".to_owned() }))
    }

    async fn describe_collection(
        &self,
        request: Request<DescribeCollectionRequest>,
    ) -> Answer<DescribeCollectionResponse> {
        let name = request.into_inner().collection_name;
        let number = |prefix: &str| name.strip_prefix(prefix).and_then(|number| number.parse::<u64>().ok());
        let of = |first: i64, number: u64| first + i64::try_from(number).unwrap_or(0);
        let (duration, collection_id) = match (number("endless_"), number("line_")) {
            (Some(number), _) => (u64::MAX / 2, of(ENDLESS, number)),
            (_, Some(number)) => (0, of(LINE, number)),
            _ => {
                let ms = number("job_").unwrap_or(0);
                (ms * MILLISECOND, 100 + i64::try_from(ms).unwrap_or(0))
            }
        };
        self.jobs().durations.insert(collection_id, duration);
        Ok(Response::new(DescribeCollectionResponse {
            status: success(),
            collection_id,
            schema: Some(CollectionSchema { name: name.clone(), ..Default::default() }),
            collection_name: name,
            db_name: "default".to_owned(),
            ..Default::default()
        }))
    }

    async fn show_collections(&self, _: Request<ShowCollectionsRequest>) -> Answer<ShowCollectionsResponse> {
        Ok(Response::new(ShowCollectionsResponse { status: success(), ..Default::default() }))
    }

    async fn get_persistent_segment_info(
        &self,
        _: Request<GetPersistentSegmentInfoRequest>,
    ) -> Answer<GetPersistentSegmentInfoResponse> {
        Ok(Response::new(GetPersistentSegmentInfoResponse { status: success(), ..Default::default() }))
    }

    async fn manual_compaction(
        &self,
        request: Request<ManualCompactionRequest>,
    ) -> Answer<ManualCompactionResponse> {
        let mut jobs = self.jobs();
        let collection = request.into_inner().collection_id;
        let duration = jobs.durations.get(&collection).copied().unwrap_or(0);
        let id = 1_000 + i64::try_from(jobs.ends.len()).expect("few jobs");
        let end =
            if collection >= LINE { jobs.next_in_line(self.each) } else { os::monotonic_ns() + duration };
        jobs.ends.insert(id, end);
        println!("job={id} end_ns={end}");
        let status = success();
        Ok(Response::new(ManualCompactionResponse { status, compaction_id: id, compaction_plan_count: 1 }))
    }

    async fn get_compaction_state(
        &self,
        request: Request<GetCompactionStateRequest>,
    ) -> Answer<GetCompactionStateResponse> {
        if !self.pause.is_zero() {
            tokio::time::sleep(self.pause).await;
        }
        let is_complete = self.is_complete(request.into_inner().compaction_id);
        let state = if is_complete { CompactionState::Completed } else { CompactionState::Executing };
        Ok(Response::new(GetCompactionStateResponse {
            status: success(),
            state: state.into(),
            executing_plan_no: if is_complete { 0 } else { self.plans },
            completed_plan_no: if is_complete { self.plans } else { 0 },
            ..Default::default()
        }))
    }

    async fn get_compaction_state_with_plans(
        &self,
        request: Request<GetCompactionPlansRequest>,
    ) -> Answer<GetCompactionPlansResponse> {
        let is_complete = self.is_complete(request.into_inner().compaction_id);
        let state = if is_complete { CompactionState::Completed } else { CompactionState::Executing };
        let merge_infos = (0..self.plans).map(plan).collect();
        Ok(Response::new(GetCompactionPlansResponse { status: success(), state: state.into(), merge_infos }))
    }
}
