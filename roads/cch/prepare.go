package cch

import (
	"context"

	"github.com/logistica-inteligente/rumbo/roads"
)

// Prepare goes all the way from a network to a metric: it takes the order that
// the map file holds, or computes one, then builds and customizes. With an order
// in the map a city is ready in a fraction of a second, without one in some
// seconds. Errors are those of [Order], [Build] and [Hierarchy.Customize].
func Prepare(ctx context.Context, g *roads.Graph, opts OrderOptions) (*Metric, error) {
	order := g.Order
	if order == nil {
		var err error
		if order, err = Order(ctx, g, opts); err != nil {
			return nil, err
		}
	}
	h, err := Build(g, order)
	if err != nil {
		return nil, err
	}
	return h.Customize(ctx, g)
}

// Graph is the network with the durations and distances of this metric.
func (m *Metric) Graph() *roads.Graph { return m.g }

// Hierarchy is what the metric was customized from; it can be customized again,
// also at the same time.
func (m *Metric) Hierarchy() *Hierarchy { return m.h }
