package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
)

// assets are Swagger UI (Apache-2.0, its license beside it) and our page
// around it. They are served from the binary: a browser asks no other host.
//
//go:embed assets
var assets embed.FS

// pagePolicy is the Content-Security-Policy of the documentation: everything
// from this server. Swagger UI sets styles from its script.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountPages serves the document in both forms and the pages for people.
func (s *server) mountPages() error {
	asJSON, err := json.MarshalIndent(s.document, "", "  ")
	if err != nil {
		return rumbo.Fault(rumbo.Internal, "api.mountPages", "encoding the document", err)
	}
	asYAML, err := s.document.YAML()
	if err != nil {
		return rumbo.Fault(rumbo.Internal, "api.mountPages", "encoding the document", err)
	}
	faults, err := errorsPage()
	if err != nil {
		return rumbo.Fault(rumbo.Internal, "api.mountPages", "rendering the page of codes", err)
	}
	s.serveBytes("/openapi.json", "application/json", append(asJSON, '\n'))
	s.serveBytes("/openapi.yaml", "application/yaml", asYAML)
	s.serveBytes("/docs/errors", "text/html; charset=utf-8", faults)
	for path, asset := range map[string][2]string{
		"/docs":                      {"docs.html", "text/html; charset=utf-8"},
		"/docs/docs.css":             {"docs.css", "text/css; charset=utf-8"},
		"/docs/docs.js":              {"docs.js", "text/javascript; charset=utf-8"},
		"/docs/swagger-ui.css":       {"swagger-ui.css", "text/css; charset=utf-8"},
		"/docs/swagger-ui-bundle.js": {"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
	} {
		data, err := assets.ReadFile("assets/" + asset[0])
		if err != nil {
			return rumbo.Fault(rumbo.Internal, "api.mountPages", "reading "+asset[0], err)
		}
		s.serveBytes(path, asset[1], data)
	}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/docs", http.StatusFound) })
	return nil
}

// serveBytes serves content that never changes while the process runs.
func (s *server) serveBytes(path, media string, data []byte) {
	sum := sha256.Sum256(data)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", media)
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("ETag", tag)
		h.Set("Cache-Control", "no-cache")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data) // a client that has gone needs no answer
	})
}

// codeRow is one code as the pages show it.
type codeRow struct {
	Code             rumbo.Code
	Status           int
	English, Spanish string
}

// codeRows lists all codes: the status that a request with this code gets, and
// its sentence in both languages with the places of value and limit marked.
func codeRows() []codeRow {
	var rows []codeRow
	for _, c := range rumbo.Codes() {
		f := rumbo.FieldError{Value: "‹value›", Limit: "‹limit›"}
		rows = append(rows, codeRow{c, statusOf(c, nil), c.Text(rumbo.English, f), c.Text(rumbo.Spanish, f)})
	}
	return rows
}

func errorsPage() ([]byte, error) {
	page, err := template.New("errors").Parse(errorsTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = page.Execute(&b, codeRows())
	return b.Bytes(), err
}

const errorsTemplate = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rumbo API: codes of faults</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/docs.css"></head>
<body><nav><strong>Rumbo</strong> <a href="/docs">Endpoints</a></nav>
<main><h1>Codes of faults</h1>
<p>Every problem (RFC 9457) has a <code>code</code>, and so has each entry of its <code>errors</code>. Codes never change; texts may.
A code of a field stands in <code>errors</code> of a problem with code <code>invalid_request</code>.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>English</th><th lang="es">Español</th></tr></thead><tbody>
{{range .}}<tr id="{{.Code}}"><td><code>{{.Code}}</code></td><td>{{.Status}}</td><td>{{.English}}</td><td lang="es">{{.Spanish}}</td></tr>
{{end}}</tbody></table></main></body></html>
`
