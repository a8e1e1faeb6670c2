package channel

import (
	"maps"
	"slices"
)

// Services are the services that may be used.
func Services() []string { return slices.Sorted(maps.Keys(services)) }

// ChatProblem says what is wrong with the address of a chat.
func ChatProblem(target string) string { return chatProblem(target) }
