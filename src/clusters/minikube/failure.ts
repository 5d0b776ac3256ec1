import { takenPort } from '../../containers/taken-port.js';
import { failureOf, PlatformError, type ErrorCode } from '../../errors.js';
import type { MinikubeError } from './events.js';

/** What minikube's ids are about, by its own list (pkg/minikube/reason); whatever is not here is the tool's failure. */
const codes: readonly { readonly ids: RegExp; readonly code: ErrorCode }[] = [
  { ids: /^(K8S_(OLD|NEW|DOWNGRADE)_UNSUPPORTED|INET_VERSION_.*|MK_USAGE.*|MK_PATCH_NOT_FOUND)$/, code: 'usage' },
  { ids: /^(PROVIDER|RSRC|INET)_|^DRV_(NOT_|AS_ROOT|NEEDS_ROOT|DOCKER_NOT_RUNNING|UNSUPPORTED)/, code: 'prerequisite' },
  { ids: /^HOST_(HOME_|PATH_)|^IF_DEDICATED_NETWORK$|^PR_DOCKER_/, code: 'prerequisite' },
  { ids: /_(CONFLICT|DRIVER_MISMATCH)$/, code: 'conflict' },
];

const longestWords = 300;

const hints: Readonly<Record<string, readonly string[]>> = {
  DRV_AS_ROOT: ['run it as a user who may use Docker', 'or use kind, which root may use: local.provider: kind'],
};

/**
 * Why minikube failed, in its own words: it says them in an event of its output, not on standard error.
 * @param action what it was to do: `make the cluster`
 */
export function explainFailure(error: PlatformError, action: string, said: readonly MinikubeError[]): PlatformError {
  if (error.code !== 'tool') return error;
  // The one with an id comes last; before it minikube tells what it tries again.
  const fatal = said.findLast(({ id }) => id !== undefined) ?? said.at(-1);
  if (!fatal) return error;
  const { id, message, advice = '', links } = fatal;
  const port = takenPort(said.map((one) => one.message).join('\n'));
  const words = port ? `port ${port.port} is taken by ${port.by}` : tellingWords(message);
  const { command } = failureOf(error);
  return new PlatformError(port ? 'conflict' : codeOf(id), `minikube could not ${action}: ${words}`, {
    suggestions: [
      ...(port ? ['end what listens there, or choose another one: local.ports'] : []),
      ...(hints[id ?? ''] ?? []),
      ...advice
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
      ...links.map((link) => `see ${link}`),
    ],
    output: said.map((one) => one.message).join('\n'),
    ...(command !== undefined && { command }),
    facts: { ...error.facts, ...(id !== undefined && { id }) },
    cause: error,
  });
}

/** What the engine said, where minikube quotes a whole command and its output; else the first line. */
function tellingWords(message: string): string {
  const said = /Error response from daemon: (.+)/.exec(message)?.[1] ?? message.split('\n')[0] ?? '';
  return said.length > longestWords ? `${said.slice(0, longestWords)}…` : said;
}

function codeOf(id: string | undefined): ErrorCode {
  return codes.find(({ ids }) => id !== undefined && ids.test(id))?.code ?? 'tool';
}
