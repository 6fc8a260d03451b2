import { accept, acknowledge, append, attach, holds, isExpired } from '../session/sessionRecord.ts';

/** What each step of a store does to a session's record: for stores of one's own. docs/stores.md shows how. */
export const sessionSteps = { attach, append, accept, acknowledge, holds, isExpired } as const;
