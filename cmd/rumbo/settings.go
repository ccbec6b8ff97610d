package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/schedule"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// settings are what an operator decides about a server. Every flag can be given as an
// environment variable of the name RUMBO_….
type settings struct {
	Data     string   `required:"" env:"RUMBO_DATA_DIR" help:"Directory of the installation; made when absent. One process uses it at a time, or several of one machine with --database; of several machines with --database and --blobs, each with its own directory."`
	Database string   `env:"RUMBO_DATABASE" help:"postgres://… for a PostgreSQL database; a file in the data directory when absent."`
	Blobs    string   `env:"RUMBO_BLOBS" help:"s3://bucket/prefix?region=…&endpoint=… for payloads and models in S3; a folder of the data directory when absent. Credentials come from where AWS's tools look for them."`
	Roles    []string `kong:"-"` // both when empty
	workerSettings
	backupSettings
	Listen                string  `default:"127.0.0.1:8080" env:"RUMBO_LISTEN" help:"Address of the API."`
	Map                   string  `env:"RUMBO_MAP" help:"Road map (rumbo roads import)."`
	Zones                 string  `env:"RUMBO_ZONES" help:"Zone map, GeoJSON, packed or not."`
	TimeZone              string  `default:"UTC" env:"RUMBO_TIME_ZONE" help:"The client's local time, an IANA name: the hours that models learn."`
	SnapMeters            float64 `default:"500" env:"RUMBO_SNAP_METERS" help:"How far from a road the place of an order may lie."`
	MaxPayloadMiB         int64   `default:"2048" env:"RUMBO_MAX_PAYLOAD_MIB" help:"Largest payload of one ingestion, unpacked."`
	MaxQuarantine         float64 `default:"0.1" env:"RUMBO_MAX_QUARANTINE" help:"A batch of which a larger share is quarantined fails, and nothing of it is loaded."`
	RegionsAbove          int     `default:"5000" env:"RUMBO_REGIONS_ABOVE" help:"Orders above which a day is planned in regions of a fifth of that, by as many workers as there are; a whole day of 5,000 takes 1.5 GB."`
	AllowPrivateCallbacks bool    `env:"RUMBO_ALLOW_PRIVATE_CALLBACKS" help:"Admit callbacks to loopback and private networks."`
	WebhookSecret         string  `env:"RUMBO_WEBHOOK_SECRET" help:"Secret of the signatures, whsec_…; made and kept in the data directory when absent."`
	LogFormat             string  `default:"text" enum:"text,json" env:"RUMBO_LOG_FORMAT" help:"${enum}."`
	LogLevel              string  `default:"info" enum:"debug,info,warn,error" env:"RUMBO_LOG_LEVEL" help:"${enum}."`
}

// workerSettings are what an operator decides about background work.
type workerSettings struct {
	Queues      []string       `default:"short,long" enum:"short,long" env:"RUMBO_QUEUES" help:"Classes of background work that this process takes: ${enum}."`
	Concurrency map[string]int `env:"RUMBO_CONCURRENCY" mapsep:"," help:"Tasks at a time by class; short=8,long=2 when absent."`
	Rescue      time.Duration  `default:"45s" env:"RUMBO_RESCUE" help:"How long a process may be silent on PostgreSQL before others take over its work."`
	Drain       time.Duration  `default:"10s" env:"RUMBO_DRAIN" help:"How long running work may go on after SIGTERM before it is handed back."`
}

// roles are what a process does; the zero value does everything.
const (
	roleAPI    = "api"
	roleWorker = "worker"
)

func (s settings) role(name string) bool { return len(s.Roles) == 0 || slices.Contains(s.Roles, name) }

// validate reports every fault that the command line's form does not show.
func (s settings) validate() error {
	var faults []rumbo.FieldError
	for class, n := range s.Concurrency {
		if class != string(task.Short) && class != string(task.Long) {
			faults = append(faults, rumbo.FieldError{Pointer: "--concurrency", Code: rumbo.NotOneOf, Value: class, Limit: "short, long"})
		}
		if n < 1 || n > 1000 {
			faults = append(faults, rumbo.FieldError{Pointer: "--concurrency/" + class, Code: rumbo.OutOfRange, Value: n, Limit: "1 to 1000"})
		}
	}
	if s.RegionsAbove < 0 {
		faults = append(faults, rumbo.FieldError{Pointer: "--regions-above", Code: rumbo.OutOfRange, Value: s.RegionsAbove, Limit: "1 or more"})
	}
	for flag, n := range map[string]int{"--backup-keep-days": s.BackupKeepDays, "--backup-keep-weeks": s.BackupKeepWeeks} {
		if n < 0 {
			faults = append(faults, rumbo.FieldError{Pointer: flag, Code: rumbo.OutOfRange, Value: n, Limit: "0 or more"})
		}
	}
	if daily, wanted := s.dailyBackup(); wanted {
		if _, bad := schedule.Parse(daily.Cron, "UTC", ""); len(bad) > 0 { // the time zone is looked at for itself
			faults = append(faults, rumbo.FieldError{Pointer: "--backup-schedule", Code: rumbo.NotOneOf, Value: daily.Cron, Limit: "none, or minute hour day-of-month month day-of-week, such as 0 3 * * *"})
		}
	}
	if s.Rescue != 0 && s.Rescue < time.Second {
		faults = append(faults, rumbo.FieldError{Pointer: "--rescue", Code: rumbo.OutOfRange, Value: s.Rescue.String(), Limit: "1s or more"})
	}
	if s.Blobs != "" && s.shared() && s.WebhookSecret == "" { // each machine would make its own
		faults = append(faults, rumbo.FieldError{Pointer: "--webhook-secret", Code: rumbo.MissingField, Limit: "whsec_…, the same for every process of the installation"})
	}
	if err := rumbo.InvalidFields("rumbo", faults); err != nil {
		return err
	}
	if !s.shared() && !(s.role(roleAPI) && s.role(roleWorker)) {
		return &rumbo.Error{Code: rumbo.Invalid, Op: "rumbo", Detail: "without --database the data is one SQLite file, on which one process does all the work",
			Hint: "more processes need PostgreSQL: rumbo serve --roles api --database postgres://… and rumbo worker --database postgres://…"}
	}
	return nil
}

// secretFile is where a data directory keeps it.
const secretFile = "webhook-secret"

// secret is the webhook secret: the given one, the kept one, or a new one that is kept.
func (s settings) secret() (string, error) {
	if s.WebhookSecret != "" {
		return s.WebhookSecret, nil
	}
	path := filepath.Join(s.Data, secretFile)
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
	if err := keep(path, text+"\n"); err != nil {
		return "", err
	}
	kept, err = os.ReadFile(path) // another process may have been quicker
	return strings.TrimSpace(string(kept)), err
}

// keep writes a small file whole or not at all, readable by its owner alone, and has it
// on disk when it returns. A file that is there stays as it is.
func keep(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*.tmp")
	if err == nil {
		defer os.Remove(file.Name())
		if _, err = file.WriteString(text); err == nil {
			err = file.Sync()
		}
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err == nil {
			err = os.Link(file.Name(), path)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return rumbo.Fault(rumbo.Unavailable, "rumbo", "cannot write "+path, err)
	}
	return nil
}
