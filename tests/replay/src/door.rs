//! Takes connections as the recorded server did: while it was down they are refused, and those that were open end.

use std::sync::Arc;

use tokio::io::{DuplexStream, copy_bidirectional, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use crate::recording::Door;
use crate::state::State;

/// Room for what is under way on one connection.
const BUFFER: usize = 1 << 16;

type Inside = mpsc::Sender<std::io::Result<DuplexStream>>;

pub(crate) async fn keep(state: Arc<State>, listener: TcpListener, inside: Inside) {
    let door = watch::Sender::new(state.recording.door_at(state.now()));
    let accept = async {
        while let Ok((connection, _)) = listener.accept().await {
            let _ = connection.set_nodelay(true);
            if *door.borrow() != Door::Shut {
                tokio::spawn(forward(connection, door.subscribe(), inside.clone()));
            }
        }
    };
    let turn = async {
        for (t, next) in &state.recording.door {
            state.until(*t).await;
            door.send_replace(*next);
        }
        std::future::pending::<()>().await;
    };
    tokio::join!(accept, turn);
}

async fn forward(mut connection: TcpStream, mut door: watch::Receiver<Door>, inside: Inside) {
    if door.wait_for(|door| *door != Door::Silent).await.is_err() {
        return;
    }
    let (mut near, far) = duplex(BUFFER);
    if inside.send(Ok(far)).await.is_err() {
        return;
    }
    tokio::select! {
        _ = copy_bidirectional(&mut connection, &mut near) => {}
        _ = door.wait_for(|door| *door != Door::Open) => {}
    }
}
