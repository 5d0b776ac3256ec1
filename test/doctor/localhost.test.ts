import { describe, expect, it } from 'vitest';
import { localhost } from '../../src/doctor/localhost.js';
import { examined } from './examined.js';

const find = (...addresses: string[]) => examined(localhost({ lookup: () => Promise.resolve(addresses) }));

describe('the name localhost', () => {
  it('is fine where it leads to 127.0.0.1 first', async () => {
    expect(await find('127.0.0.1', '::1')).toEqual({ status: 'ok', detail: 'leads to 127.0.0.1' });
  });

  it('is fine where ::1 comes first, which is said', async () => {
    expect(await find('::1', '127.0.0.1')).toEqual({
      status: 'ok',
      detail: 'leads to ::1, then 127.0.0.1; a program that tries only the first needs 127.0.0.1 by number',
    });
  });

  it('is a warning where nothing of ours listens at its only address', async () => {
    const { status, detail, fix } = await find('::1');
    expect(status).toBe('warning');
    expect(detail).toBe('leads to ::1 only; the ingress and the image registry listen on 127.0.0.1');
    expect(fix).toEqual(["echo '127.0.0.1 localhost' | sudo tee -a /etc/hosts"]);
  });

  it('is a warning where it leads nowhere', async () => {
    const lookup = () => Promise.reject(new Error('ENOTFOUND'));
    expect((await examined(localhost({ lookup }))).detail).toMatch(/^leads nowhere;/);
  });
});
