//! A row of the table: what a server does, what a client asks of it meanwhile, and what may come of that.

use std::sync::Arc;
use std::time::Duration;

use milvus_client::Status;
use milvus_fake::{Answer, End};
use prost::Message;

use crate::bytes::framed;
use crate::wire::{Moment, Pace, Script, Then};

pub(crate) const TRIGGER: &str = "ManualCompaction";
pub(crate) const STATE: &str = "GetCompactionState";
pub(crate) const PLANS: &str = "GetCompactionStateWithPlans";
pub(crate) const DESCRIBE: &str = "DescribeCollection";
pub(crate) const SEGMENTS: &str = "GetPersistentSegmentInfo";
pub(crate) const CONNECT: &str = "Connect";

/// What the client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Server,
    Compact,
    State,
    Plans,
    Segments,
    Collections,
    Databases,
    Check,
    Flush,
    /// The end of a job that was started before the server misbehaves.
    Wait,
}

/// Whether an error says that a compaction may have been started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    Never,
    Must,
    /// It is a matter of which of two moments comes first.
    May,
}

/// What the server does.
#[derive(Clone)]
pub(crate) enum Play {
    /// By hand, byte by byte.
    Wire(Script),
    /// These answers to a method, each so often.
    Answers(Vec<(&'static str, usize, Answer)>),
}

/// How often an answer is given that is given for ever.
pub(crate) const ALWAYS: usize = 10_000;

#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) does: String,
    pub(crate) play: Play,
    pub(crate) ask: Ask,
    /// `Ok` only if what the server says amounts to a success.
    pub(crate) may: Vec<Status>,
    pub(crate) doubt: Doubt,
    /// What a success must say, in the words of `Told`; it says one of these.
    pub(crate) says: Vec<&'static str>,
    /// What an error must say.
    pub(crate) words: &'static str,
    /// How many triggers may reach the server. More than one only where it proves that it did not run the others.
    pub(crate) triggers: usize,
    /// The time of the call; those that hang have little.
    pub(crate) limit: Duration,
    pub(crate) is_tls: bool,
    /// What the scripted server says that it is.
    pub(crate) version: &'static str,
    /// Whether the client has triggered a compaction of the collection before, which runs.
    pub(crate) is_after_a_trigger: bool,
}

const LONG: Duration = Duration::from_secs(20);
/// For calls that can only end at their limit.
pub(crate) const SHORT: Duration = Duration::from_millis(400);

impl Row {
    pub(crate) fn new(does: impl Into<String>, play: Play, ask: Ask, may: &[Status]) -> Self {
        Self {
            does: does.into(),
            play,
            ask,
            may: may.to_vec(),
            doubt: Doubt::Never,
            says: Vec::new(),
            words: "",
            triggers: 1,
            limit: LONG,
            is_tls: false,
            version: "v2.6.19",
            is_after_a_trigger: ask == Ask::Wait,
        }
    }

    pub(crate) fn doubt(self, doubt: Doubt) -> Self {
        Self { doubt, ..self }
    }

