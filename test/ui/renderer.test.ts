import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/plan/events.js';
import { createRenderer, type RendererOptions } from '../../src/ui/renderer.js';
import { recordedRun } from './recorded-run.js';
import { FakeScreen } from './screen.js';

async function render(options: Partial<RendererOptions>, events: readonly RunEvent[] = recordedRun()) {
  const stdout = new FakeScreen(80, 24);
  const stderr = new FakeScreen(80, 24);
  const renderer = createRenderer({ output: 'text', stdout, stderr, isTerminal: false, color: false, ...options });
  for (const event of events) renderer.event(event);
  await renderer.close();
  return { stdout: stdout.raw, stderr: stderr.raw };
}

describe('choosing how a run is shown', () => {
  it('is a tree on a terminal', async () => {
    const { stdout, stderr } = await render({ isTerminal: true });
    expect(stdout).toBe('');
    expect(stderr).toContain('✗ Releases    10/13');
  });

  it('is lines elsewhere, and in verbose mode', async () => {
    for (const options of [{}, { isTerminal: true, verbose: true }]) {
      const { stdout, stderr } = await render(options);
      expect(stdout).toBe('');
      expect(stderr).toContain('    4.0s  ✓ kube-apiserver 1.36.5: downloaded, checksum verified (3.9s)\n');
    }
  });

  it('uses no other symbols than a terminal without Unicode has', async () => {
    for (const isTerminal of [true, false]) {
      const { stderr } = await render({ isTerminal, unicode: false });
      expect(stderr).toMatch(/^[\0-\x7f]*$/);
    }
  });

  it('is every event as one line of JSON on standard output', async () => {
    const { stdout, stderr } = await render({ output: 'ndjson', isTerminal: true });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(recordedRun());
    expect(stderr).toBe('');
  });

  it('is nothing for a JSON document, but Ctrl-C is answered', async () => {
    expect(await render({ output: 'json', isTerminal: true })).toEqual({ stdout: '', stderr: '' });
    const { stdout, stderr } = await render({ output: 'json' }, [
      { at: 0, type: 'interrupted', force: false, message: 'stopping after the current steps' },
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'stopping after the current steps\n' });
  });
});
