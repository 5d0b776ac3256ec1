import { BlockList, isIP } from 'node:net';
import type { LocalSettings } from '../environment/environment.js';
import type { Examination } from './check.js';

export interface ProxyOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly local: Pick<LocalSettings, 'subnets'> | undefined;
  /** Domain of the environment: `shop.localhost`. */
  readonly domain?: string | undefined;
}

/** Whether what is on this machine and in the cluster is kept from the proxy, if there is one. */
export function proxy({ variables, local, domain }: ProxyOptions): Examination {
  return {
    name: 'proxy',
    examine() {
      const used = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].find((name) => variables[name]);
      if (used === undefined) return Promise.resolve({ status: 'ok', detail: 'none is set' });
      const own = variables['no_proxy'] || variables['NO_PROXY'] || '';
      const entries = own.split(/[,\s]+/).filter((entry) => entry !== '');
      const wanted = [
        'localhost',
        '127.0.0.1',
        '.svc',
        '.cluster.local',
        ...(domain === undefined ? [] : [`.${domain}`]),
        ...(local ? [local.subnets.pods, local.subnets.services] : []),
      ];
      const missing = wanted.filter((name) => !entries.some((entry) => covers(entry, name)));
      if (missing.length === 0)
        return Promise.resolve({ status: 'ok', detail: `${used} is set, NO_PROXY is complete` });
      return Promise.resolve({
        status: 'warning',
        detail: `${used} is set and NO_PROXY lacks ${missing.join(', ')}: requests to the cluster may go to the proxy`,
        fix: [
          `export NO_PROXY='${[...entries, ...missing].join(',')}' no_proxy='${[...entries, ...missing].join(',')}'`,
        ],
      });
    },
  };
}

/** Whether an entry of NO_PROXY keeps a name, a domain, an address or a whole subnet from the proxy. */
function covers(entry: string, wanted: string): boolean {
  if (entry === '*') return true;
  const [address = '', prefix] = wanted.split('/');
  if (isIP(address) === 0) {
    const suffix = entry.toLowerCase().replace(/^\*?\./, '');
    const name = wanted.replace(/^\./, '');
    return name === suffix || name.endsWith(`.${suffix}`);
  }
  const [own = '', ownPrefix] = entry.split('/');
  const family = isIP(own) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(own) === 0 || isIP(own) !== isIP(address)) return false;
  const longest = family === 'ipv6' ? 128 : 32;
  const bits = Number(ownPrefix ?? longest);
  if (!Number.isInteger(bits) || bits < 0 || bits > longest || bits > Number(prefix ?? longest)) return false;
  const subnet = new BlockList();
  subnet.addSubnet(own, bits, family);
  return subnet.check(address, family);
}
