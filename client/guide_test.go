package client_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/webhook"
	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
)

var update = flag.Bool("update", false, "write the guide's generated parts anew")

const guideFile = "../docs/guide/webhooks.md"

// The guide's message. Its signature is computed here and read back from the
// guide, so neither can drift.
const (
	guideBody  = `{"type":"plan.finished","timestamp":"2022-01-31T12:06:00Z","data":{"id":"plan_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM","state":"done"}}`
	guideID    = "dlv_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM"
	guideStamp = 1643630760
)

func guideSecret(t *testing.T) signature.Secret {
	t.Helper()
	s, err := signature.ParseSecret("whsec_" + base64.StdEncoding.EncodeToString([]byte("an example, not a secret")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The guide is a text with gaps ({{body}}, ...) that were filled once with
// -update; from then on the test reads the examples back out of it.
func TestWebhookGuide(t *testing.T) {
	h := http.Header{}
	signature.Sign(h, []signature.Secret{guideSecret(t)}, guideID, time.Unix(guideStamp, 0), []byte(guideBody))
	data, err := os.ReadFile(guideFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if *update {
		text = strings.NewReplacer("{{signature}}", strings.TrimPrefix(h.Get(signature.HeaderSignature), "v1,"), "{{body}}", guideBody,
			"{{secret}}", guideSecret(t).Reveal(), "{{go}}", exampleBody(t), "{{waits}}", waits(), "{{attempts}}", fmt.Sprint(webhook.MaxAttempts)).Replace(text)
		if err := os.WriteFile(guideFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	message := regexp.MustCompile("(?s)```http\n(.*?)\n\n(.*?)\n```").FindStringSubmatch(text)
	if message == nil {
		t.Fatal("the guide shows no message")
	}
	received := http.Header{}
	for _, line := range strings.Split(message[1], "\n")[1:] {
		name, value, _ := strings.Cut(line, ": ")
		received.Set(name, value)
	}
	v := signature.Verifier{Secrets: []signature.Secret{guideSecret(t)}}
	if _, err := v.Verify(received, []byte(message[2]), time.Unix(guideStamp+60, 0)); err != nil {
		t.Errorf("the guide's message does not verify: %v", err)
	}
	for what, part := range map[string]string{"the secret": guideSecret(t).Reveal(), "the Go example": exampleBody(t), "the waits": waits(),
		"the number of attempts": fmt.Sprintf("%d attempts", webhook.MaxAttempts), "the time limit": fmt.Sprintf("%d seconds", int(webhook.AttemptTimeout.Seconds()))} {
		if !strings.Contains(text, part) {
			t.Errorf("the guide differs in %s; it should say:\n%s", what, part)
		}
	}
}

// waits is the schedule of package webhook, in words.
func waits() string {
	var b strings.Builder
	for n := 1; n <= 6; n++ {
		d := webhook.Wait(n)
		text := fmt.Sprintf("%d s", int(d.Seconds()))
		switch {
		case d >= time.Hour:
			text = fmt.Sprintf("%d h", int(d.Hours()))
		case d >= time.Minute:
			text = fmt.Sprintf("%d min", int(d.Minutes()))
		}
		b.WriteString(text + ", ")
	}
	return strings.TrimSuffix(b.String(), ", ") + " and then every 10 h,"
}

// exampleBody is the code of ExampleVerifier_Handler.
func exampleBody(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "func ExampleVerifier_Handler() {\n")
	code = strings.TrimSuffix(strings.TrimSpace(code), "}")
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(code, "\n"), "\n") {
		b.WriteString(strings.TrimPrefix(line, "\t") + "\n")
	}
	return strings.TrimSpace(b.String())
}

// The Python of the guide, on the guide's message. A machine without Python
// has nothing to run it with: ./test installs one.
func TestWebhookGuideInPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is not here")
		return
	}
	data, err := os.ReadFile(guideFile)
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(data)
	h := http.Header{}
	signature.Sign(h, []signature.Secret{guideSecret(t)}, guideID, time.Unix(guideStamp, 0), []byte(guideBody))
	program := string(code[1]) + fmt.Sprintf(`
from rumbo import WebhookError
headers = {"Webhook-Id": %q, "Webhook-Timestamp": "%d", "Webhook-Signature": %q}
body = %q.encode()
print(*receive(headers, body, now=%d))
for h, b, now in ((headers, body + b" ", %[5]d), (headers, body, %[5]d + 301), (headers, body, %[5]d - 301),
                  (dict(headers, **{"Webhook-Id": "x"}), body, %[5]d), ({}, body, %[5]d)):
    try:
        receive(h, b, now)
        print("accepted what is wrong")
    except WebhookError:
        pass
`, guideID, guideStamp, h.Get(signature.HeaderSignature), guideBody, guideStamp)
	if got := runPython(t, python, program); got != "plan.finished plan_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM\n" {
		t.Errorf("Python says %q", got)
	}
}

// runPython runs a program beside client/python.
func runPython(t *testing.T, python, program string, args ...string) string {
	t.Helper()
	path, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{"-B", "-c", program}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return string(out)
}
