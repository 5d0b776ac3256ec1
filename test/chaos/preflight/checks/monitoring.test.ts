import { describe, expect, it } from 'vitest';
import { checkMonitoring } from '../../../../src/chaos/preflight/checks/monitoring.js';
import { givenAlertmanager, givenDrill, givenFacts, givenPrometheus, inWords } from '../given.js';

const drill = givenDrill();
const quiet = givenDrill({ expect: { alerts: [], mayFire: [] } });
const silent = { problem: 'Prometheus (http://x) does not answer: it refused the connection' };
const answering = { answer: givenPrometheus() };

describe('who watches the environment', () => {
  it('is well when all of them answer', () => {
    expect(inWords(checkMonitoring(drill, givenFacts(), {}))).toEqual([
      'ok: Prometheus, Alertmanager and the inbox answer',
      'ok: Prometheus hands its alerts to http://127.0.0.1:9093/api/v2/alerts',
    ]);
  });

  it('is missed where there is nobody', () => {
    const { monitoring, ...nobody } = givenFacts();
    expect(monitoring).toBeDefined();
    const words = 'nothing watches this environment: it has no release kube-prometheus-stack';
    expect(inWords(checkMonitoring(drill, nobody, {}))).toEqual([`inconclusive pending: ${words}`]);
    expect(inWords(checkMonitoring(quiet, nobody, {}))).toEqual([`warning pending: ${words}`]);
  });

  it.each([
    ['pending', { prometheus: silent, alertmanager: { answer: givenAlertmanager() }, inbox: { answer: true } }],
    ['grouped', { prometheus: answering, alertmanager: silent, inbox: { answer: true } }],
    ['delivered', { prometheus: answering, alertmanager: { answer: givenAlertmanager() }, inbox: silent }],
  ] as const)('makes a drill prove nothing when who tells of %s does not answer', (link, monitoring) => {
    const findings = checkMonitoring(drill, givenFacts({ monitoring }), {});
    expect(inWords(findings)[0]).toBe(`inconclusive ${link}: ${silent.problem}`);
    expect(findings.filter(({ level }) => level === 'inconclusive')).toHaveLength(1);
  });

  it('is weak where Prometheus tells no Alertmanager', () => {
    const facts = givenFacts({ prometheus: { alertmanagers: [] } });
    expect(inWords(checkMonitoring(drill, facts, {}))).toContain(
      'weakness firing: Prometheus hands its alerts to no Alertmanager',
    );
    expect(inWords(checkMonitoring(quiet, facts, {}))).toContain(
      'warning firing: Prometheus hands its alerts to no Alertmanager',
    );
  });

  it('may work by an old configuration', () => {
    const { runtime } = givenPrometheus();
    const facts = givenFacts({ prometheus: { runtime: { ...runtime, reloadConfigSuccess: false } } });
    expect(inWords(checkMonitoring(drill, facts, {}))).toContain(
      'warning: Prometheus has refused its newest configuration and goes on with the one before',
    );
  });
});
