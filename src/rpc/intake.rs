//! Decides while a reply arrives how much of it is read: it checks its length and counts its elements (no I/O). A reply that
//! comes in one frame is not looked at, since it is small.

use tonic::Code;

use super::bounds::{Counts, Excess, Scanner, Shape};
use super::grpc::{Ended, PREFIX, Unreadable, length_of};
use crate::transport::Intake;

/// The intake of one reply.
pub(super) struct Counting {
    shape: &'static Shape,
    /// Boxed, and made with the first piece: most replies have one frame.
    begun: Option<Box<Begun>>,
}

#[derive(Default)]
struct Begun {
    prefix: [u8; PREFIX],
    received: usize,
    /// The length of the message and its elements, when the prefix is there.
    message: Option<(usize, Scanner)>,
    refused: Option<Unreadable>,
}

impl Counting {
    pub(super) fn new(shape: &'static Shape) -> Self {
        Self { shape, begun: None }
    }

    /// Whether a piece of the reply was not admitted.
    pub(super) fn has_refused(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.refused.is_some())
    }

    /// What the reply has as far as it was counted, or why it was not read to its end.
    pub(super) fn ended(self) -> Result<Counts, Ended> {
        let begun = self.begun.unwrap_or_default();
        match begun.refused {
            Some(refused) => Err(Ended::Unreadable(refused)),
            None => Ok(begun.message.map(|(_, scanner)| *scanner.counts()).unwrap_or_default()),
        }
    }
}

impl Begun {
    fn take(&mut self, shape: &'static Shape, mut piece: &[u8]) -> Result<(), Unreadable> {
        let before = self.received;
        self.received += piece.len();
        if before < PREFIX {
            let (prefix, rest) = piece.split_at(piece.len().min(PREFIX - before));
            self.prefix[before..before + prefix.len()].copy_from_slice(prefix);
            if self.received < PREFIX {
                return Ok(());
            }
            let length = length_of(self.prefix)?;
            self.message = Some((length, Scanner::new(shape, length)));
            piece = rest;
        }
        let Some((length, scanner)) = &mut self.message else { return Ok(()) };
        if self.received > PREFIX + *length {
            return Err(Unreadable::broken("it has more than one message"));
        }
        scanner.read(piece).map_err(|excess| match excess {
            Excess::Malformed => Unreadable::broken("it is no message of this method"),
            Excess::TooMany(element) => {
                let text = format!("it has more than {} {}", element.most(), element.name());
                Unreadable(Code::OutOfRange, text)
            }
        })
    }
}

impl Intake for Counting {
    fn admits(&mut self, piece: &[u8]) -> bool {
        let begun = self.begun.get_or_insert_default();
        if begun.refused.is_none() {
            begun.refused = begun.take(self.shape, piece).err();
        }
        begun.refused.is_none()
    }

    fn expected(&self) -> usize {
        let message = self.begun.as_ref().and_then(|begun| begun.message.as_ref());
        message.map_or(0, |(length, _)| PREFIX + length)
    }
}

#[cfg(test)]
mod tests {
    use super::super::bounds::{Element, NO_LISTS, STORED_SEGMENTS};
    use super::*;

    fn refusal(shape: &'static Shape, pieces: &[&[u8]]) -> (usize, Code, String) {
        let mut intake = Counting::new(shape);
        let admitted = pieces.iter().take_while(|piece| intake.admits(piece)).count();
        assert!(!intake.admits(&[]), "what was refused stays refused");
        match intake.ended() {
            Err(Ended::Unreadable(Unreadable(code, text))) => (admitted, code, text),
            ended => panic!("{:?}", ended.err()),
        }
    }

    #[test]
    fn what_makes_no_sense_is_not_read_on() {
        for (pieces, admitted, code, why) in [
            (&[&[1][..], &[0, 0, 0, 1]][..], 1, Code::Internal, "compressed"),
            (&[&[0, 255][..], &[255, 255, 255]], 1, Code::OutOfRange, "larger than 8388608 bytes"),
            (&[&[0, 0, 0, 0, 2][..], &[8, 1], &[8]], 2, Code::Internal, "more than one message"),
            (&[&[0, 0, 0, 0, 2, 8][..], &[1, 8]], 1, Code::Internal, "more than one message"),
            (&[&[0, 0, 0, 0, 2][..], &[7], &[1]], 1, Code::Internal, "no message of this method"),
        ] {
            let (refused_at, is, text) = refusal(&NO_LISTS, pieces);
            assert!(
                (refused_at, is) == (admitted, code) && text.contains(why),
                "{pieces:?}: {refused_at} {is:?} {text}"
            );
        }
    }

    #[test]
    fn a_reply_is_refused_at_the_first_part_too_many() {
        let most = Element::Segments.most() as usize;
        let body = [vec![0, 0, 0x80, 0, 0], [0x12, 0].repeat(4 << 20)].concat();
        let frames: Vec<_> = body.chunks(16_384).collect();
        let (frame, code, text) = refusal(&STORED_SEGMENTS, &frames);
        assert_eq!((frame, code), (2 * most / 16_384, Code::OutOfRange));
        assert_eq!(text, "it has more than 200000 segments");
    }

    #[test]
    fn what_is_read_to_its_end_was_counted() {
        let body = [vec![0, 0, 0, 0, 20], [0x12, 0].repeat(10)].concat();
        for size in 1..body.len() {
            let mut intake = Counting::new(&STORED_SEGMENTS);
            assert!(body.chunks(size).all(|piece| intake.admits(piece)));
            assert_eq!(intake.expected(), body.len());
            assert_eq!(intake.ended().unwrap().of(Element::Segments), 10);
        }
    }
}
