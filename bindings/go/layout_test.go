// Whether Go sees the structs of the header as the C compiler does.

package milvus

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// What the C compiler says of a field: "offset size"; of a whole struct under the name "-".
func tableOfC(t *testing.T) map[string]map[string]string {
	path := os.Getenv("MILVUS_LAYOUT")
	if path == "" {
		t.Fatal("MILVUS_LAYOUT is not set: it is the path of the table of structs, tests/abi/layout.txt")
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table := map[string]map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 4 {
			t.Fatalf("not a struct, a field, its offset and its size: %q", lines.Text())
		}
		if table[words[0]] == nil {
			table[words[0]] = map[string]string{}
		}
		table[words[0]][words[1]] = words[2] + " " + words[3]
	}
	return table
}

// The same as Go sees it. Keywords of Go have "_" before them.
func seenByGo(kind reflect.Type) map[string]string {
	fields := map[string]string{"-": fmt.Sprintf("0 %d", kind.Size())}
	for _, field := range reflect.VisibleFields(kind) {
		if field.Name != "_" {
			fields[strings.TrimPrefix(field.Name, "_")] = fmt.Sprintf("%d %d", field.Offset, field.Type.Size())
		}
	}
	return fields
}

func TestEveryStructIsLaidOutAsInC(t *testing.T) {
	table := tableOfC(t)
	for name, kind := range layouts {
		c, seen := table[name], seenByGo(kind)
		for field, place := range seen {
			if c[field] != place {
				t.Errorf("%s.%s: Go has offset and size %q, C has %q", name, field, place, c[field])
			}
		}
		for field, place := range c {
			if seen[field] != place {
				t.Errorf("%s.%s: C has offset and size %q, Go has %q", name, field, place, seen[field])
			}
		}
	}
}
