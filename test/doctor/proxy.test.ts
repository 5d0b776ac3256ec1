import { describe, expect, it } from 'vitest';
import { proxy } from '../../src/doctor/proxy.js';
import { examined } from './examined.js';

const local = { subnets: { pods: '10.244.0.0/16', services: '10.96.0.0/16' } };
const find = (variables: Record<string, string>) => examined(proxy({ variables, local, domain: 'shop.localhost' }));
const used = { HTTPS_PROXY: 'http://proxy.example.org:3128' };

/** What the warning says is missing. */
async function missing(noProxy: string): Promise<string | undefined> {
  const { detail } = await find({ ...used, NO_PROXY: noProxy });
  return /NO_PROXY lacks (.*): requests/.exec(detail)?.[1];
}

describe('the proxy', () => {
  it('is no trouble where there is none', async () => {
    expect(await find({ NO_PROXY: 'x' })).toEqual({ status: 'ok', detail: 'none is set' });
  });

  it('is a warning where what is on this machine goes to it, with the line to paste', async () => {
    const { status, detail, fix } = await find({ ...used, NO_PROXY: '.example.org' });
    expect(status).toBe('warning');
    expect(detail).toContain(
      'NO_PROXY lacks localhost, 127.0.0.1, .svc, .cluster.local, .shop.localhost, 10.244.0.0/16',
    );
    const all = '.example.org,localhost,127.0.0.1,.svc,.cluster.local,.shop.localhost,10.244.0.0/16,10.96.0.0/16';
    expect(fix).toEqual([`export NO_PROXY='${all}' no_proxy='${all}'`]);
  });

  it('is fine with every name and subnet in NO_PROXY', async () => {
    const entries = 'localhost,127.0.0.1,.svc,.cluster.local,10.244.0.0/16,10.96.0.0/16';
    expect(await find({ http_proxy: 'http://x', no_proxy: entries })).toEqual({
      status: 'ok',
      detail: 'http_proxy is set, NO_PROXY is complete',
    });
  });

  it.each([
    ['*', undefined],
    ['localhost 127.0.0.0/8 *.svc .local 10.0.0.0/8', undefined],
    ['localhost,127.0.0.1,svc,cluster.local,10.244.0.0/24,10.96.0.0/16', '10.244.0.0/16'],
    ['localhost,127.0.0.1,svc,cluster.local,10.244.0.0/99,10.244.0.0/x,10.96.0.0/12', '10.244.0.0/16'],
    ['::1/128,host,127.0.0.2,.svc,.cluster.local,10.0.0.0/8', 'localhost, 127.0.0.1, .shop.localhost'],
  ])('counts what %s covers', async (entries, lacking) => {
    expect(await missing(entries)).toBe(lacking);
  });

  it('takes the lower-case variable before the other, as programs do', async () => {
    expect((await find({ ...used, no_proxy: '*', NO_PROXY: 'x' })).status).toBe('ok');
  });
});
