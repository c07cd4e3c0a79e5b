//! A server by hand before the scripted one: it passes the frames of HTTP/2 on, and misbehaves as a script says.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Result, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::bytes::{self, ACK, DATA, HEADERS, PING, SETTINGS};
use crate::huffman;

const PREFACE: usize = 24;
const FRAME_HEAD: usize = 9;
/// A client that does not read for so long while it is written to has no more written to it.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes for ever comes at this pace: the machine has other things to do.
const BREATH: Duration = Duration::from_millis(10);

/// When a script is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A connection is accepted.
    Accept,
    /// The client has greeted: the script comes instead of the server's own settings.
    Greeting,
    /// The headers of a request for this method have come.
    Asked(&'static str),
}

/// How its bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    Whole,
    /// Each in a write of its own.
    Bytes,
    /// Again and again, as long as the client reads.
    Endless,
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It goes on.
    Serve,
    /// Both directions end, in order.
    Close,
    /// Only the server's direction ends.
    HalfClose,
    /// It is reset (RST).
    Reset,
    /// Nothing is read and written any more, until the server is well again.
    Silence,
}

/// The bytes for a stream, whose right answer has this body.
type Bytes = Arc<dyn Fn(u32, &[u8]) -> Vec<u8> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) moment: Moment,
    pub(crate) bytes: Bytes,
    pub(crate) pace: Pace,
    pub(crate) then: Then,
    /// Whether the server ends its connections to become well: what they have seen stays true of them.
    pub(crate) ends_to_be_well: bool,
}

/// A running server; the connections that it keeps silent end when it is dropped.
pub(crate) struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    behind: SocketAddr,
    /// What it does; `None` while it is well.
    script: Mutex<Option<Script>>,
    /// Counts what it has been told to do: what it did before ends then.
    turn: AtomicUsize,
    /// The bodies of right answers, by method.
    answers: HashMap<&'static str, Vec<u8>>,
    played: AtomicUsize,
    /// The requests of each method.
    requests: Mutex<HashMap<&'static str, usize>>,
    /// The connections that end when it becomes well.
    to_end: Mutex<Vec<TcpStream>>,
}

impl Wire {
    /// A server that is well.
    pub(crate) fn before(behind: SocketAddr, answers: HashMap<&'static str, Vec<u8>>) -> Self {
        let shared = Arc::new(Shared {
            behind,
            script: Mutex::default(),
            turn: AtomicUsize::new(0),
            answers,
            played: AtomicUsize::new(0),
            requests: Mutex::default(),
            to_end: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting);
                // Either side may break off at any moment; that is the point here.
                thread::spawn(move || shared.serve(stream).unwrap_or_default());
            }
        });
        Self { address, shared }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often the script was played.
    pub(crate) fn played(&self) -> usize {
        self.shared.played.load(Ordering::SeqCst)
    }

    /// How many requests of a method have come.
    pub(crate) fn requests(&self, method: &str) -> usize {
        self.shared.requests.lock().unwrap().get(method).copied().unwrap_or(0)
    }

    /// From now on it does this.
    pub(crate) fn misbehave(&self, script: Script) {
        *self.shared.script.lock().unwrap() = Some(script);
    }

    /// From now on it serves.
    pub(crate) fn make_well(&self) {
        *self.shared.script.lock().unwrap() = None;
        self.shared.turn.fetch_add(1, Ordering::SeqCst);
        for stream in self.shared.to_end.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.make_well();
    }
}

type Writer = Arc<Mutex<TcpStream>>;

impl Shared {
    /// The script of a moment, if there is one now.
    fn due(&self, moment: Moment) -> Option<Script> {
        self.script.lock().unwrap().clone().filter(|script| script.moment == moment)
    }

    fn serve(&self, mut near: TcpStream) -> Result<()> {
        near.set_nodelay(true)?;
        near.set_write_timeout(Some(PATIENCE))?;
        let back = Arc::new(Mutex::new(near.try_clone()?));
        if let Some(script) = self.due(Moment::Accept)
            && !self.play(&script, &mut near, &back, 0)?
        {
            return Ok(());
        }
        let mut preface = [0; PREFACE];
        near.read_exact(&mut preface)?;
        let greeting = self.due(Moment::Greeting);
        if let Some(script) = &greeting
            && !self.play(script, &mut near, &back, 0)?
        {
            return Ok(());
        }
        let mut far = TcpStream::connect(self.behind)?;
        far.set_nodelay(true)?;
        far.write_all(&preface)?;
        let (answers, to) = (far.try_clone()?, Arc::clone(&back));
        let is_over = Arc::new(AtomicBool::new(false));
        let is_near_over = Arc::clone(&is_over);
        thread::spawn(move || {
            let _ = pass_on(answers, &to, greeting.is_some());
            if !is_near_over.load(Ordering::SeqCst) {
                let _ = to.lock().unwrap().shutdown(Shutdown::Both);
            }
        });
        let result = self.read_requests(&mut near, &mut far, &back);
        is_over.store(true, Ordering::SeqCst);
        let _ = far.shutdown(Shutdown::Both);
        result
    }

