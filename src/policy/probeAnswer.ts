/** A host's answer to a probe, as far as {@link judgeProbe} reads it. */
export interface HealthAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The `Content-Type` header; null where there is none. */
  readonly contentType: string | null;
  /** As much of it as was read. */
  readonly body: string;
}

/** What an answer of a health endpoint means. */
export interface HealthVerdict {
  /** Whether the host is well. */
  readonly healthy: boolean;
  /** Why not, or the status: one line for a status page or an event, at most 200 characters, without control characters. */
  readonly why: string;
}

/** Longest `why`, in characters. */
const WHY_LIMIT = 200;

/**
 * Reads a health answer: 200 is healthy, unless the body says otherwise; every other status is not.
 *
 * Bodies that are understood: Kubernetes' verbose text (`[-]etcd failed: reason withheld`), and JSON with a `status`
 * and perhaps `checks`, `components` or `details`, as of application/health+json (draft-inadarei-api-health-check),
 * Spring Boot, MicroProfile and Terminus. An HTML page, and what can't be parsed, is judged by its status alone.
 *
 */
export function judgeProbe(answer: HealthAnswer): HealthVerdict {
  const { status, contentType, body } = answer;
  const complaint = /html/i.test(contentType ?? '') ? null : (jsonComplaint(body) ?? textComplaint(body));
  const why = complaint === null ? `http ${status}` : `http ${status}, ${complaint}`;
  // What is kept: printable ASCII, and most of other scripts. It drops half a surrogate pair and bidirectional marks too.
  const plain = why.slice(0, WHY_LIMIT).replace(/[^ -~\u00a1-\u1fff\u2070-\ud7ff]+/g, ' ');
  return { healthy: status === 200 && complaint === null, why: plain };
}

/** The failed checks of Kubernetes' verbose text; null where it names none. */
function textComplaint(body: string): string | null {
  const failed = body.match(/^(?:\[-\].+|\w+ check failed)/gm);
  return failed === null ? null : failed.join(', ').replaceAll('[-]', '');
}

/** What a JSON health document says against its host; null where it says nothing or is none. */
function jsonComplaint(body: string): string | null {
  try {
    const document: unknown = JSON.parse(body);
    if (!isFailed(document)) return null;
    const failed = ['checks', 'components', 'details'].flatMap((part) => failedChecks(field(document, part)));
    return [`status ${String(field(document, 'status'))}`, ...failed].join(', ');
  } catch {
    return null;
  }
}

/** Names of the failed ones among `{ name: check }`, `{ name: [check, …] }` or `[{ name, … }, …]`. */
function failedChecks(checks: unknown): string[] {
  return Object.entries(checks ?? {})
    .filter(([, check]) => [check].flat().some(isFailed))
    .map(([name, check]) => String(field(check, 'name') ?? name));
}

function isFailed(check: unknown): boolean {
  return /^(?:fail|error|down)$/i.test(String(field(check, 'status')));
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
