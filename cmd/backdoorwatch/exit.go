package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The exit codes, as the README documents them.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitConfig      = 4
	exitPartial     = 5
	exitInterrupted = 130
)

var (
	// errUsage means that the command line itself is wrong.
	errUsage = errors.New("usage")
	// errPartial means that the work was done, but not all of it succeeded.
	errPartial = errors.New("not everything succeeded")
)

// exitCode maps the meanings of errors to exit codes, in one place.
func exitCode(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, errUsage), errors.Is(err, policy.ErrInvalid) && !errors.Is(err, policy.ErrConfig):
		return exitUsage
	case errors.Is(err, policy.ErrNotFound):
		return exitNotFound
	case errors.Is(err, policy.ErrConfig), isPlaceTaken(err), isPlaceForbidden(err):
		return exitConfig
	case errors.Is(err, errPartial):
		return exitPartial
	}
	return exitFailure
}

// isPlaceTaken reports whether an address is in use by another program.
func isPlaceTaken(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// isPlaceForbidden reports whether a folder or address may not be used.
func isPlaceForbidden(err error) bool {
	return errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// sentence says what went wrong and, where we know, what to do about it.
func sentence(err error) string {
	var op *net.OpError
	var path *fs.PathError
	switch {
	case errors.As(err, &op) && isPlaceTaken(err):
		return fmt.Sprintf("the address %s is taken by another program: stop that one, or choose another address with --listen", op.Addr)
	case errors.As(err, &op) && isPlaceForbidden(err):
		return fmt.Sprintf("the address %s may not be used by this user: choose a port above 1023 with --listen", op.Addr)
	case errors.As(err, &path) && isPlaceForbidden(err):
		return fmt.Sprintf("%s cannot be written: make it writable for this user, or choose another folder with --data", path.Path)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return err.Error()
}
