package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"github.com/logistica-inteligente/rumbo"
)

// VersionTable is where a database keeps its migrations.
const VersionTable = "schema_version"

// Up applies the migrations that a database lacks. A database that a newer
// Rumbo has changed is refused untouched: an older one would write into it what
// the newer one no longer expects. Errors: Conflict for that; others are the
// database's.
func Up(ctx context.Context, provider *goose.Provider) error {
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	switch version, err := provider.GetDBVersion(ctx); {
	case err != nil:
		return fmt.Errorf("read the version of the tables: %w", err)
	case version > newest:
		return &rumbo.Error{Code: rumbo.Conflict, Op: "store.Up",
			Detail: fmt.Sprintf("the database is of version %d, this program knows versions up to %d", version, newest),
			Hint:   "use the newer rumbo that made it, or restore a backup from before"}
	}
	if _, err := provider.Up(ctx); err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			return fmt.Errorf("migrate to version %d: %w", partial.Failed.Source.Version, partial.Err)
		}
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
