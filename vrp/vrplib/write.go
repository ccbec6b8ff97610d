package vrplib

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Write writes an instance in its Format, so that Read gives the same instance back. A
// format that has no place for something the instance holds gives ErrInexpressible; to
// convert, set another Format. O(nodes), or O(nodes^2) with a table.
func Write(w io.Writer, in *Instance) error {
	if err := in.check(); err != nil {
		return err
	}
	if err := in.plain(); err != nil {
		return err
	}
	b := &writer{Writer: bufio.NewWriter(w), in: in}
	switch in.Format {
	case CVRPLIB:
		b.cvrplib()
	case Solomon:
		b.solomon()
	case LiLim:
		b.lilim()
	case Sartori:
		b.sartori()
	case Cordeau:
		b.cordeau()
	case HVRP:
		b.hvrp()
	default:
		return fmt.Errorf("%w: no format %d", ErrInexpressible, in.Format)
	}
	return b.Flush()
}

// writer writes lines; its errors stay in the buffer until Flush.
type writer struct {
	*bufio.Writer
	in *Instance
}

func (b *writer) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

// num is a number in as few digits as read back to the same value.
func num(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// plain refuses what the format has no words for. The cvrplib format lacks only pairs
// without windows.
func (in *Instance) plain() error {
	cannot := func(what string) error {
		return fmt.Errorf("%w: the %s format has no %s", ErrInexpressible, in.Format, what)
	}
	if in.Format == CVRPLIB {
		for i := range in.Nodes {
			if (in.Nodes[i].Partner >= 0 && !in.Windowed) || int(in.Nodes[i].ID) != i {
				return cannot("pairs without windows or free numbering")
			}
		}
		return nil
	}
	mixed := in.Format == Cordeau || in.Format == HVRP
	switch {
	case len(in.Groups) > 0:
		return cannot("groups")
	case in.Ordinal != nil && !ascending(in.Ordinal):
		return cannot("vehicles in mixed order")
	case len(in.Classes) > 1 && !mixed:
		return cannot("mixed fleet")
	case len(in.Depots) > 1 && in.Format != Cordeau:
		return cannot("second depot")
	case (in.Weight == Explicit) != (in.Format == Sartori):
		return cannot("such distances")
	case in.Weight == Floor || in.Weight == Ceil:
		return cannot("rounding of its own")
	case in.Windowed && in.Format == HVRP, !in.Windowed && !mixed:
		return cannot("such windows")
	}
	for i := range in.Classes {
		c := &in.Classes[i]
		priced := c.Fixed != 0 || c.Unit != 1
		switch {
		case c.Count == 0 && in.Format != Sartori, c.Count != 0 && in.Format == Sartori:
			return cannot("such number of vehicles")
		case len(c.Reloads) > 0:
			return cannot("reloads")
		case priced && in.Format != HVRP:
			return cannot("prices")
		case in.Format == Cordeau && (c.Count != in.Classes[0].Count || len(in.Depots) != len(in.Classes) || c.Depot != in.Depots[i]):
			return cannot("such fleet")
		case c.MaxDistance != in.Classes[0].MaxDistance:
			return cannot("different ranges")
		case c.MaxDistance != 0 && in.Format != HVRP, c.MaxDuration != 0 && in.Format != Cordeau:
			return cannot("such limit")
		}
	}
	return in.plainNodes(cannot)
}

func (in *Instance) plainNodes(cannot func(string) error) error {
	paired := in.Format == LiLim || in.Format == Sartori
	depot := in.isDepot()
	for i := range in.Nodes {
		x := &in.Nodes[i]
		switch {
		case x.Backhaul != 0 || x.Release != 0 || x.Prize != 0:
			return cannot("backhauls, releases or prizes")
		case (x.Partner >= 0) != (paired && !depot[i]):
			return cannot("such mixture of pairs and single stops")
		case in.Format == HVRP && i > 0 && x.Service != in.Nodes[1].Service:
			return cannot("different service times")
		case int(x.ID) != i && in.Format != Cordeau:
			return cannot("free numbering")
		}
	}
	if in.Depots[0] != 0 && in.Format != Cordeau {
		return cannot("depot in the middle")
	}
	return nil
}

func ascending(list []int32) bool {
	for i := 1; i < len(list); i++ {
		if list[i] < list[i-1] {
			return false
		}
	}
	return true
}

func (b *writer) solomon() {
	b.line("%s\n\nVEHICLE\nNUMBER     CAPACITY\n%5d %11d\n", b.in.Name, b.in.Classes[0].Count, b.in.Classes[0].Capacity)
	b.line("CUSTOMER\nCUST NO.  XCOORD.    YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME")
	for i := range b.in.Nodes {
		x := &b.in.Nodes[i]
		b.line("%5d %10s %10s %9d %12s %10s %14s", x.ID, num(x.X), num(x.Y), x.Demand, num(x.Open), num(x.Close), num(x.Service))
	}
}

func (b *writer) lilim() {
	b.line("%d\t%d\t1", b.in.Classes[0].Count, b.in.Classes[0].Capacity)
	for i := range b.in.Nodes {
		x := &b.in.Nodes[i]
		b.pairRow(x, x.X, x.Y, "\t")
	}
}

// pairRow is a row of lilim or sartori.
func (b *writer) pairRow(x *Node, first, second float64, sep string) {
	pickup, delivery := int32(0), int32(0)
	if x.Partner >= 0 && x.Pickup {
		delivery = x.Partner
	} else if x.Partner >= 0 {
		pickup = x.Partner
	}
	for _, s := range [...]string{itoa(int64(x.ID)), num(first), num(second), itoa(x.Demand),
		num(x.Open), num(x.Close), num(x.Service), itoa(int64(pickup))} {
		b.WriteString(s + sep)
	}
	b.line("%d", delivery)
}

func (b *writer) sartori() {
	n := len(b.in.Nodes)
	b.line("NAME: %s\nCOMMENT: %s\nTYPE: PDPTW\nSIZE: %d\nCAPACITY: %d\nNODES", b.in.Name, b.in.Comment, n, b.in.Classes[0].Capacity)
	for i := range b.in.Nodes {
		x := &b.in.Nodes[i]
		b.pairRow(x, x.Y, x.X, " ")
	}
	b.line("EDGES")
	b.table()
	b.line("EOF")
}

// table writes all rows of an explicit table.
func (b *writer) table() {
	n := len(b.in.Nodes)
	for i, d := range b.in.Table {
		b.WriteString(itoa(int64(d)))
		if i%n == n-1 {
			b.WriteByte('\n')
		} else {
			b.WriteByte(' ')
		}
	}
}

func (b *writer) cordeau() {
	kind, depots := 0, len(b.in.Depots)
	if depots > 1 || b.in.Type == "MDVRP" || b.in.Type == "MDVRPTW" {
		kind = 2
	}
	if b.in.Windowed {
		kind += 4
	}
	b.line("%d %d %d %d", kind, b.in.Classes[0].Count, b.in.Customers(), depots)
	for i := range b.in.Classes {
		c := &b.in.Classes[i]
		b.line("%s %d", num(c.MaxDuration), c.Capacity%maxAmount) // the largest stands for 0, no limit
	}
	for i := range b.in.Nodes {
		x := &b.in.Nodes[i]
		fmt.Fprintf(b, "%d %s %s %s %d 0 0", x.ID, num(x.X), num(x.Y), num(x.Service), x.Demand)
		if b.in.Windowed {
			fmt.Fprintf(b, " %s %s", num(x.Open), num(x.Close))
		}
		b.line("")
	}
}

func (b *writer) hvrp() {
	c := &b.in.Classes[0]
	longest, service := float64(noRange), 0.0
	if c.MaxDistance != 0 {
		longest = c.MaxDistance
	}
	if len(b.in.Nodes) > 1 {
		service = b.in.Nodes[1].Service
	}
	b.line("//customers, vehicle types, range, service time; number, capacity, fixed cost, cost per distance;\n//depot; customers")
	b.line("%d %d %s %s", b.in.Customers(), len(b.in.Classes), num(longest), num(service))
	for i := range b.in.Classes {
		c := &b.in.Classes[i]
		b.line("%d %d %s %s", c.Count, c.Capacity, num(c.Fixed), num(c.Unit))
	}
	for i := range b.in.Nodes {
		x := &b.in.Nodes[i]
		if i == 0 {
			b.line("%s %s", num(x.X), num(x.Y))
			continue
		}
		b.line("%s %s %d", num(x.X), num(x.Y), x.Demand)
	}
}
