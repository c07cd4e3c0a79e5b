//! The reference: tonic's own client and channel, with the settings and metadata that the library uses.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tonic::Request;
use tonic::transport::{Channel, Endpoint};

use crate::Result;
use crate::arguments::Arguments;
use crate::load::Load;
use crate::proto::common::ClientInfo;
use crate::proto::service::milvus_service_client::MilvusServiceClient;
use crate::proto::service::{ConnectRequest, GetCompactionStateRequest};

/// Makes the calls that the arguments ask for. `--runtime current` has every call drive the connection
/// itself; with `worker` one thread drives it for all, which is what several threads need.
pub(crate) fn drive(arguments: &Arguments) -> Result {
    let runtime = match arguments.required("runtime")? {
        "current" => Builder::new_current_thread().enable_all().build()?,
        "worker" => Builder::new_multi_thread().worker_threads(1).enable_all().build()?,
        other => return Err(format!("there is no runtime \"{other}\": current, worker").into()),
    };
    let client = Client::new(&runtime, arguments.required("uri")?)?;
    Load::new(arguments)?.run(|| client.state(&runtime))
}

struct Client {
    stub: MilvusServiceClient<Channel>,
    identifier: i64,
}

impl Client {
    fn new(runtime: &Runtime, uri: &str) -> Result<Self> {
        let endpoint = Endpoint::from_shared(uri.to_owned())?
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true);
        runtime.block_on(async {
            let mut stub = MilvusServiceClient::new(endpoint.connect().await?);
            let client_info = Some(ClientInfo { sdk_type: "bare".to_owned(), ..Default::default() });
            let reply = stub.connect(request(ConnectRequest { client_info }, 0)).await?;
            Ok(Self { stub, identifier: reply.into_inner().identifier })
        })
    }

    fn state(&self, runtime: &Runtime) -> Result {
        let mut stub = self.stub.clone();
        let asked = request(GetCompactionStateRequest { compaction_id: 1 }, self.identifier);
        let reply = runtime.block_on(stub.get_compaction_state(asked))?.into_inner();
        match reply.status {
            Some(status) if status.code == 0 => Ok(()),
            other => Err(format!("the server answers {other:?}").into()),
        }
    }
}

fn request<Q>(message: Q, identifier: i64) -> Request<Q> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(10));
    if identifier != 0 {
        request.metadata_mut().insert("identifier", identifier.into());
    }
    request
}
