/** The types that a failover's own types mention, beside those of every entry. */
export type { AnswerOptions } from './http/answer.ts';
export type * from './publicSockets.ts';
export type { FullPoolOptions } from './runtime/fullPool.ts';
