use super::*;

mod simulation;

const OLD: Duration = Duration::from_secs(3);
const NEW: Duration = Duration::from_millis(500);

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A line of so many jobs, with the ids from 0 on, that were triggered now.
fn line(jobs: usize) -> (Line, Instant) {
    let (mut line, now) = (Line::default(), Instant::now());
    for id in 0..jobs {
        line.add(i64::try_from(id).unwrap(), Kind::Plain, now, now);
    }
    (line, now)
}

/// The numbers that are due at this time, in the order of their turns.
fn due(line: &mut Line, now: Instant) -> Vec<usize> {
    std::iter::from_fn(|| match line.next(now) {
        Next::Poll(number) => Some(number),
        _ => None,
    })
    .collect()
}

/// Jobs are asked about and end.
fn end(line: &mut Line, numbers: impl IntoIterator<Item = usize>, now: Instant) {
    for number in numbers {
        line.jobs[number].polls = 2;
        line.ended(number, now);
        line.remove(number, now);
    }
}

fn pause(line: &Line, number: usize, age: u64, round: Duration, latency: u64) -> Duration {
    let job = &line.jobs[number];
    line.pause(job, job.since + ms(age), round, ms(latency))
}

#[test]
fn pauses_grow_with_age_between_their_bounds() {
    let (line, _) = line(1);
    for (age, longest) in
        [(12_000, 1_000), (24_000, 2_000), (120_000, 2_000), (180_000, 3_000), (3_600_000, 10_000)]
    {
        for round in [OLD, NEW] {
            assert_eq!(pause(&line, 0, age, round, 0), ms(longest), "{round:?}, {age} ms");
        }
    }
    // A job of a server with long rounds does not end in the middle of one.
    for (age, longest) in [(0, 750), (2_999, 750), (3_000, 500), (6_000, 500), (9_000, 750)] {
        assert_eq!(pause(&line, 0, age, OLD, 0), ms(longest), "{age} ms");
    }
    for (age, longest) in [(0, 125), (499, 125), (500, 100), (1_200, 100), (4_800, 400), (6_000, 500)] {
        assert_eq!(pause(&line, 0, age, NEW, 0), ms(longest), "{age} ms");
    }
}

#[test]
fn a_server_that_answers_slowly_is_asked_less() {
    let (line, _) = line(1);
    for (latency, longest) in [(20, 125), (120, 240), (820, 1_640), (120_000, 2_000)] {
        assert_eq!(pause(&line, 0, 0, NEW, latency), ms(longest), "{latency} ms");
    }
}

#[test]
fn first_pauses_grow_with_the_root_of_the_number_of_jobs() {
    for (jobs, longest) in [(1, 125), (4, 200), (9, 300), (64, 800)] {
        assert_eq!(pause(&line(jobs).0, 0, 0, NEW, 0), ms(longest), "{jobs} jobs");
    }
}

#[test]
fn the_front_has_the_polls_that_the_rest_leaves() {
    // All had a poll every 2 s: the rest has one every 8 s, and 64 of 1,000 can have one every 171 ms.
    for (jobs, front, rest) in [(100, 1_000, 4_000), (1_000, 170, 4_000), (10_000, 100, 4_000)] {
        let (line, _) = line(jobs);
        let told = pause(&line, 0, 0, NEW, 0).as_millis() / 10 * 10;
        assert_eq!((told, pause(&line, 64, 0, NEW, 0).as_millis()), (front, rest), "{jobs} jobs");
        assert_eq!(pause(&line, 64, 60_000, NEW, 0), ms(8_000));
        assert_eq!(pause(&line, 0, 60_000, NEW, 300), ms(600).max(pause(&line, 0, 60_000, NEW, 0)));
    }
}

