package webhook

import "net/netip"

// What an address must be, for the message of a refusal.
const (
	mustBePublic = "a public address"
	mustBeHost   = "the address of one machine"
)

// refuseAddr is "" for an address that may be called, else what it should be.
// Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries
// (RFC 6890, RFC 8190) and the metadata addresses of the large clouds.
func (p Policy) refuseAddr(a netip.Addr) string {
	if a.Zone() != "" {
		return mustBePublic
	}
	a = a.Unmap()
	if embedded, ok := embeddedIPv4(a); ok {
		// Judged as the IPv4 address that a gateway would reach. Even an
		// admitted private one is refused in this disguise.
		return (Policy{}).refuseAddr(embedded)
	}
	if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() {
		return mustBeHost
	}
	if within(a, neverCalled()) {
		return mustBePublic
	}
	if a.IsPrivate() || a.IsLoopback() || within(a, carrierShared()) {
		if p.AllowPrivate {
			return ""
		}
		return mustBePublic
	}
	if a.Is6() && !globalUnicast().Contains(a) {
		return mustBePublic
	}
	return ""
}

// embeddedIPv4 takes the IPv4 address out of the IPv6 forms that gateways turn
// back into one: NAT64 (RFC 6052), 6to4 (RFC 3056) and the deprecated
// IPv4-compatible form (RFC 4291, 2.5.5.1).
func embeddedIPv4(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return netip.Addr{}, false
	}
	b := a.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case netip.MustParsePrefix("::/96").Contains(a) && !a.IsUnspecified() && !a.IsLoopback():
		return netip.AddrFrom4([4]byte(b[12:16])), true
	}
	return netip.Addr{}, false
}

func within(a netip.Addr, table []netip.Prefix) bool {
	for _, p := range table {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func globalUnicast() netip.Prefix { return netip.MustParsePrefix("2000::/3") }

func carrierShared() []netip.Prefix { return prefixes("100.64.0.0/10") }

// neverCalled lists what no configuration admits: link-local with the metadata
// services in it, the metadata services elsewhere, and ranges that belong to
// no machine.
func neverCalled() []netip.Prefix {
	return prefixes(
		"169.254.0.0/16", "fe80::/10", "fec0::/10", // link-local, site-local
		"fd00:ec2::/32",      // AWS metadata over IPv6
		"100.100.100.200/32", // Alibaba Cloud metadata
		"192.0.0.0/24",       // IETF protocol assignments, Oracle Cloud metadata
		"168.63.129.16/32",   // Azure's platform address
		"0.0.0.0/8", "240.0.0.0/4",
		"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20", // documentation
		"198.18.0.0/15", // benchmarking
		"192.88.99.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24",
		"64:ff9b:1::/48",             // NAT64 of the local network
		"100::/64", "100:0:0:1::/64", // discard, dummy
		"2001::/23", // IETF protocol assignments, Teredo with them
		"5f00::/16", // segment routing
	)
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}
