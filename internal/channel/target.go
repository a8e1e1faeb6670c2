package channel

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// expand puts in what ${NAME} means: the variable, or what the file holds that NAME_FILE
// names.
func (r *reader) expand(at *yaml.Node, key, text string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		name := found[2 : len(found)-1]
		if value, ok := r.file.getenv(name); ok {
			return value
		}
		path, ok := r.file.getenv(name + "_FILE")
		if !ok {
			r.fail(at, key, fmt.Sprintf("neither %s nor %s_FILE is set in the environment", name, name), "")
			return ""
		}
		content, err := os.ReadFile(path)
		if err != nil {
			r.fail(at, key, fmt.Sprintf("the file that %s_FILE names cannot be read", name), "")
		}
		return strings.TrimSpace(string(content))
	})
}

func (f File) getenv(name string) (string, bool) {
	if f.Getenv == nil {
		return os.LookupEnv(name)
	}
	return f.Getenv(name)
}

// target checks where a channel leads, and its secrets.
func (r *reader) target(c Channel, place func(string) *yaml.Node) {
	switch c.Kind {
	case Webhook:
		if problem := r.file.webhookProblem(c.Target); problem != "" {
			r.fail(place("target"), "target", problem, "write it like https://hooks.example.org/news")
		}
		if len(c.Secrets) < 1 || len(c.Secrets) > 2 {
			r.fail(place("secrets"), "secrets", "a webhook has one secret, or two while keys are changed", "the newest first")
		}
		if slices.ContainsFunc(c.Secrets, func(secret string) bool { return !goodSecret(secret) }) {
			r.fail(place("secrets"), "secrets", "a secret is whsec_ and 24 to 64 bytes in base64", `echo "whsec_$(openssl rand -base64 32)" makes one`)
		}
	case Chat:
		if len(c.Secrets) > 0 {
			r.fail(place("secrets"), "secrets", "only a webhook has secrets", "the token of a chat is a part of its target")
		}
		if problem := chatProblem(c.Target); problem != "" {
			r.fail(place("target"), "target", problem, "docs/channels.md shows one for each service")
		}
	default:
		r.fail(place("kind"), "kind", "there is no such kind", "choose webhook or chat")
	}
}

func (f File) webhookProblem(target string) string {
	u, err := url.Parse(target)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "it is not an address of the web"
	case u.User != nil || u.Fragment != "":
		return "it must not hold a name, password or fragment"
	case u.Scheme == "http" && !exempt(f.AllowHosts, u.Host):
		return "without TLS anybody on the way can read and keep it; only a host of the setting channel-hosts may have http"
	}
	return ""
}

// exempt reports a host that the operator excepts from the rules for the open network.
func exempt(hosts []string, host string) bool {
	name := host
	if split, _, err := net.SplitHostPort(host); err == nil {
		name = split
	}
	return slices.ContainsFunc(hosts, func(allowed string) bool {
		return strings.EqualFold(allowed, host) || strings.EqualFold(strings.Trim(allowed, "[]"), strings.Trim(name, "[]"))
	})
}

// goodSecret holds what Standard Webhooks asks of a secret.
func goodSecret(secret string) bool {
	text, prefixed := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	return prefixed && err == nil && len(key) >= 24 && len(key) <= 64
}
