//! The calls of `MilvusService`, over one shared state.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status};

use crate::proto::common;
use crate::proto::schema::{CollectionSchema, FieldSchema};
use crate::proto::service::milvus_service_server::{MilvusService, MilvusServiceServer};
use crate::proto::service::{
    CompactionMergeInfo, ConnectRequest, ConnectResponse, DescribeCollectionRequest,
    DescribeCollectionResponse, GetCompactionPlansRequest, GetCompactionPlansResponse,
    GetCompactionStateRequest, GetCompactionStateResponse, GetVersionRequest, GetVersionResponse,
    ManualCompactionRequest, ManualCompactionResponse, ShowCollectionsRequest, ShowCollectionsResponse,
};
use crate::scenario::{Poll, Scenario};

/// The methods of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Connect,
    GetVersion,
    Describe,
    ShowCollections,
    Trigger,
    State,
    Plans,
}

/// One call as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// The request's text in Rust's debug form.
    pub request: String,
    /// The request headers that clients of Milvus set.
    pub headers: BTreeMap<String, String>,
}

/// A way for a call to go wrong. Except for `Refuse` and `Grpc`, the server has done its work.
#[derive(Clone, Debug)]
pub enum Fault {
    /// A reply with this `code`, `error_code` and `reason`; nothing is done.
    Refuse(i32, i32, String),
    /// The call ends with this gRPC status; nothing is done.
    Grpc(Code, String),
    /// A reply in which nothing is set, not even a status.
    Empty,
    /// The answer never comes.
    Hang,
    /// The connection is cut instead of an answer.
    Cut,
}

pub(crate) struct State {
    version: String,
    scenarios: BTreeMap<String, Scenario>,
    ids: BTreeMap<String, i64>,
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) reported_id: Option<i64>,
    pub(crate) reported_database: Option<String>,
    pub(crate) has_clustering_key: bool,
    jobs: HashMap<i64, (Scenario, usize)>,
    pub(crate) calls: Vec<Call>,
    pub(crate) compacted: Vec<String>,
    pub(crate) faults: Vec<(Method, Fault)>,
}

impl State {
    pub(crate) fn new(version: &str) -> Self {
        let mut state = Self {
            version: version.to_owned(),
            scenarios: BTreeMap::new(),
            ids: BTreeMap::new(),
            aliases: HashMap::new(),
            reported_id: None,
            reported_database: None,
            has_clustering_key: true,
            jobs: HashMap::new(),
            calls: Vec::new(),
            compacted: Vec::new(),
            faults: Vec::new(),
        };
        for (name, scenario) in Scenario::named() {
            state.add(name, scenario);
        }
        state
    }

    pub(crate) fn add(&mut self, name: &str, scenario: Scenario) {
        let next_id = 1_000 + i64::try_from(self.ids.len()).unwrap_or(0);
        self.ids.entry(name.to_owned()).or_insert(next_id);
        self.scenarios.insert(name.to_owned(), scenario);
    }

