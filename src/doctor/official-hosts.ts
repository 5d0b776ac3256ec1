import { exceptionOf } from '../clusters/cluster.js';
import type { ProviderName, Release } from '../environment/environment.js';
import type { Network } from '../network.js';
import { hostOf } from '../releases/charts/charts.js';
import type { Pins, Platform } from '../toolchain/pins.js';
import type { Examination, Finding } from './check.js';
import type { ToolPlan } from './tool-plan.js';

const fix = ['if this machine is behind a proxy, set HTTPS_PROXY and NO_PROXY; otherwise ask who runs the network'];

/** Whether the publishers of the tools answer: if not, tools are built, which takes minutes instead of seconds. */
export function officialDownloads(
  pins: Pins,
  platform: Platform,
  network: Pick<Network, 'reachable'>,
  plans: (signal: AbortSignal) => Promise<readonly ToolPlan[]>,
): Examination {
  return {
    name: 'official downloads',
    async examine(signal) {
      const urls = Object.values(pins.tools).flatMap(({ downloads }) => {
        const source = downloads[platform];
        return source ? [source.url, source.checksum.url] : [];
      });
      const hosts = await ask(urls, network, signal);
      if (hosts.silent.length === 0) return answered(hosts);
      const said = hosts.silent.join('; ');
      if ((await plans(signal)).every(({ way }) => way === 'here')) {
        return { status: 'ok', detail: `${said}; not needed, since every tool that \`up\` runs is here` };
      }
      return { status: 'warning', detail: `${said}; tools that are not here are built from their Go modules`, fix };
    },
  };
}

/** Whether the hosts of the environment's charts answer; what takes a chart's place otherwise depends on the provider. */
export function chartDownloads(
  releases: readonly Release[],
  provider: ProviderName | 'auto',
  network: Pick<Network, 'reachable'>,
): Examination {
  return {
    name: 'charts',
    async examine(signal) {
      const urls = releases.flatMap(({ chart, catalogue }) => {
        const isInstalled = provider === 'auto' || !exceptionOf(catalogue, provider);
        return isInstalled && (chart.from === 'repository' || chart.from === 'oci') ? [hostOf(chart)] : [];
      });
      if (urls.length === 0) return { status: 'ok', detail: 'every chart is on this machine' };
      const hosts = await ask(urls, network, signal);
      if (hosts.silent.length === 0) return answered(hosts);
      const otherwise = insteadOfCharts[provider];
      return { status: 'warning', detail: `${hosts.silent.join('; ')}; ${otherwise}`, fix };
    },
  };
}

const onlyKnown = 'only charts that were downloaded before can be installed';
const insteadOfCharts: Readonly<Record<ProviderName | 'auto', string>> = {
  embedded: 'stand-ins take the place of charts that were not downloaded before',
  auto: `${onlyKnown}; the embedded provider has stand-ins for the others`,
  kind: onlyKnown,
  minikube: onlyKnown,
  eks: onlyKnown,
};

interface Hosts {
  readonly answering: readonly string[];
  /** With the reason: `get.helm.sh: it refused the connection`. */
  readonly silent: readonly string[];
}

async function ask(urls: readonly string[], network: Pick<Network, 'reachable'>, signal: AbortSignal): Promise<Hosts> {
  const byHost = new Map(urls.map((url) => [new URL(url).host, url]));
  const answers = await Promise.all(
    [...byHost].map(async ([host, url]) => ({ host, answer: await network.reachable(url, signal) })),
  );
  return {
    answering: answers.flatMap(({ host, answer }) => (answer.reachable ? [host] : [])),
    silent: answers.flatMap(({ host, answer }) => (answer.reachable ? [] : [`${host}: ${answer.reason}`])),
  };
}

function answered({ answering }: Hosts): Finding {
  return { status: 'ok', detail: `${answering.join(', ')} ${answering.length === 1 ? 'answers' : 'answer'}` };
}
