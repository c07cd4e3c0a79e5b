//! Each collection: which segments every plan took, and which it made of them, with their rows as bars.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::page::{share, sign};
use super::text::{escaped, grouped};
use crate::ffi;
use crate::milvus::{Plan, Segment, names, reported};
use crate::record::Record;
use crate::words;

/// More segments than this in one place are counted instead.
const MOST: usize = 60;

pub(super) fn draw(page: &mut String, records: &[Record]) {
    let has_segments = |record: &&(usize, &Record)| record.1.before.is_some() || record.1.after.is_some();
    let all: Vec<(usize, &Record)> = records.iter().enumerate().collect();
    if all.iter().any(|record| has_segments(&record)) {
        page.push_str(
            "<h2>Segments before and after</h2>\n<div class=\"key\"><span><i class=\"rows\"></i> rows of a segment, on one scale \
             for each collection</span><span><i class=\"purged\"></i> deleted rows that were purged</span>\
             <span><i class=\"rows l0\"></i> deletions only (L0)</span></div>\n",
        );
    } else {
        page.push_str("<h2>Collections</h2>\n");
    }
    for (index, record) in all {
        let (sign, class) = sign(record);
        let _ = writeln!(
            page,
            "<section class=\"collection\" id=\"c{index}\"><h3>{}</h3>\n<p><span class=\"how {class}\">{sign} {}</span> \
             {}</p>",
            escaped(&record.target.to_string()),
            words::outcome(record),
            escaped(&words::ended(record)),
        );
        Collection::new(record).draw(page);
        page.push_str("</section>\n");
    }
}

struct Collection<'a> {
    record: &'a Record,
    before: HashMap<i64, &'a Segment>,
    after: HashMap<i64, &'a Segment>,
    most_rows: i64,
}

impl<'a> Collection<'a> {
    fn new(record: &'a Record) -> Self {
        let by_id = |segments: &'a Option<Vec<Segment>>| -> HashMap<i64, &'a Segment> {
            segments.iter().flatten().map(|segment| (segment.id, segment)).collect()
        };
        let (before, after) = (by_id(&record.before), by_id(&record.after));
        let rows = before.values().chain(after.values()).map(|segment| segment.rows);
        let sums = record.plans.iter().filter_map(|plan| rows_of(&before, &plan.sources));
        let most_rows = rows.chain(sums).max().unwrap_or(0).max(1);
        Self { record, before, after, most_rows }
    }

    fn draw(&self, page: &mut String) {
        for (index, plan) in self.record.plans.iter().enumerate() {
            self.plan(page, index + 1, plan);
        }
        let of_plans = |pick: fn(&Plan) -> &Vec<i64>| -> Vec<i64> {
            self.record.plans.iter().flat_map(|plan| pick(plan).iter().copied()).collect()
        };
        let (sources, targets) = (of_plans(|plan| &plan.sources), of_plans(|plan| &plan.targets));
        let (before, after) = (sorted(&self.before), sorted(&self.after));
        let kept: Vec<i64> = before.iter().copied().filter(|id| !sources.contains(id)).collect();
        self.others(page, "no plan took these", &kept, |id| {
            if self.after.contains_key(&id) || self.record.after.is_none() {
                ""
            } else {
                "gone: something else replaced it"
            }
        });
        let new: Vec<i64> = after
            .iter()
            .copied()
            .filter(|id| !targets.contains(id) && !self.before.contains_key(id))
            .collect();
        self.others(
            page,
            "stored since, and not the first form of a result: sorted results, flushes, other compactions",
            &new,
            |_| "",
        );
    }

