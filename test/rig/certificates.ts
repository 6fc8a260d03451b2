import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from './guard.ts';
import { type CertificateRequest, makeCertificate } from './x509.ts';

/** A private key and its certificate, as PEM texts. Goes into `startServer({ tls })` as it is. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Certificates made in this process and trusted by nobody who was not told of `ca`. */
export interface Certificates {
  /** The authority's certificate, PEM: for the `ca` of a TLS client. */
  readonly ca: string;
  /** The same in a file, for `NODE_EXTRA_CA_CERTS`. Removed when this process ends. */
  readonly caFile: string;
  /** For `localhost`, `127.0.0.1` and `::1`. */
  readonly good: Certificate;
  /** As `good`, but it ran out yesterday: `CERT_HAS_EXPIRED`. */
  readonly expired: Certificate;
  /** For another name: `ERR_TLS_CERT_ALTNAME_INVALID`. */
  readonly wrongName: Certificate;
  /** As `good`, but vouched for by itself alone: `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly selfSigned: Certificate;
  /** As `good`, for these names or IP addresses. */
  issue(...names: readonly string[]): Certificate;
}

const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1'];
const AUTHORITY = 'Switchover test authority';
const CURRENT = { fromDays: -1, toDays: 30 };

let made: Certificates | undefined;

/** The certificates of this run: made when first asked for, then always the same. Takes a few milliseconds. */
export function certificates(): Certificates {
  made ??= makeAll();
  return made;
}

function makeAll(): Certificates {
  const authority = makeCertificate({ subject: AUTHORITY, names: [], fromDays: -60, toDays: 60 });
  const issuer = { name: AUTHORITY, key: authority.key };
  const local = { subject: 'localhost', names: LOCAL_NAMES };
  const issue = (...names: readonly string[]): Certificate =>
    asPem({ subject: names[0] ?? 'localhost', names, issuer, ...CURRENT });
  return {
    ca: authority.cert,
    caFile: writeFile(authority.cert),
    good: issue(...LOCAL_NAMES),
    expired: asPem({ ...local, issuer, fromDays: -30, toDays: -1 }),
    wrongName: issue('elsewhere.invalid'),
    selfSigned: asPem({ ...local, ...CURRENT }),
    issue,
  };
}

function asPem(request: CertificateRequest): Certificate {
  const { key, cert } = makeCertificate(request);
  return { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

function writeFile(pem: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchover-rig-ca-'));
  guard({ kind: 'directory', path: directory });
  const file = join(directory, 'ca.pem');
  writeFileSync(file, pem);
  return file;
}
