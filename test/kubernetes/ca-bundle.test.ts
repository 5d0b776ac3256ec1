import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { caBundleProblem } from '../../src/kubernetes/ca-bundle.js';
import { asset } from '../../src/paths.js';

/** Valid from 2026-11-21 to 2126-10-28. */
let certificate: string;
beforeAll(async () => {
  certificate = await readFile(asset('test/fixtures/api-server/certificate.pem'), 'utf8');
});

const problem = (text: string, date = '2030-01-01') =>
  caBundleProblem(Buffer.from(text).toString('base64'), Date.parse(date));

describe('a CA bundle', () => {
  it('is fine when it holds a valid certificate, whatever stands around it', () => {
    expect(problem(certificate)).toBeUndefined();
    expect(problem(`# made by somebody\n${certificate}\n${certificate}`)).toBeUndefined();
  });

  it('is missing', () => {
    expect(caBundleProblem(undefined, 0)).toBe('its caBundle is empty');
    expect(caBundleProblem('', 0)).toBe('its caBundle is empty');
  });

  it('is only a placeholder, as charts have it', () => {
    expect(caBundleProblem('Cg==', 0)).toBe('its caBundle holds no certificate');
  });

  it('cannot be read', () => {
    const broken = certificate.replace('MIIB', 'AAAA');
    expect(problem(broken)).toMatch(/^its caBundle holds a certificate that cannot be read: /);
    expect(problem(certificate + broken)).toMatch(/^its caBundle holds a certificate that cannot be read: /);
  });

  it('is of another time', () => {
    expect(problem(certificate, '2127-01-01')).toBe('its caBundle expired on 2126-10-28');
    expect(problem(certificate, '2026-01-01')).toBe('its caBundle is not valid before 2026-11-21');
  });
});
