import type { AcceptedMessage, PlainRequest, SessionStore, StoreTransaction } from '../../../src/server/index.ts';
import type { StoreResult } from '../../../src/session/serverState.ts';
import { type LogWriter, nowUs } from './logFile.ts';
import type { HeldStep, ServerRecord } from './records.ts';
import { after, storePort } from './storePort.ts';

/** A store whose steps are written down, once they are answered. */
export interface RecordedStore<Transaction extends StoreTransaction> extends SessionStore<Transaction> {
  /** While a message's handler is called, before its first `await`: the message, with all that the store knows of it. */
  readonly accepting: AcceptedMessage | null;
}

export function recorded<Transaction extends StoreTransaction>(
  store: SessionStore<Transaction>,
  log: LogWriter<ServerRecord>,
): RecordedStore<Transaction> {
  let accepting: AcceptedMessage | null = null;
  const note = (record: ServerRecord | null, result: StoreResult): StoreResult => {
    if (record !== null) log.write(record);
    return result;
  };
  return {
    ...storePort(store),
    get accepting() {
      return accepting;
    },
    run(request) {
      const startUs = nowUs();
      return after(store.run(request), (result) => note(stepOf(request, result, startUs), result));
    },
    accept(request, apply) {
      const startUs = nowUs();
      const answer = store.accept(request, (accepted, transaction) => {
        accepting = accepted;
        try {
          return apply(accepted, transaction);
        } finally {
          accepting = null;
        }
      });
      return after(answer, (result) => note(heldStep(request, result, startUs), result));
    },
  };
}

function stepOf(request: PlainRequest, result: StoreResult, startUs: number): ServerRecord | null {
  if (request.op === 'append') return null;
  if (request.op !== 'attach') return heldStep(request, result, startUs);
  const { sid: asked, subject } = request;
  const said = { kind: 'attach', subject, asked, startUs } as const;
  if (result.kind !== 'attached')
    return { ...said, result: result.kind === 'refused' ? 'refused' : 'failed', sid: '', stream: '', epoch: 0 };
  const { sid, stream, epoch } = result.record;
  return { ...said, result: result.result, sid, stream, epoch };
}

function heldStep(
  { op, sid, epoch }: Pick<HeldStep, 'op' | 'sid' | 'epoch'>,
  result: StoreResult,
  startUs: number,
): HeldStep {
  const outcome = result.kind === 'fenced' || result.kind === 'failed' ? result.kind : 'done';
  const gaps = result.kind === 'accepted' && result.gaps.length > 0 ? { gaps: result.gaps } : {};
  return { kind: 'step', op, sid, epoch, startUs, result: outcome, ...gaps };
}
