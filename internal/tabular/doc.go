// Package tabular reads files of rows and columns: CSV records with the text
// they were written in, and the schemas, which say what columns a file has under
// which names.
//
// Shared piece: stage 1 (ingest) checks a file's columns before it is accepted,
// stage 2 (etl) reads its rows.
//
// Terms:
//
//   - record: one row of a CSV file, RFC 4180: fields between commas (or
//     semicolons or tabs, told from the header), quotes around a field that holds
//     one, two quotes for a quote;
//   - raw: the record exactly as it was sent, without its line end;
//   - schema: a named set of columns, some required, with the other names they
//     have had over the years; names are compared without regard to case and
//     surrounding spaces.
//
// A record that cannot be read (a quote never closed, one too long) is given out
// with its Fault, and reading goes on with the next line: one bad row must not
// hide the others. Memory depends on the longest record alone. A Reader belongs
// to one goroutine; schemas are read-only.
package tabular
