import type { Processes, ProcessResult } from '../process.js';
import { imageBuilder } from './build-image.js';
import type { Container, ContainerEngine, EngineCall, EngineName } from './engine.js';
import { absent, engineCalls, type EngineCalls } from './engine-calls.js';
import { execute } from './execute.js';
import { insecure } from './insecure.js';
import { pushImage } from './push-image.js';
import { readContainers } from './read-container.js';
import { readImage } from './read-image.js';
import { readNetworks } from './read-network.js';
import { runContainer } from './run-container.js';

/** The container engine behind `docker` or `podman` on PATH; nothing is started before the first call. */
export function commandEngine(name: EngineName, processes: Processes): ContainerEngine {
  const calls = engineCalls(name, processes);
  const simple = async (args: readonly string[], what: string, call: EngineCall = {}, unless?: RegExp) => {
    await calls(args, { ...call, what, ...(unless && { unless }) });
  };
  return {
    name,
    async container(container, call = {}) {
      const found = await inspected(calls, [container], call);
      return found.find((one) => one.name === container);
    },
    async containers(label, call = {}) {
      const what = `list the containers with the label ${label}`;
      const filter = ['--all', '--no-trunc', '--filter', `label=${label}`, '--format', '{{.ID}}'];
      const ids = linesOf(await calls(['ps', ...filter], { ...call, what }));
      return ids.length === 0 ? [] : inspected(calls, ids, call);
    },
    run: (spec, call = {}) => runContainer(name, calls, spec, call),
    start: (container, call) => simple(['start', container], `start the container ${container}`, call),
    stop: (container, call) => simple(['stop', container], `stop the container ${container}`, call),
    remove: (container, call) =>
      simple(['rm', '--force', '--volumes', container], `remove the container ${container}`, call, absent),
    execute: (container, command, options = {}) => execute(name, processes, container, command, options),
    async network(network, call = {}) {
      const what = `look at the network ${network}`;
      const { stdout, exitCode } = await calls(['network', 'inspect', network], { ...call, what, unless: absent });
      if (exitCode !== 0) return undefined;
      const filter = ['--all', '--filter', `network=${network}`, '--format', '{{.Names}}'];
      const containers = name === 'podman' ? linesOf(await calls(['ps', ...filter], { ...call, what })) : [];
      return readNetworks(stdout, containers).find((one) => one.name === network);
    },
    connect: (network, container, aliases, call) =>
      simple(
        ['network', 'connect', ...aliases.flatMap((alias) => ['--alias', alias]), network, container],
        `connect ${container} to the network ${network}`,
        call,
      ),
    disconnect: (network, container, call) =>
      simple(
        ['network', 'disconnect', network, container],
        `disconnect ${container} from the network ${network}`,
        call,
        /is not connected to/i,
      ),
    removeNetwork: (network, call) => simple(['network', 'rm', network], `remove the network ${network}`, call, absent),
    async volumes(label, call = {}) {
      const args = ['volume', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}'];
      return linesOf(await calls(args, { ...call, what: `list the volumes with the label ${label}` })).sort();
    },
    removeVolume: (volume, call) => simple(['volume', 'rm', volume], `remove the volume ${volume}`, call, absent),
    async image(reference, call = {}) {
      const what = `look at the image ${reference}`;
      const { stdout, exitCode } = await calls(['image', 'inspect', reference], { ...call, what, unless: absent });
      return exitCode === 0 ? readImage(stdout) : undefined;
    },
    async pull(reference, { platform, ...call } = {}) {
      const options = [...(platform === undefined ? [] : ['--platform', platform]), ...insecure(name, reference)];
      await calls(['pull', ...options, reference], { ...call, what: `pull ${reference}`, image: reference });
    },
    async tag(from, to, call = {}) {
      await calls(['tag', from, to], { ...call, what: `name ${from} ${to}`, image: from });
    },
    push: (reference, call = {}) => pushImage(name, calls, reference, call),
    removeImage: (reference, call) => simple(['rmi', reference], `remove the image ${reference}`, call, absent),
    build: imageBuilder(name, processes),
  };
}

// What is removed between the list and this look is left out.
async function inspected(calls: EngineCalls, names: readonly string[], call: EngineCall): Promise<Container[]> {
  const { stdout } = await calls(['inspect', '--type', 'container', ...names], {
    ...call,
    what: `look at the containers ${names.join(', ')}`,
    unless: absent,
  });
  return readContainers(stdout);
}

function linesOf({ stdout }: ProcessResult): string[] {
  return stdout.split('\n').flatMap((line) => line.trim() || []);
}
