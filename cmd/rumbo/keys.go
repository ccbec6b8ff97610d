package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/api"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

type keysCommand struct {
	Create keysCreate `cmd:"" help:"Create a key and print it, the only time it can be seen."`
	List   keysList   `cmd:"" help:"List keys by prefix, name and scopes."`
	Delete keysDelete `cmd:"" help:"Delete a key."`
}

type keysCreate struct {
	place
	Name   string   `required:"" help:"Who will use the key."`
	Scopes []string `default:"all" help:"What the key may do: read, ingest, plan, learn or all."`
}

// Run prints the key alone, so that a script can take it.
func (c *keysCreate) Run(ctx context.Context) error {
	s, err := c.openKeys(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	text, err := createKey(ctx, s, c.Name, c.Scopes)
	if err != nil {
		return err
	}
	_, err = fmt.Println(text)
	return err
}

func createKey(ctx context.Context, s store.Store, name string, scopes []string) (string, error) {
	text, key, err := api.NewKey(name, scopes, time.Now(), rand.Reader)
	if err != nil {
		return "", err
	}
	return text, s.InTx(ctx, func(tx store.Tx) error { return tx.AddKey(ctx, key) })
}

type keysList struct{ place }

// Run prints a table.
func (c *keysList) Run(ctx context.Context) error {
	s, err := c.openKeys(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	keys, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "PREFIX\tNAME\tSCOPES\tCREATED")
	for _, k := range keys {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", k.Prefix, k.Name, strings.Join(k.Scopes, ","), k.CreatedAt.Format(time.RFC3339))
	}
	return table.Flush()
}

type keysDelete struct {
	place
	Prefix string `arg:"" help:"Prefix of the key, as rumbo keys list shows it."`
}

// Run deletes the key; requests with it are refused from the next start on.
func (c *keysDelete) Run(ctx context.Context) error {
	s, err := c.openKeys(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.InTx(ctx, func(tx store.Tx) error { return tx.DeleteKey(ctx, c.Prefix) })
}
