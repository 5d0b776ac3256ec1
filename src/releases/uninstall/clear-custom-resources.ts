import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import { countedKinds, listCustomResources, nameOfObject, type LiveObject } from './custom-resources.js';
import type { InstalledRelease } from './installed.js';
import { remove, untilGone, type RemovalOptions } from './removal.js';

const lookIntervalMs = 500;
/** How long Kubernetes may take to begin with the end of what was owned by objects that are gone, in milliseconds. */
const collectionMs = 15_000;
const namesShown = 20;

interface ClearOptions extends RemovalOptions {
  readonly customResources: boolean;
}

interface Cleared {
  readonly deleted: readonly LiveObject[];
  /** Those that lost their finalizers by force. */
  readonly forced: readonly string[];
}

/**
 * Sees to it that no custom resource of a release's definitions is left while its operator still lives: waits for those
 * that are ending, deletes the others where that was asked for. Those of releases that are going themselves go with
 * them.
 * @throws PlatformError `conflict` that says what would go, `leftBehind` that names what does not end
 */
export async function clearCustomResources(
  release: InstalledRelease,
  going: ReadonlySet<string>,
  client: ClusterClient,
  options: ClearOptions,
  context: StepContext,
): Promise<Cleared> {
  const { signal } = context;
  const { definitions, observed } = release;
  const list = async () => (await listCustomResources(client, definitions, signal)).filter(isLoose(going));
  const suggestions = ['--force-finalizers removes them; what their controller would have cleaned up stays'];
  const during = { ...options, while: `${observed.name} is not uninstalled`, suggestions };
  if (!options.customResources) {
    const ending = await untilOnlyEnding(release, list, options, context);
    return { deleted: [], forced: await untilGone(client, ending, during, context) };
  }
  const deleted = await list();
  if (deleted.length === 0) return { deleted, forced: [] };
  context.progress({ message: `deleting ${countedKinds(deleted)}` });
  const forced = await remove(client, deleted, during, context);
  const again = await list();
  if (again.length > 0) throw madeAnew(release, again);
  return { deleted, forced };
}

/** Why the custom resources that are there keep a release from being uninstalled; `undefined` where none does. */
export function customResourcesInTheWay(
  release: InstalledRelease,
  found: readonly LiveObject[],
  going: ReadonlySet<string>,
): PlatformError | undefined {
  const loose = found.filter(isLoose(going));
  return loose.some(({ isEnding, isOwned }) => !isEnding && !isOwned) ? refusal(release, loose) : undefined;
}

async function untilOnlyEnding(
  release: InstalledRelease,
  list: () => Promise<readonly LiveObject[]>,
  { clock }: ClearOptions,
  context: StepContext,
): Promise<readonly LiveObject[]> {
  const start = clock.now();
  return poll(context.signal, clock, lookIntervalMs, async () => {
    const left = await list();
    const standing = left.filter(({ isEnding }) => !isEnding);
    if (standing.length === 0) return left;
    const isHopeless = standing.some(({ isOwned }) => !isOwned) || clock.now() - start >= collectionMs;
    if (isHopeless) throw refusal(release, left);
    context.progress({ message: `waiting for the end of ${countedKinds(standing)}, which went with their owners` });
    return undefined;
  });
}

/** True for what no release that is going takes with it. */
function isLoose(going: ReadonlySet<string>): (object: LiveObject) => boolean {
  return ({ release }) => release === undefined || !going.has(release);
}

function refusal({ observed: { name }, definitions }: InstalledRelease, objects: readonly LiveObject[]): PlatformError {
  const what = countedKinds(objects);
  const deleted = definitions.filter(({ goesWithRelease }) => goesWithRelease);
  const message =
    deleted.length > 0
      ? `uninstalling ${name} would delete ${deleted.map((definition) => definition.name).join(', ')}, and with it ${what}`
      : `uninstalling ${name} would leave ${what} without what serves them`;
  return new PlatformError('conflict', message, {
    output: listed(objects),
    suggestions: [
      `platform uninstall ${name} --custom-resources deletes them first, while ${name} still lives; their data may go with them`,
    ],
    facts: { release: name, customResources: objects.map(nameOfObject) },
  });
}

function madeAnew({ observed: { name } }: InstalledRelease, objects: readonly LiveObject[]): PlatformError {
  return new PlatformError('conflict', `${countedKinds(objects)} of ${name} were made anew while they were deleted`, {
    output: listed(objects),
    suggestions: ['stop what makes them, and run the command again'],
  });
}

function listed(objects: readonly LiveObject[]): string {
  const names = objects.slice(0, namesShown).map(nameOfObject);
  const more = objects.length - names.length;
  return [...names, ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n');
}
