// Memory for C, which is freed all at once when a call has copied what is in it.

package milvus

// #include <stdlib.h>
// #include <milvus_client.h>
import "C"

import (
	"strings"
	"unsafe"
)

// What C is given: pointers to pointers have to be in C's own memory.
type memory struct {
	blocks []unsafe.Pointer
	wrong  string // what is the matter with a text, if anything
}

func (m *memory) take(size uintptr) unsafe.Pointer {
	block := C.calloc(1, C.size_t(max(size, 1)))
	m.blocks = append(m.blocks, block)
	return block
}

// C would take a text with a NUL in it for a shorter one: another collection, perhaps.
func (m *memory) text(parameter, value string) *C.char {
	if strings.ContainsRune(value, 0) && m.wrong == "" {
		m.wrong = parameter + ": has a NUL character in it"
	}
	text := C.CString(value)
	m.blocks = append(m.blocks, unsafe.Pointer(text))
	return text
}

func (m *memory) optionalText(parameter, value string) *C.char {
	if value == "" {
		return nil
	}
	return m.text(parameter, value)
}

func (m *memory) texts(parameter string, values []string) **C.char {
	block := (**C.char)(m.take(uintptr(len(values)) * unsafe.Sizeof((*C.char)(nil))))
	for index, value := range values {
		unsafe.Slice(block, len(values))[index] = m.text(parameter, value)
	}
	return block
}

// Nil is NULL, an empty list is not: the library tells the two apart.
func (m *memory) numbers(values []int64) *C.int64_t {
	if values == nil {
		return nil
	}
	block := (*C.int64_t)(m.take(uintptr(len(values)) * unsafe.Sizeof(int64(0))))
	copy(unsafe.Slice((*int64)(unsafe.Pointer(block)), len(values)), values)
	return block
}

// The first text that was refused, as an error of an operation.
func (m *memory) check(operation string) error {
	if m.wrong == "" {
		return nil
	}
	return refused(operation, m.wrong)
}

func (m *memory) free() {
	for _, block := range m.blocks {
		C.free(block)
	}
}

// A copy of a list that belongs to C.
func int64s(first *C.int64_t, count C.size_t) []int64 {
	return append([]int64(nil), unsafe.Slice((*int64)(unsafe.Pointer(first)), int(count))...)
}

// What is out of range stays so.
func int32Of(value int) C.int32_t {
	return C.int32_t(max(-1, min(value, 1<<30)))
}

func flag(value bool) C.int32_t {
	if value {
		return C.MILVUS_YES
	}
	return C.MILVUS_NO
}
