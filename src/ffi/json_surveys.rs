//! Writes as JSON what milvus_collections(), milvus_databases() and milvus_survey() give, as [`super::json_structs`] does.

use super::catalog::{milvus_collection_info, milvus_database_info};
use super::errors::milvus_status_name;
use super::json_structs::{check_result, error};
use super::json_text::{lasting, object, text_list};
use super::survey::milvus_survey_result;

pub(super) fn collection_info(out: &mut String, value: &milvus_collection_info) {
    let milvus_collection_info {
        size: _,
        collection_name,
        database,
        aliases,
        id,
        rows,
        is_loaded,
        has_clustering_key,
        status,
        reserved: _,
        error: failure,
    } = *value;
    // SAFETY: the library made it, and it lives as long as the struct.
    let failure = unsafe { failure.as_ref() };
    object(out, |o| {
        o.text("collection_name", lasting(collection_name));
        o.optional_text("database", database);
        // In C they stand in one text, with commas.
        text_list(o.field("aliases"), lasting(aliases).split(',').filter(|alias| !alias.is_empty()));
        o.id("id", id);
        o.number("rows", rows);
        o.answer("is_loaded", is_loaded);
        o.answer("has_clustering_key", has_clustering_key);
        o.name("status", status, milvus_status_name);
        o.optional("error", failure, error);
    });
}

pub(super) fn database_info(out: &mut String, value: &milvus_database_info) {
    let milvus_database_info { size: _, database, id } = *value;
    object(out, |o| {
        o.text("database", lasting(database));
        o.id("id", id);
    });
}

pub(super) fn survey_result(out: &mut String, value: &milvus_survey_result) {
    let milvus_survey_result {
        size: _,
        collection_name,
        database,
        status,
        reserved: _,
        error: failure,
        check,
        stored_segments,
        stored_rows,
        stored_bytes,
        small_segments,
        unsorted_segments,
        l0_segments,
        deleted_rows,
        merged_segments,
        merged_into,
        rewrite_rows,
        rewrite_bytes,
        row_bytes,
        segment_bytes,
        fragmentation,
    } = *value;
    // SAFETY: the library made both, or has NULL for them, and they live as long as the struct.
    let (failure, check) = unsafe { (failure.as_ref(), check.as_ref()) };
    object(out, |o| {
        o.optional_text("collection_name", collection_name);
        o.optional_text("database", database);
        o.name("status", status, milvus_status_name);
        o.optional("error", failure, error);
        o.optional("check", check, |out, check| check_result(out, check, lasting(check.reason.as_ptr())));
        o.number("stored_segments", stored_segments);
        o.number("stored_rows", stored_rows);
        o.number("stored_bytes", stored_bytes);
        o.number("small_segments", small_segments);
        o.number("unsorted_segments", unsorted_segments);
        o.number("l0_segments", l0_segments);
        o.number("deleted_rows", deleted_rows);
        o.number("merged_segments", merged_segments);
        o.number("merged_into", merged_into);
        o.number("rewrite_rows", rewrite_rows);
        o.number("rewrite_bytes", rewrite_bytes);
        o.positive("row_bytes", row_bytes);
        o.positive("segment_bytes", segment_bytes);
        o.share("fragmentation", fragmentation);
    });
}
