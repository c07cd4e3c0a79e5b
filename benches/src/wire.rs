//! What no client can change: bytes there and back over a socket, between two threads that block.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use crate::stats::Spread;
use crate::{Result, os};

/// About what a small request and its answer take.
pub(crate) const BYTES: usize = 100;

/// Microseconds from a request to its answer, with each of the two threads on a CPU.
pub(crate) fn exchange(cpus: [u64; 2]) -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    thread::scope(|scope| {
        let server = scope.spawn(move || -> std::io::Result<()> {
            os::pin_to(cpus[1])?;
            let (mut stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            let mut bytes = [0; BYTES];
            while stream.read_exact(&mut bytes).is_ok() {
                stream.write_all(&bytes)?;
            }
            Ok(())
        });
        let client = scope.spawn(move || -> std::io::Result<Vec<f64>> {
            os::pin_to(cpus[0])?;
            stream.set_nodelay(true)?;
            let mut bytes = [0; BYTES];
            let mut one = |_| {
                let start = Instant::now();
                stream.write_all(&bytes)?;
                stream.read_exact(&mut bytes)?;
                Ok(start.elapsed().as_secs_f64() * 1e6)
            };
            (0..5_000).map(&mut one).collect()
        });
        let times = client.join().expect("no panic")?;
        server.join().expect("no panic")?;
        Ok(Spread::of(times).ok_or("nothing was exchanged")?.median)
    })
}