    pub(crate) fn says(self, says: &[&'static str]) -> Self {
        Self { says: says.to_vec(), ..self }
    }

    pub(crate) fn words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    pub(crate) fn triggers(self, triggers: usize) -> Self {
        Self { triggers, ..self }
    }

    pub(crate) fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    pub(crate) fn of_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    pub(crate) fn after_a_trigger(self) -> Self {
        Self { is_after_a_trigger: true, triggers: 2, ..self }
    }

    pub(crate) fn over_tls(self) -> Self {
        Self { is_tls: true, ..self }
    }

    /// Whether the misbehaviour is one of new connections.
    pub(crate) fn wants_a_connection(&self) -> bool {
        match &self.play {
            Play::Wire(script) => {
                matches!(script.moment, Moment::Accept | Moment::Greeting | Moment::Asked(CONNECT))
            }
            Play::Answers(answers) => matches!(answers[0].0, CONNECT | "GetVersion"),
        }
    }

    /// With the moment and the question, no two rows are the same.
    pub(crate) fn name(&self) -> String {
        let moment = match &self.play {
            Play::Wire(script) => format!("{:?}", script.moment),
            Play::Answers(answers) => answers[0].0.to_owned(),
        };
        format!("{} ({moment}; {:?})", self.does, self.ask)
    }
}

/// A script that writes these bytes at a moment, and goes on.
pub(crate) fn script(
    moment: Moment,
    bytes: impl Fn(u32, &[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> Script {
    Script {
        moment,
        bytes: Arc::new(bytes),
        pace: Pace::Whole,
        then: Then::Serve,
        ends_to_be_well: moment == Moment::Greeting,
    }
}

impl Script {
    pub(crate) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    pub(crate) fn pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    pub(crate) fn ending_to_be_well(self) -> Self {
        Self { ends_to_be_well: true, ..self }
    }

    pub(crate) fn at(&self, moment: Moment) -> Self {
        Self { moment, ..self.clone() }
    }
}

/// What comes of a misbehaviour in the middle of a request, whatever the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing: the answer is as good as any.
    Passes,
    /// The answer is lost, and with it, of a trigger, whether it was run.
    Breaks,
    /// It may be read before what breaks.
    PassesOrBreaks,
    /// There is none.
    Hangs,
    /// There is none, and the client may end the connection.
    HangsOrBreaks,
}

/// A kind of misbehaviour at requests.
pub(crate) type Kind = (&'static str, Script, Outcome);

/// The rows of a kind: one for each of these methods.
pub(crate) fn at_each(kinds: Vec<Kind>, methods: &[&'static str]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (does, script, outcome) in kinds {
        for method in methods {
            rows.push(at(does, &script, outcome, method));
        }
    }
    rows
}

fn at(does: &str, script: &Script, outcome: Outcome, method: &'static str) -> Row {
    let ask = match method {
        CONNECT => Ask::Server,
        TRIGGER => Ask::Compact,
        STATE => Ask::State,
        PLANS => Ask::Plans,
        DESCRIBE | SEGMENTS => Ask::Segments,
        _ => panic!("nobody asks for {method}"),
    };
    let may: &[Status] = match outcome {
        Outcome::Passes => &[Status::Ok],
        Outcome::Breaks => &[Status::Unavailable],
        Outcome::PassesOrBreaks => &[Status::Ok, Status::Unavailable],
        Outcome::Hangs => &[Status::Timeout],
        Outcome::HangsOrBreaks => &[Status::Timeout, Status::Unavailable],
    };
    let is_trigger = method == TRIGGER;
    let doubt = match outcome {
        Outcome::Passes => Doubt::Never,
        _ if !is_trigger => Doubt::Never,
        Outcome::PassesOrBreaks => Doubt::May,
        _ => Doubt::Must,
    };
    let row = Row::new(does, Play::Wire(script.at(Moment::Asked(method))), ask, may).doubt(doubt);
    if matches!(outcome, Outcome::Hangs | Outcome::HangsOrBreaks) { row.within(SHORT) } else { row }
}

/// The same kinds at the reads before a trigger: it goes out all the same if it can do without them, on another
/// connection if need be, and never if it cannot.
pub(crate) fn before_a_trigger(kinds: Vec<Kind>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (does, script, outcome) in kinds.into_iter().filter(|(.., outcome)| *outcome != Outcome::Passes) {
        let row = |method, may: &[Status]| {
            Row::new(does, Play::Wire(script.at(Moment::Asked(method))), Ask::Compact, may)
        };
        rows.push(row(SEGMENTS, &[Status::Ok]).says(&["start: Scheduled"]));
        if outcome == Outcome::Breaks {
            rows.push(row(DESCRIBE, &[Status::Unavailable]).triggers(0));
        }
    }
    rows
}

/// An answer with this message, and the trailers of a success.
pub(crate) fn answer(message: &[u8]) -> Answer {
    Answer {
        body: framed(message),
        end: End::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]),
        ..Answer::of_type(200, "application/grpc")
    }
}

pub(crate) fn encoded(message: &impl Message) -> Answer {
    answer(&message.encode_to_vec())
}

/// Answers this to a method for ever.
pub(crate) fn always(method: &'static str, answer: Answer) -> Play {
    Play::Answers(vec![(method, ALWAYS, answer)])
}
