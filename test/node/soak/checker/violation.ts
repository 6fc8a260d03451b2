/** What can be wrong with a soak. */
export type ViolationKind =
  /** One message had its effect twice, or out of its turn; or nobody had sent it. */
  | 'repeated-effect'
  | 'misordered-effect'
  | 'unsent-effect'
  /** The sender was told that it was accepted, and there is no effect. */
  | 'lost-after-acceptance'
  /** The sender was told that it was surely not accepted, and there is an effect. */
  | 'effect-after-refusal'
  /** Two answers to one question. */
  | 'contradiction'
  /** Fate unknown, though no session was lost. */
  | 'unfounded-unknown'
  /** Lost, and nobody was told. */
  | 'silent-loss'
  /** The end has come, and somebody still waits. */
  | 'unsettled'
  | 'undelivered'
  /** A message and its answer were to be written both or neither. */
  | 'half-done'
  /** To the client: twice, out of its turn, or never said by a server. */
  | 'repeated-delivery'
  | 'misordered-delivery'
  | 'invented-delivery'
  /** A range was reported that was not lost, or not the one that was lost. */
  | 'false-gap'
  | 'unreported-gap'
  /** An older connection did something to a session after a newer one had it. */
  | 'fence-passed'
  | 'epoch-fell'
  /** A session that had not expired was not found, not asked for, or its token was refused. */
  | 'session-lost'
  | 'session-forgotten'
  | 'token-refused'
  /** A part of the product gave up, or crashed. */
  | 'failed';

export interface Violation {
  readonly kind: ViolationKind;
  /** Client or session. */
  readonly who: string;
  readonly what: string;
}

export type Complain = (kind: ViolationKind, who: string, what: string) => void;
