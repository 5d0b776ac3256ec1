import { messageOf } from '../errors.js';
import type { Network } from '../network.js';
import type { Go } from '../toolchain/go.js';
import { pinOf, type Platform, type ToolName } from '../toolchain/pins.js';
import type { Tool } from '../toolchain/tool.js';
import type { Toolchain } from '../toolchain/toolchain.js';

/** How a tool will come here, found out without bringing it. */
export type ToolPlan =
  | { readonly way: 'here'; readonly tool: Tool }
  | { readonly way: 'download'; readonly host: string; readonly unofficial: string | undefined }
  | { readonly way: 'build'; readonly go: Go; readonly seconds: number; readonly notDownloaded: string }
  | { readonly way: 'none'; readonly reasons: readonly string[] };

export interface ToolPlanOptions {
  readonly toolchain: Pick<Toolchain, 'find' | 'pins'>;
  readonly network: Pick<Network, 'reachable'>;
  readonly platform: Platform;
  /** Asked for at once, since its module proxy may take its time to be silent. */
  readonly go: Promise<Go>;
}

export async function planTool(name: ToolName, options: ToolPlanOptions, signal: AbortSignal): Promise<ToolPlan> {
  const { toolchain, platform, go } = options;
  const tool = await toolchain.find(name);
  if (tool) return { way: 'here', tool };
  const { downloads, build } = pinOf(toolchain.pins, name);
  const source = downloads[platform];
  const notDownloaded = source
    ? await unreachable([source.url, ...(source.sha256 === undefined ? [source.checksum.url] : [])], options, signal)
    : Object.keys(downloads).length > 0
      ? `its publisher has no download for ${platform}`
      : 'no download of it is pinned';
  if (source && notDownloaded === undefined) {
    return { way: 'download', host: new URL(source.url).host, unofficial: source.unofficial };
  }
  const reasons = notDownloaded === undefined ? [] : [notDownloaded];
  if (!build) return { way: 'none', reasons: [...reasons, 'it cannot be built from a Go module'] };
  try {
    return { way: 'build', go: await go, seconds: build.seconds, notDownloaded: reasons.join(', ') };
  } catch (error) {
    return { way: 'none', reasons: [...reasons, messageOf(error)] };
  }
}

/** Why not all of the URLs' hosts answer; `undefined` when they do. */
async function unreachable(
  urls: readonly string[],
  { network }: ToolPlanOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answers = await Promise.all(
    urls.map(async (url) => ({ host: new URL(url).host, answer: await network.reachable(url, signal) })),
  );
  const silent = answers.find(({ answer }) => !answer.reachable);
  return silent && !silent.answer.reachable ? `${silent.host}: ${silent.answer.reason}` : undefined;
}