    fn read_requests(&self, near: &mut TcpStream, far: &mut TcpStream, back: &Writer) -> Result<()> {
        let mut kept_back = HashSet::new();
        loop {
            let frame = read_frame(near)?;
            let (kind, flags) = (frame[3], frame[4]);
            let stream = u32::from_be_bytes(frame[5..FRAME_HEAD].try_into().unwrap());
            // What the client acknowledges is perhaps the script's.
            let is_acknowledgement = matches!(kind, SETTINGS | PING) && flags & ACK != 0;
            if kind == DATA && kept_back.contains(&stream) {
                // Nobody behind gives the client's window back.
                let length = u32::try_from(frame.len() - FRAME_HEAD).unwrap();
                back.lock().unwrap().write_all(&bytes::window(0, length))?;
            }
            if is_acknowledgement || kept_back.contains(&stream) {
                continue;
            }
            far.write_all(&frame)?;
            if kind != HEADERS {
                continue;
            }
            let Some(method) = huffman::method_of(&frame[FRAME_HEAD..]) else { continue };
            *self.requests.lock().unwrap().entry(method).or_default() += 1;
            let Some(script) = self.due(Moment::Asked(method)) else { continue };
            // The other server has seen the headers, as all headers form one state.
            far.write_all(&bytes::reset(stream, 8))?;
            kept_back.insert(stream);
            if !self.play(&script, near, back, stream)? {
                return Ok(());
            }
        }
    }

    /// Plays a script; returns whether the connection goes on.
    fn play(&self, script: &Script, near: &mut TcpStream, back: &Writer, stream: u32) -> Result<bool> {
        let Script { moment, bytes, pace, then, ends_to_be_well } = script;
        let turn = self.turn.load(Ordering::SeqCst);
        if *ends_to_be_well && matches!(then, Then::Serve | Then::Silence) {
            self.to_end.lock().unwrap().push(near.try_clone()?);
        }
        let body = match moment {
            Moment::Asked(method) => self.answers.get(method).map_or(&[][..], |body| body),
            Moment::Accept | Moment::Greeting => &[],
        };
        self.write(back, &bytes(stream, body), *pace, turn)?;
        match then {
            Then::Serve => return Ok(true),
            Then::Close => near.shutdown(Shutdown::Both)?,
            Then::HalfClose => {
                near.shutdown(Shutdown::Write)?;
                std::io::copy(near, &mut std::io::sink())?;
            }
            Then::Reset => {
                // The system resets a connection that is closed with unread bytes.
                near.set_read_timeout(Some(PATIENCE))?;
                let _ = near.peek(&mut [0])?;
            }
            Then::Silence => {
                // Nobody else writes meanwhile.
                let _silent = back.lock().unwrap();
                while self.turn.load(Ordering::SeqCst) == turn {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        }
        Ok(false)
    }

    fn write(&self, back: &Writer, bytes: &[u8], pace: Pace, turn: usize) -> Result<()> {
        let write = |bytes: &[u8]| back.lock().unwrap().write_all(bytes);
        let written = match pace {
            Pace::Whole | Pace::Endless => write(bytes),
            Pace::Bytes => bytes.iter().try_for_each(|byte| write(&[*byte])),
        };
        // Counted when it has happened.
        self.played.fetch_add(1, Ordering::SeqCst);
        while written.is_ok() && pace == Pace::Endless && self.turn.load(Ordering::SeqCst) == turn {
            thread::sleep(BREATH);
            write(bytes)?;
        }
        written
    }
}

/// Passes whole frames on, so that others fit between any two.
fn pass_on(mut from: TcpStream, to: &Mutex<TcpStream>, has_greeted: bool) -> Result<()> {
    let mut first = has_greeted;
    loop {
        let frame = read_frame(&mut from)?;
        if !std::mem::take(&mut first) {
            to.lock().unwrap().write_all(&frame)?;
        }
    }
}

fn read_frame(from: &mut TcpStream) -> Result<Vec<u8>> {
    let mut frame = vec![0; FRAME_HEAD];
    from.read_exact(&mut frame)?;
    let length = u32::from_be_bytes([0, frame[0], frame[1], frame[2]]) as usize;
    frame.resize(FRAME_HEAD + length, 0);
    from.read_exact(&mut frame[FRAME_HEAD..])?;
    Ok(frame)
}
