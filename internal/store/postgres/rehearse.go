package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
)

// rehearsalPrefix begins the names of scratch schemas.
const rehearsalPrefix = "rumbo_rehearsal_"

// Rehearse is Restore into a schema of its own in the same database, which done drops with
// all that is in it; so it drops those that killed processes left, when they are a day old. The
// user of the database must be allowed to make schemas, as its owner is.
func Rehearse(ctx context.Context, address string, dump store.Dump, prepare func(ctx context.Context, db *Database) error) (into store.Restore, done func() error, err error) {
	db, err := connect(ctx, address, checking)
	if err != nil {
		return nil, nil, err
	}
	name := rehearsalPrefix + time.Now().UTC().Format("20060102t150405") + "_" + strings.ToLower(rand.Text()[:8])
	drop := func() error {
		_, err := db.pool.Exec(context.WithoutCancel(ctx), `DROP SCHEMA IF EXISTS `+quote(name)+` CASCADE`)
		return errors.Join(err, db.Close())
	}
	if err := db.forget(ctx); err != nil {
		return nil, nil, dialect().Fail("postgres.Rehearse", errors.Join(err, db.Close()))
	}
	if _, err := db.pool.Exec(ctx, `CREATE SCHEMA `+quote(name)); err != nil {
		return nil, nil, dialect().Fail("postgres.Rehearse", errors.Join(err, db.Close()))
	}
	into, err = restoreAt(ctx, address, name, dump, prepare)
	if err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return into, func() error { return errors.Join(into.Close(), dialect().Fail("postgres.Rehearse", drop())) }, nil
}

// forget drops scratch schemas of yesterday or before.
func (db *Database) forget(ctx context.Context) error {
	rows, err := db.pool.Query(ctx, `SELECT nspname::text FROM pg_namespace WHERE nspname LIKE $1 AND nspname < $2`,
		strings.ReplaceAll(rehearsalPrefix, "_", `\_`)+"%", rehearsalPrefix+time.Now().UTC().Add(-24*time.Hour).Format("20060102t150405"))
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			rows.Close()
			return err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := db.pool.Exec(ctx, `DROP SCHEMA IF EXISTS `+quote(name)+` CASCADE`); err != nil {
			return err
		}
	}
	return nil
}
