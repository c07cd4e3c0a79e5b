//! Reads what a server sends as HTTP/2 frames, for what h2 does not tell: when the server last sent a part of a response,
//! and that it refuses pings.

const HEADER: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const GOAWAY: u8 = 7;
/// Before the debug data of a GOAWAY: the last stream id, and the code.
const GOAWAY_FIELDS: usize = 8;
const ENHANCE_YOUR_CALM: u32 = 11;
/// The debug data by which gRPC servers refuse pings (gRFC A8).
const TOO_MANY_PINGS: &[u8] = b"too_many_pings";
/// No more of a GOAWAY is kept.
const MOST_KEPT: usize = GOAWAY_FIELDS + TOO_MANY_PINGS.len() + 1;

/// What the frames of some bytes were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Parts of responses were among them.
    pub(super) response: bool,
    /// The server ended the connection because of too many pings.
    pub(super) too_many_pings: bool,
    /// How many frames have ended.
    pub(super) frames: u32,
    /// How much of answers was in those.
    pub(super) answer_bytes: u32,
}

/// Follows the boundaries of frames.
#[derive(Debug, Default)]
pub(super) struct FrameReader {
    header: Vec<u8>,
    /// How much of the frame's payload is to come.
    payload: usize,
    /// The beginning of a GOAWAY's payload.
    kept: Vec<u8>,
}

impl FrameReader {
    /// Reads the next bytes of the stream.
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Seen {
        let mut seen = Seen::default();
        while !bytes.is_empty() {
            if self.header.len() < HEADER {
                let (taken, rest) = bytes.split_at(bytes.len().min(HEADER - self.header.len()));
                self.header.extend_from_slice(taken);
                bytes = rest;
                if self.header.len() < HEADER {
                    break;
                }
                self.payload = self.length() as usize;
            }
            let (taken, rest) = bytes.split_at(bytes.len().min(self.payload));
            self.payload -= taken.len();
            bytes = rest;
            if self.header[3] == GOAWAY {
                let room = MOST_KEPT - self.kept.len();
                self.kept.extend_from_slice(&taken[..taken.len().min(room)]);
            }
            if self.payload == 0 {
                self.end_frame(&mut seen);
            }
        }
        seen
    }

    /// The length of the payload of the frame whose header is there.
    fn length(&self) -> u32 {
        u32::from_be_bytes([0, self.header[0], self.header[1], self.header[2]])
    }

    fn end_frame(&mut self, seen: &mut Seen) {
        seen.frames += 1;
        match self.header[3] {
            DATA => {
                seen.response = true;
                seen.answer_bytes += self.length();
            }
            HEADERS => seen.response = true,
            GOAWAY => seen.too_many_pings |= refuses_pings(&self.kept),
            _ => {}
        }
        self.header.clear();
        self.kept.clear();
    }
}

fn refuses_pings(go_away: &[u8]) -> bool {
    go_away.split_at_checked(GOAWAY_FIELDS).is_some_and(|(fields, debug_data)| {
        fields[4..] == ENHANCE_YOUR_CALM.to_be_bytes() && debug_data == TOO_MANY_PINGS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, 0, 0, 0, 0, 1]);
        frame.extend(payload);
        frame
    }

    fn go_away(code: u32, debug_data: &[u8]) -> Vec<u8> {
        frame(GOAWAY, &[&[0, 0, 0, 1][..], &code.to_be_bytes(), debug_data].concat())
    }

    #[test]
    fn frames_are_told_apart_however_the_bytes_arrive() {
        const SETTINGS: u8 = 4;
        let [quiet, answer] = [frame(SETTINGS, &[7; 12]), frame(DATA, &[GOAWAY; 300])];
        let told = go_away(ENHANCE_YOUR_CALM, TOO_MANY_PINGS);
        let seen = |response, too_many_pings| (response, too_many_pings);
        for (bytes, expected) in [
            (quiet.clone(), seen(false, false)),
            ([quiet.clone(), answer.clone()].concat(), seen(true, false)),
            ([quiet.clone(), frame(HEADERS, &[]), quiet.clone()].concat(), seen(true, false)),
            ([answer, told.clone(), quiet.clone()].concat(), seen(true, true)),
            ([quiet, told].concat(), seen(false, true)),
            (go_away(ENHANCE_YOUR_CALM, b""), seen(false, false)),
            (go_away(ENHANCE_YOUR_CALM, b"too_many_pings?"), seen(false, false)),
            (go_away(0, TOO_MANY_PINGS), seen(false, false)),
            (frame(GOAWAY, &[0; 3]), seen(false, false)),
            (go_away(ENHANCE_YOUR_CALM, &[b'x'; 10_000]), seen(false, false)),
        ] {
            for size in [1, 2, 7, 9, 10, 1000, bytes.len()] {
                let mut reader = FrameReader::default();
                let all = bytes.chunks(size).map(|part| reader.read(part));
                let together = all.fold((false, false), |(response, too_many_pings), one| {
                    (response | one.response, too_many_pings | one.too_many_pings)
                });
                assert_eq!(together, expected, "{size} bytes at a time of {bytes:?}");
                assert!(reader.kept.len() <= MOST_KEPT && reader.header.len() <= HEADER);
            }
        }
    }

    #[test]
    fn frames_and_the_bytes_of_answers_are_counted_however_they_arrive() {
        let all = [frame(DATA, &[1; 300]), frame(DATA, &[]), frame(HEADERS, &[0; 50]), frame(9, &[])];
        let bytes = all.concat();
        for size in [1, 9, 10, 100, bytes.len()] {
            let mut reader = FrameReader::default();
            let seen = bytes.chunks(size).map(|part| reader.read(part));
            let counted =
                seen.fold((0, 0), |(frames, bytes), one| (frames + one.frames, bytes + one.answer_bytes));
            assert_eq!(counted, (4, 300), "{size} bytes at a time");
        }
    }
}
