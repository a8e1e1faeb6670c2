package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"time"
)

// Process is a Shouter that sends each text by a process of its own. The library takes
// no context, and most of its services no transport but that of the whole process: in one
// that does nothing else it can be held to the dial guard, and be ended.
type Process struct {
	Program string
	Args    []string
	Env     []string // nothing of ours that is not there
}

// Shout implements Shouter. The order goes over standard input: what is on a command
// line, others on the machine can read.
func (p Process) Shout(ctx context.Context, order Order) Result {
	in, err := json.Marshal(order)
	if err != nil {
		return Result{Class: Broken}
	}
	// Four requests are the most that a service makes, and a moment to start.
	ctx, cancel := context.WithTimeout(ctx, 4*order.Timeout+10*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, p.Program, p.Args...)
	command.Env, command.Stdin, command.WaitDelay = append([]string{}, p.Env...), bytes.NewReader(in), time.Second
	var out bytes.Buffer
	command.Stdout = &out
	err = command.Run()
	var result Result
	if err != nil || json.Unmarshal(out.Bytes(), &result) != nil {
		return Result{Class: Broken}
	}
	return result
}

// ServeShout is the other side of Process: it reads one order, sends it over network, and
// writes what came of it.
func ServeShout(in io.Reader, out io.Writer, network func(allowHosts []string) http.RoundTripper) error {
	var order Order
	if err := json.NewDecoder(io.LimitReader(in, 1<<20)).Decode(&order); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(Shout(order, network(order.AllowHosts)))
}
