package postgres

import "context"

// OpenAt is Open with tables of an older version.
func OpenAt(ctx context.Context, address string, version int64) (*Database, error) {
	db, err := connect(ctx, address, silence)
	if err != nil {
		return nil, err
	}
	provider, done, err := db.provider()
	if err != nil {
		return nil, err
	}
	defer done()
	_, err = provider.UpTo(ctx, version)
	return db, err
}