    /// Whether this version is at least the given one.
    fn is_at_least(&self, wanted: [u32; 3]) -> bool {
        let numbers = self.version.trim_start_matches('v').split(['.', '-']);
        let mut parts = numbers.map(|part| part.parse().unwrap_or(0)).chain([0; 3]);
        [parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0)] >= wanted
    }

    fn real_name(&self, name: &str) -> Option<String> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        self.ids.contains_key(name).then(|| name.to_owned())
    }

    /// Starts the job of a request, and notes what it compacts.
    fn trigger(&mut self, request: &ManualCompactionRequest) -> ManualCompactionResponse {
        let by_name = self.is_at_least([2, 4, 18]) && !request.collection_name.is_empty();
        let hit: Vec<String> = if by_name {
            self.real_name(&request.collection_name).into_iter().collect()
        } else {
            let chosen = |id: i64| request.collection_id == 0 || id == request.collection_id;
            self.ids.iter().filter(|(_, id)| chosen(**id)).map(|(name, _)| name.clone()).collect()
        };
        if by_name && hit.is_empty() {
            return ManualCompactionResponse {
                status: not_found(&request.collection_name),
                ..Default::default()
            };
        }
        let scenario = hit.first().map(|name| self.scenarios[name].clone()).unwrap_or_default();
        self.compacted.extend(hit);
        let counts = self.is_at_least([2, 4, 0]);
        let fresh_id = 447_000 + i64::try_from(self.jobs.len()).unwrap_or(0);
        let compaction_id = scenario.job_id.filter(|_| counts).unwrap_or(fresh_id);
        let compaction_plan_count = if counts { scenario.plan_count } else { 0 };
        self.jobs.insert(compaction_id, (scenario, 0));
        ManualCompactionResponse { status: success(), compaction_id, compaction_plan_count }
    }

    fn poll(&mut self, job_id: i64) -> GetCompactionStateResponse {
        let poll = match self.jobs.get_mut(&job_id) {
            Some((scenario, next)) => {
                let poll = scenario.polls.get(*next).or(scenario.polls.last()).copied().unwrap_or_default();
                *next += 1;
                poll
            }
            None => Poll::default(),
        };
        let state = if poll.executing > 0 {
            common::CompactionState::Executing
        } else {
            common::CompactionState::Completed
        };
        GetCompactionStateResponse {
            status: success(),
            state: poll.state.unwrap_or(state as i32),
            executing_plan_no: poll.executing,
            timeout_plan_no: poll.timed_out,
            completed_plan_no: poll.completed,
            failed_plan_no: poll.failed,
        }
    }
}

/// What the generated server calls.
pub(crate) struct Service {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) cut: Arc<watch::Sender<u64>>,
}

pub(crate) async fn serve(service: Service, listener: TcpListener) {
    let incoming = TcpListenerStream::new(listener);
    let server =
        tonic::transport::Server::builder().tcp_nodelay(true).add_service(MilvusServiceServer::new(service));
    server.serve_with_incoming(incoming).await.expect("the fake server serves");
}

impl Service {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the call, plays a fault if one is due, and otherwise answers.
    async fn answer<Q: std::fmt::Debug, R>(
        &self,
        method: Method,
        request: Request<Q>,
        refused: impl FnOnce(Option<common::Status>) -> R,
        answer: impl FnOnce(&mut State, Q) -> R,
    ) -> Result<Response<R>, Status> {
        let mut headers = BTreeMap::new();
        for name in ["authorization", "dbname", "identifier", "grpc-timeout", "user-agent"] {
            if let Some(value) = request.metadata().get(name).and_then(|value| value.to_str().ok()) {
                headers.insert(name.to_owned(), value.to_owned());
            }
        }
        let message = request.into_inner();
        let (fault, reply) = {
            let mut state = self.state();
            state.calls.push(Call { method, request: format!("{message:?}"), headers });
            let due = state.faults.iter().position(|(faulty, _)| *faulty == method);
            match due.map(|index| state.faults.remove(index).1) {
                Some(Fault::Refuse(code, error_code, reason)) => {
                    let status = common::Status { code, error_code, reason, ..Default::default() };
                    return Ok(Response::new(refused(Some(status))));
                }
                Some(Fault::Grpc(code, message)) => return Err(Status::new(code, message)),
                Some(Fault::Empty) => {
                    drop(answer(&mut state, message));
                    return Ok(Response::new(refused(None)));
                }
                fault => (fault, answer(&mut state, message)),
            }
        };
        match fault {
            None => Ok(Response::new(reply)),
            Some(Fault::Cut) => {
                self.cut.send_modify(|count| *count += 1);
                std::future::pending().await
            }
            Some(_) => std::future::pending().await,
        }
    }
}

#[tonic::async_trait]
impl MilvusService for Service {
    async fn connect(&self, request: Request<ConnectRequest>) -> Result<Response<ConnectResponse>, Status> {
        if !self.state().is_at_least([2, 2, 9]) {
            return Err(Status::unimplemented("unknown method Connect"));
        }
        let refused = |status| ConnectResponse { status, ..Default::default() };
        self.answer(Method::Connect, request, refused, |state, _| {
            let server_info = common::ServerInfo { build_tags: state.version.clone(), ..Default::default() };
            ConnectResponse { status: success(), server_info: Some(server_info), identifier: 4711 }
        })
        .await
    }

