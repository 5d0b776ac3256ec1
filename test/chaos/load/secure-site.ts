import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import {
  AuthorityKeyIdentifierExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { makeAuthority } from '../../../src/certificates/make-authority.js';

/** A site with a certificate of an authority that only those trust who are told to. */
export interface SecureSite {
  readonly port: number;
  /** PEM of the authority. */
  readonly caFile: string;
  /** Each `Host` and name for TLS that it was asked for. */
  readonly seen: ReadonlySet<string>;
  close(): Promise<void>;
}

export async function secureSite(name: string): Promise<SecureSite> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-secure-site-'));
  const caFile = join(folder, 'ca.pem');
  const authority = await makeAuthority(Date.now());
  await writeFile(caFile, authority.certificate);
  const { cert, key } = await leaf(name, authority);
  const seen = new Set<string>();
  const server = createServer({ cert, key }, ({ headers, socket }, response) => {
    const asked = socket instanceof TLSSocket && 'servername' in socket ? String(socket.servername) : '';
    seen.add(`${headers.host ?? ''} ${asked}`);
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    caFile,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function leaf(name: string, authority: Awaited<ReturnType<typeof makeAuthority>>) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const signer = new X509Certificate(authority.certificate);
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${name}`,
      issuer: signer.subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
      extensions: [
        new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
        await AuthorityKeyIdentifierExtension.create(signer, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
}
