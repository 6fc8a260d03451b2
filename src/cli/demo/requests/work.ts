/**
 * Three kinds of request, by what a repetition would do: a `read` changes nothing, a `keyed` POST is known by its
 * `Idempotency-Key` when it comes again, an `unsafe` POST would be done again.
 */
export type WorkKind = 'read' | 'keyed' | 'unsafe';

export const WORK_PATH = '/jobs/';
