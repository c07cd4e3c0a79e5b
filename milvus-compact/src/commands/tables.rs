//! Tables that fit into the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};

use crate::output::Output;

/// A table with these titles. Those that begin with `#` are columns of numbers.
pub(super) fn table(titles: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table
        .set_style(TableComponent::HeaderLines, '-')
        .set_style(TableComponent::MiddleHeaderIntersections, '-');
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(Output::width());
    table.set_header(titles.iter().map(|title| title.trim_start_matches('#')));
    for (index, title) in titles.iter().enumerate() {
        if let Some(column) = table.column_mut(index).filter(|_| title.starts_with('#')) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A number, or a dash where the server reports none.
pub(super) fn number(number: i64) -> String {
    crate::milvus::reported(number).map_or_else(|| "-".to_owned(), |number| number.to_string())
}
