//! The calls of `MilvusService`, over one shared state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prost::Message;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::metadata::KeyAndValueRef;
use tonic::{Request, Response, Status};

use crate::cuttable::Cut;
use crate::proto::service::milvus_service_server::{MilvusService, MilvusServiceServer};
use crate::proto::service::*;
use crate::proto::{common, schema::LongArray};
use crate::state::{State, success};
use crate::{Call, Fault, Method};

/// The bytes that gRPC puts before a message.
const FRAME: usize = 5;

/// What the generated server calls.
pub(crate) struct Service {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) cut: Arc<watch::Sender<Cut>>,
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
    async fn answer<Q: Message + std::fmt::Debug, R: Message>(
        &self,
        method: Method,
        request: Request<Q>,
        refused: impl FnOnce(Option<common::Status>) -> R,
        answer: impl FnOnce(&mut State, Q) -> R,
    ) -> Result<Response<R>, Status> {
        let mut headers = BTreeMap::new();
        for entry in request.metadata().iter() {
            if let KeyAndValueRef::Ascii(name, value) = entry
                && let Ok(value) = value.to_str()
            {
                headers.insert(name.to_string(), value.to_owned());
            }
        }
        let database = headers.get("dbname").cloned().unwrap_or_default();
        let message = request.into_inner();
        let bytes = FRAME + message.encoded_len();
        let latency = {
            let mut state = self.state();
            state.calls.push(Call { method, request: format!("{message:?}"), headers, bytes });
            state.latency(method)
        };
        if !latency.is_zero() {
            // Whoever does not wait for the answer has nothing done.
            tokio::time::sleep(latency).await;
        }
        let (fault, reply) = {
            let mut state = self.state();
            state.is_called(method);
            state.database = database;
            match state.next_fault(method) {
                Some(Fault::Refuse(code, error_code, reason)) => {
                    let status = common::Status { code, error_code, reason, ..Default::default() };
                    return state.answered(refused(Some(status)));
                }
                Some(Fault::Reply(status)) => return state.answered(refused(Some(status))),
                Some(Fault::Grpc(code, message)) => return Err(Status::new(code, message)),
                Some(Fault::Replaced(name, reason)) => {
                    state.replace_segments(name);
                    return state.answered(refused(Some(not_now(reason))));
                }
                Some(Fault::Swaps(names, reason)) => {
                    names.iter().for_each(|(name, new)| state.rename(name, new));
                    return state.answered(refused(Some(not_now(reason))));
                }
                Some(Fault::Renames(name, new)) => {
                    state.rename(name, new);
                    (None, Some(answer(&mut state, message)))
                }
                Some(Fault::Empty) => {
                    drop(answer(&mut state, message));
                    return state.answered(refused(None));
                }
                Some(Fault::Lost) => {
                    drop((message, answer));
                    (Some(Fault::Cut), None)
                }
                Some(Fault::Restart) => (Some(Fault::Restart), None),
                fault => (fault, Some(answer(&mut state, message))),
            }
        };
        match (fault, reply) {
            (None, Some(reply)) => self.state().answered(reply),
            (Some(Fault::Cut), _) => {
                self.state().succeed();
                self.cut.send_replace(Cut::default());
                std::future::pending().await
            }
            (Some(Fault::Restart), _) => {
                let cut = self.state().restart();
                self.cut.send_replace(cut);
                std::future::pending().await
            }
            _ => std::future::pending().await,
        }
    }

    /// milvus-lite lacks some calls.
    fn not_on_lite(&self) -> Result<(), Status> {
        if self.state().profile.is_lite() {
            return Err(Status::unimplemented("Method not implemented!"));
        }
        Ok(())
    }
}

fn not_now(reason: String) -> common::Status {
    common::Status { code: 5, error_code: 1, reason, ..Default::default() }
}

impl State {
    /// Counts an answer, and gives it.
    #[allow(clippy::unnecessary_wraps)]
    fn answered<R: Message>(&mut self, reply: R) -> Result<Response<R>, Status> {
        self.answered_bytes += FRAME + reply.encoded_len();
        Ok(Response::new(reply))
    }
}

