//! The index of a collection: built at once, slowly, in vain, or dropped.

use crate::Fake;
use crate::proto::common::{IndexState, Status};
use crate::proto::service::{DescribeIndexResponse, IndexDescription};
use crate::state::{Collection, State, success};

/// How the index of a collection is built. Without anything said, it covers at once whatever is stored.
#[derive(Debug, Default)]
pub(crate) struct Building {
    /// Rows that each question finds built; 0 are all.
    speed: i64,
    /// The segments that it has begun with, and their rows that it does not cover yet.
    begun: Vec<i64>,
    missing: i64,
    /// Questions until it fails, and why it does.
    fails: Option<(u32, String)>,
}

impl Fake {
    /// Has the index be built anew, and that of each new segment: so many rows are covered with each question.
    pub fn index_slowly(&self, name: &str, rows: i64) {
        self.with(name, |collection| {
            collection.building = Building { speed: rows, ..Building::default() };
        });
    }

    /// Has the index be built for so many questions, and then fail for this reason.
    pub fn fail_index(&self, name: &str, questions: u32, reason: &str) {
        self.with(name, |collection| collection.building.fails = Some((questions, reason.to_owned())));
    }

    /// Drops the index of a collection.
    pub fn drop_index(&self, name: &str) {
        self.with(name, Collection::drop_index);
    }
}

impl Collection {
    pub(crate) fn drop_index(&mut self) {
        self.scenario.is_indexed = false;
    }

    /// As a question from outside: the state of the index, the reason of a failure, and the rows that it does not cover.
    fn build(&mut self) -> (IndexState, String, i64) {
        let Building { speed, begun, missing, fails } = &mut self.building;
        if let Some((left, reason)) = fails {
            let rows = self.segments.iter().map(|segment| segment.rows).sum();
            if *left == 0 {
                return (IndexState::Failed, reason.clone(), rows);
            }
            *left -= 1;
            return (IndexState::InProgress, String::new(), rows);
        }
        if *speed == 0 {
            return (IndexState::Finished, String::new(), 0);
        }
        let stored = || self.segments.iter();
        let new = stored().filter(|segment| !begun.contains(&segment.id));
        *missing += new.map(|segment| segment.rows).sum::<i64>();
        *missing = stored().map(|segment| segment.rows).sum::<i64>().min(*missing);
        *begun = stored().map(|segment| segment.id).collect();
        let now = *missing;
        *missing = (now - *speed).max(0);
        let state = if now > 0 { IndexState::InProgress } else { IndexState::Finished };
        (state, String::new(), now)
    }
}

impl State {
    pub(crate) fn describe_index(&mut self, asked: &str) -> DescribeIndexResponse {
        let refused = |status| DescribeIndexResponse { status, ..Default::default() };
        let Some(name) = self.real_name(asked) else { return refused(self.not_found(asked)) };
        let total_rows = self.stored(&name).iter().map(|segment| segment.num_rows).sum();
        let code = if self.profile.has_codes() { 700 } else { 0 };
        let Some(collection) = self.collections.get_mut(&name) else { return refused(None) };
        if !collection.scenario.is_indexed {
            let reason = format!("index not found[collection={name}]");
            return refused(Some(Status { code, error_code: 25, reason, ..Default::default() }));
        }
        let (state, index_state_fail_reason, pending_index_rows) = collection.build();
        let index = IndexDescription {
            field_name: "v".to_owned(),
            indexed_rows: total_rows - pending_index_rows,
            total_rows,
            state: state as i32,
            index_state_fail_reason,
            pending_index_rows,
        };
        DescribeIndexResponse { status: success(), index_descriptions: vec![index] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NEWEST, ROWS};

    fn asked(fake: &Fake) -> (i32, i64, String) {
        let answer = fake.state().describe_index("c");
        let index = answer.index_descriptions.into_iter().next().expect("an index");
        assert_eq!(index.indexed_rows + index.pending_index_rows, index.total_rows);
        (index.state, index.pending_index_rows, index.index_state_fail_reason)
    }

    #[test]
    fn each_question_finds_some_more_rows_built() {
        let fake = Fake::start(NEWEST);
        fake.add_mergeable("c", &[2]);
        fake.index_slowly("c", ROWS);
        for missing in [2 * ROWS, ROWS] {
            assert_eq!(asked(&fake), (IndexState::InProgress as i32, missing, String::new()));
        }
        assert_eq!(asked(&fake), (IndexState::Finished as i32, 0, String::new()));
        fake.state().replace_segments("c");
        assert_eq!(asked(&fake).1, 2 * ROWS, "new segments are built anew");
    }

    #[test]
    fn an_index_fails_after_some_questions_or_is_gone() {
        let fake = Fake::start(NEWEST);
        fake.add_mergeable("c", &[2]);
        fake.fail_index("c", 1, "no memory");
        assert_eq!(asked(&fake), (IndexState::InProgress as i32, 2 * ROWS, String::new()));
        for _ in 0..2 {
            assert_eq!(asked(&fake), (IndexState::Failed as i32, 2 * ROWS, "no memory".to_owned()));
        }
        fake.drop_index("c");
        assert_eq!(fake.state().describe_index("c").status.unwrap().code, 700);
    }
}
