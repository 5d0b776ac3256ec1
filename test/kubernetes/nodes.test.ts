import { describe, expect, it } from 'vitest';
import { listNodes } from '../../src/kubernetes/nodes.js';
import { fakeClient } from './fake-client.js';

const node = (name: string, status?: object) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status });

describe('the nodes of a cluster', () => {
  it('are ready when they say so themselves', async () => {
    const client = fakeClient({
      lists: {
        '/api/v1/nodes': [
          node('a', { conditions: [{ type: 'Ready', status: 'True' }] }),
          node('b', { conditions: [{ type: 'Ready', status: 'Unknown' }] }),
          node('c', { conditions: [{ type: 'DiskPressure', status: 'True' }] }),
          node('d'),
        ],
      },
    });
    expect(await listNodes(client)).toEqual([
      { name: 'a', ready: true },
      { name: 'b', ready: false },
      { name: 'c', ready: false },
      { name: 'd', ready: false },
    ]);
  });
});