#[tonic::async_trait]
impl MilvusService for Service {
    async fn connect(&self, request: Request<ConnectRequest>) -> Result<Response<ConnectResponse>, Status> {
        if !self.state().profile.has_connect() {
            return Err(Status::unimplemented("unknown method Connect"));
        }
        let refused = |status| ConnectResponse { status, ..Default::default() };
        self.answer(Method::Connect, request, refused, |state, _| {
            let is_lite = state.profile.is_lite();
            let build_tags = if is_lite { "milvus_lite" } else { state.version() }.to_owned();
            let deploy_mode = if is_lite { "embedded" } else { "STANDALONE" }.to_owned();
            let server_info = Some(common::ServerInfo { build_tags, deploy_mode });
            ConnectResponse { status: success(), server_info, identifier: state.identifier }
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
            version: state.version().to_owned(),
        })
        .await
    }

    async fn describe_collection(
        &self,
        request: Request<DescribeCollectionRequest>,
    ) -> Result<Response<DescribeCollectionResponse>, Status> {
        let refused = |status| DescribeCollectionResponse { status, ..Default::default() };
        self.answer(Method::Describe, request, refused, |state, request| state.describe(request)).await
    }

    async fn show_collections(
        &self,
        request: Request<ShowCollectionsRequest>,
    ) -> Result<Response<ShowCollectionsResponse>, Status> {
        let refused = |status| ShowCollectionsResponse { status, ..Default::default() };
        self.answer(Method::ShowCollections, request, refused, |state, request| {
            if !has_database(&request.db_name) {
                return refused(state.no_database(&request.db_name));
            }
            ShowCollectionsResponse { status: success(), collection_names: state.listed_names() }
        })
        .await
    }

    async fn get_collection_statistics(
        &self,
        request: Request<GetCollectionStatisticsRequest>,
    ) -> Result<Response<GetCollectionStatisticsResponse>, Status> {
        let refused = |status| GetCollectionStatisticsResponse { status, ..Default::default() };
        self.answer(Method::Statistics, request, refused, |state, request| state.statistics(&request)).await
    }

    async fn list_databases(
        &self,
        request: Request<ListDatabasesRequest>,
    ) -> Result<Response<ListDatabasesResponse>, Status> {
        if !self.state().profile.has_databases() {
            return Err(Status::unimplemented("unknown method ListDatabases"));
        }
        let refused = |status| ListDatabasesResponse { status, ..Default::default() };
        self.answer(Method::Databases, request, refused, |state, _| state.list_databases()).await
    }

    async fn show_partitions(
        &self,
        request: Request<ShowPartitionsRequest>,
    ) -> Result<Response<ShowPartitionsResponse>, Status> {
        let refused = |status| ShowPartitionsResponse { status, ..Default::default() };
        self.answer(Method::ShowPartitions, request, refused, |state, request| {
            if request.collection_name.is_empty() {
                let reason = "collection name should not be empty: invalid parameter".to_owned();
                let status = common::Status { code: 1100, error_code: 5, reason, ..Default::default() };
                return refused(Some(status));
            }
            let Some(name) = state.real_name(&request.collection_name) else {
                return refused(state.not_found(&request.collection_name));
            };
            let partitions = &state.collections[&name].partitions;
            ShowPartitionsResponse {
                status: success(),
                partition_names: partitions.iter().map(|(name, _)| name.clone()).collect(),
                partition_i_ds: partitions.iter().map(|(_, id)| *id).collect(),
            }
        })
        .await
    }

    async fn describe_index(
        &self,
        request: Request<DescribeIndexRequest>,
    ) -> Result<Response<DescribeIndexResponse>, Status> {
        let refused = |status| DescribeIndexResponse { status, ..Default::default() };
        self.answer(Method::DescribeIndex, request, refused, |state, request| {
            state.describe_index(&request.collection_name)
        })
        .await
    }

    async fn get_persistent_segment_info(
        &self,
        request: Request<GetPersistentSegmentInfoRequest>,
    ) -> Result<Response<GetPersistentSegmentInfoResponse>, Status> {
        self.not_on_lite()?;
        let refused = |status| GetPersistentSegmentInfoResponse { status, ..Default::default() };
        self.answer(Method::Stored, request, refused, |state, request| {
            let fading = state.fading.iter().position(|name| *name == request.collection_name);
            if let Some(place) = fading {
                state.fading.remove(place);
                return GetPersistentSegmentInfoResponse { status: success(), infos: Vec::new() };
            }
            match state.real_name(&request.collection_name) {
                Some(name) => {
                    let infos = state.list_stored(&name, &request.states);
                    GetPersistentSegmentInfoResponse { status: success(), infos }
                }
                None => refused(state.not_found(&request.collection_name)),
            }
        })
        .await
    }

