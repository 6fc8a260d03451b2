import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import * as der from './der.ts';

/** What a certificate (RFC 5280) is to say. */
export interface CertificateRequest {
  /** Common name. */
  readonly subject: string;
  /** Hostnames and IP addresses it is good for. None makes it an authority, that signs others. */
  readonly names: readonly string[];
  /** From when to when it holds, in days from now. */
  readonly fromDays: number;
  readonly toDays: number;
  /** Who signs it. Default: itself. */
  readonly issuer?: { readonly name: string; readonly key: KeyObject };
}

const DAY_MS = 86_400_000;
const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
};

/** A new key (P-256) and its certificate as PEM text. */
export function makeCertificate(request: CertificateRequest): { readonly key: KeyObject; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der.sequence(der.identifier(OID.ecdsaWithSha256));
  const issuer = request.issuer ?? { name: request.subject, key: privateKey };
  const version3 = der.explicit(0, der.integer(2));
  const body = der.sequence(
    version3,
    der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    distinguishedName(issuer.name),
    der.sequence(der.utcTime(inDays(request.fromDays)), der.utcTime(inDays(request.toDays))),
    distinguishedName(request.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions(request.names))),
  );
  const certificate = der.sequence(body, algorithm, der.bits(sign('sha256', body, issuer.key)));
  return { key: privateKey, cert: pem(certificate) };
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

function distinguishedName(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.identifier(OID.commonName), der.utf8(commonName))));
}

function extensions(names: readonly string[]): Buffer[] {
  if (names.length === 0) {
    const signsCertificates = der.bits(Buffer.of(0b0000_0110), 1);
    return [
      extension(OID.basicConstraints, der.sequence(der.boolean(true)), true),
      extension(OID.keyUsage, signsCertificates, true),
    ];
  }
  const signsHandshakes = der.bits(Buffer.of(0b1000_0000), 7);
  return [
    extension(OID.basicConstraints, der.sequence(), true),
    extension(OID.keyUsage, signsHandshakes, true),
    extension(OID.extendedKeyUsage, der.sequence(der.identifier(OID.serverAuth))),
    extension(OID.subjectAltName, der.sequence(...names.map(alternativeName))),
  ];
}

function extension(oid: string, content: Buffer, isCritical = false): Buffer {
  return der.sequence(der.identifier(oid), ...(isCritical ? [der.boolean(true)] : []), der.octets(content));
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 0 ? der.implicit(2, Buffer.from(name)) : der.implicit(7, addressBytes(name));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const [front, back] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const gap = Array.from({ length: 8 - (front?.length ?? 0) - (back?.length ?? 0) }, () => '0');
  const groups = [...(front ?? []), ...gap, ...(back ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
