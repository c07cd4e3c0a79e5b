// What the tests share: a scripted server in a process of its own.

package milvus_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/milvus-client/milvus-client-go"
)

// Where the server of the examples is.
var uri string

func TestMain(m *testing.M) {
	fake, err := startFake("v2.6.8")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	uri = fake.uri
	if _, err := fake.obey("mergeable to_optimize 3"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	fake.stop()
	os.Exit(code)
}

// A scripted server, in a process of its own.
type fakeServer struct {
	uri     string
	process *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
	mutex   sync.Mutex
}

func startFake(version string) (*fakeServer, error) {
	program := os.Getenv("MILVUS_FAKE")
	if program == "" {
		return nil, fmt.Errorf("MILVUS_FAKE is not set: it is the path of the scripted server milvus-fake")
	}
	process := exec.Command(program, "serve", version)
	input, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	fake := &fakeServer{process: process, input: input, output: bufio.NewReader(output)}
	line, err := fake.output.ReadString('\n')
	fake.uri = strings.TrimSpace(line)
	return fake, err
}

func (f *fakeServer) stop() {
	f.input.Close()
	f.process.Wait()
}

// Has the server do something, and returns what it answers.
func (f *fakeServer) tell(t *testing.T, command string) string {
	t.Helper()
	answer, err := f.obey(command)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return answer
}

func (f *fakeServer) obey(command string) (string, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if _, err := fmt.Fprintln(f.input, command); err != nil {
		return "", err
	}
	answer, err := f.output.ReadString('\n')
	if strings.HasPrefix(answer, "unknown") {
		err = errors.New(answer)
	}
	return strings.TrimSpace(answer), err
}

// A server of a version, and a client of it.
func newPair(t *testing.T, version string, options ...milvus.Option) (*fakeServer, *milvus.Client) {
	t.Helper()
	fake, err := startFake(version)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.stop)
	client, err := milvus.New(fake.uri, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return fake, client
}

// Bounds a test: nothing here takes nearly as long.
func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// Waits until a condition holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 6000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never happened: %s", what)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
