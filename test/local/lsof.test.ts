import { describe, expect, it } from 'vitest';
import { parseLsof } from '../../src/local/lsof.js';

describe("what lsof's field output says", () => {
  it('is the process that listens on all addresses', () => {
    expect(parseLsof('p18271\ncnode\nf20\nn*:45124\n')).toEqual({ pid: 18271, command: 'node' });
  });

  it.each(['127.0.0.1:5000', '[::1]:5000', '[::]:5000'])('is a process that listens on %s', (address) => {
    expect(parseLsof(`p600\ncControlCenter\nf9\nn${address}\n`)).toEqual({ pid: 600, command: 'ControlCenter' });
  });

  it('passes over a process that only other machines can reach', () => {
    const text = 'p1\ncsshd\nf3\nn192.168.1.5:80\np2\nccom.docker.backend\nf7\nn*:80\n';
    expect(parseLsof(text)).toEqual({ pid: 2, command: 'com.docker.backend' });
  });

  it('is nobody when lsof finds nothing', () => {
    expect(parseLsof('')).toBeUndefined();
  });
});
