import { describe, expect, it } from 'vitest';
import { goToolchain } from '../../src/doctor/go-toolchain.js';
import type { ToolPlan } from '../../src/doctor/tool-plan.js';
import { PlatformError } from '../../src/errors.js';
import type { Go } from '../../src/toolchain/go.js';
import { examined } from './examined.js';
import { go, helm } from './tools-given.js';

const here: ToolPlan = { way: 'here', tool: helm };
const build: ToolPlan = { way: 'build', go, seconds: 91, notDownloaded: 'silent' };
const none: ToolPlan = { way: 'none', reasons: ['silent'] };
const noGo = () => Promise.reject(new PlatformError('prerequisite', 'there is no go on PATH'));

function find(findGo: () => Promise<Go>, ...plans: ToolPlan[]) {
  return examined(goToolchain('1.26.0', findGo, () => Promise.resolve(plans)));
}

describe('the Go toolchain', () => {
  it('is not missed while every tool is here', async () => {
    expect(await find(noGo, here)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('not needed') as string,
    });
  });

  it('blocks when it is missing and tools need it', async () => {
    expect(await find(noGo, here, none, none)).toMatchObject({
      status: 'blocking',
      detail: 'there is no go on PATH; 2 tools need it',
      fix: ['install Go 1.26.0 or newer (https://go.dev/dl)'],
    });
  });

  it('is fine when it is there and its proxy answers', async () => {
    expect(await find(() => Promise.resolve(go), build)).toMatchObject({ status: 'ok' });
  });

  it('is a warning when tools need it and its proxy is silent', async () => {
    const offline = () => Promise.resolve({ ...go, offline: 'the module proxy cannot be reached' });
    expect((await find(offline, build)).status).toBe('warning');
    expect((await find(offline, here)).status).toBe('ok');
  });
});
