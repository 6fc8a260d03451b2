import { median } from '../../lib/stats.ts';
import type { Attempts } from '../attempts.ts';
import type { Peer, TwoHostClient } from '../peers.ts';
import type { Fault, Victim } from './strikes.ts';

/** What a fault added to the requests of one client. Times are in milliseconds, infinite where a request was lost. */
export interface Added {
  readonly peer: string;
  /** What a request takes while all is well. */
  readonly wellMs: number;
  readonly firstMs: number;
  /** The requests after it, in order. */
  readonly nextMs: readonly number[];
  /** Sent for the first, beyond the one that every request needs. */
  readonly firstAttempts: number;
  /** The same for the next ones together. */
  readonly nextAttempts: number;
}

/** Requests while all is well that are counted; those before them connect. */
const WELL = 5;
/** Requests after the first that meets the fault. */
export const NEXT = 4;

/** A client under test, and the path that only it asks for. */
interface Subject {
  readonly peer: Peer;
  readonly client: TwoHostClient;
  readonly path: string;
}

/** What all rounds share. */
export interface Course {
  readonly fault: Fault;
  readonly victim: Victim;
  readonly standby: string;
  readonly attemptMs: number;
  /** How long the servers take to answer: stands for the way there and back. */
  readonly roundTripMs: number;
  readonly attempts: Attempts;
}

/** One round: clients of their own, all well; then the fault; then five requests of each, one after the other. */
export async function round(course: Course, peers: readonly Peer[]): Promise<Added[]> {
  const { fault, victim, standby, attemptMs, roundTripMs } = course;
  const subjects = peers.map((peer, at): Subject => {
    const client = peer.over({ hosts: [victim.url, standby], attemptMs });
    return { peer, client, path: `/slow?ms=${roundTripMs}&peer=${at}` };
  });
  try {
    const well = new Map<Subject, number>();
    for (const subject of subjects) well.set(subject, await wellMs(subject));
    await victim.strike();
    const measure = (subject: Subject): Promise<Added> => added(subject, well.get(subject) ?? 0, course.attempts);
    if (fault.unit === 'attempt time-outs') return await Promise.all(subjects.map(measure));
    const all: Added[] = [];
    for (const subject of subjects) all.push(await measure(subject));
    return all;
  } finally {
    for (const { client } of subjects) client.close?.();
    await victim.heal();
  }
}

async function wellMs(subject: Subject): Promise<number> {
  const times: number[] = [];
  for (let index = -2; index < WELL; index++) {
    const ms = await timeMs(subject);
    if (index >= 0) times.push(ms);
  }
  return median(times);
}

async function added(subject: Subject, wellMs: number, attempts: Attempts): Promise<Added> {
  const sent = (): number => attempts.sent(subject.path);
  const before = sent();
  const firstMs = (await timeMs(subject)) - wellMs;
  const afterFirst = sent();
  const nextMs: number[] = [];
  for (let index = 0; index < NEXT; index++) nextMs.push((await timeMs(subject)) - wellMs);
  return {
    peer: subject.peer.name,
    wellMs,
    firstMs,
    nextMs,
    firstAttempts: afterFirst - before - 1,
    nextAttempts: sent() - afterFirst - NEXT,
  };
}

/** How long one request took, until its body was read; infinite where it was lost. */
async function timeMs({ client, path }: Subject): Promise<number> {
  const startedMs = performance.now();
  try {
    await client.get(path);
    return performance.now() - startedMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
