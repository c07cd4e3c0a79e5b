//! The role, and a socket that follows it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

use super::*;

/// A socket, its peer, and a runtime that may watch it.
fn connected() -> (SharedSocket, Arc<Reading>, TcpStream, Runtime) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let socket = runtime.block_on(tokio::net::TcpStream::connect(address)).unwrap();
    let reading = Arc::<Reading>::default();
    let socket = SharedSocket::new(socket, Arc::clone(&reading));
    (socket, reading, listener.accept().unwrap().0, runtime)
}

/// Has the calling thread read, after as many lone requests as that takes.
fn take(role: &Role) {
    while role.begin(true) != Begun::Reads {
        assert!(!role.end(false));
    }
}

#[test]
fn a_caller_reads_after_lone_requests_and_the_task_after_ticks() {
    let role = Role::default();
    take(&role);
    assert!(role.end(true), "the task begins to count ticks");
    assert_eq!(role.begin(true), Begun::Reads, "the next needs no more than to be alone");
    assert!(!role.end(true), "the task counts ticks already");
    assert!(!role.tick() && role.tick() && !role.is_ticking());
    assert_eq!((role.reader(), role.begin(true)), (Reader::Task, Begun::Served));
    assert!(!role.end(false));
}

#[test]
fn a_second_request_ends_the_role_after_the_next_answer() {
    let role = Role::default();
    take(&role);
    assert_eq!(role.begin(true), Begun::Served);
    assert_eq!((role.reader(), role.requests()), (Reader::LastCaller, 2));
    assert!(!role.end(false), "the second is over first");
    assert!(role.end(true), "the task reads");
    assert_eq!((role.reader(), role.requests()), (Reader::Task, 0));
    take(&role);
    role.end(true);
    assert_eq!(role.begin(false), Begun::WakesTask, "its thread does not wait");
}

#[test]
fn requests_at_the_same_time_never_read() {
    let role = Role::default();
    for _ in 0..100 {
        assert_eq!((role.begin(true), role.begin(true)), (Begun::Served, Begun::Served));
        assert!(!role.end(false) && !role.end(false));
    }
}

#[test]
fn bytes_cross_a_socket_whoever_watches_it() {
    let (mut socket, reading, mut peer, runtime) = connected();
    let mut bytes = [0; 5];
    for _ in 0..3 {
        assert!(!reading.watched.has_something(), "the runtime watches it");
        runtime.block_on(socket.write_all(b"early")).unwrap();
        peer.read_exact(&mut bytes).unwrap();
        peer.write_all(&bytes).unwrap();
        runtime.block_on(socket.read_exact(&mut bytes)).unwrap();
        assert_eq!(&bytes, b"early");

        take(&reading.role);
        runtime.block_on(socket.write_all(b"later")).unwrap();
        assert!(!reading.watched.has_something() && !reading.watched.receive(Instant::now(), AT_MOST));
        peer.read_exact(&mut bytes).unwrap();
        peer.write_all(&bytes).unwrap();
        assert!(reading.watched.has_something() && reading.watched.receive(Instant::now(), AT_MOST));
        let mut part = [0; 2];
        runtime.block_on(socket.read_exact(&mut part)).unwrap();
        assert!(!reading.watched.has_something(), "all of it was received");
        assert!(reading.watched.receive(Instant::now(), AT_MOST), "the connection has not read the rest");
        reading.role.give_up();
        reading.role.end(false);
        runtime.block_on(socket.read_exact(&mut bytes[..3])).unwrap();
        assert_eq!((&part, &bytes[..3]), (b"la", &b"ter"[..]));
    }
}

#[test]
fn more_than_a_thread_receives_at_once_is_read_from_the_socket() {
    let (mut socket, reading, mut peer, runtime) = connected();
    take(&reading.role);
    runtime.block_on(socket.write_all(b"?")).unwrap();
    let sent: Vec<u8> = (0..=250).cycle().take(20_000).collect();
    peer.write_all(&sent).unwrap();
    assert!(reading.watched.receive(Instant::now(), AT_MOST));
    let mut read = vec![0; sent.len()];
    runtime.block_on(socket.read_exact(&mut read)).unwrap();
    assert!(read == sent, "as it was sent");
}

#[test]
fn the_end_of_the_stream_and_a_failure_reach_whoever_reads() {
    for is_reset in [false, true] {
        let (mut socket, reading, mut peer, runtime) = connected();
        take(&reading.role);
        runtime.block_on(socket.write_all(b"?")).unwrap();
        if !is_reset {
            peer.read_exact(&mut [0]).unwrap();
        }
        drop(peer); // resets the connection if the peer has not read all
        assert!(reading.watched.receive(Instant::now(), AT_MOST));
        reading.role.give_up();
        let end = runtime.block_on(socket.read(&mut [0; 9])).map_err(|error| error.kind());
        assert_eq!(end, if is_reset { Err(std::io::ErrorKind::ConnectionReset) } else { Ok(0) });
    }
}

#[test]
fn a_socket_with_much_to_read_lets_others_have_their_turn() {
    const TURN: usize = 128 * 1024;
    let (mut socket, _reading, mut peer, runtime) = connected();
    let much = vec![7; 16 * TURN];
    let writer = std::thread::spawn(move || peer.write_all(&much));
    let mut buffer = vec![0; 16 * 1024];
    let (mut read, mut turns) = (0, 0);
    runtime.block_on(async {
        while read < 16 * TURN {
            let mut in_turn = 0;
            // What one poll of the task can read.
            poll_fn(|cx| {
                let mut part = tokio::io::ReadBuf::new(&mut buffer);
                while std::pin::Pin::new(&mut socket).poll_read(cx, &mut part).is_ready() {
                    in_turn += part.filled().len();
                    part.clear();
                }
                if in_turn == 0 { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
            assert!(in_turn < TURN + 16 * 1024, "{in_turn}");
            read += in_turn;
            turns += 1;
        }
    });
    writer.join().unwrap().unwrap();
    assert!(turns >= 15, "{turns}");
}

#[test]
fn only_the_runtime_waits_for_a_socket_that_is_full() {
    let (mut socket, reading, mut peer, runtime) = connected();
    take(&reading.role);
    let much = vec![7; 16 * 1024 * 1024];
    let reader = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        let mut bytes = Vec::new();
        peer.read_to_end(&mut bytes).map(|_| bytes.len())
    });
    runtime.block_on(async {
        let full = tokio::time::timeout(Duration::from_millis(20), socket.write_all(&much)).await;
        assert!(full.is_err());
        assert_eq!(reading.role.reader(), Reader::LastCaller);
        reading.role.give_up();
        socket.write_all(&much).await.unwrap();
        drop(socket);
    });
    assert!(reader.join().unwrap().unwrap() >= much.len());
}
