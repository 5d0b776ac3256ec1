import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlPlane, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await controlPlane('cycle');
});
afterAll(() => plane.dispose());

describe('a control plane', () => {
  it('is there', async () => {
    expect(await plane.provider.inspect()).toEqual({ status: 'absent' });
    console.log(await plane.provider.create(stepContext()));
    console.log(await plane.provider.inspect());
    console.log(execFileSync('ss', ['-ltnp'], { encoding: 'utf8' }));
    console.log(execFileSync('ps', ['-ww', '-eo', 'pid,args'], { encoding: 'utf8' }).split('\n').filter(l=>l.includes(plane.sandbox.folder)).join('\n'));
    console.log(await plane.provider.stop(stepContext()));
    console.log(await plane.provider.inspect());
    console.log(await plane.provider.start(stepContext()));
    console.log(await plane.provider.inspect());
  });
});
