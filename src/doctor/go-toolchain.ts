import { messageOf } from '../errors.js';
import type { Go } from '../toolchain/go.js';
import type { Examination } from './check.js';
import type { ToolPlan } from './tool-plan.js';

/** Whether the tools that `up` needs can be built, which matters only where they are neither here nor can be downloaded. */
export function goToolchain(
  oldest: string,
  findGo: (signal: AbortSignal) => Promise<Go>,
  plans: (signal: AbortSignal) => Promise<readonly ToolPlan[]>,
): Examination {
  return {
    name: 'go',
    async examine(signal) {
      const missing = (await plans(signal)).filter(({ way }) => way === 'build' || way === 'none').length;
      const use =
        missing === 0
          ? 'not needed: every tool that `up` runs is here or can be downloaded'
          : `${missing === 1 ? 'one tool needs' : `${String(missing)} tools need`} it`;
      try {
        const { version, path, offline } = await findGo(signal);
        const detail = `${version} at ${path}; ${use}`;
        if (offline === undefined || missing === 0) return { status: 'ok', detail };
        return {
          status: 'warning',
          detail: `${detail}; ${offline}`,
          fix: ['let this machine reach the module proxy (HTTPS_PROXY, NO_PROXY, GOPROXY)'],
        };
      } catch (error) {
        if (missing === 0) return { status: 'ok', detail: use };
        return {
          status: 'blocking',
          detail: `${messageOf(error)}; ${use}`,
          fix: [`install Go ${oldest} or newer (https://go.dev/dl)`],
        };
      }
    },
  };
}
