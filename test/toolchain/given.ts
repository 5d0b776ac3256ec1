import { createHash } from 'node:crypto';
import { systemClock } from '../../src/clock.js';
import { pathsFrom } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import { currentPlatform, type Pin, type Pins } from '../../src/toolchain/pins.js';

/** Ports with real processes and clock, in a folder of their own; PATH is as small as the test says. */
export function portsIn(folder: string, variables: Record<string, string> = {}) {
  return {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({ XDG_CACHE_HOME: folder }, folder),
    variables: { PATH: '', HOME: folder, ...variables },
  };
}

/** A program that says it is helm of a version. */
export function fakeHelm(version: string): string {
  return `#!/bin/sh\necho v${version}\n`;
}

export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Pins of helm 4.3.1 alone, downloaded as a plain program from a site, on this platform. */
export function helmPins(site: string, more: Partial<Pin> = {}): Pins {
  const url = `${site}/helm`;
  const helm: Pin = {
    version: '4.3.1',
    accepts: '>=4.3.0 <5',
    ask: { arguments: 'version --short', answer: '^v(\\d+\\.\\d+\\.\\d+)' },
    downloads: { [currentPlatform()]: { url, checksum: { format: 'single', url: `${url}.sha256` } } },
    ...more,
  };
  return { go: '1.22.0', tools: { helm } };
}
