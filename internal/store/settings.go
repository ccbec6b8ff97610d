package store

import (
	"context"
	"encoding/json"

	"github.com/logistica-inteligente/rumbo"
)

// Names of settings.
const (
	SettingQuality     = "quality"     // a rumbo.QualityDocument
	SettingRetention   = "retention"   // a rumbo.RetentionDocument
	SettingAutomations = "automations" // a rumbo.AutomationsDocument
	SettingTrack       = "track"       // how far tracking has come; internal/flow knows its form
	SettingOffered     = "offered/"    // and the name of a schedule: that it was offered; internal/schedule knows its form
	SettingWatermark   = "watermark/"  // and the kind: a rumbo.Watermark
)

// SettingReader reads the documents that an installation has one of.
type SettingReader interface {
	// Setting reads a document. NotFound.
	Setting(ctx context.Context, name string) (doc string, err error)
}

// SettingWriter changes them.
type SettingWriter interface {
	// SetSetting adds or replaces a document.
	SetSetting(ctx context.Context, name, doc string) error
}

// Document reads a setting, or takes another when there is none. Corrupt when what is kept
// is no T.
func Document[T any](ctx context.Context, r SettingReader, name string, otherwise T) (T, error) {
	text, err := r.Setting(ctx, name)
	switch {
	case rumbo.CodeOf(err) == rumbo.NotFound:
		return otherwise, nil
	case err != nil:
		return otherwise, err
	}
	var document T
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return otherwise, rumbo.Fault(rumbo.Corrupt, "store.Document", "the setting "+name+" cannot be read", err)
	}
	return document, nil
}

// SetDocument adds or replaces a setting.
func SetDocument(ctx context.Context, w SettingWriter, name string, document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return rumbo.Fault(rumbo.Internal, "store.SetDocument", "the setting "+name+" cannot be written", err)
	}
	return w.SetSetting(ctx, name, string(text))
}
