//! Packs facts into few bytes, for those of which there are very many. What is packed never leaves the process.

use std::time::Duration;

use tokio::time::Instant;

use crate::moment::Moment;

/// Facts in few bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packed(Box<[u8]>);

/// Something that can be packed. What is unpacked equals what was packed.
pub(crate) trait Pack: Sized {
    fn pack(&self, to: &mut Packer);
    fn unpack(from: &mut Unpacker<'_>) -> Self;

    /// Packs a list, without its length.
    fn pack_all(list: &[Self], to: &mut Packer) {
        for fact in list {
            fact.pack(to);
        }
    }

    fn unpack_all(count: usize, from: &mut Unpacker<'_>) -> Vec<Self> {
        (0..count).map(|_| Self::unpack(from)).collect()
    }
}

/// Packs the fields of a struct in this order; it has to have no others.
macro_rules! packs {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::packed::Pack for $type {
            fn pack(&self, to: &mut $crate::packed::Packer) {
                $(self.$field.pack(to);)*
            }

            fn unpack(from: &mut $crate::packed::Unpacker<'_>) -> Self {
                Self { $($field: $crate::packed::Pack::unpack(from)),* }
            }
        }
    };
}
pub(crate) use packs;

/// Packs an enum as the number that it has; `$else` stands for a number that none has.
macro_rules! packs_number {
    ($type:ty, $else:expr) => {
        impl $crate::packed::Pack for $type {
            fn pack(&self, to: &mut $crate::packed::Packer) {
                (*self as i32).pack(to);
            }

            fn unpack(from: &mut $crate::packed::Unpacker<'_>) -> Self {
                Self::from_number($crate::packed::Pack::unpack(from)).unwrap_or($else)
            }
        }
    };
}
pub(crate) use packs_number;

/// Takes facts in.
pub(crate) struct Packer {
    bytes: Vec<u8>,
    /// Moments are near each other: each is packed as the distance to the one before.
    latest: Moment,
    flags: Flags,
}

/// The byte that the next flag goes to: eight share one.
#[derive(Default)]
struct Flags {
    byte: usize,
    count: u32,
}

impl Flags {
    /// The byte and the bit of the next flag; the byte is new if the bit is the first.
    fn next(&mut self, end: usize) -> (usize, u32) {
        let bit = self.count % u8::BITS;
        if bit == 0 {
            self.byte = end;
        }
        self.count += 1;
        (self.byte, bit)
    }
}

/// Gives facts back, in the order in which they were packed.
pub(crate) struct Unpacker<'a> {
    bytes: &'a [u8],
    /// How many are read.
    read: usize,
    latest: Moment,
    flags: Flags,
}

impl<'a> Unpacker<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let taken = self.bytes.get(self.read..self.read.saturating_add(count)).unwrap_or_default();
        self.read += taken.len();
        taken
    }
}

impl Packed {
    pub(crate) fn of(fact: &impl Pack) -> Self {
        let mut to =
            Packer { bytes: Vec::with_capacity(256), latest: Moment::FIRST, flags: Flags::default() };
        fact.pack(&mut to);
        Self(to.bytes.into_boxed_slice())
    }

