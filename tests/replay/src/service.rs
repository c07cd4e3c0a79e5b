//! Every method of the service as bytes in, bytes out.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Request, Response, Status};

use crate::state::State;
use crate::wire::SERVICE;

/// What the connections are handed over on.
pub(crate) type Connections = ReceiverStream<std::io::Result<tokio::io::DuplexStream>>;

pub(crate) async fn serve(state: Arc<State>, connections: Connections) {
    let server = tonic::transport::Server::builder().add_service(Any(state));
    let _ = server.serve_with_incoming(connections).await;
}

#[derive(Clone)]
struct Any(Arc<State>);

impl NamedService for Any {
    const NAME: &'static str = SERVICE;
}

impl Service<http::Request<Body>> for Any {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
        let one = One { state: Arc::clone(&self.0), method };
        Box::pin(async move { Ok(Grpc::new(Raw).unary(one, request).await) })
    }
}

struct One {
    state: Arc<State>,
    method: String,
}

impl UnaryService<Vec<u8>> for One {
    type Response = Vec<u8>;
    type Future = BoxFuture<Response<Vec<u8>>, Status>;

    fn call(&mut self, request: Request<Vec<u8>>) -> Self::Future {
        let (state, method) = (Arc::clone(&self.state), self.method.clone());
        Box::pin(async move { state.ask(&method, request.get_ref()).await.map(Response::new) })
    }
}

/// Messages as they are on the wire.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put_slice(buffer, &item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        use prost::bytes::Buf;
        let mut message = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut message);
        Ok(Some(message))
    }
}
