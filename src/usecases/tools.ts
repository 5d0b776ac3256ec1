import { readdir, readFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { messageOf, PlatformError, systemCode } from '../errors.js';
import { writeFileAtomically } from '../files.js';
import { createNetwork, type Network } from '../network.js';
import { asset } from '../paths.js';
import type { Events } from '../plan/events.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import { runPlan, type TimedResult } from '../plan/runner.js';
import { laneLimits } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { publishedChecksum } from '../toolchain/checksum.js';
import {
  currentPlatform,
  isBrought,
  pinOf,
  pinsSchema,
  platforms,
  toolNames,
  type Pins,
  type Platform,
  type ToolName,
} from '../toolchain/pins.js';
import { toolSteps } from '../toolchain/steps.js';
import type { Tool } from '../toolchain/tool.js';
import { toolFolder } from '../toolchain/tool-cache.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import { removeAbandonedWork } from '../toolchain/work-folder.js';

export interface ListedTool {
  readonly name: ToolName;
  /** The pinned version. */
  readonly version: string;
  /** Semver range that will do when found on PATH. */
  readonly accepts: string;
  /** Pasteable: how people install what no run brings. */
  readonly install?: string;
  /** What a run would use; absent until it is installed. */
  readonly tool?: Tool;
}

/** Every pinned tool, with the program that would be used now. */
export function listTools(toolchain: Toolchain): Promise<ListedTool[]> {
  return Promise.all(
    pinnedNames(toolchain.pins).map(async (name) => {
      const { version, accepts, install } = pinOf(toolchain.pins, name);
      const tool = await toolchain.find(name);
      return { name, version, accepts, ...(install !== undefined && { install }), ...(tool && { tool }) };
    }),
  );
}

/** Brings tools here, without names all that can be brought; what each step said and how it ended, in the order of the names. */
export async function installTools(
  names: readonly ToolName[],
  toolchain: Toolchain,
  { events, clock, interruption }: Pick<Ports, 'clock' | 'interruption'> & { readonly events: Events },
): Promise<TimedResult[]> {
  const wanted = names.length === 0 ? broughtNames(toolchain.pins) : [...new Set(names)];
  const steps = toolSteps(toolchain, wanted).map((step) => ({ ...step, onDemand: false }));
  const plan = await checkPlan(buildPlan(steps), interruption.draining);
  const summaries = steps.map(({ id, title, needs, lane }) => ({ id, title, needs, lane }));
  events.emit({ type: 'run-started', run: 'tools', command: 'tools install', environment: '', steps: summaries });
  return runPlan(plan, { events, clock, interruption, lanes: laneLimits(cpus().length) });
}

export interface PinReport {
  readonly file: string;
  /** Checksums that were fetched; `changed` where the file did not have them before. */
  readonly pinned: readonly (Pinned & { readonly sha256: string; readonly changed: boolean })[];
  /** What stays as it was, with the reason. */
  readonly failed: readonly (Pinned & { readonly reason: string })[];
}

interface Pinned {
  readonly name: ToolName;
  readonly platform: Platform;
  readonly url: string;
}

/**
 * Asks every publisher for the checksums of every platform and writes them into the pins of a source checkout. A sum
 * that is there already is never replaced: a new one for the same file is a reason to look, not to agree.
 * @throws PlatformError `usage` outside a source checkout
 */
export async function pinTools(
  ports: Pick<Ports, 'paths' | 'variables' | 'clock'>,
  options: { readonly file?: string; readonly network?: Network; readonly signal?: AbortSignal } = {},
): Promise<PinReport> {
  const { file = asset('src', 'toolchain', 'pins.json'), network = createNetwork(ports), signal } = options;
  const pins = await readPins(file);
  const pinned: PinReport['pinned'][number][] = [];
  const failed: PinReport['failed'][number][] = [];
  await Promise.all(
    pinnedNames(pins).flatMap((name) =>
      platforms.map(async (platform) => {
        const download = pinOf(pins, name).downloads[platform];
        if (!download) return;
        const { url } = download;
        try {
          const sha256 = await publishedChecksum(network, download, signal);
          if (download.sha256 !== undefined && download.sha256 !== sha256) {
            failed.push({ name, platform, url, reason: `pinned is ${download.sha256}, published is ${sha256}` });
            return;
          }
          pinned.push({ name, platform, url, sha256, changed: download.sha256 === undefined });
          download.sha256 = sha256;
        } catch (error) {
          signal?.throwIfAborted();
          failed.push({ name, platform, url, reason: messageOf(error) });
        }
      }),
    ),
  );
  if (pinned.some(({ changed }) => changed)) await writeFileAtomically(file, `${JSON.stringify(pins, null, 2)}\n`);
  const byName = (a: Pinned, b: Pinned) => `${a.name} ${a.platform}`.localeCompare(`${b.name} ${b.platform}`);
  return { file, pinned: pinned.sort(byName), failed: failed.sort(byName) };
}

/** Removes from the cache what no pin names any more, and what killed runs left; resolves to the removed folders. */
export async function pruneTools(
  { paths }: Pick<Ports, 'paths'>,
  pins: Pins,
  platform: Platform = currentPlatform(),
): Promise<string[]> {
  const removed = await removeAbandonedWork(paths);
  const kept = new Set(pinnedNames(pins).map((name) => toolFolder(paths, name, pinOf(pins, name).version, platform)));
  for (const name of toolNames) {
    const root = join(paths.cache, 'tools', name);
    for (const folder of await foldersIn(root)) {
      if (kept.has(folder)) continue;
      await rm(folder, { recursive: true, force: true });
      removed.push(folder);
    }
  }
  return removed.sort();
}

function pinnedNames(pins: Pins): ToolName[] {
  return toolNames.filter((name) => pins.tools[name]);
}

function broughtNames(pins: Pins): ToolName[] {
  return pinnedNames(pins).filter((name) => isBrought(pinOf(pins, name)));
}

async function readPins(file: string): Promise<Pins> {
  try {
    return pinsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new PlatformError('usage', `${file} is not there: pinning works in a source checkout only`, { cause: error });
  }
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
