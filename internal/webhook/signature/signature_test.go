package signature

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"pgregory.net/rapid"
)

var noon = time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)

func secret(t *testing.T, fill byte) Secret {
	t.Helper()
	s, err := NewSecret(bytes.NewReader(bytes.Repeat([]byte{fill}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The example of the specification's own documents.
func TestPublishedVector(t *testing.T) {
	s, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	Sign(h, []Secret{s}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got, want := h.Get(HeaderSignature), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

// Whatever we sign, the specification's own library accepts, and the other way
// round.
func TestAgreesWithTheReferenceLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), MinSecret, MaxSecret).Draw(t, "key")
		id := rapid.StringMatching(`[a-z]{3}_[0-9A-Z]{1,30}`).Draw(t, "id")
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0)
		ours, err := ParseSecret(Secret{key}.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := standardwebhooks.NewWebhook(ours.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		Sign(h, []Secret{ours}, id, at, body)
		if err := theirs.VerifyIgnoringTimestamp(body, h); err != nil {
			t.Fatalf("the library refuses ours: %v", err)
		}
		signed, _ := theirs.Sign(id, at, body)
		h.Set(HeaderSignature, signed)
		if _, err := (Verifier{Secrets: []Secret{ours}}).Verify(h, body, at); err != nil {
			t.Fatalf("we refuse the library's: %v", err)
		}
	})
}

func TestVerify(t *testing.T) {
	a, b, c := secret(t, 1), secret(t, 2), secret(t, 3)
	body := []byte(`{"type":"plan.finished"}`)
	for _, tc := range []struct {
		name    string
		secrets []Secret // of the verifier
		change  func(h http.Header, body *[]byte)
		now     time.Time
		want    error
	}{
		{"good", []Secret{a}, nil, noon, nil},
		{"older secret of two", []Secret{b}, nil, noon, nil},
		{"receiver has several", []Secret{c, b}, nil, noon, nil},
		{"other secret", []Secret{c}, nil, noon, ErrNotSignedSo},
		{"no secret", nil, nil, noon, ErrNoSecrets},
		{"five minutes old", []Secret{a}, nil, noon.Add(Tolerance), nil},
		{"older", []Secret{a}, nil, noon.Add(Tolerance + time.Second), ErrTooOld},
		{"clock behind", []Secret{a}, nil, noon.Add(-Tolerance), nil},
		{"from the future", []Secret{a}, nil, noon.Add(-Tolerance - time.Second), ErrTooNew},
		{"body changed", []Secret{a}, func(_ http.Header, body *[]byte) { (*body)[0] ^= 1 }, noon, ErrNotSignedSo},
		{"body cut", []Secret{a}, func(_ http.Header, body *[]byte) { *body = (*body)[:5] }, noon, ErrNotSignedSo},
		{"body longer", []Secret{a}, func(_ http.Header, body *[]byte) { *body = append(*body, ' ') }, noon, ErrNotSignedSo},
		{"other id", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderID, "dlv_2") }, noon, ErrNotSignedSo},
		{"other time", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderTimestamp, fmt.Sprint(noon.Unix()+1)) }, noon, ErrNotSignedSo},
		{"time with sign", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderTimestamp, fmt.Sprintf("+%d", noon.Unix())) }, noon, ErrHeaders},
		{"time no number", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderTimestamp, "noon") }, noon, ErrHeaders},
		{"time overflows", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderTimestamp, "9223372036854775807") }, noon, ErrTooNew},
		{"time underflows", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderTimestamp, "-9223372036854775808") }, noon, ErrTooOld},
		{"no id", []Secret{a}, func(h http.Header, _ *[]byte) { h.Del(HeaderID) }, noon, ErrHeaders},
		{"no time", []Secret{a}, func(h http.Header, _ *[]byte) { h.Del(HeaderTimestamp) }, noon, ErrHeaders},
		{"no signature", []Secret{a}, func(h http.Header, _ *[]byte) { h.Del(HeaderSignature) }, noon, ErrHeaders},
		{"two ids", []Secret{a}, func(h http.Header, _ *[]byte) { h.Add(HeaderID, "dlv_2") }, noon, ErrHeaders},
		{"only another scheme", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderSignature, "v1a,AAAA") }, noon, ErrNotSignedSo},
		{"another scheme first", []Secret{a}, func(h http.Header, _ *[]byte) {
			h.Set(HeaderSignature, "v1a,AAAA "+h.Get(HeaderSignature))
		}, noon, nil},
		{"not base64", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderSignature, "v1,***") }, noon, ErrHeaders},
		{"empty signature", []Secret{a}, func(h http.Header, _ *[]byte) { h.Set(HeaderSignature, "v1,") }, noon, ErrNotSignedSo},
		{"flood of signatures", []Secret{a}, func(h http.Header, _ *[]byte) {
			h.Set(HeaderSignature, strings.Repeat("v1,AAAA ", 50))
		}, noon, ErrHeaders},
	} {
		h, sent := http.Header{}, bytes.Clone(body)
		Sign(h, []Secret{a, b}, "dlv_1", noon, sent)
		if tc.change != nil {
			tc.change(h, &sent)
		}
		m, err := Verifier{Secrets: tc.secrets}.Verify(h, sent, tc.now)
		if !errors.Is(err, tc.want) || (tc.want == nil) != (err == nil) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
		if err == nil && (m.ID != "dlv_1" || !m.At.Equal(noon)) {
			t.Errorf("%s: message %+v", tc.name, m)
		}
	}
}

func TestSecrets(t *testing.T) {
	for _, bad := range []string{"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_not base64 at all, sorry!!!!!!!!"} {
		if _, err := ParseSecret(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		} else if bad != "" && bad != Prefix && strings.Contains(err.Error(), strings.TrimPrefix(bad, Prefix)) {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
	s, err := NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%#v", s), fmt.Sprintf("%+v", s), s.String()} {
		if strings.Contains(text, strings.TrimPrefix(s.Reveal(), Prefix)[:8]) {
			t.Errorf("printed secret: %s", text)
		}
	}
	if _, err := NewSecret(bytes.NewReader(nil)); err == nil {
		t.Error("a secret without randomness")
	}
}

func TestRecent(t *testing.T) {
	var r Recent
	if r.Seen("a", noon) || !r.Seen("a", noon.Add(time.Minute)) || r.Seen("b", noon) {
		t.Error("first time, again, other")
	}
	later := noon.Add(time.Hour)
	if r.Seen("a", later) {
		t.Error("remembered too long")
	}
	if len(r.seen) != 1 {
		t.Errorf("%d IDs kept", len(r.seen))
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("dlv_1", "1643630400", "v1,AAAA v1a,zz", []byte("{}"))
	f.Add("", "", "", []byte(nil))
	f.Add("a.b", "-1", "v1,", []byte("x"))
	v := Verifier{Secrets: []Secret{{bytes.Repeat([]byte{7}, 32)}}}
	f.Fuzz(func(t *testing.T, id, stamp, signature string, body []byte) {
		h := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature}}
		if m, err := v.Verify(h, body, noon); err == nil {
			again := http.Header{}
			Sign(again, v.Secrets, m.ID, m.At, body)
			if !strings.Contains(signature, again.Get(HeaderSignature)) {
				t.Errorf("accepted what we would not sign: %q %q %q", id, stamp, signature)
			}
		}
	})
}
