import type { ContainerEngine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { Check, Step } from '../../plan/step.js';
import { answers, untilItAnswers } from './answers.js';
import { bringUp, wantedPort, type ServiceOptions } from './bring-up.js';
import { foreignContainer, foreignFix } from './foreign-container.js';
import type { RegistryService } from './service.js';
import { stateOfService } from './service-state.js';

/** Pulling the image on a slow line is the longest part. */
const budgetMs = 10 * 60_000;

/** Sees to it that a registry service runs and answers on 127.0.0.1. */
export function serviceStep(id: string, service: RegistryService, options: ServiceOptions): Step {
  return {
    id,
    title: service.title,
    needs: [],
    lane: 'image',
    budgetMs,
    estimateMs: 2_000,
    async check({ signal }): Promise<Check> {
      const engine = await options.engine();
      const found = await stateOfService(engine, service, signal);
      switch (found.status) {
        case 'absent':
          await wantedPort(service, options, signal);
          return { status: 'needed', reason: 'new' };
        case 'foreign':
          return {
            status: 'blocked',
            by: foreignContainer(service),
            fix: foreignFix(service, engine),
            code: 'conflict',
          };
        case 'unfit':
          await wantedPort(service, options, signal);
          return { status: 'needed', reason: `${found.reason}; made again, with its images` };
        case 'stopped':
          return { status: 'needed', reason: 'stopped' };
        case 'running':
          return (await answers(found.port, signal))
            ? { status: 'satisfied', detail: addressOf(found.port) }
            : { status: 'needed', reason: `it does not answer on ${addressOf(found.port)}` };
      }
    },
    async apply(context) {
      const engine = await options.engine();
      const { port, note } = await bringUp(engine, service, options, context);
      context.progress({ message: `waiting for an answer on ${addressOf(port)}` });
      const isAnswering = await untilItAnswers(port, options.clock, context.signal, async () => {
        const found = await engine.container(service.name, { signal: context.signal });
        // Started again and again: it ends by itself each time.
        return found?.status === 'restarting' && service.withoutIt !== undefined;
      });
      if (!isAnswering && service.withoutIt !== undefined) return `does not answer; ${service.withoutIt}`;
      if (!isAnswering) throw silence(service, port, engine);
      return note === undefined ? addressOf(port) : `${addressOf(port)}; ${note}`;
    },
  };
}

function addressOf(port: number): string {
  return `localhost:${String(port)}`;
}

function silence({ name, title }: RegistryService, port: number, engine: ContainerEngine): PlatformError {
  return new PlatformError('timeout', `the ${title} does not answer on ${addressOf(port)}`, {
    suggestions: [
      `read what it says: ${engine.name} logs ${name}`,
      `or have it made again, with its images: ${engine.name} rm --force ${name}, then the same command`,
    ],
  });
}
