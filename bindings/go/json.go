// JSON in the form that the C library writes: docs/guide/json.md.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What a plan without details has in JSON.
var noPlanDetails = PlanDetails{
	Type:         C.MILVUS_NOT_REPORTED,
	State:        C.MILVUS_NOT_REPORTED,
	PlanID:       NotReported,
	JobID:        C.MILVUS_NOT_REPORTED,
	CollectionID: NotReported,
	PartitionID:  NotReported,
}

// jsonObject is an object whose fields are being written, in the order of the struct in C.
type jsonObject struct {
	text []byte
	err  error
}

func newJSONObject() *jsonObject { return &jsonObject{text: []byte{'{'}} }

func (o *jsonObject) done() ([]byte, error) { return append(o.text, '}'), o.err }

func (o *jsonObject) raw(key, value string) {
	if len(o.text) > 1 {
		o.text = append(o.text, ',')
	}
	o.text = append(strconv.AppendQuote(o.text, key), ':')
	o.text = append(o.text, value...)
}

// object writes a value by its own JSON.
func (o *jsonObject) object(key string, value any, isNull bool) {
	if isNull {
		o.raw(key, "null")
		return
	}
	text, err := json.Marshal(value)
	o.err = errors.Join(o.err, err)
	o.raw(key, string(text))
}

func (o *jsonObject) str(key, value string) { o.object(key, value, false) }

// filled is null if there is nothing in the text.
func (o *jsonObject) filled(key, value string) { o.object(key, value, value == "") }

// name is what a number is called, in one word.
func (o *jsonObject) name(key string, number int32, value fmt.Stringer) {
	name := value.String()
	switch {
	case number == C.MILVUS_NOT_REPORTED:
		o.raw(key, "null")
	case strings.HasSuffix(name, fmt.Sprintf(" (%d)", number)):
		o.str(key, fmt.Sprintf("unrecognized_%d", number))
	default:
		o.str(key, strings.ReplaceAll(name, " ", "_"))
	}
}

// status is the constant in C that an error has, or that no error has.
func (o *jsonObject) status(key string, err error) {
	var failure *Error
	switch {
	case err == nil:
		o.str(key, "MILVUS_OK")
	case !errors.As(err, &failure):
		o.raw(key, "null")
	case strings.HasSuffix(failure.Status.String(), ")"):
		o.str(key, fmt.Sprintf("unrecognized_%d", int32(failure.Status)))
	default:
		o.str(key, "MILVUS_"+failure.Status.String())
	}
}

func (o *jsonObject) failure(key string, err error) {
	var failure *Error
	o.object(key, failure, !errors.As(err, &failure))
}

func (o *jsonObject) answer(key string, value Answer) {
	switch value {
	case NotKnown:
		o.raw(key, "null")
	default:
		o.boolean(key, value == Yes)
	}
}

func (o *jsonObject) boolean(key string, value bool) { o.raw(key, strconv.FormatBool(value)) }

func (o *jsonObject) number(key string, value int64) {
	o.object(key, value, value == NotReported)
}

func (o *jsonObject) numberUnsigned(key string, value uint64) { o.object(key, value, false) }

// planned is that of a report: 0 is also a number that is not known.
func (o *jsonObject) planned(key string, value int64, verdict Verdict) {
	o.object(key, value, value == 0 && verdict != VerdictNothingToDo)
}

// positive is null if it is 0, a size that is not known.
func (o *jsonObject) positive(key string, value int64) { o.object(key, value, value == 0) }

func (o *jsonObject) share(key string, value float64) { o.object(key, value, value < 0) }

// aliases stand in one text in C, with commas.
func (o *jsonObject) aliases(key, all string) {
	o.object(key, strings.FieldsFunc(all, func(r rune) bool { return r == ',' }), false)
}

func (o *jsonObject) duration(key string, value time.Duration) { o.number(key, value.Milliseconds()) }

// id is a string: readers that have only doubles change larger numbers than 2^53.
func (o *jsonObject) id(key string, value int64) {
	o.object(key, strconv.FormatInt(value, 10), value == NotReported || value == 0)
}

func (o *jsonObject) job(key string, value JobID) {
	if value == UnknownJob {
		o.str(key, "unknown")
		return
	}
	o.object(key, strconv.FormatInt(int64(value), 10), value == NoJob)
}

func (o *jsonObject) ids(key string, values []int64) {
	texts := make([]string, len(values))
	for index, value := range values {
		texts[index] = strconv.FormatInt(value, 10)
	}
	o.object(key, texts, false)
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (e *Error) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.status("status", e)
	o.number("grpc_code", int64(e.GRPCCode))
	o.number("server_code", int64(e.ServerCode))
	o.boolean("retriable", e.Retriable)
	o.boolean("in_doubt", e.InDoubt)
	o.name("resolution", int32(e.Resolution), e.Resolution)
	o.job("job_id", e.JobID)
	o.str("operation", e.Operation)
	o.str("message", e.Message)
	o.filled("request_id", e.RequestID)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v ManyResult) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.str("collection_name", v.Collection)
	o.status("status", v.Err)
	o.name("trigger", int32(v.Trigger), v.Trigger)
	o.job("job_id", v.JobID)
	o.number("planned", v.Planned)
	o.object("report", v.Report, v.Report == nil)
	o.failure("error", v.Err)
	o.number("unsorted_segments", v.UnsortedSegments)
	o.name("skip", int32(v.Skip), v.Skip)
	o.filled("skip_text", v.SkipText)
	o.filled("database", v.Database)
	return o.done()
}
