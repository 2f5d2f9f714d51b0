// JSON Lines, or a JSON file that holds one array of objects, as a table.
#pragma once

#include "core/dataset/table_builder.h"

namespace incipit {

// Numbers, booleans and nested values become their JSON text, null an empty one. Rows with `input_ids` make the table a tokenised one;
// positions that an `attention_mask` switches off at the end (padding) are left away.
Table tableOfJson(const TableText& from, const Watch& watch = {});

}  // namespace incipit
