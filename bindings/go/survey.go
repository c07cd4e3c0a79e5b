// Looking around: the collections of a database, the databases of a server, and what is worth compacting.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"unsafe"
)

// Collections lists the collections of the database that the user may see, sorted by name. One that cannot be read has
// its error in its entry, and keeps no other from being read; the error of the whole is [ErrSomeFailed] then.
func (c *Client) Collections(ctx context.Context) ([]CollectionInfo, error) {
	const name = "milvus_collections_async"
	var memory memory
	defer memory.free()
	database := memory.optionalText("database", c.database)
	if err := memory.check(name); err != nil {
		return nil, err
	}
	list, err := operation[[]CollectionInfo]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_collections_async(client, database, timeout, out)
		},
		take: takeCollections,
	}.run(ctx, c)
	return list, withCauses(ctx, err, list, func(info *CollectionInfo) error { return info.Err })
}

// Databases lists the databases of the server that the user may see, sorted by name. Servers before 2.2.9 have none:
// [ErrUnsupported].
func (c *Client) Databases(ctx context.Context) ([]DatabaseInfo, error) {
	return operation[[]DatabaseInfo]{
		name: "milvus_databases_async",
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_databases_async(client, timeout, out)
		},
		take: takeDatabases,
	}.run(ctx, c)
}

// SurveyParams tells what a survey assumes. The zero value is all defaults.
type SurveyParams struct {
	// Compaction is what the survey predicts the effect of, without partition, channel and segments.
	Compaction CompactParams
	// Concurrency is how many collections are looked at at a time: up to 10000; 0: 16.
	Concurrency int
	// AllDatabases has [Client.SurveyDatabase] survey the collections of every database.
	AllDatabases bool
	// RowBytes is the size of a row, for the estimates; 0: the fixed-width fields of the schema.
	RowBytes int64
	// SegmentBytes is the size of a segment up to which the server merges; 0: the target size, or the default of the
	// server's version.
	SegmentBytes int64
}

// Survey tells which of these collections are worth compacting, and what a compaction would do. It only reads. One that
// cannot be surveyed has its error in its entry; the error of the whole is [ErrSomeFailed] then. The results are in the
// order of the names. No names at all are refused.
func (c *Client) Survey(ctx context.Context, collections []string, params SurveyParams, options ...CallOption) ([]SurveyResult, error) {
	if len(collections) == 0 {
		return nil, refused(surveyName, "names: is empty; SurveyDatabase takes all collections")
	}
	var memory memory
	defer memory.free()
	names := memory.texts("names", collections)
	return c.survey(ctx, &memory, names, len(collections), params, options)
}

// SurveyDatabase surveys every collection of the database that the user may see, sorted by name; of every database if
// the parameters say so. Otherwise as [Client.Survey].
func (c *Client) SurveyDatabase(ctx context.Context, params SurveyParams, options ...CallOption) ([]SurveyResult, error) {
	var memory memory
	defer memory.free()
	return c.survey(ctx, &memory, nil, 0, params, options)
}

const surveyName = "milvus_survey_async"

func (c *Client) survey(ctx context.Context, memory *memory, names **C.char, count int, params SurveyParams, options []CallOption) ([]SurveyResult, error) {
	params.Compaction = c.within(params.Compaction)
	given := (*C.milvus_survey_params)(memory.take(unsafe.Sizeof(C.milvus_survey_params{})))
	*given = C.milvus_survey_params{
		size:          C.sizeof_milvus_survey_params,
		compaction:    memory.params(params.Compaction),
		concurrency:   int32Of(params.Concurrency),
		all_databases: flag(params.AllDatabases),
		row_bytes:     C.int64_t(params.RowBytes),
		segment_bytes: C.int64_t(params.SegmentBytes),
	}
	if err := memory.check(surveyName); err != nil {
		return nil, err
	}
	results, err := operation[[]SurveyResult]{
		name:        surveyName,
		followsJobs: true,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_survey_async(client, names, C.size_t(count), given, timeout, out)
		},
		take: takeSurvey,
	}.run(ctx, c, options...)
	return results, withCauses(ctx, err, results, func(result *SurveyResult) error { return result.Err })
}

func takeCollections(future *C.milvus_future) ([]CollectionInfo, C.milvus_status) {
	var list *C.milvus_collection_list
	status := C.milvus_future_take_collections(future, &list)
	defer C.milvus_collection_list_free(list)
	var infos []CollectionInfo
	for index := range C.milvus_collection_list_count(list) {
		info := C.milvus_collection_info{size: C.sizeof_milvus_collection_info}
		if failure := C.milvus_collection_list_get(list, index, &info); failure != C.MILVUS_OK {
			return nil, failure
		}
		infos = append(infos, collectionInfoOf(&info))
	}
	return infos, status
}

func takeDatabases(future *C.milvus_future) ([]DatabaseInfo, C.milvus_status) {
	var list *C.milvus_database_list
	status := C.milvus_future_take_databases(future, &list)
	defer C.milvus_database_list_free(list)
	var infos []DatabaseInfo
	for index := range C.milvus_database_list_count(list) {
		info := C.milvus_database_info{size: C.sizeof_milvus_database_info}
		if failure := C.milvus_database_list_get(list, index, &info); failure != C.MILVUS_OK {
			return nil, failure
		}
		infos = append(infos, databaseInfoOf(&info))
	}
	return infos, status
}

func takeSurvey(future *C.milvus_future) ([]SurveyResult, C.milvus_status) {
	var list *C.milvus_survey_list
	status := C.milvus_future_take_survey(future, &list)
	defer C.milvus_survey_list_free(list)
	var results []SurveyResult
	for index := range C.milvus_survey_list_count(list) {
		result := C.milvus_survey_result{size: C.sizeof_milvus_survey_result}
		if failure := C.milvus_survey_list_get(list, index, &result); failure != C.MILVUS_OK {
			return nil, failure
		}
		results = append(results, surveyResultOf(&result))
	}
	return results, status
}
