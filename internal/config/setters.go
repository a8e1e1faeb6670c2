package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func setText(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, value string) error {
		*field(c) = strings.TrimSpace(value)
		return nil
	}
}

func setList(field func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, value string) error {
		*field(c) = split(value)
		return nil
	}
}

func setWord(field func(*Config) *string, known ...string) func(*Config, string) error {
	return func(c *Config, value string) error {
		if !slices.Contains(known, value) {
			return fmt.Errorf("%q is none of %s", value, strings.Join(known, ", "))
		}
		*field(c) = value
		return nil
	}
}

func setNumber(field func(*Config) *int, least int) func(*Config, string) error {
	return func(c *Config, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < least {
			return fmt.Errorf("%q is not a whole number of at least %d", value, least)
		}
		*field(c) = n
		return nil
	}
}

func setBool(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, value string) error {
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		*field(c) = b
		return nil
	}
}

func setDuration(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is not a duration such as 2s or 1m30s", value)
		}
		*field(c) = d
		return nil
	}
}

func setListen(c *Config, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080", value)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q has no port from 0 to 65535", value)
	} else if n == 0 {
		value = strings.TrimSuffix(value, port) + "0"
	}
	c.Listen = value
	return nil
}

// setAddress takes an address of the web without a slash at the end. A name and
// password in it would show up in messages.
func setAddress(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, value string) error {
		value = strings.TrimSpace(value)
		if value == "" {
			return nil
		}
		u, err := url.Parse(value)
		switch {
		case err == nil && u.User != nil:
			return errors.New("it must not hold a name or password")
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			return fmt.Errorf("%q is not an address such as https://watch.example.org", value)
		case u.RawQuery != "" || u.Fragment != "":
			return errors.New("it must not have a query or fragment")
		}
		*field(c) = strings.TrimRight(value, "/")
		return nil
	}
}

// setHub takes an address as it is: a hub may have any.
func setHub(c *Config, value string) error {
	if value = strings.TrimSpace(value); value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" {
		return errors.New("it is not an address such as https://hub.example.org/")
	}
	c.Hub = value
	return nil
}

func setBand(c *Config, value string) error {
	from, to, found := strings.Cut(value, "-")
	low, err := strconv.ParseFloat(strings.TrimSpace(from), 64)
	high, err2 := strconv.ParseFloat(strings.TrimSpace(to), 64)
	if !found || err != nil || err2 != nil || !(0 <= low && low <= high && high <= 1) {
		return fmt.Errorf("%q is not two numbers from 0 to 1, the lower one first, such as 0.35-0.65", value)
	}
	c.OpinionBand = [2]float64{low, high}
	return nil
}

func setHour(c *Config, value string) error {
	if value = strings.TrimSpace(value); value == "off" {
		c.BulkHour = -1
		return nil
	}
	hour, err := strconv.Atoi(value)
	if err != nil || hour < 0 || hour > 23 {
		return fmt.Errorf("%q is neither an hour from 0 to 23 nor off", value)
	}
	c.BulkHour = hour
	return nil
}

func setMailbox(c *Config, value string) error {
	if value = strings.TrimSpace(value); value == "" {
		return nil
	}
	if _, err := mail.ParseAddress(value); err != nil {
		return errors.New("it is not a sender such as Backdoor Watch <alerts@example.org>")
	}
	c.MailFrom = value
	return nil
}

func setDay(c *Config, value string) error {
	if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
		return fmt.Errorf("%q is not a day such as 2026-11-01", value)
	}
	c.TagDate = value
	return nil
}

func setNetworks(c *Config, value string) error {
	c.TrustedProxies = split(value)
	for _, text := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(text); err == nil {
			continue
		}
		if _, err := netip.ParseAddr(text); err != nil {
			return fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
		}
	}
	return nil
}

func split(value string) []string {
	var all []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
