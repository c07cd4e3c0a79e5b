//! Reads an encoded message piece by piece, in one pass and without memory of its own, and counts the elements of its lists.

use super::{ELEMENTS, Element, Holds, Shape};

/// How deep the shapes nest.
const DEPTH: usize = 5;
/// The longest number on the wire has ten bytes.
const LAST_SHIFT: u32 = 63;

/// Why a message is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    TooMany(Element),
    /// It is no message.
    Malformed,
}

/// How many of each element there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts([u32; ELEMENTS]);

impl Counts {
    pub(crate) fn of(&self, element: Element) -> u32 {
        self.0[element as usize]
    }
}

/// A message that is under way.
#[derive(Clone, Copy)]
struct Open {
    shape: &'static Shape,
    /// Where it ends.
    end: usize,
}

/// What the next byte belongs to.
#[derive(Clone, Copy)]
enum At {
    /// The number and the kind of a field.
    Key,
    /// A number that nobody counts, or that was.
    Number,
    /// The length of a field that holds this.
    Length(Option<Holds>),
    /// What nobody counts, up to there.
    Skipped(usize),
    /// Numbers of a list, up to there.
    Packed(Element, usize),
}

/// Counts the elements of one message.
pub(crate) struct Scanner {
    open: [Open; DEPTH],
    /// The place of the innermost message that is open.
    depth: usize,
    at: At,
    /// How many bytes were read.
    position: usize,
    /// The number that is being read, and how many bits of it there are.
    number: u64,
    shift: u32,
    counts: Counts,
}

impl Scanner {
    /// For a message of this shape and length.
    pub(crate) fn new(shape: &'static Shape, length: usize) -> Self {
        let open = [Open { shape, end: length }; DEPTH];
        Self { open, depth: 0, at: At::Key, position: 0, number: 0, shift: 0, counts: Counts::default() }
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Reads the next piece.
    pub(crate) fn read(&mut self, mut piece: &[u8]) -> Result<(), Excess> {
        while let Some(byte) = piece.first() {
            piece = match self.at {
                At::Skipped(end) => self.pass(piece, end).1,
                At::Packed(element, end) => {
                    let (numbers, rest) = self.pass(piece, end);
                    // Each has one byte that is its last.
                    let count = numbers.iter().filter(|byte| **byte < 0x80).count();
                    self.count(element, u32::try_from(count).unwrap_or(u32::MAX))?;
                    rest
                }
                At::Key | At::Number | At::Length(_) => {
                    self.position += 1;
                    self.digit(*byte)?;
                    &piece[1..]
                }
            };
            self.close();
        }
        Ok(())
    }

    /// The bytes of the piece up to that position, and the rest of it.
    fn pass<'p>(&mut self, piece: &'p [u8], end: usize) -> (&'p [u8], &'p [u8]) {
        let (passed, rest) = piece.split_at(piece.len().min(end - self.position));
        self.position += passed.len();
        if self.position == end {
            self.at = At::Key;
        }
        (passed, rest)
    }

    /// Closes the messages that end here.
    fn close(&mut self) {
        while self.depth > 0 && matches!(self.at, At::Key) && self.shift == 0 && self.position == self.end() {
            self.depth -= 1;
        }
    }

    fn end(&self) -> usize {
        self.open[self.depth].end
    }

    /// Reads one byte of a number.
    fn digit(&mut self, byte: u8) -> Result<(), Excess> {
        if self.shift > LAST_SHIFT || self.position > self.end() {
            return Err(Excess::Malformed);
        }
        self.number |= u64::from(byte & 0x7f) << self.shift;
        self.shift += 7;
        if byte >= 0x80 {
            return Ok(());
        }
        let number = std::mem::take(&mut self.number);
        self.shift = 0;
        match self.at {
            At::Key => self.key(number),
            At::Length(holds) => self.length(number, holds),
            At::Number | At::Skipped(_) | At::Packed(..) => {
                self.at = At::Key;
                Ok(())
            }
        }
    }

    fn key(&mut self, key: u64) -> Result<(), Excess> {
        let key = u32::try_from(key).map_err(|_| Excess::Malformed)?;
        let field = key >> 3;
        if field == 0 {
            return Err(Excess::Malformed);
        }
        let fields = self.open[self.depth].shape.0;
        let holds = fields.iter().find(|(number, _)| *number == field).map(|(_, holds)| *holds);
        match key & 7 {
            0 => {
                self.at = At::Number;
                if let Some(Holds::Numbers(element)) = holds {
                    self.count(element, 1)?;
                }
            }
            1 => self.at = At::Skipped(self.place(8)?),
            2 => self.at = At::Length(holds),
            5 => self.at = At::Skipped(self.place(4)?),
            // Groups, which no message of the service has.
            _ => return Err(Excess::Malformed),
        }
        Ok(())
    }

    fn length(&mut self, length: u64, holds: Option<Holds>) -> Result<(), Excess> {
        let end = self.place(length)?;
        let (element, at) = match holds {
            Some(Holds::Message(shape)) => (None, self.begin(shape, end)),
            Some(Holds::Messages(element, shape)) => (Some(element), self.begin(shape, end)),
            Some(Holds::Texts(element)) => (Some(element), At::Skipped(end)),
            Some(Holds::Numbers(element)) => (None, At::Packed(element, end)),
            None => (None, At::Skipped(end)),
        };
        self.at = if end == self.position { At::Key } else { at };
        element.map_or(Ok(()), |element| self.count(element, 1))
    }

    /// Opens a message, or passes one that has nothing to count.
    fn begin(&mut self, shape: &'static Shape, end: usize) -> At {
        if shape.0.is_empty() || end == self.position {
            return At::Skipped(end);
        }
        self.depth += 1;
        self.open[self.depth] = Open { shape, end };
        At::Key
    }

    /// The position after so many bytes, which must be in the message that is open.
    fn place(&self, bytes: u64) -> Result<usize, Excess> {
        let end = usize::try_from(bytes).ok().and_then(|bytes| self.position.checked_add(bytes));
        end.filter(|end| *end <= self.end()).ok_or(Excess::Malformed)
    }

    fn count(&mut self, element: Element, more: u32) -> Result<(), Excess> {
        let count = &mut self.counts.0[element as usize];
        *count = count.saturating_add(more);
        if *count > element.most() { Err(Excess::TooMany(element)) } else { Ok(()) }
    }
}
