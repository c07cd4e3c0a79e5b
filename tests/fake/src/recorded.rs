//! What real servers answered, by name: the library's own collection of their texts.

use tonic::Code;

use crate::Fault;
use crate::proto::common::Status;

const RECORDED: &str = include_str!("../../../src/rpc/recorded.txt");

/// The answer that was recorded under this name, as "2.6.19/no_coordinator `ManualCompaction`".
pub(crate) fn named(name: &str) -> Option<Fault> {
    let entries = RECORDED.split("== ").skip(1);
    entries.filter_map(|entry| entry.split_once('\n')).find_map(|(title, rest)| {
        let (known, codes) = title.split_once(": ")?;
        let text = rest.split_once("\n-> ").map_or(rest, |(text, _)| text);
        (known == name).then(|| fault(codes, text))?
    })
}

/// From "grpc 2", or "code 8, `error_code` 49, retriable".
fn fault(codes: &str, text: &str) -> Option<Fault> {
    let number =
        |of: &str| codes.split(", ").find_map(|part| part.strip_prefix(of)?.trim().parse::<i32>().ok());
    if let Some(code) = number("grpc ") {
        return Some(Fault::Grpc(Code::from_i32(code), text.to_owned()));
    }
    Some(Fault::Reply(Status {
        code: number("code ")?,
        error_code: number("error_code ")?,
        reason: text.to_owned(),
        retriable: codes.ends_with(", retriable"),
        ..Default::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recorded_answer_can_be_played() {
        let titles: Vec<_> = RECORDED.lines().filter_map(|line| line.strip_prefix("== ")).collect();
        assert!(titles.len() > 25);
        for title in titles {
            let name = title.split(": ").next().unwrap();
            match named(name) {
                Some(Fault::Grpc(_, text) | Fault::Reply(Status { reason: text, .. })) => {
                    assert!(!text.is_empty() && !text.contains("->"), "{name}: {text}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}
