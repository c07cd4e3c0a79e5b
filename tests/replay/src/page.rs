//! The page of compaction tasks that servers have at their management port, from 2.5 on.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::state::State;

const PATH: &str = "/api/v1/_dc/tasks/compaction";

pub(crate) async fn serve(state: Arc<State>, listener: TcpListener) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(answer(Arc::clone(&state), connection));
    }
}

/// One request, after which the connection ends.
async fn answer(state: Arc<State>, mut connection: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if connection.read_buf(&mut request).await? == 0 || request.len() > 1 << 16 {
            return Ok(());
        }
    }
    let line = String::from_utf8_lossy(&request);
    let path = line.split_ascii_whitespace().nth(1).and_then(|target| target.split('?').next());
    let is_known = line.starts_with("GET ") && path == Some(PATH);
    let (status, body) =
        if is_known { ("200 OK", state.tasks().to_string()) } else { ("404 Not Resolution", String::new()) };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    );
    connection.write_all((head + &body).as_bytes()).await?;
    connection.shutdown().await
}
