// Package schedule fires flows at their times.
//
// Place in the walk: beside it. A schedule says which flow runs when, in which
// time zone; the schedules are rows of the database, and every process that works
// keeps all of them.
//
// # Promises
//
// Every time is fired once, whatever number of processes looks after it: the run of
// a time is named by schedule and time, so that whoever comes second finds it there;
// only then is the next time written down, and a process that dies in between
// leaves the same run to be found by the next.
//
// # Missed times
//
// Times that pass while no process runs are dealt with by the schedule's rule:
// "once" fires the latest of them, "skip" none (but a time not older than Grace,
// for a restart is no absence), "all" each of the latest hundred.
//
// # Offered schedules
//
// A schedule that the house offers (the daily backup) is made once in the life of an
// installation, and is its users' from then on.
//
// # Local time
//
// Cron expressions (robfig/cron's parser) are read on the clock of the time zone.
// A time in the hour that spring skips is not fired that day; one in the hour that
// autumn repeats is fired once, the first time. Expressions with a step or star in
// the hour go by elapsed hours.
//
// A Keeper may be used by one goroutine; any number of keepers may share a store.
package schedule