    fn plan(&self, page: &mut String, number: usize, plan: &Plan) {
        let rows_in = rows_of(&self.before, &plan.sources);
        let rows_out = rows_of(&self.after, &plan.targets).filter(|_| !plan.targets.is_empty());
        let purged = rows_in.zip(rows_out).map(|(before, after)| (before - after).max(0));
        let how = match plan.judgement {
            ffi::MILVUS_JUDGEMENT_OPEN => "not judged".to_owned(),
            judgement => format!("{} ({})", names::judgement(judgement), names::reason(plan.reason)),
        };
        let mut head = format!(
            "<strong>Plan {number}</strong>: {}, {} rows → {}, {} rows; {}",
            words::count(length(&plan.sources), "segment"),
            grouped(rows_in),
            words::count(length(&plan.targets), "segment"),
            grouped(rows_out),
            escaped(&how)
        );
        if let Some(purged) = purged {
            let _ = write!(head, "; purged: {}", share(Some(purged), rows_in));
        }
        if !plan.failure_reason.is_empty() {
            let _ = write!(head, "; {}", escaped(&plan.failure_reason));
        }
        let _ = write!(page, "<div class=\"plan\"><p>{head}</p><div>");
        for id in plan.sources.iter().take(MOST) {
            self.segment(page, *id, self.before.get(id).copied(), 0, "made in between");
        }
        more(page, plan.sources.len());
        page.push_str("</div><div class=\"arrow\" aria-label=\"became\">→</div><div>");
        if plan.targets.is_empty() {
            page.push_str("<p class=\"faint\">nothing</p>");
        }
        // With one result, what is missing of the sources' rows belongs to it.
        let purged = if plan.targets.len() == 1 { purged.unwrap_or(0) } else { 0 };
        for id in plan.targets.iter().take(MOST) {
            self.segment(
                page,
                *id,
                self.after.get(id).copied(),
                purged,
                "no longer stored: sorted or compacted since",
            );
        }
        more(page, plan.targets.len());
        page.push_str("</div></div>\n");
    }

    fn others(&self, page: &mut String, title: &str, found: &[i64], note: impl Fn(i64) -> &'static str) {
        if found.is_empty() {
            return;
        }
        let count = words::count(length(found), "segment");
        let _ = write!(page, "<div class=\"plan\"><p><strong>{count}</strong>: {title}</p><div>");
        for id in found.iter().take(MOST) {
            let known = self.before.get(id).or_else(|| self.after.get(id)).copied();
            self.segment(page, *id, known, 0, "");
            let note = note(*id);
            if !note.is_empty() {
                let _ = write!(page, "<p class=\"faint\">{id}: {note}</p>");
            }
        }
        more(page, found.len());
        page.push_str("</div></div>\n");
    }

    fn segment(&self, page: &mut String, id: i64, segment: Option<&Segment>, purged: i64, absent: &str) {
        let Some(segment) = segment else {
            let _ = write!(
                page,
                "<div class=\"segment\"><span>{id}</span><span class=\"faint\">{absent}</span></div>"
            );
            return;
        };
        let percent = |rows: i64| {
            // A share of the widest bar, in tenths of a percent.
            let tenths = i128::from(rows.max(0)) * 1000 / i128::from(self.most_rows);
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        let is_l0 = segment.level == ffi::MILVUS_SEGMENT_LEVEL_L0;
        let rows = grouped(reported(segment.rows));
        let what = if is_l0 { format!("{rows} deletions") } else { format!("{rows} rows") };
        let _ = write!(
            page,
            "<div class=\"segment\"><span>{id} <span class=\"faint\">{what}</span></span><span class=\"track\">\
             <span class=\"rows{}\" style=\"width:{}%\"></span>",
            if is_l0 { " l0" } else { "" },
            percent(segment.rows)
        );
        if purged > 0 {
            let _ = write!(page, "<span class=\"purged\" style=\"width:{}%\"></span>", percent(purged));
        }
        page.push_str("</span></div>");
    }
}

/// The rows of these segments together, if all are known.
fn rows_of(known: &HashMap<i64, &Segment>, ids: &[i64]) -> Option<i64> {
    ids.iter().map(|id| known.get(id).map(|segment| segment.rows.max(0))).sum()
}

fn sorted(segments: &HashMap<i64, &Segment>) -> Vec<i64> {
    let mut ids: Vec<i64> = segments.keys().copied().collect();
    ids.sort_unstable();
    ids
}

fn more(page: &mut String, count: usize) {
    if count > MOST {
        let _ = write!(page, "<p class=\"faint\">and {} more</p>", count - MOST);
    }
}

fn length(ids: &[i64]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}
