import { withFileLock } from '../file-lock.js';
import { createNetwork, type Network } from '../network.js';
import type { Progress } from '../plan/events.js';
import type { StepContext } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { createBuildQueue } from './build-queue.js';
import { findGo, type Go } from './go.js';
import { buildWithGo } from './go-build.js';
import { createOfficialDownloads } from './official-download.js';
import { createPathTools } from './path-tool.js';
import { bundledPins, currentPlatform, pinOf, type Pin, type Pins, type Platform, type ToolName } from './pins.js';
import { nowhere, orRefusal, type Refusal } from './refusal.js';
import type { Tool } from './tool.js';
import { cachedTool, keepTool, toolFolder } from './tool-cache.js';
import { sharingDownload } from './sharing-download.js';
import { inWorkFolder } from './work-folder.js';

/** Finds the pinned external programs, or brings them here; nothing is ever installed globally. */
export interface Toolchain {
  readonly pins: Pins;
  /** A suitable one on PATH, else ours from the cache. Starts a process only for a program on PATH never seen before. */
  find(name: ToolName): Promise<Tool | undefined>;
  /**
   * Finds it, else downloads it from its publisher and verifies it, else builds it from its Go module.
   * @throws PlatformError `prerequisite` that says why no way worked, `conflict` for a wrong checksum.
   */
  install(name: ToolName, context: StepContext, options?: InstallOptions): Promise<Tool>;
}

export interface InstallOptions {
  /** Where it has to be built: the lower, the sooner. */
  readonly rank?: number;
}

export interface ToolchainOptions {
  readonly pins?: Pins;
  readonly platform?: Platform;
  readonly network?: Network;
}

export function createToolchain(
  ports: Pick<Ports, 'processes' | 'clock' | 'paths' | 'variables'>,
  options: ToolchainOptions = {},
): Toolchain {
  const { clock, paths } = ports;
  const { pins = bundledPins(), platform = currentPlatform(), network = createNetwork(ports) } = options;
  const onPath = createPathTools(ports);
  const official = createOfficialDownloads(ports, network);
  const running = new Map<ToolName, Promise<Tool>>();
  let knownGo: Promise<Go> | undefined;
  const now = () => new Date(clock.now()).toISOString();
  const folderOf = (name: ToolName, pin: Pin) => toolFolder(paths, name, pin.version, platform);

  const builds = createBuildQueue(clock, ({ tools, signal, progress }) =>
    inWorkFolder(paths, async (folder) => {
      // Asked once; a failure may be the caller's interruption and is not kept.
      const go = await (knownGo ??= findGo(ports, network, pins.go, signal)).catch((error: unknown) => {
        knownGo = undefined;
        throw error;
      });
      const files = await buildWithGo({ tools, folder, go, signal, progress }, ports);
      const kept = new Map<ToolName, Tool>();
      for (const [name, file] of files) {
        const pin = pinOf(pins, name);
        const from = `${pin.build?.package ?? name}@v${pin.version}`;
        kept.set(name, await keepTool(folderOf(name, pin), name, pin.version, file, { source: 'go', from, at: now() }));
      }
      return kept;
    }),
  );

  async function download(name: ToolName, pin: Pin, context: StepContext): Promise<Tool | Refusal> {
    const { signal } = context;
    const progress = progressOf(context);
    const source = pin.downloads[platform];
    if (!source) {
      const reason =
        Object.keys(pin.downloads).length > 0 ? `its publisher has none for ${platform}` : 'none is pinned';
      return { way: 'download', reason };
    }
    return orRefusal('download', signal, () =>
      inWorkFolder(paths, async (folder) => {
        const together = sharingDownload(pins, name, platform);
        const files = await official.download({ tools: together, platform, folder, signal, progress });
        const { url: from, unofficial } = source;
        const origin = {
          source: 'download' as const,
          from,
          at: now(),
          ...(unofficial !== undefined && { unofficial }),
        };
        const kept = new Map<ToolName, Tool>();
        for (const [tool, file] of files) {
          const { version } = pinOf(pins, tool);
          kept.set(tool, await keepTool(folderOf(tool, pinOf(pins, tool)), tool, version, file, origin));
        }
        return kept.get(name) ?? { way: 'download', reason: 'it was not in what was downloaded' };
      }),
    );
  }

  async function build(name: ToolName, pin: Pin, context: StepContext, rank: number): Promise<Tool | Refusal> {
    const { signal } = context;
    const progress = progressOf(context);
    const recipe = pin.build;
    if (!recipe) return { way: 'go', reason: 'no Go module of it is pinned' };
    return orRefusal('go', signal, async () => {
      const tool = await builds.add({ name, pin: recipe, rank, signal, progress });
      return tool ?? { way: 'go', reason: 'it was not built' };
    });
  }

  /** Only while this process alone works on this version of this tool. */
  async function bring(
    name: ToolName,
    pin: Pin,
    context: StepContext,
    notOnPath: Refusal,
    rank: number,
  ): Promise<Tool> {
    const cached = await cachedTool(folderOf(name, pin), name);
    if (cached) return cached;
    const refusals = [notOnPath];
    for (const way of [download, build]) {
      const result = await way(name, pin, context, rank);
      if (!('way' in result)) return result;
      refusals.push(result);
    }
    throw nowhere(name, pin, pins.go, refusals);
  }

  async function look(name: ToolName): Promise<Tool | Refusal> {
    const pin = pinOf(pins, name);
    const found = await onPath.find(name, pin);
    return 'way' in found ? ((await cachedTool(folderOf(name, pin), name)) ?? found) : found;
  }

  async function install(name: ToolName, context: StepContext, { rank = 0 }: InstallOptions): Promise<Tool> {
    const pin = pinOf(pins, name);
    const found = await look(name);
    if (!('way' in found)) return found;
    // Tools of one archive come together, so who brings one of them brings all: they have one lock.
    const [first = name] = sharingDownload(pins, name, platform).keys();
    const lock = {
      clock,
      signal: context.signal,
      onWait: ({ pid }: { pid: number }) => {
        const what = first === name ? 'it' : `${first}, which it comes with`;
        context.progress({ message: `process ${String(pid)} is installing ${what}; waiting for that` });
      },
    };
    return withFileLock(`${folderOf(first, pinOf(pins, first))}.lock`, lock, () =>
      bring(name, pin, context, found, rank),
    );
  }

  return {
    pins,
    async find(name) {
      const found = await look(name);
      return 'way' in found ? undefined : found;
    },
    // Asked for twice at once it is installed once.
    install(name, context, options = {}) {
      const before = running.get(name);
      if (before) return before;
      const installed = install(name, context, options).finally(() => running.delete(name));
      running.set(name, installed);
      return installed;
    },
  };
}

function progressOf(context: StepContext): (progress: Progress) => void {
  return (progress) => {
    context.progress(progress);
  };
}
