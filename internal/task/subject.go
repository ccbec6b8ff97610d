package task

import (
	"context"
	"encoding/json"
)

// About is a task that works on one stored thing: its arguments and its key are the
// thing's ID, so that there is one unfinished task of a kind for it.
func About(kind, id string, class Class, attempts int) Spec {
	args, _ := json.Marshal(id) // a string always encodes
	return Spec{Kind: kind, Args: args, Class: class, Key: id, MaxAttempts: attempts}
}

// With is the task with another priority.
func (s Spec) With(p Priority) Spec {
	s.Priority = p
	return s
}

// Subject is the ID of the thing that the task is about.
func (a Attempt) Subject() (id string, err error) {
	err = json.Unmarshal(a.Args, &id)
	return id, err
}

// OnSubject makes a handler of work on one stored thing. Faults of which hopeless is true
// end the task at once: another try would meet them again.
func OnSubject(hopeless func(error) bool, work func(ctx context.Context, id string) error) Handler {
	return func(ctx context.Context, a Attempt) error {
		id, err := a.Subject()
		if err != nil {
			return Permanent(err)
		}
		if err = work(ctx, id); err != nil && hopeless(err) {
			return Permanent(err)
		}
		return err
	}
}
