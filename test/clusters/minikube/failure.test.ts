import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../src/clusters/minikube/events.js';
import { explainFailure } from '../../../src/clusters/minikube/failure.js';
import { PlatformError } from '../../../src/errors.js';
import { output } from './recorded.js';

const failed = new PlatformError('tool', 'minikube failed with exit code 80', {
  command: 'minikube start --profile=platform-dev',
  facts: { exitCode: 80 },
});
const explain = (name: string) => {
  const said = output(name)
    .split('\n')
    .flatMap((line) => {
      const event = readEvent(line);
      return event?.type === 'error' ? [event] : [];
    });
  return explainFailure(failed, 'make the cluster', said);
};

describe('why minikube failed', () => {
  it('is told in its own words, with its advice', () => {
    expect(explain('start-docker-not-running.jsonl')).toMatchObject({
      code: 'prerequisite',
      message: expect.stringMatching(
        /^minikube could not make the cluster: .*Cannot connect to the Docker daemon at unix:\/\/\/var\/run\/docker.sock/,
      ) as string,
      suggestions: ['Start the Docker service', 'see https://minikube.sigs.k8s.io/docs/drivers/docker/'],
      command: 'minikube start --profile=platform-dev',
      facts: { exitCode: 80, id: 'PROVIDER_DOCKER_NOT_RUNNING' },
    });
  });

  it('names the port that is taken, not the command that could not be run', () => {
    expect(explain('start-port-taken.jsonl')).toMatchObject({
      code: 'conflict',
      message: 'minikube could not make the cluster: port 80 is taken by another container',
      suggestions: ['end what listens there, or choose another one: local.ports'],
    });
  });

  it('says what to do as root', () => {
    expect(explain('start-as-root.jsonl')).toMatchObject({
      code: 'prerequisite',
      suggestions: ['run it as a user who may use Docker', 'or use kind, which root may use: local.provider: kind'],
    });
  });

  it('is a lack of this machine when minikube lacks memory', () => {
    expect(explain('start-insufficient-memory.jsonl')).toMatchObject({
      code: 'prerequisite',
      message:
        'minikube could not make the cluster: requested memory allocation 1500MiB is less than the usable minimum of 1800MB',
    });
  });

  it("is the tool's failure otherwise", () => {
    const { code, suggestions } = explain('start-apiserver-never-up.jsonl');
    expect(code).toBe('tool');
    expect(suggestions).toContain('see https://github.com/kubernetes/minikube/issues/4536');
  });

  it('stays what the process said where no event tells', () => {
    expect(explain('start.jsonl')).toBe(failed);
    const interrupted = new PlatformError('interrupted', 'minikube was interrupted');
    expect(explainFailure(interrupted, 'make the cluster', [])).toBe(interrupted);
  });
});
