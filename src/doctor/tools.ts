import { pinOf, type Pins, type Platform, type ToolName } from '../toolchain/pins.js';
import { describeTool } from '../toolchain/tool.js';
import type { Examination, Finding } from './check.js';
import type { ToolPlan } from './tool-plan.js';

export interface ToolsOptions {
  readonly pins: Pins;
  readonly platform: Platform;
  /** Tools that `up` runs; the others are only for people. */
  readonly needed: ReadonlySet<ToolName>;
  plan(name: ToolName, signal: AbortSignal): Promise<ToolPlan>;
}

/** For every pinned tool: is it here, and if not, how will it come? */
export function tools(names: readonly ToolName[], options: ToolsOptions): Examination[] {
  return names.map((name) => ({
    name: `tool ${name}`,
    examine: async (signal) => describe(name, await options.plan(name, signal), options),
  }));
}

function describe(name: ToolName, plan: ToolPlan, { pins, platform, needed }: ToolsOptions): Finding {
  const { version, accepts, downloads, build, install } = pinOf(pins, name);
  switch (plan.way) {
    case 'here':
      return { status: 'ok', detail: `${describeTool(plan.tool)}: ${plan.tool.path}` };
    case 'download': {
      const builder = plan.unofficial === undefined ? '' : `, an unofficial build by ${plan.unofficial}`;
      return { status: 'ok', detail: `${version} is not here yet; it will be downloaded from ${plan.host}${builder}` };
    }
    case 'build': {
      const { go, seconds, notDownloaded } = plan;
      const how = `${version} is not here yet; it will be built with Go ${go.version}, about ${String(seconds)} s on two cores`;
      if (go.offline === undefined) return { status: 'ok', detail: `${how} (${notDownloaded})` };
      return {
        status: 'warning',
        detail: `${how}, if its modules are on this machine already: ${go.offline}; ${notDownloaded}`,
        fix: [`let this machine reach the module proxy (HTTPS_PROXY, NO_PROXY), or put ${name} ${accepts} on PATH`],
      };
    }
    case 'none': {
      const source = downloads[platform];
      const isNeeded = needed.has(name);
      if (!isNeeded && install !== undefined) {
        return {
          status: 'ok',
          detail: `${version} is not on PATH, and \`up\` does without it; where it is wanted: ${install}`,
        };
      }
      return {
        status: isNeeded ? 'blocking' : 'warning',
        detail: `${version} is not here and cannot be had: ${plan.reasons.join('; ')}${isNeeded ? '' : ' (`up` does without it)'}`,
        fix: [
          `put ${name} ${accepts} on PATH${install === undefined ? '' : `: ${install}`}`,
          ...(source ? [`or let this machine reach ${new URL(source.url).host} (HTTPS_PROXY, NO_PROXY)`] : []),
          ...(build ? [`or install Go ${pins.go} or newer (https://go.dev/dl), from which it can be built`] : []),
        ],
      };
    }
  }
}
