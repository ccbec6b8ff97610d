package rivertask

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"
	"github.com/riverqueue/river/rivertype"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// rulesAge is how old the rules may be that a process works by.
const rulesAge = time.Second

// SetRule implements task.Desk.
func (q *Queue[TTx]) SetRule(ctx context.Context, r task.Rule) error {
	const op = "rivertask.SetRule"
	known := r.Class == "" || r.Class == task.Short || r.Class == task.Long
	if !known || r.Max < 0 || r.Kind != "" && (r.Class != "" || !kindPattern.MatchString(r.Kind)) {
		return rumbo.Fault(rumbo.Invalid, op, fmt.Sprintf("a rule of kind %q, class %q and at most %d tasks", r.Kind, r.Class, r.Max), nil)
	}
	if err := q.table.SetRule(ctx, subject(r), r); err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	return nil
}

// Rules implements task.Desk.
func (q *Queue[TTx]) Rules(ctx context.Context) ([]task.Rule, error) {
	rules, err := q.table.Rules(ctx)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, "rivertask.Rules", "", err)
	}
	var out []task.Rule
	for _, key := range slices.Sorted(maps.Keys(rules)) {
		out = append(out, rules[key])
	}
	return out, nil
}

// subject is the name under which a rule is kept.
func subject(r task.Rule) string {
	switch {
	case r.Kind != "":
		return "kind " + r.Kind
	case r.Class != "":
		return "class " + string(r.Class)
	}
	return "all"
}

// ruled is a driver whose client asks our pilot for tasks.
type ruled[TTx any] struct {
	riverdriver.Driver[TTx]
	pilot *pilot
}

// PluginInit is called by River before PluginPilot.
func (ruled[TTx]) PluginInit(*baseservice.Archetype) {}

// PluginPilot is how River finds the pilot.
func (r ruled[TTx]) PluginPilot() riverpilot.Pilot { return r.pilot }

// pilot stands between River and its table where tasks are taken, the one place
// where a rule can hold a task back without touching it. River calls this door
// internal: its version is pinned, and tasktest holds what we need of it.
type pilot struct {
	riverpilot.StandardPilot
	table  jobTable
	config Config

	mu    sync.Mutex
	rules map[string]task.Rule
	read  time.Time // when the rules were read
}

func newPilot(table jobTable, config Config) *pilot { return &pilot{table: table, config: config} }

// current are the rules, read again when they are old. Those that cannot be read
// stay as they were: the fetch after them meets the same fault.
func (p *pilot) current(ctx context.Context) map[string]task.Rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.read) >= rulesAge {
		if rules, err := p.table.Rules(ctx); err == nil {
			p.rules, p.read = rules, time.Now()
		}
	}
	return p.rules
}

// JobGetAvailable implements riverpilot.Pilot: it takes tasks that no rule holds back.
func (p *pilot) JobGetAvailable(ctx context.Context, exec riverdriver.Executor, state riverpilot.ProducerState,
	params *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	none := &riverdriver.JobGetAvailableResult{}
	rules := p.current(ctx)
	if len(rules) == 0 || params.MaxToLock <= 0 {
		return p.StandardPilot.JobGetAvailable(ctx, exec, state, params)
	}
	all, class := rules["all"], rules["class "+params.Queue]
	if all.Paused || class.Paused {
		return none, nil
	}
	limited := all.Max > 0 || class.Max > 0
	allowed := *params
	allowed.Kind = []string{}
	for _, kind := range params.Kind {
		if r := rules["kind "+kind]; !r.Paused {
			allowed.Kind = append(allowed.Kind, kind)
			limited = limited || r.Max > 0
		}
	}
	if !limited || len(allowed.Kind) == 0 {
		return p.StandardPilot.JobGetAvailable(ctx, exec, state, &allowed)
	}
	tx, err := exec.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	out, err := p.within(ctx, tx, state, &allowed, rules)
	if err != nil {
		return nil, err
	}
	return out, tx.Commit(ctx)
}

