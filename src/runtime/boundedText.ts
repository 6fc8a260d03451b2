import { discard } from './discard.ts';

/** Reads a response's body as text, but no more than `capBytes`: a longer one is cut off, and null comes back. */
export async function boundedText(response: Response, capBytes: number): Promise<string | null> {
  const declared = Number(response.headers.get('content-length'));
  if (declared > capBytes) {
    await discard(response);
    return null;
  }
  if (typeof response.body?.getReader !== 'function') {
    const text = await response.text();
    return text.length > capBytes ? null : text;
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let left = capBytes; left >= 0; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    left -= value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel().catch(() => {});
  return null;
}
