import type { AcceptedMessage } from '../../../../src/server/sessionStore.ts';
import type { StoreLimitOptions } from '../../../../src/server/stores/limits.ts';
import type { Payload } from '../../../../src/session/payload.ts';

/** What a test asks of a process that has the store of a file open. */
export type Ask =
  | { readonly kind: 'open'; readonly id: number; readonly path: string; readonly limits: StoreLimitOptions }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  /** Lets time pass by the machine's clock, as that process sees it. */
  | { readonly kind: 'pass'; readonly id: number; readonly ms: number }
  | {
      readonly kind: 'applied';
      readonly id: number;
      readonly appends: readonly (readonly [sid: string, payload: Payload])[];
      readonly error?: { readonly code: unknown };
    };

/** What it answers, asks and tells. */
export type Tell =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: unknown; readonly message: string }
  | { readonly kind: 'apply'; readonly id: number; readonly applyId: number; readonly accepted: AcceptedMessage }
  | { readonly kind: 'news'; readonly news: unknown };
