// The structs of the header as Go sees them, for the test that compares them with what C has.

package milvus

// #include <milvus_client.h>
import "C"

import "reflect"

// Every struct that this package reads or writes, by its name in C.
var layouts = map[string]reflect.Type{
	"milvus_error":                 reflect.TypeFor[C.milvus_error](),
	"milvus_server_info":           reflect.TypeFor[C.milvus_server_info](),
	"milvus_compact_params":        reflect.TypeFor[C.milvus_compact_params](),
	"milvus_compact_result":        reflect.TypeFor[C.milvus_compact_result](),
	"milvus_compaction_state_info": reflect.TypeFor[C.milvus_compaction_state_info](),
	"milvus_compaction_report":     reflect.TypeFor[C.milvus_compaction_report](),
	"milvus_plan":                  reflect.TypeFor[C.milvus_plan](),
	"milvus_segment":               reflect.TypeFor[C.milvus_segment](),
	"milvus_check_result":              reflect.TypeFor[C.milvus_check_result](),
	"milvus_resolution":                 reflect.TypeFor[C.milvus_resolution](),
	"milvus_many_params":           reflect.TypeFor[C.milvus_many_params](),
	"milvus_many_result":           reflect.TypeFor[C.milvus_many_result](),
	"milvus_progress":              reflect.TypeFor[C.milvus_progress](),
}
