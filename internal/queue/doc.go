// Package queue decides when which host is visited, and by whom. River keeps the
// jobs in the store's own database, so that what a transaction stores and the job
// that it causes are kept together or not at all, and so that worker processes
// share the work.
//
// There is at most one job per host at any time, over all processes: that is how
// politeness holds without a word between the workers. Only this package knows
// River; the same code runs on SQLite and on PostgreSQL.
package queue
