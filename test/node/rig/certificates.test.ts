import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { describe, expect, it } from 'vitest';
import { type Certificate, certificates } from '../../rig/certificates.ts';
import { useRig } from '../../rig/vitest.ts';

const rig = useRig();
const made = certificates();

/** The status, or the code of the error, that Node's own client has of a server with this certificate. */
async function visit(tls: Certificate, hostname: string, ca?: string): Promise<number | string | undefined> {
  const server = await rig.server({ tls, hostname });
  return new Promise((resolve) => {
    get(`${server.url}/item/1`, { agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

describe('certificates of the rig', () => {
  it.each(['localhost', '127.0.0.1'])('are good for %s to a client that knows the authority', async (hostname) => {
    expect(await visit(made.good, hostname, made.ca)).toBe(200);
  });

  it('are good for nobody else', async () => {
    expect(await visit(made.good, 'localhost')).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['wrongName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('are bad as %s, with that fault alone', async (name, code) => {
    expect(await visit(made[name], 'localhost', made.ca)).toBe(code);
  });

  it('are issued for other names and addresses', () => {
    const { subjectAltName } = new X509Certificate(made.issue('chat.test', '10.213.0.2', 'fd00::12:3').cert);
    expect(subjectAltName).toBe('DNS:chat.test, IP Address:10.213.0.2, IP Address:FD00:0:0:0:0:0:12:3');
  });

  it('are signed by the authority, but for the self-signed one', () => {
    const authority = new X509Certificate(made.ca);
    expect(authority.ca).toBe(true);
    for (const { cert } of [made.good, made.expired, made.wrongName]) {
      expect(new X509Certificate(cert).verify(authority.publicKey)).toBe(true);
    }
    expect(new X509Certificate(made.selfSigned.cert).verify(authority.publicKey)).toBe(false);
  });

  it('are made once a run, and the authority is in a file too', () => {
    expect(certificates()).toBe(made);
    expect(existsSync(made.caFile)).toBe(true);
    expect(readFileSync(made.caFile, 'utf8')).toBe(made.ca);
  });
});
