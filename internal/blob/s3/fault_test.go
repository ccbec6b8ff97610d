package s3_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
	"github.com/logistica-inteligente/rumbo/internal/faulttest"
)

// longestCall is far more than the bounded tries of a request can take on loopback.
const longestCall = 90 * time.Second

// payload is what is put at a key: of a size and content that the key alone decides,
// every fourth one sent in parts.
func payload(key string, large bool) []byte {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(key))
	source := rand.NewChaCha8([32]byte{byte(hash.Sum64()), byte(hash.Sum64() >> 8), byte(hash.Sum64() >> 16), byte(hash.Sum64() >> 24)})
	size := 1 + source.Uint64()%20_000
	if large {
		size += 8 << 20
	}
	data := make([]byte, size)
	_, _ = source.Read(data)
	return data
}

// load puts new objects, and reads them, until it ends.
type load struct {
	t      *testing.T
	bucket *s3.Bucket
	end    chan struct{}

	mu    sync.Mutex
	puts  map[string]bool // key -> acknowledged
	large map[string]bool
	worst atomic.Int64
}

func (l *load) run(lane int) {
	for i := 0; ; i++ {
		select {
		case <-l.end:
			return
		default:
		}
		key, large := fmt.Sprintf("lane-%d/%04d", lane, i), i%4 == 3
		data, began := payload(key, large), time.Now()
		_, err := l.bucket.Put(l.t.Context(), key, bytes.NewReader(data), blob.PutOptions{OnlyIfNew: i%2 == 0})
		if code := rumbo.CodeOf(err); err != nil && code != rumbo.Unavailable {
			l.t.Errorf("put %s: %v", key, err) // a conflict with itself, for one
		}
		if err == nil {
			if got, err := readAll(l.t, l.bucket, key); err == nil && got != string(data) {
				l.t.Errorf("%s: others than the %d bytes put came back: %d", key, len(data), len(got))
			} else if err != nil && rumbo.CodeOf(err) != rumbo.Unavailable {
				l.t.Errorf("read %s: %v", key, err)
			}
		}
		l.note(key, large, err == nil, time.Since(began))
	}
}

func (l *load) note(key string, large, done bool, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.puts[key], l.large[key] = done, large
	if int64(took) > l.worst.Load() {
		l.worst.Store(int64(took))
	}
}

func (l *load) count() (acknowledged int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, done := range l.puts {
		if done {
			acknowledged++
		}
	}
	return acknowledged
}

// TestBehindABadNetwork puts and reads over a network that is slow, breaks, is away and
// swallows everything, in turn: what was acknowledged is there, whole, what was not is
// there whole or not at all, and no call hangs.
func TestBehindABadNetwork(t *testing.T) {
	server := s3test.New(t)
	direct := server.Bucket(t)
	network := faulttest.Between(t, server.Host)
	l := &load{t: t, end: make(chan struct{}), puts: map[string]bool{}, large: map[string]bool{},
		bucket: open(t, strings.Replace(direct, strings.Replace(server.Host, ":", "%3A", 1), network.Address(), 1)+"&silence_timeout=1s")}
	var lanes sync.WaitGroup
	for lane := range 3 {
		lanes.Go(func() { l.run(lane) })
	}
	for _, fault := range []struct {
		name         string
		begin, cease func()
		lasts        time.Duration
	}{
		{"slow", func() { network.Slow(40*time.Millisecond, 20*time.Millisecond) }, network.Heal, 2 * time.Second},
		{"cut", network.Cut, func() {}, 300 * time.Millisecond},
		{"cut again", network.Cut, func() {}, 300 * time.Millisecond},
		{"down", network.Down, network.Up, 1500 * time.Millisecond},
		{"silent", network.Silent, network.Heal, 4 * time.Second},
		{"silent for a moment", network.Silent, network.Heal, 300 * time.Millisecond},
		{"slow and cut", func() { network.Slow(20*time.Millisecond, 20*time.Millisecond); network.Cut() }, network.Heal, time.Second},
	} {
		fault.begin()
		time.Sleep(fault.lasts)
		fault.cease()
		before, healed := l.count(), time.Now()
		for deadline := healed.Add(time.Minute); l.count() < before+5; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("nothing is acknowledged after %q", fault.name)
			}
		}
		t.Logf("%s: %d acknowledged, the next five within %s", fault.name, l.count(), time.Since(healed).Round(time.Millisecond))
	}
	close(l.end)
	lanes.Wait()
	l.verify(open(t, direct))
}

func (l *load) verify(b *s3.Bucket) {
	present := 0
	for key, acknowledged := range l.puts {
		got, err := readAll(l.t, b, key)
		switch {
		case err == nil && got == string(payload(key, l.large[key])):
			present++
		case err == nil:
			l.t.Errorf("%s is there with %d other bytes", key, len(got))
		case acknowledged || rumbo.CodeOf(err) != rumbo.NotFound:
			l.t.Errorf("%s, acknowledged %v: %v", key, acknowledged, err)
		}
	}
	worst := time.Duration(l.worst.Load())
	l.t.Logf("%d of %d puts acknowledged, %d present, the longest put and read took %s", l.count(), len(l.puts), present, worst.Round(time.Millisecond))
	if worst > longestCall {
		l.t.Errorf("a put and its read took %s", worst)
	}
}

// A reader whose connection breaks goes on where it was; one whose object was replaced
// meanwhile fails and does not mix two contents.
func TestReaderGoesOn(t *testing.T) {
	server := s3test.New(t)
	direct := server.Bucket(t)
	network := faulttest.Between(t, server.Host)
	far, near := open(t, strings.Replace(direct, strings.Replace(server.Host, ":", "%3A", 1), network.Address(), 1)), open(t, direct)
	data := payload("large", true)
	for _, replaced := range []bool{false, true} {
		if _, err := near.Put(t.Context(), "k", bytes.NewReader(data), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		r, err := far.Open(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		head := make([]byte, 1000)
		if _, err := io.ReadFull(r, head); err != nil {
			t.Fatal(err)
		}
		if replaced {
			if _, err := near.Put(t.Context(), "k", bytes.NewReader(payload("another", true)), blob.PutOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		network.Cut()
		tail, err := io.ReadAll(r)
		if !replaced && (err != nil || !bytes.Equal(append(head, tail...), data)) {
			t.Errorf("%d bytes, %v", len(head)+len(tail), err)
		}
		if replaced && rumbo.CodeOf(err) != rumbo.Conflict {
			t.Errorf("replaced: %d bytes, %v", len(head)+len(tail), err)
		}
	}
}

func readAll(t *testing.T, b blob.Bucket, key string) (string, error) {
	t.Helper()
	r, err := b.Open(t.Context(), key)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(r)
	return string(data), errors.Join(err, r.Close())
}
