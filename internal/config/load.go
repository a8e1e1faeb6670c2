package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	envPrefix = "BACKDOORWATCH_"
	// delimiter parts nested keys; ours are flat, so that it never occurs in one.
	delimiter = "/"
	// FileName is the settings file that is read in the data folder where --config
	// names no other.
	FileName = "config.yaml"
	// FileFlag is the flag that names the settings file.
	FileFlag = "config"
)

// Flags adds a flag for each option, and one for the settings file.
func Flags(flags *pflag.FlagSet) {
	for _, o := range Options {
		flags.String(o.Name, o.Default, o.Help)
	}
	flags.String(FileFlag, "", "settings file (default: "+FileName+" in the data folder, where there is one)")
}

// Load reads the settings: a flag that was given beats the environment, which
// beats the file, which beats the default. NAME_FILE in the environment names a
// file that holds the value, for secrets. environ is as os.Environ gives it. All
// mistakes are reported at once; they wrap policy.ErrConfig.
func Load(flags *pflag.FlagSet, environ []string) (Config, error) {
	m, err := merge(flags, environ)
	if err != nil {
		return Config{}, err
	}
	return build(m.values, m.origin)
}

// Values returns the text of every setting as Load would read it, unchecked;
// secrets that are set are masked.
func Values(flags *pflag.FlagSet, environ []string) (map[string]string, error) {
	m, err := merge(flags, environ)
	if err != nil {
		return nil, err
	}
	for _, o := range Options {
		if o.Secret && m.values[o.Name] != "" {
			m.values[o.Name] = "(set)"
		}
	}
	return m.values, nil
}

// merged are the settings as texts, and where each came from.
type merged struct {
	values map[string]string
	flags  *pflag.FlagSet
	env    map[string]string
	path   string // of the settings file; empty where there is none
}

func merge(flags *pflag.FlagSet, environ []string) (merged, error) {
	m := merged{values: map[string]string{}, flags: flags}
	var err error
	if m.env, err = fromEnvironment(environ); err != nil {
		return m, err
	}
	if m.path, err = settingsFile(flags, m.env); err != nil {
		return m, err
	}
	k, err := m.layers()
	if err != nil {
		return m, err
	}
	if err := refuseUnknown(k.Keys(), m.path); err != nil {
		return m, err
	}
	for _, o := range Options {
		m.values[o.Name] = k.String(o.Name)
		if list := k.Strings(o.Name); len(list) > 0 {
			m.values[o.Name] = strings.Join(list, ",")
		}
	}
	return m, nil
}

// layers lays the places of settings over each other, the weakest first.
func (m merged) layers() (*koanf.Koanf, error) {
	k := koanf.New(delimiter)
	if err := k.Load(confmap.Provider(defaults(), delimiter), nil); err != nil {
		return nil, fmt.Errorf("loading defaults: %w", err)
	}
	if m.path != "" {
		if err := k.Load(file.Provider(m.path), yaml.Parser()); err != nil {
			return nil, fmt.Errorf("%w: reading the settings file %s: %w", policy.ErrConfig, m.path, err)
		}
	}
	for name, value := range m.env {
		if err := k.Set(name, value); err != nil {
			return nil, fmt.Errorf("setting %s: %w", name, err)
		}
	}
	if err := k.Load(posflag.ProviderWithFlag(m.flags, delimiter, nil, given), nil); err != nil {
		return nil, fmt.Errorf("reading flags: %w", err)
	}
	return k, nil
}

func defaults() map[string]any {
	all := map[string]any{}
	for _, o := range Options {
		all[o.Name] = o.Default
	}
	return all
}

// given keeps the flags that somebody typed and that are settings.
func given(f *pflag.Flag) (string, any) {
	if !f.Changed || !slices.ContainsFunc(Options, func(o Option) bool { return o.Name == f.Name }) {
		return "", nil
	}
	return f.Name, f.Value.String()
}

// fromEnvironment returns the settings of the environment, with the contents of
// the files that NAME_FILE variables name.
func fromEnvironment(environ []string) (map[string]string, error) {
	k := koanf.New(delimiter)
	source := env.Provider(delimiter, env.Opt{Prefix: envPrefix, EnvironFunc: func() []string { return environ }})
	if err := k.Load(source, nil); err != nil {
		return nil, fmt.Errorf("reading the environment: %w", err)
	}
	settings := map[string]string{}
	for _, o := range Options {
		if k.Exists(o.Env()) {
			settings[o.Name] = k.String(o.Env())
		}
		path := k.String(o.Env() + "_FILE")
		if path == "" {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %s_FILE: %w", policy.ErrConfig, o.Env(), err)
		}
		settings[o.Name] = strings.TrimSpace(string(content))
	}
	return settings, nil
}

// settingsFile finds the settings file: the one that --config names, which must
// exist, or the one in the data folder, which need not.
func settingsFile(flags *pflag.FlagSet, variables map[string]string) (string, error) {
	if path, err := flags.GetString(FileFlag); err == nil && path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("%w: the settings file: %w", policy.ErrConfig, err)
		}
		return path, nil
	}
	data := variables["data"]
	if f := flags.Lookup("data"); f != nil && (f.Changed || data == "") {
		data = f.Value.String()
	}
	path := filepath.Join(data, FileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return path, nil
}

func refuseUnknown(keys []string, path string) error {
	var mistakes policy.FieldErrors
	for _, key := range keys {
		if !slices.ContainsFunc(Options, func(o Option) bool { return o.Name == key }) {
			mistakes = append(mistakes, policy.FieldError{Field: path + ": " + key, Problem: "there is no such setting", Hint: "backdoorwatch config print lists them"})
		}
	}
	if err := mistakes.OrNil(); err != nil {
		return fmt.Errorf("%w: %w", policy.ErrConfig, err)
	}
	return nil
}

// origin says where the value of a setting came from, as a person would look for it.
func (m merged) origin(name string) string {
	if f := m.flags.Lookup(name); f != nil && f.Changed {
		return "--" + name
	}
	if _, ok := m.env[name]; ok {
		return Option{Name: name}.Env()
	}
	if m.path != "" {
		return m.path + ": " + name
	}
	return name
}
