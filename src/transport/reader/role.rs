//! Who reads the answers of a connection. `tests/loom` explores it together with the connection.

#[cfg(loom)]
use loom::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// So many requests in a row were alone on the connection before a caller reads. Threads that call at the same time are
/// served best by the task.
#[cfg(not(loom))]
const LONE_REQUESTS: u32 = 16;
#[cfg(loom)]
const LONE_REQUESTS: u32 = 0;
/// How many ticks go by without a request before the task reads again.
const TICKS: usize = 2;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The connection's task: the runtime watches the socket.
    Task,
    /// The thread whose request is the only one.
    Caller,
    /// The same thread, until it has something to read or gives up. Then the task, for there are other requests.
    LastCaller,
    /// Nobody, for there is no request. The next lone caller will, or the task after some ticks.
    Nobody,
}

const READERS: [Reader; 4] = [Reader::Task, Reader::Caller, Reader::LastCaller, Reader::Nobody];

/// Who reads, and how many requests are under way, in one word. It keeps these promises:
/// - `Caller`: exactly one request is under way, and its thread reads.
/// - `LastCaller`: the thread that was `Caller` still reads, and gives the role to the task.
/// - `Nobody`: no request is under way.
/// - Whoever changes the reader to `Task` wakes the task afterwards.
#[derive(Debug, Default)]
pub(crate) struct Role {
    word: AtomicUsize,
    /// How many requests in a row were alone. Only a guess is made of it.
    lone: AtomicU32,
}

#[derive(Clone, Copy)]
struct Word {
    reader: Reader,
    /// How many ticks are left. If there are any, the task counts them.
    ticks: usize,
    requests: usize,
}

const TICK: usize = READERS.len();
const REQUEST: usize = TICK * (TICKS + 2);

impl Word {
    fn of(word: usize) -> Self {
        let reader = READERS[word % TICK];
        Self { reader, ticks: word % REQUEST / TICK, requests: word / REQUEST }
    }

    fn packed(self) -> usize {
        #[cfg(loom)]
        assert!(match self.reader {
            Reader::Caller => self.requests == 1,
            Reader::Nobody => self.requests == 0,
            Reader::Task | Reader::LastCaller => true,
        });
        self.reader as usize + self.ticks * TICK + self.requests * REQUEST
    }
}

/// What a request finds at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Another reads its answer.
    Served,
    /// The calling thread reads.
    Reads,
    /// The task reads, and has to be woken for that.
    WakesTask,
}

impl Role {
    /// Counts one more request. `may_read`: its thread blocks until the answer comes.
    pub(crate) fn begin(&self, may_read: bool) -> Begun {
        let lone = self.lone.load(Ordering::Relaxed);
        let (is_lone, begun) = self.change(|word| {
            let is_lone = may_read && word.requests == 0;
            let (reader, begun) = match word.reader {
                Reader::Nobody if is_lone => (Reader::Caller, Begun::Reads),
                Reader::Nobody => (Reader::Task, Begun::WakesTask),
                Reader::Task if is_lone && lone >= LONE_REQUESTS => (Reader::Caller, Begun::Reads),
                Reader::Task => (Reader::Task, Begun::Served),
                Reader::Caller | Reader::LastCaller => (Reader::LastCaller, Begun::Served),
            };
            (Word { reader, requests: word.requests + 1, ..word }, (is_lone, begun))
        });
        if is_lone && lone < LONE_REQUESTS {
            self.lone.store(lone + 1, Ordering::Relaxed);
        } else if !is_lone {
            self.are_not_alone();
        }
        begun
    }

    /// Counts one request less. `reads`: its thread has the role, and loses it. Returns whether the task has to be woken.
    pub(crate) fn end(&self, reads: bool) -> bool {
        self.change(|word| {
            let less = Word { requests: word.requests.saturating_sub(1), ..word };
            match word.reader {
                Reader::Caller if reads => {
                    (Word { reader: Reader::Nobody, ticks: TICKS, ..less }, word.ticks == 0)
                }
                Reader::LastCaller if reads => (Word { reader: Reader::Task, ..less }, true),
                _ => (less, false),
            }
        })
    }

    /// For the thread that has the role: the task is to read. The caller wakes the task.
    pub(crate) fn give_up(&self) {
        self.are_not_alone();
        self.change(|word| (Word { reader: Reader::Task, ..word }, ()));
    }

    /// The runtime has to watch the socket, for more than reads. Returns whether the task has to be woken.
    pub(crate) fn needs_runtime(&self) -> bool {
        self.change(|word| match word.reader {
            Reader::Nobody => (Word { reader: Reader::Task, ..word }, true),
            Reader::Caller => (Word { reader: Reader::LastCaller, ..word }, false),
            Reader::Task | Reader::LastCaller => (word, false),
        })
    }

    /// For the task: whether it has to count ticks.
    pub(crate) fn is_ticking(&self) -> bool {
        self.word().ticks > 0
    }

    /// For the task: counts a tick. Returns whether the task reads from now on.
    pub(crate) fn tick(&self) -> bool {
        let takes = self.change(|word| match (word.reader, word.ticks.saturating_sub(1)) {
            (Reader::Nobody, 0) => (Word { reader: Reader::Task, ticks: 0, ..word }, true),
            (_, ticks) => (Word { ticks, ..word }, false),
        });
        if takes {
            self.are_not_alone();
        }
        takes
    }

    pub(crate) fn reader(&self) -> Reader {
        self.word().reader
    }

    /// How many requests are under way.
    pub(crate) fn requests(&self) -> usize {
        self.word().requests
    }

    fn are_not_alone(&self) {
        // Other threads' caches are left alone where there is nothing to change.
        if self.lone.load(Ordering::Relaxed) > 0 {
            self.lone.store(0, Ordering::Relaxed);
        }
    }

    fn word(&self) -> Word {
        Word::of(self.word.load(Ordering::SeqCst))
    }

    fn change<T>(&self, to: impl Fn(Word) -> (Word, T)) -> T {
        let mut before = self.word.load(Ordering::SeqCst);
        loop {
            let (after, result) = to(Word::of(before));
            match self.word.compare_exchange_weak(before, after.packed(), Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => return result,
                Err(now) => before = now,
            }
        }
    }
}
