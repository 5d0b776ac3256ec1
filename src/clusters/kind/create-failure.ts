import { explainEngineFailure } from '../../containers/engine-failures.js';
import type { EngineName } from '../../containers/engine.js';
import { takenPort } from '../../containers/taken-port.js';
import { PlatformError } from '../../errors.js';
import { kindReasons, nodeReasons, symptoms, type Reason } from './failure-reasons.js';

/** A log of a node, its last lines. */
export interface NodeLog {
  /** `kubelet.worker`. */
  readonly name: string;
  readonly lines: readonly string[];
}

export interface CreateFailure {
  /** What kind's process failed with. */
  readonly error: PlatformError;
  /** Everything that kind said. */
  readonly output: string;
  readonly engine: EngineName;
  /** Folder of the logs that were kept, where there was anything to keep. */
  readonly folder: string | undefined;
  readonly logs: readonly NodeLog[];
}

const tellingLines = 8;
const longestLine = 400;

/** Why a cluster could not be made, in words a person can act on; kind itself prints what every program said. */
export function explainCreateFailure(failure: CreateFailure): PlatformError {
  const { error, output, engine, folder, logs } = failure;
  const engineWords = commandOutput(output);
  const told =
    fromOutput(kindReasons, output) ??
    (takenPort(engineWords) || isOfEngine(output)
      ? undefined
      : (fromLogs(nodeReasons, logs) ?? fromOutput(nodeReasons, output) ?? fromOutput(symptoms, output)));
  if (!told) {
    const image = /failed to pull image "([^"]+)"/.exec(output)?.[1];
    const action = { engine, what: image === undefined ? 'make the nodes' : `pull ${image}`, image };
    const explained = explainEngineFailure(error, action, engineWords);
    return withFacts(explained, { output: tail(engineWords), folder });
  }
  const { reason, match, lines } = told;
  return new PlatformError(reason.code, `kind could not make the cluster: ${reason.message(match)}`, {
    suggestions: [...reason.suggestions, ...kept(folder)],
    output: [...lines, ...problemLines(logs)].filter(unique).slice(0, tellingLines).join('\n'),
    ...(error.command !== undefined && { command: error.command }),
    facts: { ...error.facts, ...(folder !== undefined && { logs: folder }) },
    cause: error,
  });
}

interface Told {
  readonly reason: Reason;
  readonly match: RegExpExecArray;
  readonly lines: readonly string[];
}

function fromOutput(reasons: readonly Reason[], output: string): Told | undefined {
  return fromLines(reasons, output.split('\n'), '');
}

function fromLogs(reasons: readonly Reason[], logs: readonly NodeLog[]): Told | undefined {
  for (const reason of reasons) {
    for (const { name, lines } of logs) {
      const told = fromLines([reason], lines, `${name}: `);
      if (told) return told;
    }
  }
  return undefined;
}

function fromLines(reasons: readonly Reason[], lines: readonly string[], prefix: string): Told | undefined {
  for (const reason of reasons) {
    // The last time it was said; a program that is started again and again says it each time.
    const line = lines.findLast((text) => reason.words.test(text));
    const match = line === undefined ? null : reason.words.exec(line);
    if (match) return { reason, match, lines: [`${prefix}${shortened(match.input)}`] };
  }
  return undefined;
}

/** What the API server said last, which alone knows why it ended, and the kubelet's errors. */
function problemLines(logs: readonly NodeLog[]): string[] {
  const last = (log: string, count: number, isTelling: (line: string) => boolean) =>
    logs
      .filter(({ name }) => name.split('.')[0] === log)
      .flatMap(({ name, lines }) =>
        lines
          .filter(isTelling)
          .slice(-count)
          .map((line) => `${name}: ${shortened(line)}`),
      );
  return [
    ...last('kube-apiserver', 3, (line) => line.trim() !== ''),
    ...last('kubelet', 2, (line) => /kubelet\[\d+\]: E\d{4} /.test(line)),
  ];
}

/** What the command that kind ran said, where kind tells. */
function commandOutput(output: string): string {
  const [, said] = /Command Output: ?([\s\S]*)$/.exec(output) ?? [];
  if (said !== undefined && said.trim() !== '') return said;
  return /ERROR: (?:failed to create cluster: )?([\s\S]*)$/.exec(output)?.[1] ?? output;
}

/** Whether the engine itself refused: then no node has a reason to tell. */
function isOfEngine(output: string): boolean {
  return /failed to (?:pull image|get \w+ info|ensure \w+ network|list nodes)|Error response from daemon|Cannot connect to/.test(
    output,
  );
}

function withFacts(
  error: PlatformError,
  { output, folder }: { readonly output: string; readonly folder: string | undefined },
): PlatformError {
  return new PlatformError(error.code, error.message, {
    suggestions: [...error.suggestions, ...kept(folder)],
    output,
    ...(error.command !== undefined && { command: error.command }),
    facts: { ...error.facts, ...(folder !== undefined && { logs: folder }) },
    cause: error.cause,
  });
}

function kept(folder: string | undefined): string[] {
  return folder === undefined ? [] : [`the logs of the nodes are kept in ${folder}`];
}

function tail(text: string): string {
  return text.trim().split('\n').map(shortened).slice(-tellingLines).join('\n');
}

function shortened(line: string): string {
  const text = line.trim();
  return text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
}

function unique(line: string, index: number, lines: readonly string[]): boolean {
  return lines.indexOf(line) === index;
}
