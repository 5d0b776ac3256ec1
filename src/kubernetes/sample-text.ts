import type { Schema } from './open-api.js';

const byFormat: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00.000000Z',
  date: '2026-01-01',
  duration: '1h',
  uri: 'https://proof.example',
  url: 'https://proof.example',
  hostname: 'proof.example',
  email: 'proof@proof.example',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  ip: '192.0.2.1',
  cidr: '192.0.2.0/24',
  uuid: '00000000-0000-4000-8000-000000000000',
  byte: 'cHJvb2Y=',
};

// What patterns in public definitions ask for: names, paths, addresses, times, quantities, versions, numbers.
const candidates: readonly string[] = [
  'proof',
  ...Object.values(byFormat),
  'Proof',
  'PROOF',
  'a',
  'A',
  '1',
  '0',
  '10m',
  '1Gi',
  '100%',
  '0.5',
  'true',
  'v1',
  '1.0',
  '1.0.0',
  'v1.0.0',
  '/proof',
  '/proof/',
  './proof',
  '*.proof.example',
  'proof.example/proof',
  'proof/proof',
  'proof:proof',
  'proof=proof',
  'proof:1',
  'http://proof.example',
  'https://proof.example/proof',
  's3://proof',
  'oci://proof.example/proof',
  'arn:aws:iam::000000000000:role/proof',
  '* * * * *',
  'TCP',
  'GET',
  '#000000',
  `sha256:${'0'.repeat(64)}`,
  '0'.repeat(40),
];

/** A text that a schema accepts, as far as its format, its pattern and its lengths tell; the best guess otherwise. */
export function sampleText({ format = '', pattern, minLength = 0, maxLength = Infinity }: Schema): string {
  const fits = matcher(pattern);
  const texts = [...(byFormat[format] === undefined ? [] : [byFormat[format]]), ...candidates];
  const found = [...texts, ...texts.map((text) => text.padEnd(minLength, 'a'))].find(
    (text) => text.length >= minLength && text.length <= maxLength && fits(text),
  );
  return found ?? 'proof'.padEnd(minLength, 'a').slice(0, maxLength);
}

function matcher(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const expression = new RegExp(pattern, 'u');
    return (text) => expression.test(text);
  } catch {
    // The API server's expressions are Go's, of which a few mean nothing here.
    return () => true;
  }
}
