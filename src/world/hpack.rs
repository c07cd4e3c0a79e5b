//! HPACK (RFC 7541): reads the headers of requests, and writes those of answers. What this cannot read fails the test.

use std::collections::VecDeque;

/// What an entry takes of a table besides its texts.
const OVERHEAD: usize = 32;
/// As much as a table takes if nobody says otherwise.
const TABLE: usize = 4_096;

/// The headers that everybody knows, appendix A.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// The codes of printable characters, appendix B: the bits of each, the first code, and whose codes follow one another.
const CODES: [(u32, u32, &[u8]); 10] = [
    (5, 0x0, b"012aceiost"),
    (6, 0x14, b" %-./3456789=A_bdfghlmnpru"),
    (7, 0x5c, b":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    (8, 0xf8, b"&*,;XZ"),
    (10, 0x3f8, b"!\"()?"),
    (11, 0x7fa, b"'+|"),
    (12, 0xffa, b"#>"),
    (13, 0x1ff9, b"$@[]~"),
    (14, 0x3ffc, b"^}"),
    (15, 0x7ffc, b"<`{"),
];
const LONGEST: u32 = 15;
const ONES: u64 = (1 << LONGEST) - 1;

/// For the next eight bits: the character whose code they begin with, and how many bits it has; 0 if more than eight.
const SHORT: [(u8, u8); 256] = {
    let mut table = [(0, 0); 256];
    let mut row = 0;
    while CODES[row].0 <= 8 {
        let (bits, first, characters) = CODES[row];
        let mut number = 0;
        while number < characters.len() {
            let begin = (first as usize + number) << (8 - bits);
            let mut rest = 0;
            while rest < 1 << (8 - bits) {
                #[allow(clippy::cast_possible_truncation, reason = "it is at most 8")]
                let bits = bits as u8;
                table[begin + rest] = (characters[number], bits);
                rest += 1;
            }
            number += 1;
        }
        row += 1;
    }
    table
};

/// Appends the text that is encoded so.
fn unpack(encoded: &[u8], text: &mut Vec<u8>) {
    let (mut bits, mut count) = (0_u64, 0_u32);
    // The last byte is filled up with ones, and so is what comes after it.
    for byte in encoded.iter().chain(&[0xff]) {
        (bits, count) = (bits << 8 | u64::from(*byte), count + 8);
        while count >= 8 {
            let (character, length) = match SHORT[usize::from((bits >> (count - 8)).to_le_bytes()[0])] {
                (_, 0) if count < LONGEST => break,
                (_, 0) => match long((bits >> (count - LONGEST)) & ONES) {
                    Some(known) => known,
                    None => return,
                },
                (character, length) => (character, u32::from(length)),
            };
            text.push(character);
            count -= length;
        }
    }
}

/// The character whose code these bits begin with, and how many it has; `None` for what fills a byte up.
fn long(bits: u64) -> Option<(u8, u32)> {
    let known = CODES.iter().find_map(|(length, first, characters)| {
        let number = (bits >> (LONGEST - length)).checked_sub(u64::from(*first))?;
        Some((*characters.get(usize::try_from(number).ok()?)?, *length))
    });
    assert!(known.is_some() || bits == ONES, "a header of the library is printable");
    known
}

/// A header: its name, and then its value.
struct Entry {
    text: Box<[u8]>,
    /// The length of its name.
    name: usize,
}

/// Reads the headers of one connection.
#[derive(Default)]
pub(super) struct Decoder {
    /// The latest first.
    table: VecDeque<Entry>,
    size: usize,
    /// The header that is being read.
    text: Vec<u8>,
}

impl Decoder {
    /// Reads a block, and tells each header of it.
    pub(super) fn read(&mut self, mut block: &[u8], mut tell: impl FnMut(&[u8], &[u8])) {
        while let Some(first) = block.first().copied() {
            if first & 0x80 != 0 {
                let (name, value) = self.entry(number(&mut block, 7));
                tell(name, value);
                continue;
            }
            let (is_kept, prefix) = match first {
                0x40.. => (true, 6),
                0x20.. => {
                    assert_eq!(number(&mut block, 5), TABLE, "nobody has asked for another table");
                    continue;
                }
                _ => (false, 4), // also what no proxy may keep
            };
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            match number(&mut block, prefix) {
                0 => string(&mut block, &mut text),
                index => text.extend_from_slice(self.entry(index).0),
            }
            let name = text.len();
            string(&mut block, &mut text);
            tell(&text[..name], &text[name..]);
            if is_kept {
                self.keep(Entry { text: text.as_slice().into(), name });
            }
            self.text = text;
        }
    }

    fn entry(&self, index: usize) -> (&[u8], &[u8]) {
        if let Some((name, value)) = STATIC.get(index - 1) {
            return (name.as_bytes(), value.as_bytes());
        }
        let Entry { text, name } = &self.table[index - 1 - STATIC.len()];
        text.split_at(*name)
    }

    fn keep(&mut self, entry: Entry) {
        self.size += entry.text.len() + OVERHEAD;
        self.table.push_front(entry);
        while self.size > TABLE {
            self.size -= self.table.pop_back().unwrap().text.len() + OVERHEAD;
        }
    }
}

/// A number that begins in so many bits.
fn number(block: &mut &[u8], prefix: u32) -> usize {
    let most = (1 << prefix) - 1;
    let mut number = usize::from(byte(block)) & most;
    let mut shift = 0;
    while number >= most {
        let more = byte(block);
        number += usize::from(more & 0x7f) << shift;
        shift += 7;
        if more & 0x80 == 0 {
            break;
        }
    }
    number
}

/// Appends a text.
fn string(block: &mut &[u8], text: &mut Vec<u8>) {
    let is_packed = block[0] & 0x80 != 0;
    let length = number(block, 7);
    let (encoded, rest) = block.split_at(length);
    *block = rest;
    if is_packed { unpack(encoded, text) } else { text.extend_from_slice(encoded) }
}

fn byte(block: &mut &[u8]) -> u8 {
    *block.split_off_first().expect("a block ends with a header")
}

/// Headers of answers that come again and again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    Status200,
    Grpc,
    StatusOk,
    NoText,
}