    pub(crate) fn unpack<T: Pack>(&self) -> T {
        T::unpack(&mut Unpacker { bytes: &self.0, read: 0, latest: Moment::FIRST, flags: Flags::default() })
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Seven bits a byte; the eighth says that more follow.
impl Pack for u64 {
    #[inline(never)]
    fn pack(&self, to: &mut Packer) {
        let mut rest = *self;
        loop {
            let [lowest, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                return to.bytes.push(lowest);
            }
            to.bytes.push(lowest | 0x80);
        }
    }

    #[inline(never)]
    fn unpack(from: &mut Unpacker<'_>) -> Self {
        let mut number = 0;
        for shift in (0..).step_by(7) {
            let [byte] = from.take(1) else { break };
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }
}

/// Small negative numbers are small, too.
impl Pack for i64 {
    #[inline(never)]
    fn pack(&self, to: &mut Packer) {
        (self.cast_unsigned() << 1 ^ (self >> 63).cast_unsigned()).pack(to);
    }

    #[inline(never)]
    fn unpack(from: &mut Unpacker<'_>) -> Self {
        let number = u64::unpack(from);
        (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
    }

    /// Ids of segments are near each other: each is packed as the distance to the one before.
    fn pack_all(list: &[Self], to: &mut Packer) {
        let before = std::iter::once(&0).chain(list);
        list.iter().zip(before).for_each(|(number, before)| number.wrapping_sub(*before).pack(to));
    }

    fn unpack_all(count: usize, from: &mut Unpacker<'_>) -> Vec<Self> {
        let mut number = 0_i64;
        let mut next = |_| {
            number = number.wrapping_add(Self::unpack(from));
            number
        };
        (0..count).map(&mut next).collect()
    }
}

/// Packs a number as a larger one.
macro_rules! packs_as {
    ($($small:ty as $large:ty),*) => {
        $(impl Pack for $small {
            fn pack(&self, to: &mut Packer) {
                <$large>::try_from(*self).unwrap_or_default().pack(to);
            }

            fn unpack(from: &mut Unpacker<'_>) -> Self {
                Self::try_from(<$large>::unpack(from)).unwrap_or_default()
            }
        })*
    };
}
packs_as!(i32 as i64, usize as u64);

impl Pack for bool {
    #[inline(never)]
    fn pack(&self, to: &mut Packer) {
        let (byte, bit) = to.flags.next(to.bytes.len());
        if bit == 0 {
            to.bytes.push(0);
        }
        to.bytes[byte] |= u8::from(*self) << bit;
    }

    #[inline(never)]
    fn unpack(from: &mut Unpacker<'_>) -> Self {
        let (byte, bit) = from.flags.next(from.read);
        if bit == 0 {
            from.take(1);
        }
        from.bytes.get(byte).is_some_and(|byte| byte >> bit & 1 != 0)
    }
}

impl Pack for Duration {
    #[inline(never)]
    fn pack(&self, to: &mut Packer) {
        self.as_secs().pack(to);
        u64::from(self.subsec_nanos()).pack(to);
    }

    #[inline(never)]
    fn unpack(from: &mut Unpacker<'_>) -> Self {
        let (seconds, nanoseconds) = (u64::unpack(from), u64::unpack(from));
        Self::new(seconds, u32::try_from(nanoseconds).unwrap_or_default())
    }
}

impl Pack for Instant {
    #[inline(never)]
    fn pack(&self, to: &mut Packer) {
        let moment = Moment::from(*self);
        let before = std::mem::replace(&mut to.latest, moment);
        moment.distance(before).pack(to);
    }

    #[inline(never)]
    fn unpack(from: &mut Unpacker<'_>) -> Self {
        from.latest = from.latest.at_distance(i64::unpack(from));
        from.latest.into()
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, to: &mut Packer) {
        self.is_some().pack(to);
        if let Some(fact) = self {
            fact.pack(to);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        bool::unpack(from).then(|| T::unpack(from))
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, to: &mut Packer) {
        self.0.pack(to);
        self.1.pack(to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        (A::unpack(from), B::unpack(from))
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, to: &mut Packer) {
        T::pack(self, to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        Self::new(T::unpack(from))
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, to: &mut Packer) {
        self.len().pack(to);
        T::pack_all(self, to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        T::unpack_all(usize::unpack(from), from)
    }
}

impl Pack for String {
    #[inline(never)]
    fn pack(&self, to: &mut Packer) {
        self.len().pack(to);
        to.bytes.extend_from_slice(self.as_bytes());
    }

    #[inline(never)]
    fn unpack(from: &mut Unpacker<'_>) -> Self {
        let length = usize::unpack(from);
        Self::from_utf8_lossy(from.take(length)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use proptest::prelude::*;

    use super::*;

    fn holds<T: Pack + PartialEq + Debug>(fact: &T) {
        assert_eq!(&Packed::of(fact).unpack::<T>(), fact);
    }

    #[derive(Debug, PartialEq)]
    struct Facts {
        numbers: Vec<i64>,
        text: Option<Box<(String, bool)>>,
        flag: bool,
        moments: Vec<Option<Instant>>,
    }
    packs!(Facts { numbers, text, flag, moments });

    proptest! {
        #[test]
        fn what_is_unpacked_is_what_was_packed(
            numbers: Vec<i64>, text: Option<String>, flag: bool, took: Duration,
            seconds in proptest::collection::vec(proptest::option::of(0_u64..1_000_000_000_000), 0..5),
        ) {
            let now = Instant::now();
            let moments = seconds.iter().map(|part| part.and_then(|part| now.checked_sub(Duration::from_nanos(part))));
            holds(&Facts { numbers, text: text.map(|text| Box::new((text, flag))), flag, moments: moments.collect() });
            holds(&took);
        }
    }

    #[test]
    fn extremes_are_packed_too() {
        [i64::MIN, -1, 0, 1, i64::MAX].iter().for_each(holds);
        [0, u64::MAX].iter().for_each(holds);
        [i32::MIN, i32::MAX].iter().for_each(holds);
        let near = vec![i64::MAX, i64::MIN, i64::MIN + 63, i64::MIN];
        holds(&near);
        assert_eq!(Packed::of(&near).0.len(), 1 + 10 + 1 + 1 + 1, "what is near takes a byte");
    }
}
