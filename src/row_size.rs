//! The size of a row, as far as the schema tells it. No I/O.

use crate::proto::schema::{CollectionSchema, DataType, FieldSchema};

/// The least size of a row in bytes: the sum of its fixed-width fields.
pub(crate) fn of(schema: &CollectionSchema) -> u64 {
    schema.fields.iter().map(bytes_of).fold(0, u64::saturating_add)
}

/// 0 for types without a fixed width.
fn bytes_of(field: &FieldSchema) -> u64 {
    let dimension = field.type_params.iter().find(|param| param.key == "dim");
    let dimension = dimension.and_then(|param| param.value.parse::<u32>().ok()).map_or(0, u64::from);
    match DataType::try_from(field.data_type) {
        Ok(DataType::Bool | DataType::Int8) => 1,
        Ok(DataType::Int16) => 2,
        Ok(DataType::Int32 | DataType::Float) => 4,
        Ok(DataType::Int64 | DataType::Double | DataType::Timestamptz) => 8,
        Ok(DataType::BinaryVector) => dimension / 8,
        Ok(DataType::FloatVector) => dimension * 4,
        Ok(DataType::Float16Vector | DataType::BFloat16Vector) => dimension * 2,
        Ok(DataType::Int8Vector) => dimension,
        _ => 0,
    }
}