/// Writes the headers of one connection.
#[derive(Default)]
pub(super) struct Encoder {
    /// The number of each known header's entry in the client's table, from the oldest on.
    at: [Option<u8>; 4],
    entries: u8,
}

impl Encoder {
    /// Writes a known header: whole for the first time, and then as its number.
    pub(super) fn known(&mut self, header: Known, block: &mut Vec<u8>) {
        let (name, value): (_, &[u8]) = match header {
            Known::Status200 => return block.push(0x88),
            Known::Grpc => (&b"content-type"[..], b"application/grpc"),
            Known::StatusOk => (&b"grpc-status"[..], b"0"),
            Known::NoText => (&b"grpc-message"[..], b""),
        };
        if let Some(at) = self.at[header as usize] {
            return block.push(0x80 | (62 + self.entries - at));
        }
        self.entries += 1;
        self.at[header as usize] = Some(self.entries);
        write(0x40, name, value, block);
    }
}

/// Writes a header that enters no table.
pub(super) fn literal(name: &[u8], value: &[u8], block: &mut Vec<u8>) {
    write(0, name, value, block);
}

fn write(first: u8, name: &[u8], value: &[u8], block: &mut Vec<u8>) {
    block.push(first);
    for text in [name, value] {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 0x7f);
        block.push(length.expect("a short text"));
        block.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let digits: Vec<_> = hexadecimal.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    }

    fn read(decoder: &mut Decoder, block: &str) -> Vec<String> {
        let mut told = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        decoder.read(&bytes(block), |name, value| told.push(format!("{}: {}", text(name), text(value))));
        told
    }

    /// The examples of RFC 7541, C.3 and C.4.
    #[test]
    fn the_examples_of_the_specification_are_read() {
        let plain = [
            "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
            "8286 84be 5808 6e6f 2d63 6163 6865",
            "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
        ];
        let packed = [
            "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
            "8286 84be 5886 a8eb 1064 9cbf",
            "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
        ];
        for blocks in [plain, packed] {
            let mut decoder = Decoder::default();
            let usual = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
            assert_eq!(read(&mut decoder, blocks[0]), usual);
            assert_eq!(read(&mut decoder, blocks[1]), [&usual[..], &["cache-control: no-cache"]].concat());
            let last = [
                ":method: GET",
                ":scheme: https",
                ":path: /index.html",
                ":authority: www.example.com",
                "custom-key: custom-value",
            ];
            assert_eq!(read(&mut decoder, blocks[2]), last);
            assert_eq!(decoder.size, 164);
        }
    }

    /// Of each character, alone and between others.
    #[test]
    fn every_printable_character_is_read() {
        for (bits, first, characters) in CODES {
            for (character, code) in characters.iter().zip(first..) {
                // Three of them, and ones.
                let code = u64::from(code);
                let (all, count) = (code << (2 * bits) | code << bits | code, 3 * bits);
                let filled = (all << (64 - count)) | (u64::MAX >> count);
                let mut text = Vec::new();
                unpack(&filled.to_be_bytes()[..count.div_ceil(8) as usize], &mut text);
                assert_eq!(text, [*character; 3], "{}", char::from(*character));
            }
        }
    }

    #[test]
    fn what_is_old_leaves_the_table() {
        let mut decoder = Decoder::default();
        for _ in 0..200 {
            read(&mut decoder, "4001 6101 62"); // a: b
        }
        assert_eq!((decoder.table.len(), decoder.size), (TABLE / 34, TABLE / 34 * 34));
        assert_eq!(read(&mut decoder, "be"), ["a: b"]);
    }
}
