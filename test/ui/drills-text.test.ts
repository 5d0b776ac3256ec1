import { describe, expect, it } from 'vitest';
import { drillsText } from '../../src/ui/drills-text.js';
import { createStyle } from '../../src/ui/style.js';
import { dbDown, load } from '../chaos/records.js';

const style = createStyle({ color: false });

describe('the list of drills', () => {
  it('says of each what it breaks and what it expects to see', () => {
    expect(drillsText([dbDown, load], style).split('\n')).toEqual([
      'db-down',
      '  The database goes away: users are told, and so are we',
      '  breaks   statefulset/postgres in app-services scaled to 0',
      '  expects  PostgresDown at inbox; 503 from https://webportal.shop.localhost/login',
      '  assets/drills/db-down.yaml',
      '',
      'load',
      '  Many ask for one picture: the autoscaler follows',
      '  breaks   100,000 requests by 100 workers to https://images.shop.localhost/uploads/cat.png',
      '  expects  images scaled to 18; 99% of the requests answered with success',
      '  platform.yaml',
      '',
      '→ platform chaos run db-down --dry-run',
    ]);
  });

  it.each([
    [
      { type: 'kill', target: load.fault.target, count: 1 } as const,
      '1 pod of deployment/images in app-services killed',
    ],
    [
      { type: 'kill', target: load.fault.target, count: 'all' } as const,
      'all pods of deployment/images in app-services killed',
    ],
    [{ type: 'drain', node: 'worker-1' } as const, 'node worker-1 drained'],
    [{ type: 'drain', node: load.fault.target } as const, 'the node of deployment/images in app-services drained'],
    [
      { type: 'cut', target: load.fault.target, direction: 'both', connections: 'end' } as const,
      'deployment/images in app-services cut off from the network (both ways)',
    ],
  ])('has words for every fault: %j', (fault, words) => {
    expect(drillsText([{ ...dbDown, fault }], style)).toContain(`  breaks   ${words}\n`);
  });

  it('says so where there are none', () => {
    expect(drillsText([], style)).toBe('There are no drills.');
  });
});
