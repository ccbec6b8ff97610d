package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// NewLogger writes to w: format "json" for machines, "text" for people; level
// is debug, info, warn or error.
func NewLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q: use debug, info, warn or error", level)
	}
	options := &slog.HandlerOptions{Level: l, ReplaceAttr: hideSecrets}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return nil, fmt.Errorf("log format %q: use json or text", format)
}

// hideSecrets blanks attributes whose name says that they should not be
// written down; it is the second line of defense, the first is not to log them.
func hideSecrets(_ []string, a slog.Attr) slog.Attr {
	name := strings.ToLower(a.Key)
	for _, secret := range [...]string{"secret", "password", "authorization", "api_key", "token"} {
		if strings.Contains(name, secret) {
			return slog.String(a.Key, "[hidden]")
		}
	}
	return a
}