#[test]
fn front_and_rest_take_turns_and_who_is_over_comes_first() {
    let (mut line, now) = line(70);
    let turns = due(&mut line, now);
    assert_eq!(turns[..12], [0, 64, 1, 65, 2, 66, 3, 67, 4, 68, 5, 69]);
    assert_eq!(turns[12..], (6..64).collect::<Vec<_>>());
    assert_eq!(line.next(now), Next::Nothing, "all are being asked about");
    for number in 0..70 {
        let pause = if number == 69 { Pause::Exactly(ms(5)) } else { usual() };
        line.again(number, pause, now);
    }
    assert_eq!(line.next(now), Next::At(now + ms(5)));
    assert_eq!(due(&mut line, now + Duration::from_mins(1))[0], 69);
}

fn usual() -> Pause {
    Pause::Usual { round: NEW, latency: Duration::ZERO }
}

#[test]
fn who_comes_to_the_front_is_due_at_once() {
    let (mut line, now) = line(65);
    for number in due(&mut line, now) {
        line.again(number, usual(), now);
    }
    let later = now + ms(50);
    assert!(due(&mut line, later).is_empty());
    end(&mut line, [3], later);
    assert_eq!(due(&mut line, later), [64]);
    assert_eq!(line.jobs[64].at_front, Some(later.into()), "its age counts from now on");
}

#[test]
fn the_front_is_as_wide_as_where_jobs_end() {
    let (mut line, now) = line(1_000);
    end(&mut line, [3, 1, 0], now);
    assert_eq!(line.front.len(), 64, "too few");
    end(&mut line, [2, 4, 9, 5, 6], now); // the farthest, 9, has 5, 6, 7 and 8 before it
    assert_eq!(line.front.len(), 8);
    assert_eq!(line.front.first(), Some(&(7, 7)));
    end(&mut line, [90], now); // 7, 8 and 10 to 89 are before it, as far as it counts
    assert_eq!(line.front.len(), (8 + 4 * 8 + 1) * 3 / 2 + 1);
    end(&mut line, [400], now);
    assert_eq!(line.front.len(), 62 + MOST_MOVES, "not all at a time");
    end(&mut line, [999], now);
    assert_eq!(line.front.len(), 62 + 2 * MOST_MOVES);
    end(&mut line, (7..47).filter(|id| *id != 9), now);
    assert_eq!(line.front.len(), 8, "and now in order");
}

#[test]
fn a_job_that_was_over_before_says_nothing() {
    let (mut line, now) = line(100);
    for number in 60..80 {
        line.ended(number, now);
        line.remove(number, now);
    }
    assert_eq!((line.ends.places.len(), line.front.len()), (0, 64));
}

#[test]
fn an_older_job_goes_where_its_id_belongs() {
    let (mut line, now) = line(64);
    let older = line.add(-5, Kind::Plain, now, now);
    assert_eq!(line.front.first(), Some(&(-5, older)));
    assert_eq!((line.front.len(), line.rest.len()), (64, 1));
    let newer = line.add(64, Kind::Plain, now, now);
    assert_eq!(line.rest.last(), Some(&(64, newer)));
    let same = line.add(64, Kind::Plain, now, now); // two waits for one job
    line.remove(newer, now);
    assert_eq!(line.rest.last(), Some(&(64, same)));
}

#[test]
fn a_job_whose_siblings_took_long_is_left_alone_at_first() {
    let (mut line, now) = line(20);
    let minutes = |minutes: u64| now + Duration::from_mins(minutes);
    end(&mut line, [0, 1, 2, 3], minutes(40));
    let at = |line: &Line, minutes: u64| pause(line, 19, minutes * 60_000, NEW, 0);
    assert_eq!(at(&line, 32), ms(10_000), "four are too few, and the age decides");
    end(&mut line, [4], minutes(50));
    let told: Vec<_> = [0, 1, 2, 3, 20, 31, 32, 40, 60].map(|minutes| at(&line, minutes).as_millis()).into();
    assert_eq!(told, [387, 5_000, 10_000, 10_000, 10_000, 10_000, 2_000, 2_000, 2_000]);
    assert_eq!(
        line.pause(&Job { kind: Kind::Clustering, ..line.jobs[19].clone() }, minutes(3).into(), NEW, ms(0)),
        ms(3_000)
    );
}
