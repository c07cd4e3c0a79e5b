//! Lives of clients that meet one misbehaviour after the other, or two at a time, drawn by lot.

use std::time::Duration;

use milvus_client::Status;

use crate::common::LIMIT;
use crate::judge::{World, check_message};
use crate::row::{Ask, Doubt, Play, Row};

/// How many misbehaviours a client lives through.
const STEPS: usize = 6;

/// Numbers by lot (`SplitMix64`).
pub(crate) struct Lot(pub(crate) u64);

impl Lot {
    fn draw(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(below).unwrap()).unwrap()
    }
}

/// Whether any client can meet it at any time. A version that the server does not tell stays unknown as long as the
/// connection lasts.
pub(crate) fn is_of_a_life(row: &Row) -> bool {
    let hides_its_version = match &row.play {
        Play::Answers(answers) => answers.iter().any(|(method, ..)| *method == "GetVersion"),
        Play::Wire(_) => false,
    };
    row.version == "v2.6.19" && !row.is_tls && !row.is_after_a_trigger && !hides_its_version
}

/// Lives one life; returns what is wrong.
pub(crate) fn live(rows: &[Row], lot: &mut Lot) -> Result<(), String> {
    let mut world = World::of("v2.6.19", None);
    let mut met = Vec::new();
    for _ in 0..STEPS {
        let one = &rows[lot.draw(rows.len())];
        // Another one meanwhile: by hand if this one is an answer, and an answer if it is by hand.
        let is_by_hand = |row: &Row| matches!(row.play, Play::Wire(_));
        let others: Vec<&Row> = rows
            .iter()
            .filter(|other| is_by_hand(other) != is_by_hand(one) && other.ask == one.ask)
            .collect();
        let is_pair = !others.is_empty() && lot.draw(3) == 0;
        let both: Vec<&Row> = if is_pair { vec![one, others[lot.draw(others.len())]] } else { vec![one] };
        met.push(both.iter().map(|row| row.name()).collect::<Vec<_>>().join(" AND "));
        step(&mut world, &both).map_err(|why| format!("{}: {why}", met.join(" THEN ")))?;
    }
    Ok(())
}

fn step(world: &mut World, both: &[&Row]) -> Result<(), String> {
    let ask = both[0].ask;
    // Those that need a new connection come last: the next call makes it.
    let mut both = both.to_vec();
    both.sort_by_key(|row| row.wants_a_connection());
    for row in &both {
        world.begin(row);
    }
    let (before, limit) = (world.triggers(), both.iter().map(|row| row.limit).min().unwrap_or_default());
    let told = world.ask(ask, limit);
    let sent = world.triggers() - before;
    check_message(&told).map_err(|why| format!("{why}: {told:?}"))?;
    // An earlier job may run, and a machine that has more to do may not come to the misbehaviour in time.
    let meanwhile = |status: Status| match status {
        Status::Busy => ask == Ask::Compact,
        Status::Timeout => limit < Duration::from_secs(1),
        // Whoever rides one out meets the other, or neither. The job may be one of this life's.
        Status::Ok => both.len() > 1 || told.value.contains("start: Running"),
        _ => false,
    };
    if !both.iter().any(|row| row.may.contains(&told.status)) && !meanwhile(told.status) {
        return Err(format!("is none of what may come: {told:?}"));
    }
    if told.is_in_doubt() && (ask != Ask::Compact || both.iter().all(|row| row.doubt == Doubt::Never)) {
        return Err(format!("is in doubt: {told:?}"));
    }
    let most: usize = both.iter().map(|row| row.triggers).sum();
    if sent > if ask == Ask::Compact { most.max(1) } else { 0 } {
        return Err(format!("{sent} triggers reached the server: {told:?}"));
    }
    world.make_well();
    let state = world.client.compaction_state(1, LIMIT).wait();
    state.map(drop).map_err(|error| format!("once it is well: {error:?}"))
}
