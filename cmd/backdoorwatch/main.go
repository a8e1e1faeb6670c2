// Command backdoorwatch is the whole product: it reads sources, understands what
// it reads, keeps it and shows it. There is one file per command here.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the Makefile.
var version = "unknown"

func main() {
	os.Exit(run(os.Args[1:]))
}

// run carries out one command and returns its exit code. The first interrupt asks
// everything to end in order; the second ends the program at once.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "backdoorwatch: "+sentence(err))
	}
	return exitCode(ctx, err)
}
