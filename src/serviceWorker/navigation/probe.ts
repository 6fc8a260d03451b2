import type { SiteConfig, SiteHost } from '../../site/config.ts';

/** What of a site's configuration a probe needs. */
export type ProbeLimits = Pick<SiteConfig, 'probeMs' | 'marker'>;

/** Longer answers to a probe are nobody's health endpoint, in characters. */
const ANSWER_LENGTH = 65_536;

/**
 * True where a host says now that it is well and serves. Never rejects, and is over in time.
 *
 * @param control Ends the probe: at the latest in time, and with it what is left of an answer, which would hold a connection. Probes that begin
 * together may share one.
 */
export async function isHealthy(
  { probe }: SiteHost,
  { probeMs, marker }: ProbeLimits,
  control = new AbortController(),
): Promise<boolean> {
  setTimeout(() => control.abort(), probeMs);
  try {
    const { ok, headers, body } = await fetch(probe, {
      signal: control.signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrer: '',
    });
    // A captive portal answers anything with 200, but not with this.
    return ok && !/^(standby|draining)$/.test(headers.get('switchover-role') ?? '') && (await holds(body, marker));
  } catch {
    return false;
  }
}

async function holds(body: Response['body'], marker: string): Promise<boolean> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (reader && text.length < ANSWER_LENGTH) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  return text.includes(marker);
}
