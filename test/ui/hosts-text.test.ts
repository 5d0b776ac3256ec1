import { describe, expect, it } from 'vitest';
import { hostsChangeText, hostsResultText, hostsStatusText } from '../../src/ui/hosts-text.js';
import { createStyle } from '../../src/ui/style.js';
import type { HostsChange, HostsStatus } from '../../src/usecases/hosts.js';

const style = createStyle({ color: false, unicode: false });
const change: HostsChange = {
  environment: 'shop',
  file: '/etc/hosts',
  change: 'add',
  names: ['portal.local'],
  conflicts: [],
  block: '# begin\n127.0.0.1 portal.local\n# end',
  text: '',
};
const conflict = { name: 'nas.local', address: '10.0.0.1', line: 3 };

describe('what is said about the hosts file', () => {
  it('is the block itself, before anybody is asked', () => {
    expect(hostsChangeText(change, style)).toContain('added to /etc/hosts:\n\n# begin\n127.0.0.1 portal.local\n# end');
    expect(hostsChangeText({ ...change, change: 'remove' }, style)).toBe(
      'The block of shop in /etc/hosts will be removed.',
    );
  });

  it.each([
    [{}, '+ portal.local leads to this machine by /etc/hosts'],
    [{ changed: false }, '+ /etc/hosts has the names of shop already'],
    [{ change: 'remove', names: [] }, '+ the block of shop is gone from /etc/hosts'],
    [{ changed: false, names: [] }, '+ nothing to write: /etc/hosts has no names of shop, and needs none'],
    [
      { names: ['a.local', 'b.local'], conflicts: [conflict] },
      '+ a.local, b.local lead to this machine by /etc/hosts\n! nas.local is left as it is: line 3 of /etc/hosts leads it to 10.0.0.1',
    ],
  ] as const)('is what became of it: %j', (more, text) => {
    expect(hostsResultText({ ...change, changed: true, ...more }, style)).toBe(text);
  });
});

describe('the status of the hosts file', () => {
  const unknown: HostsStatus = {
    environment: 'shop',
    file: '/etc/hosts',
    written: ['portal.local', 'old.local'],
    conflicts: [],
    environments: ['shop', 'other'],
  };
  const status: HostsStatus = {
    ...unknown,
    served: [
      { name: 'nas.local', resolution: { status: 'elsewhere', addresses: ['10.0.0.1'] }, isWritten: false },
      { name: 'portal.local', resolution: { status: 'here', addresses: ['127.0.0.1'] }, isWritten: true },
    ],
  };

  it('tells for each name where it leads, what is left over, and what to do', () => {
    expect(hostsStatusText(status, style).split('\n')).toEqual([
      '! nas.local     leads to 10.0.0.1 instead of this machine',
      '+ portal.local  leads to this machine                      in /etc/hosts',
      'no longer served, but in /etc/hosts: old.local',
      '/etc/hosts also has blocks of other',
      '> `platform hosts apply` puts this right',
    ]);
  });

  it('promises nothing where only other lines are in the way', () => {
    const text = hostsStatusText({ ...status, written: ['portal.local'], conflicts: [conflict] }, style);
    expect(text).toContain('nas.local is left as it is');
    expect(text).not.toContain('puts this right');
  });

  it('tells what is written when nothing else is known', () => {
    const text = hostsStatusText({ ...unknown, problem: 'the file of shop cannot be read' }, style);
    expect(text).toContain('in /etc/hosts: portal.local, old.local');
    expect(text).toContain('! the file of shop cannot be read');
  });
});
