// Certificates for tests, made without a program or a package: DER (ITU-T X.690) by hand.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Both as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;

/**
 * Signed by its own new key, for `localhost` and 127.0.0.1 (addresses are given by their bytes),
 * from yesterday for a hundred days.
 */
export function makeCertificate({
  commonName = 'baton test',
  names = ['localhost'],
  addresses = [[127, 0, 0, 1]],
  beginsAt = Date.now() - dayMs,
  endsAt = Date.now() + 100 * dayMs,
}: Partial<Omit<Body, 'publicKey'>> = {}): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = certificateBody({ commonName, names, addresses, beginsAt, endsAt, publicKey });
  const signature = sign('sha256', signed, privateKey);
  const der = sequence(signed, ecdsaWithSha256, value(0x03, Buffer.of(0), signature));
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

interface Body {
  readonly commonName: string;
  readonly names: readonly string[];
  readonly addresses: readonly (readonly number[])[];
  readonly beginsAt: number;
  readonly endsAt: number;
  readonly publicKey: KeyObject;
}

/** TBSCertificate of RFC 5280, section 4.1. */
function certificateBody(body: Body): Buffer {
  const { commonName, beginsAt, endsAt, publicKey } = body;
  const name = sequence(
    value(0x31, sequence(objectId('550403'), value(0x0c, Buffer.from(commonName)))),
  );
  const others = sequence(
    ...body.names.map((other) => value(0x82, Buffer.from(other))),
    ...body.addresses.map((bytes) => value(0x87, Buffer.from(bytes))),
  );
  const subjectAltName = sequence(objectId('551d11'), value(0x04, others));
  return sequence(
    value(0xa0, value(0x02, Buffer.of(2))),
    value(0x02, Buffer.of(1)),
    ecdsaWithSha256,
    name,
    sequence(time(beginsAt), time(endsAt)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    value(0xa3, sequence(subjectAltName)),
  );
}

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));

function objectId(hex: string): Buffer {
  return value(0x06, Buffer.from(hex, 'hex'));
}

/** GeneralizedTime, in seconds. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\.\d+|[-:T]/g, '');
  return value(0x18, Buffer.from(digits));
}

function sequence(...parts: Buffer[]): Buffer {
  return value(0x30, ...parts);
}

function value(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}