    async fn get_query_segment_info(
        &self,
        request: Request<GetQuerySegmentInfoRequest>,
    ) -> Result<Response<GetQuerySegmentInfoResponse>, Status> {
        self.not_on_lite()?;
        let refused = |status| GetQuerySegmentInfoResponse { status, ..Default::default() };
        self.answer(Method::Loaded, request, refused, |state, request| {
            match state.real_name(&request.collection_name) {
                Some(name) => {
                    GetQuerySegmentInfoResponse { status: success(), infos: state.list_served(&name) }
                }
                None => refused(state.not_found(&request.collection_name)),
            }
        })
        .await
    }

    async fn list_snapshots(
        &self,
        request: Request<ListSnapshotsRequest>,
    ) -> Result<Response<ListSnapshotsResponse>, Status> {
        if !self.state().profile.has_snapshots() {
            return Err(Status::unimplemented("unknown method ListSnapshots"));
        }
        let refused = |status| ListSnapshotsResponse { status, ..Default::default() };
        self.answer(Method::Snapshots, request, refused, |state, request| {
            match state.real_name(&request.collection_name) {
                Some(name) => {
                    let snapshots = state.collections[&name].snapshots.clone();
                    ListSnapshotsResponse { status: success(), snapshots }
                }
                None => refused(state.not_found(&request.collection_name)),
            }
        })
        .await
    }

    async fn query(&self, request: Request<QueryRequest>) -> Result<Response<QueryResults>, Status> {
        let refused = |status| QueryResults { status, ..Default::default() };
        self.answer(Method::Query, request, refused, |state, request| state.query(&request)).await
    }

    async fn flush(&self, request: Request<FlushRequest>) -> Result<Response<FlushResponse>, Status> {
        let refused = |status| FlushResponse { status, ..Default::default() };
        self.answer(Method::Flush, request, refused, |state, request| {
            let asked = request.collection_names.first().cloned().unwrap_or_default();
            let Some(name) = state.real_name(&asked) else { return refused(state.not_found(&asked)) };
            let data = state.flush(&name).into_iter().collect();
            FlushResponse {
                status: success(),
                coll_seg_i_ds: [(asked.clone(), LongArray { data })].into(),
                coll_flush_ts: [(asked, 42)].into(),
            }
        })
        .await
    }

    async fn get_flush_state(
        &self,
        request: Request<GetFlushStateRequest>,
    ) -> Result<Response<GetFlushStateResponse>, Status> {
        let refused = |status| GetFlushStateResponse { status, ..Default::default() };
        self.answer(Method::FlushState, request, refused, |state, request| {
            let name = state.real_name(&request.collection_name).unwrap_or_default();
            let flushed = state.is_done(&name);
            GetFlushStateResponse { status: success(), flushed }
        })
        .await
    }

    async fn get_load_state(
        &self,
        request: Request<GetLoadStateRequest>,
    ) -> Result<Response<GetLoadStateResponse>, Status> {
        let refused = |status| GetLoadStateResponse { status, ..Default::default() };
        self.answer(Method::LoadState, request, refused, |state, request| {
            let load = state.load_state(&request);
            GetLoadStateResponse { status: success(), state: load as i32 }
        })
        .await
    }

    async fn load_collection(
        &self,
        request: Request<LoadCollectionRequest>,
    ) -> Result<Response<common::Status>, Status> {
        self.answer(Method::Load, request, Option::unwrap_or_default, |state, request| {
            state.load_collection(&request.collection_name, request.refresh).unwrap_or_default()
        })
        .await
    }

    async fn get_loading_progress(
        &self,
        request: Request<GetLoadingProgressRequest>,
    ) -> Result<Response<GetLoadingProgressResponse>, Status> {
        let refused = |status| GetLoadingProgressResponse { status, ..Default::default() };
        self.answer(Method::Progress, request, refused, |state, request| {
            state.loading_progress(&request.collection_name)
        })
        .await
    }

    async fn get_replicas(
        &self,
        request: Request<GetReplicasRequest>,
    ) -> Result<Response<GetReplicasResponse>, Status> {
        self.not_on_lite()?;
        let refused = |status| GetReplicasResponse { status, ..Default::default() };
        self.answer(Method::Replicas, request, refused, |state, request| state.replicas(&request)).await
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
        self.not_on_lite()?;
        let refused = |status| GetCompactionPlansResponse { status, ..Default::default() };
        self.answer(Method::Plans, request, refused, |state, request| state.plans(&request)).await
    }
}

/// Every database but one exists. Like 2.3, only `ShowCollections` says which one does not.
pub(crate) fn has_database(name: &str) -> bool {
    name != "no_such_database"
}
