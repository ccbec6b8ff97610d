package rivertask

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Config of a queue; zero values take the defaults.
type Config struct {
	Classes      []task.Class  // that this process works on; all when empty
	ShortWorkers int           // tasks of class Short at a time; 8
	LongWorkers  int           // tasks of class Long at a time; 2
	Poll         time.Duration // between looks for Short tasks; 50 ms. Long ones: five times that
	Sweep        time.Duration // between looks for tasks that nobody works on; 20 s
	// Rescue is how long a process may be silent on PostgreSQL before its tasks
	// are given to others, which takes at most a fifth longer; 45 s.
	Rescue time.Duration
	// MaxCrashes is the number of deaths of the process under one task before it
	// is given up; 100. A death counts for all the tasks that were running, so
	// the limit leaves the innocent ones room on a machine that dies often.
	MaxCrashes int
	GaveUp     task.GaveUp // told before a task dies
	// GaveUpRetry is the wait before GaveUp is called again when it failed; 5 s.
	GaveUpRetry time.Duration
	Logger      *slog.Logger // slog.Default()

	listen bool   // the database tells of new tasks; polling is for those it missed
	id     string // River's name of this process; its own choice when empty
}

func (c Config) withDefaults() Config {
	c.ShortWorkers = cmp.Or(c.ShortWorkers, 8)
	c.LongWorkers = cmp.Or(c.LongWorkers, 2)
	c.Poll = cmp.Or(c.Poll, 50*time.Millisecond)
	c.Sweep = cmp.Or(c.Sweep, 20*time.Second)
	c.Rescue = cmp.Or(c.Rescue, 45*time.Second)
	c.MaxCrashes = cmp.Or(c.MaxCrashes, 100)
	c.GaveUpRetry = cmp.Or(c.GaveUpRetry, 5*time.Second)
	if c.GaveUp == nil {
		c.GaveUp = func(context.Context, task.Attempt, error) error { return nil }
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

// never is longer than any task runs.
const never = 10 * 365 * 24 * time.Hour

// inserting is River's configuration of a client that only inserts. Where
// nobody listens, a long interval keeps it from writing notifications.
func (c Config) inserting() *river.Config {
	cooldown := time.Hour
	if c.listen {
		cooldown = c.cooldown()
	}
	return &river.Config{Logger: c.riverLogger(), PollOnly: !c.listen, FetchCooldown: cooldown, FetchPollInterval: cooldown}
}

// working is River's configuration of a client that works.
func (c Config) working(workers *river.Workers) *river.Config {
	return &river.Config{
		ID:                          c.id,
		Logger:                      c.riverLogger(),
		Workers:                     workers,
		Queues:                      c.queues(),
		PollOnly:                    !c.listen,
		FetchOnlyKnownKinds:         true,
		RetryPolicy:                 backoff{},
		JobTimeout:                  -1, // handlers know their limits
		RescueStuckJobsAfter:        never,
		CompletedJobRetentionPeriod: 24 * time.Hour,
		CancelledJobRetentionPeriod: 7 * 24 * time.Hour,
		DiscardedJobRetentionPeriod: 7 * 24 * time.Hour,
	}
}

// queues are River's queues of the classes that this process works on.
func (c Config) queues() map[string]river.QueueConfig {
	out := make(map[string]river.QueueConfig)
	if len(c.Classes) == 0 || slices.Contains(c.Classes, task.Short) {
		out[string(task.Short)] = c.queue(c.ShortWorkers, 1)
	}
	if len(c.Classes) == 0 || slices.Contains(c.Classes, task.Long) {
		out[string(task.Long)] = c.queue(c.LongWorkers, 5)
	}
	return out
}

// queue is River's configuration of one class, polled at so many intervals.
func (c Config) queue(workers, polls int) river.QueueConfig {
	poll := time.Duration(polls) * c.Poll
	if c.listen {
		poll = max(poll, 500*time.Millisecond) // waits of a few seconds end only when polled
	}
	return river.QueueConfig{MaxWorkers: workers, FetchCooldown: c.cooldown(), FetchPollInterval: poll}
}

// cooldown is the shortest time between two looks for tasks. It bounds the tasks
// a second (workers / cooldown) and matters only while there are some.
func (c Config) cooldown() time.Duration { return min(c.Poll, 2*time.Millisecond) }

// riverLogger keeps River's warnings and errors; its account of each task
// would repeat ours.
func (c Config) riverLogger() *slog.Logger {
	return slog.New(atLeast{c.Logger.Handler(), slog.LevelWarn}).With("part", "river")
}

// atLeast is a log handler that drops what is less than a level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled implements slog.Handler.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup implements slog.Handler.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