    async fn get_version(
        &self,
        request: Request<GetVersionRequest>,
    ) -> Result<Response<GetVersionResponse>, Status> {
        let refused = |status| GetVersionResponse { status, ..Default::default() };
        self.answer(Method::GetVersion, request, refused, |state, _| GetVersionResponse {
            status: success(),
            version: state.version.clone(),
        })
        .await
    }

    async fn describe_collection(
        &self,
        request: Request<DescribeCollectionRequest>,
    ) -> Result<Response<DescribeCollectionResponse>, Status> {
        let refused = |status| DescribeCollectionResponse { status, ..Default::default() };
        self.answer(Method::Describe, request, refused, |state, request| {
            let has_database = has_database(&request.db_name);
            let Some(name) = state.real_name(&request.collection_name).filter(|_| has_database) else {
                return refused(not_found(&request.collection_name));
            };
            let named = Some(request.db_name).filter(|name| !name.is_empty());
            let has_databases = state.is_at_least([2, 2, 9]) || !state.version.starts_with(['2', 'v']);
            let db_name = match &state.reported_database {
                Some(database) => database.clone(),
                None if has_databases => named.unwrap_or_else(|| "default".to_owned()),
                None => String::new(),
            };
            DescribeCollectionResponse {
                status: success(),
                collection_id: state.reported_id.unwrap_or(state.ids[&name]),
                schema: Some(CollectionSchema {
                    name,
                    fields: vec![FieldSchema { is_clustering_key: state.has_clustering_key }],
                }),
                // As servers before 2.4 do: the alias, if that is what was asked for.
                collection_name: request.collection_name,
                db_name,
            }
        })
        .await
    }

    async fn show_collections(
        &self,
        request: Request<ShowCollectionsRequest>,
    ) -> Result<Response<ShowCollectionsResponse>, Status> {
        let answer = |status| ShowCollectionsResponse { status };
        self.answer(Method::ShowCollections, request, answer, |_, request| {
            if has_database(&request.db_name) {
                return answer(success());
            }
            let reason = format!("database not found[database={}]", request.db_name);
            answer(Some(common::Status { code: 800, error_code: 1, reason, ..Default::default() }))
        })
        .await
    }

    async fn manual_compaction(
        &self,
        request: Request<ManualCompactionRequest>,
    ) -> Result<Response<ManualCompactionResponse>, Status> {
        let refused = |status| ManualCompactionResponse { status, ..Default::default() };
        self.answer(Method::Trigger, request, refused, |state, request| state.trigger(&request)).await
    }

    async fn get_compaction_state(
        &self,
        request: Request<GetCompactionStateRequest>,
    ) -> Result<Response<GetCompactionStateResponse>, Status> {
        let refused = |status| GetCompactionStateResponse { status, ..Default::default() };
        self.answer(Method::State, request, refused, |state, request| state.poll(request.compaction_id)).await
    }

    async fn get_compaction_state_with_plans(
        &self,
        request: Request<GetCompactionPlansRequest>,
    ) -> Result<Response<GetCompactionPlansResponse>, Status> {
        let refused = |status| GetCompactionPlansResponse { status, ..Default::default() };
        self.answer(Method::Plans, request, refused, |state, request| {
            let plans = state.jobs.get(&request.compaction_id).map(|(scenario, _)| scenario.plans.clone());
            let info = |(sources, target)| CompactionMergeInfo { sources, target };
            GetCompactionPlansResponse {
                status: success(),
                state: common::CompactionState::Completed as i32,
                merge_infos: plans.unwrap_or_default().into_iter().map(info).collect(),
            }
        })
        .await
    }
}

/// Every database but one exists. Like 2.3, only `ShowCollections` says which one does not.
fn has_database(name: &str) -> bool {
    name != "no_such_database"
}

fn success() -> Option<common::Status> {
    Some(common::Status::default())
}

fn not_found(name: &str) -> Option<common::Status> {
    let reason = format!("can't find collection collection not found[database=default][collection={name}]");
    Some(common::Status { code: 100, error_code: 1, reason, ..Default::default() })
}
