package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/mattn/go-sqlite3"
	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program and of what it is built with",
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			sqlite, _, _ := sqlite3.Version()
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(map[string]string{
					"version": version, "go": runtime.Version(), "sqlite": sqlite, "platform": runtime.GOOS + "/" + runtime.GOARCH,
				})
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "backdoorwatch %s (%s, SQLite %s, %s/%s)\n", version, runtime.Version(), sqlite, runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return command
}
