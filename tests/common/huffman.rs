//! Finds the method of a request in its headers as HPACK encodes them: clients write the path each time, in the Huffman
//! code of RFC 7541, appendix B.

/// The methods that a client of these tests calls.
const METHODS: [&str; 21] = [
    "Connect",
    "GetVersion",
    "DescribeCollection",
    "ShowCollections",
    "GetCollectionStatistics",
    "ListDatabases",
    "ShowPartitions",
    "DescribeIndex",
    "GetPersistentSegmentInfo",
    "GetQuerySegmentInfo",
    "ListSnapshots",
    "Query",
    "Flush",
    "GetFlushState",
    "GetLoadState",
    "LoadCollection",
    "GetLoadingProgress",
    "GetReplicas",
    "ManualCompaction",
    "GetCompactionState",
    "GetCompactionStateWithPlans",
];

/// The code of a character of a path, and its length in bits.
fn code(character: u8) -> (u64, u32) {
    match character {
        b'.' => (0x17, 6),
        b'/' => (0x18, 6),
        b'A' => (0x21, 6),
        b'B'..=b'W' => (0x5d + u64::from(character - b'B'), 7),
        b'a' => (3, 5),
        b'c' => (4, 5),
        b'e' => (5, 5),
        b'i' => (6, 5),
        b'o' => (7, 5),
        b's' => (8, 5),
        b't' => (9, 5),
        b'b' => (0x23, 6),
        b'd' => (0x24, 6),
        b'f' => (0x25, 6),
        b'g' => (0x26, 6),
        b'h' => (0x27, 6),
        b'l' => (0x28, 6),
        b'm' => (0x29, 6),
        b'n' => (0x2a, 6),
        b'p' => (0x2b, 6),
        b'r' => (0x2c, 6),
        b'u' => (0x2d, 6),
        b'j' => (0x74, 7),
        b'k' => (0x75, 7),
        b'q' => (0x76, 7),
        b'v'..=b'z' => (0x77 + u64::from(character - b'v'), 7),
        _ => panic!("no path of these tests has {character}"),
    }
}

/// A path as a string of HPACK.
fn encoded(path: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0, 0);
    for character in path.bytes() {
        let (code, length) = code(character);
        (bits, count) = (bits << length | code, count + length);
        while count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    if count > 0 {
        // Filled up with ones.
        bytes.push(u8::try_from((bits << (8 - count) | (0xff >> count)) & 0xff).unwrap());
    }
    let length = u8::try_from(bytes.len()).unwrap();
    assert!(length < 127);
    [&[0x80 | length][..], &bytes].concat()
}

/// The method that these headers ask for.
pub(crate) fn method_of(block: &[u8]) -> Option<&'static str> {
    METHODS.into_iter().find(|method| {
        let path = encoded(&format!("/milvus.proto.milvus.MilvusService/{method}"));
        block.windows(path.len()).any(|part| part == path)
    })
}
