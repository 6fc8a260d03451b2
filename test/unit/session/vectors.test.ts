import { describe, expect, test } from 'vitest';
import vectors from '../../../docs/protocol-vectors.json' with { type: 'json' };
import { type Decoded, decodeFromClient, decodeFromServer, encode } from '../../../src/session/codec.ts';
import { type FrameToServer, PROTOCOL_VERSION } from '../../../src/session/frames.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import { Script, type Step } from './script.ts';

interface Vector {
  readonly name: string;
  readonly text?: string;
  readonly base64?: string;
  readonly frame?: object;
  readonly bytes?: string;
  readonly code?: number;
}
type Decode = (input: string | Uint8Array, maxBytes: number) => Decoded<unknown>;

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const inputOf = ({ text, base64 }: Vector) => text ?? bytesOf(base64 ?? '');
const { frames, refused, maxBytes } = vectors;

/** The frame as a sender holds it: its payload as it is kept. */
function outgoing(frame: object): FrameToServer {
  return ('data' in frame ? { ...frame, data: payloadOf(frame.data) } : frame) as FrameToServer;
}

function reads(decode: Decode, list: readonly Vector[]): void {
  test.each(list.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const frame = vector.bytes === undefined ? vector.frame : { ...vector.frame, data: bytesOf(vector.bytes) };
    expect(decode(inputOf(vector), 10 * maxBytes)).toEqual({ kind: 'frame', frame });
    // What this library writes, it reads as the same: no vector depends on how a sender orders its fields.
    expect(decode(encode(outgoing(frame ?? {})), 10 * maxBytes)).toEqual({ kind: 'frame', frame });
  });
}

function refuses(decode: Decode, list: readonly Vector[]): void {
  test.each(list.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(decode(inputOf(vector), maxBytes)).toEqual({ kind: 'refused', code: vector.code });
  });
}

describe('the vectors of the protocol', () => {
  test('are for this version', () => {
    expect(vectors.protocol).toBe(PROTOCOL_VERSION);
  });

  describe('a server reads', () => reads(decodeFromClient, [...frames.both, ...frames.fromClient]));
  describe('a client reads', () => reads(decodeFromServer, [...frames.both, ...frames.fromServer]));
  describe('a server refuses', () => refuses(decodeFromClient, [...refused.both, ...refused.byServer]));
  describe('a client refuses', () => refuses(decodeFromServer, [...refused.both, ...refused.byClient]));

  describe('a server', () => {
    test.each(vectors.server.map((scene) => [scene.name, scene] as const))('%s', (_, scene) => {
      const script = new Script('replay' in scene ? scene.replay : undefined);
      for (const step of scene.steps) script.play(step as Step);
      script.end();
    });
  });
});
