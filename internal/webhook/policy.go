package webhook

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"github.com/logistica-inteligente/rumbo"
)

// Policy says which addresses may be called.
type Policy struct {
	// AllowPrivate admits loopback and private networks, for demonstrations
	// and for receivers in the same network. Link-local, metadata, multicast
	// and reserved addresses stay refused.
	AllowPrivate bool
}

const maxURL = 2048

// ValidateURL finds what can be refused before any name is looked up; pointer
// is the place of the URL in the request. The check that decides is made at
// dialing time, see Control. O(len(raw)).
func (p Policy) ValidateURL(pointer, raw string) []rumbo.FieldError {
	if reason := p.refuse(raw); reason != "" {
		return []rumbo.FieldError{{Pointer: pointer, Code: rumbo.BadURL, Value: raw, Limit: reason}}
	}
	return nil
}

func (p Policy) refuse(raw string) string {
	if len(raw) > maxURL {
		return fmt.Sprintf("at most %d characters", maxURL)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "a well-formed address, as https://example.com/hook"
	case u.Scheme != "http" && u.Scheme != "https":
		return "http:// or https:// and a host"
	case u.Opaque != "" || u.Hostname() == "":
		return "a host after the two slashes"
	case u.User != nil:
		return "no user name or password in the address"
	case u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return "no # part"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "a port from 1 to 65535"
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return "a port after the colon"
	}
	return p.refuseHost(u.Hostname())
}

// refuseHost judges a literal address or a name. Names that other resolvers
// read as addresses ("127.1", "0x7f.1", "2130706433") are not names.
func (p Policy) refuseHost(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		return p.refuseAddr(addr)
	}
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notInName) {
			return "a host name of letters, digits and hyphens (others in their xn-- form)"
		}
	}
	last := labels[len(labels)-1]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "a host name, or an address written in full"
	}
	if p.AllowPrivate {
		return ""
	}
	switch {
	case len(labels) == 1:
		return "a public host name"
	case last == "localhost" || last == "local" || last == "internal" || last == "localdomain" || strings.HasSuffix(name, ".home.arpa"):
		return "a public host name"
	}
	return ""
}

func notInName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}

// Control is a net.Dialer.Control: it sees every address just before it is
// connected to, after name resolution, and refuses what the policy refuses.
func (p Policy) Control(network, address string, _ syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return &refusedError{address, "not TCP"}
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &refusedError{address, "not an address"}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return &refusedError{address, "not an address"}
	}
	if reason := p.refuseAddr(addr); reason != "" {
		return &refusedError{address, reason}
	}
	return nil
}

// refusedError is the policy's no to a resolved address.
type refusedError struct{ address, reason string }

func (e *refusedError) Error() string {
	return fmt.Sprintf("address refused by policy: %s is not %s", e.address, e.reason)
}
