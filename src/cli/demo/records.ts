/** The fault of an act, and how the client came through it. */
export interface FaultRecord {
  /** Origin of the server that it struck. */
  readonly origin: string;
  readonly struckMs: number;
  readonly mendedMs: number;
  /** When the client was back at that server; null if it never was. */
  readonly returnedMs: number | null;
}

export interface ActRecord {
  readonly name: string;
  /** Null for the act in which nothing goes wrong. */
  readonly fault: FaultRecord | null;
}
