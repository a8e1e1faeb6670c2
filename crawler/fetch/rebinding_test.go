package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// TestNamesThatLeadInside lets a name server of ours give a private address for a
// harmless name, as it happens with a name whose answer changes after a check.
func TestNamesThatLeadInside(t *testing.T) {
	inside := serve(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("the local service was reached") })
	port := inside[strings.LastIndex(inside, ":")+1:]
	for _, address := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::7f00:1"} {
		t.Run(address, func(t *testing.T) {
			g := newGuard(nil)
			g.guarded.Resolver = resolver(t, netip.MustParseAddr(address))
			conn, err := g.dial(t.Context(), "tcp", net.JoinHostPort("harmless.example", port))
			if !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("got %v, %v", conn, err)
			}
		})
	}
}

// resolver asks a name server that gives one address for every name.
func resolver(t *testing.T, address netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			n, peer, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply, err := answerName(buffer[:n], address); err == nil {
				_, _ = server.WriteTo(reply, peer)
			}
		}
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func answerName(query []byte, address netip.Addr) ([]byte, error) {
	var message dnsmessage.Message
	if err := message.Unpack(query); err != nil {
		return nil, err
	}
	message.Response, message.Additionals = true, nil
	for _, question := range message.Questions {
		header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class, TTL: 0}
		if question.Type == dnsmessage.TypeA && address.Is4() {
			message.Answers = append(message.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: address.As4()}})
		}
		if question.Type == dnsmessage.TypeAAAA && address.Is6() {
			message.Answers = append(message.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: address.As16()}})
		}
	}
	return message.Pack()
}
