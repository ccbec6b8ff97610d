package webhook

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hostile are callback addresses that a stranger could try, each refused
// before any name is looked up.
var hostile = []string{
	"http://127.0.0.1/", "http://127.0.0.1:8080/hook", "https://127.8.9.10/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
	"http://0.0.0.0/", "http://[::]/", "http://0/", "http://127.1/", "http://2130706433/",
	"http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://localhost/", "http://LOCALHOST./",
	"http://a.localhost/", "http://10.0.0.8/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
	"http://100.64.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://metadata.google.internal/", "http://100.100.100.200/",
	"http://[fe80::1%25eth0]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://224.0.0.1/",
	"http://[ff02::1]/", "http://255.255.255.255/", "http://240.0.0.1/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a00:1]/",
	"http://[2002:7f00:1::]/", "http://[2002:c0a8:101::1]/", "http://[::7f00:1]/", "http://[2001::1]/", "http://[64:ff9b:1::1]/",
	"http://127。0。0。1/", "http://ⓛocalhost/", "http://192.0.2.1/", "http://198.18.0.1/", "http://[2001:db8::1]/",
	"http://168.63.129.16/", "http://192.0.0.192/", "http://printer.local/", "http://db.internal:5432/", "http://router/",
	"http://user:secret@example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/",
	"http:///hook", "http:example.com", "example.com/hook", "http://example.com:0/", "http://example.com:99999/",
	"http://example.com:/", "http://exa mple.com/", "http://example.com\r\nHost: x/", "http://example..com/", "http://example.com/#part",
	"javascript:alert(1)", "", "http://", "http://[::1", "http://[2001:4860:4860::8888%25x]/",
	"https://example.com/" + strings.Repeat("a", 3000),
}

func TestHostileAddressesAreRefused(t *testing.T) {
	if len(hostile) < 40 {
		t.Fatalf("only %d", len(hostile))
	}
	for _, raw := range hostile {
		fields := Policy{}.ValidateURL("/callback_url", raw)
		if len(fields) != 1 || fields[0].Code != "bad_url" || fields[0].Limit == "" || fields[0].Pointer != "/callback_url" {
			t.Errorf("%q: %+v", raw, fields)
		}
	}
}

func TestGoodAddresses(t *testing.T) {
	for _, raw := range []string{
		"https://example.com/hook", "http://example.com", "https://hooks.example.co.uk:8443/a/b?c=d&e=%20f", "https://93.184.216.34/x",
		"https://[2606:4700:4700::1111]:443/", "https://xn--mller-kva.example/", "https://my_host.example./", "http://[2002:5db8:d822::1]/",
	} {
		if fields := (Policy{}).ValidateURL("", raw); fields != nil {
			t.Errorf("%q refused: %+v", raw, fields)
		}
	}
}

// What configuration may admit, and what it may not.
func TestAllowPrivate(t *testing.T) {
	p := Policy{AllowPrivate: true}
	for raw, want := range map[string]bool{
		"http://127.0.0.1:9000/": true, "http://[::1]/": true, "http://10.0.0.8/": true, "http://localhost:1/": true, "http://receiver:80/": true,
		"http://[fd12::1]/": true, "http://100.64.0.1/": true, "http://[::ffff:10.0.0.1]/": true,
		"http://169.254.169.254/": false, "http://[fd00:ec2::254]/": false, "http://100.100.100.200/": false, "http://[fe80::1]/": false,
		"http://0.0.0.0/": false, "http://224.0.0.1/": false, "http://[64:ff9b::7f00:1]/": false, "http://127.1/": false, "http://[2002:7f00:1::]/": false,
	} {
		if got := p.ValidateURL("", raw) == nil; got != want {
			t.Errorf("%s admitted: %v, want %v", raw, got, want)
		}
	}
}

func TestControl(t *testing.T) {
	for _, c := range []struct {
		network, address string
		ok               bool
	}{
		{"tcp4", "93.184.216.34:443", true}, {"tcp6", "[2606:4700::1]:443", true},
		{"tcp4", "127.0.0.1:80", false}, {"tcp6", "[::ffff:10.0.0.1]:80", false}, {"tcp6", "[fe80::1%eth0]:80", false},
		{"udp", "93.184.216.34:53", false}, {"unix", "/run/x.sock", false}, {"tcp", "nonsense", false}, {"tcp", "name:80", false},
	} {
		if err := (Policy{}).Control(c.network, c.address, nil); (err == nil) != c.ok {
			t.Errorf("%s %s: %v", c.network, c.address, err)
		}
	}
}

// An IPv4 address is judged alike in every disguise, and the net package's own
// opinion of private addresses is a lower bound of ours.
func TestDisguisesAreJudgedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
		plain := netip.AddrFrom4(b)
		refused := Policy{}.refuseAddr(plain) != ""
		mapped := netip.AddrFrom16(plain.As16())
		nat64 := netip.AddrFrom16([16]byte{0, 0x64, 0xff, 0x9b, 12: b[0], 13: b[1], 14: b[2], 15: b[3]})
		sixToFour := netip.AddrFrom16([16]byte{0x20, 2, b[0], b[1], b[2], b[3], 15: 1})
		for _, a := range []netip.Addr{mapped, nat64, sixToFour} {
			if got := (Policy{}).refuseAddr(a) != ""; got != refused {
				t.Fatalf("%s refused %v, %s refused %v", plain, refused, a, got)
			}
		}
		if !refused && (!plain.IsGlobalUnicast() || plain.IsPrivate() || plain.IsLoopback() || plain.IsLinkLocalUnicast()) {
			t.Fatalf("%s admitted", plain)
		}
	})
}

func FuzzValidateURL(f *testing.F) {
	for _, raw := range hostile {
		f.Add(raw)
	}
	f.Add("https://example.com/hook")
	f.Fuzz(func(t *testing.T, raw string) {
		if (Policy{}).ValidateURL("", raw) != nil {
			return
		}
		if fields := (Policy{AllowPrivate: true}).ValidateURL("", raw); fields != nil {
			t.Errorf("%q: the wider policy refuses what the narrow one admits: %+v", raw, fields)
		}
		if !strings.HasPrefix(strings.ToLower(raw), "http") {
			t.Errorf("%q admitted", raw)
		}
	})
}
