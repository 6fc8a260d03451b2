import type { SwitchoverError } from '../policy/error.ts';
import type { Identity, LostRange, Opening, Session, TokenAlarm } from './session.ts';

/** What an application can listen to, beside the messages. A listener that throws, or whose promise rejects, becomes a `warning`. */
export interface SessionServerEvents<I extends Identity = Identity> {
  /** A session is connected here: begun, or carried on. */
  session: (session: Session<I>, opening: Opening) => void;
  /** Messages of the client are lost; null: it can't be told which. Each loss is told once by the server that learns of it. */
  gap: (session: Session<I>, range: LostRange) => void;
  /** The session's connection is gone; the code that this server has closed with, null where the other side or the network did. */
  closed: (session: Session<I>, code: number | null) => void;
  /** Someone showed a token that is not theirs to show. They were refused. */
  alarm: (alarm: TokenAlarm) => void;
  /** A drain is over: nobody is left. */
  drained: () => void;
  /** What would otherwise go unseen: the store failed, a function of the application threw. The server goes on. */
  warning: (error: SwitchoverError) => void;
}
