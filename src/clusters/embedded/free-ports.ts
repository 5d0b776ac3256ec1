import { randomInt } from 'node:crypto';
import { isPortFree } from '../../local/ports.js';

/** Below what systems give to outgoing connections (Linux: from 32768, macOS: from 49152), above well-known services. */
const lowest = 20_000;
const highest = 32_000;

/**
 * Ports that nobody listens on now. They are chosen at random: kwokctl counts down from a fixed one, so that an
 * environment made while another is stopped would take the ports the other one needs to start again.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, highest);
    if (!ports.has(port) && (await isPortFree(port))) ports.add(port);
  }
  return [...ports];
}
