package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// settings are what an operator decides about a server. Every flag can be given as an
// environment variable of the name RUMBO_….
type settings struct {
	Data                  string  `required:"" env:"RUMBO_DATA_DIR" help:"Directory of the installation; made when absent. One process uses it at a time."`
	Database              string  `env:"RUMBO_DATABASE" help:"postgres://… for a PostgreSQL database; a file in the data directory when absent."`
	Listen                string  `default:"127.0.0.1:8080" env:"RUMBO_LISTEN" help:"Address of the API."`
	Map                   string  `env:"RUMBO_MAP" help:"Road map (rumbo roads import)."`
	Zones                 string  `env:"RUMBO_ZONES" help:"Zone map, GeoJSON, packed or not."`
	TimeZone              string  `default:"UTC" env:"RUMBO_TIME_ZONE" help:"The client's local time, an IANA name: the hours that models learn."`
	SnapMeters            float64 `default:"500" env:"RUMBO_SNAP_METERS" help:"How far from a road the place of an order may lie."`
	MaxPayloadMiB         int64   `default:"2048" env:"RUMBO_MAX_PAYLOAD_MIB" help:"Largest payload of one ingestion, unpacked."`
	MaxQuarantine         float64 `default:"0.5" env:"RUMBO_MAX_QUARANTINE" help:"A batch of which a larger share is quarantined fails, and nothing of it is loaded."`
	AllowPrivateCallbacks bool    `env:"RUMBO_ALLOW_PRIVATE_CALLBACKS" help:"Admit callbacks to loopback and private networks."`
	WebhookSecret         string  `env:"RUMBO_WEBHOOK_SECRET" help:"Secret of the signatures, whsec_…; made and kept in the data directory when absent."`
	LogFormat             string  `default:"text" enum:"text,json" env:"RUMBO_LOG_FORMAT" help:"${enum}."`
	LogLevel              string  `default:"info" enum:"debug,info,warn,error" env:"RUMBO_LOG_LEVEL" help:"${enum}."`
}

// secret is the webhook secret: the given one, the kept one, or a new one that is kept.
func (s settings) secret() (string, error) {
	if s.WebhookSecret != "" {
		return s.WebhookSecret, nil
	}
	path := filepath.Join(s.Data, "webhook-secret")
	kept, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	text := "whsec_" + base64.StdEncoding.EncodeToString(raw)
	return text, keep(path, text+"\n")
}

// keep writes a small file whole or not at all, readable by its owner alone, and has it
// on disk when it returns.
func keep(path, text string) error {
	file, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.WriteString(text); err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return rumbo.Fault(rumbo.Unavailable, "rumbo", "cannot write "+path, err)
	}
	return os.Rename(path+".tmp", path)
}
