import type { Explain } from './explanation.js';
import { wordsOf } from './engine-words.js';
import type { EngineName } from './engine.js';
import { takenPort } from './taken-port.js';

/** What makes an engine answer. */
export const startEngine: Readonly<Record<EngineName, string>> = {
  docker: 'start Docker (Docker Desktop, or: sudo systemctl start docker)',
  podman: 'start Podman (podman machine start, or: systemctl --user start podman.socket)',
};

/** Failures of the engine itself. */
export const engineExplanations: readonly Explain[] = [
  (words, { engine }) =>
    /permission denied while trying to connect/i.test(words)
      ? {
          code: 'prerequisite',
          message: `this user may not use ${engine}: permission denied on its socket`,
          suggestions: [
            'sudo usermod -aG docker "$USER", then log out and in again',
            'or use an engine without root (https://docs.docker.com/engine/security/rootless)',
          ],
        }
      : undefined,
  (words, { engine }) =>
    /cannot connect to (the docker daemon|podman)|error during connect|is the docker daemon running|unable to connect to podman/i.test(
      words,
    )
      ? {
          code: 'prerequisite',
          message: `${engine} does not answer: ${wordsOf(words)}`,
          suggestions: [startEngine[engine]],
        }
      : undefined,
  (words) => {
    const taken = takenPort(words);
    return (
      taken && {
        code: 'conflict',
        message: `port ${taken.port} is taken by ${taken.by}`,
        suggestions: [
          taken.by === 'another container'
            ? `find it with: docker ps --filter publish=${taken.port}`
            : `end the program that listens on port ${taken.port}`,
          'or choose another port',
        ],
        facts: { port: Number(taken.port) },
      }
    );
  },
  (words, { engine }) => {
    const name = /container name "\/?([^"]+)" is already in use/i.exec(words)?.[1];
    return name === undefined
      ? undefined
      : {
          code: 'conflict',
          message: `there is a container named ${name} already`,
          suggestions: [`if nobody needs it: ${engine} rm --force ${name}`],
          facts: { container: name },
        };
  },
  (words, { engine, what }) =>
    /no space left on device|disk quota exceeded/i.test(words)
      ? {
          code: 'tool',
          message: `${engine} has no disk space left: could not ${what}`,
          suggestions: [
            `see what takes it: ${engine} system df`,
            `remove what no container uses: ${engine} system prune`,
          ],
        }
      : undefined,
  (words, { engine }) => {
    const name = /network (\S+) not found|unable to find network with name or ID (\S+?):/i.exec(words);
    return name
      ? {
          code: 'tool',
          message: `${engine} has no network named ${name[1] ?? name[2] ?? ''}`,
          suggestions: ['run the same command again, which makes what is missing'],
        }
      : undefined;
  },
];
