import { type Payload, payloadOf } from '../../session/payload.ts';

/** Numbers begin anew in each run, so few are met. */
const made: Payload[] = [];

/** A message is a number that no other has; some are bytes, and some are heavy, so that limits by weight are met too. */
export function payloadFor(number: number): Payload {
  made[number] ??= makePayload(number);
  return made[number];
}

function makePayload(number: number): Payload {
  const filler = number % 7 === 0 ? 'x'.repeat(number % 2 === 0 ? 1_900 : 700) : undefined;
  const data = number % 5 === 0 ? Uint8Array.of(number >> 8, number & 255) : { number, filler };
  return payloadOf(data) as Payload;
}

/** The number of a payload as it arrives. */
export function numberIn(data: unknown): number {
  return data instanceof Uint8Array ? (data[0] ?? 0) * 256 + (data[1] ?? 0) : (data as { number: number }).number;
}

/** The number of a payload as it is kept. */
export function numberOf({ text, binary }: Payload): number {
  if (!binary) return numberIn(JSON.parse(text));
  return numberIn(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
}