// JobSetStateIfRunningMany implements riverpilot.Pilot: the end of a task makes room
// under the limits, which the other processes are told as they are told of new tasks.
// Without it they would find out when they poll.
func (p *pilot) JobSetStateIfRunningMany(ctx context.Context, exec riverdriver.Executor,
	params *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	rows, err := p.StandardPilot.JobSetStateIfRunningMany(ctx, exec, params)
	if err != nil || !p.config.listen || !limited(p.current(ctx)) {
		return rows, err
	}
	woken := &riverdriver.NotifyManyParams{Topic: "river_insert",
		Payload: []string{`{"queue":"` + string(task.Short) + `"}`, `{"queue":"` + string(task.Long) + `"}`}}
	if err := exec.NotifyMany(ctx, woken); err != nil {
		p.config.Logger.WarnContext(ctx, "tell the others of room under a limit", "error", err)
	}
	return rows, nil
}

// limited says whether any rule limits the tasks at a time.
func limited(rules map[string]task.Rule) bool {
	for _, r := range rules {
		if r.Max > 0 {
			return true
		}
	}
	return false
}

// within takes tasks as long as the limits leave room. All processes take turns
// here, so that what is counted stays true until the tasks are taken. Each round
// takes no more than the narrowest room, so that tasks come in River's order.
func (p *pilot) within(ctx context.Context, tx riverdriver.ExecutorTx, state riverpilot.ProducerState,
	params *riverdriver.JobGetAvailableParams, rules map[string]task.Rule) (*riverdriver.JobGetAvailableResult, error) {
	out := &riverdriver.JobGetAvailableResult{}
	if p.config.listen { // on SQLite a transaction that writes is alone
		if err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(rulesLock)); err != nil {
			return nil, err
		}
	}
	for out.Jobs == nil || len(out.Jobs) < params.MaxToLock {
		open, room, err := p.room(ctx, tx, params, rules)
		if err != nil || room == 0 || len(open) == 0 {
			return out, err
		}
		round := *params
		round.Kind, round.MaxToLock = open, min(room, params.MaxToLock-len(out.Jobs))
		got, err := p.StandardPilot.JobGetAvailable(ctx, tx, state, &round)
		if err != nil || len(got.Jobs) == 0 {
			return out, err
		}
		out.Jobs = append(out.Jobs, got.Jobs...)
		if out.DecodeErrors == nil {
			out.DecodeErrors = got.DecodeErrors
		} else {
			maps.Copy(out.DecodeErrors, got.DecodeErrors)
		}
	}
	return out, nil
}

// rulesLock is the name of the lock under which limited tasks are taken.
const rulesLock = 0x72756c6573 // "rules"

// room says which kinds may begin and how many tasks of any of them at least.
func (p *pilot) room(ctx context.Context, tx riverdriver.ExecutorTx, params *riverdriver.JobGetAvailableParams,
	rules map[string]task.Rule) (kinds []string, room int, err error) {
	room = params.MaxToLock
	narrow := func(r task.Rule, where string, args ...any) (left int, err error) {
		if r.Max == 0 {
			return params.MaxToLock, nil
		}
		var running int
		err = tx.QueryRow(ctx, `SELECT count(*) FROM river_job WHERE state = 'running'`+where, args...).Scan(&running)
		return max(r.Max-running, 0), err
	}
	for _, limit := range []struct {
		rule  task.Rule
		where string
		args  []any
	}{{rules["all"], "", nil}, {rules["class "+params.Queue], " AND queue = $1", []any{params.Queue}}} {
		left, err := narrow(limit.rule, limit.where, limit.args...)
		if err != nil {
			return nil, 0, err
		}
		room = min(room, left)
	}
	for _, kind := range params.Kind {
		left, err := narrow(rules["kind "+kind], " AND kind = $1", kind)
		if err != nil {
			return nil, 0, err
		}
		if left > 0 {
			kinds, room = append(kinds, kind), min(room, left)
		}
	}
	return kinds, room, nil
}
