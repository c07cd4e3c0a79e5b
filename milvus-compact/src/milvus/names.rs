//! The library's words for its numbers.

use super::failure::static_text;
use crate::ffi;

macro_rules! names {
    ($($name:ident: $function:ident;)*) => {
        $(
            #[must_use]
            pub fn $name(number: i32) -> &'static str {
                // SAFETY: the function takes any number and returns a static text.
                static_text(unsafe { ffi::$function(number) })
            }
        )*
    };
}

names! {
    answer: milvus_answer_name;
    trigger: milvus_trigger_name;
    resolution: milvus_resolution_name;
    plan_type: milvus_plan_type_name;
    plan_state: milvus_plan_state_name;
    judgement: milvus_judgement_name;
    reason: milvus_reason_name;
    segment_state: milvus_segment_state_name;
    segment_level: milvus_segment_level_name;
    stage: milvus_stage_name;
}

/// The library's version.
#[must_use]
pub fn version() -> &'static str {
    // SAFETY: the function returns a static text.
    static_text(unsafe { ffi::milvus_version() })
}
