//! Forwards connections to the server proper, and can cut them all at any moment.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::watch;

/// A cut of every connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cut {
    /// New connections get nothing for so long, not even a greeting.
    pub(crate) silence: Duration,
}

type Cuts = watch::Receiver<Cut>;

pub(crate) async fn forward(from: TcpListener, to: SocketAddr, mut cuts: Cuts) {
    loop {
        let accepted = tokio::select! {
            _ = cuts.changed() => {
                // Whoever connects meanwhile is in the queue of the port: connected, and not served.
                let silence = cuts.borrow_and_update().silence;
                tokio::time::sleep(silence).await;
                continue;
            }
            accepted = from.accept() => accepted,
        };
        let Ok((near, _)) = accepted else { return };
        let _ = near.set_nodelay(true);
        spawn(near, to, cuts.clone());
    }
}

/// The same from a Unix socket, if there is one.
pub(crate) async fn forward_from_socket(from: Option<UnixListener>, to: SocketAddr, cuts: Cuts) {
    let Some(from) = from else { return std::future::pending().await };
    while let Ok((near, _)) = from.accept().await {
        spawn(near, to, cuts.clone());
    }
}

fn spawn(mut near: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, to: SocketAddr, mut cuts: Cuts) {
    cuts.mark_unchanged();
    tokio::spawn(async move {
        let Ok(mut far) = TcpStream::connect(to).await else { return };
        let _ = far.set_nodelay(true);
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => {}
            _ = cuts.changed() => {}
        }
    });
}
