import { lookup, resolve4 } from 'node:dns/promises';
import { systemCode } from '../../errors.js';

/** What this machine makes of a host name. */
export type NameResolution =
  /** To this machine itself. */
  | { readonly status: 'here'; readonly addresses: readonly string[] }
  | { readonly status: 'elsewhere'; readonly addresses: readonly string[] }
  /** The name server knows it but gives no usable address: protection against DNS rebinding does that. */
  | { readonly status: 'withheld'; readonly addresses: readonly string[] }
  /** There is no such name. */
  | { readonly status: 'unknown' }
  /** No name server could be asked. */
  | { readonly status: 'unanswered' };

export interface Resolver {
  /** As programs resolve names: hosts file, name service switch, DNS. */
  lookup(host: string): Promise<readonly string[]>;
  /** IPv4 addresses by DNS alone. */
  dns(host: string): Promise<readonly string[]>;
}

export const systemResolver: Resolver = {
  lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  dns: (host) => resolve4(host),
};

/** Names that no name server of the world answers for (RFC 6761, 6762, 9476 and ICANN's `internal`). */
const specialUse = /(^|\.)(localhost|local|test|internal|invalid|example|alt)\.?$/i;

/** Resolves a name as programs on this machine do and, where that fails, finds out why. */
export async function resolveName(host: string, resolver: Resolver = systemResolver): Promise<NameResolution> {
  try {
    return judge(await resolver.lookup(host));
  } catch (error) {
    if (systemCode(error) === 'EAI_AGAIN') return { status: 'unanswered' };
    return specialUse.test(host) ? { status: 'unknown' } : await reasonByDns(host, resolver);
  }
}

async function reasonByDns(host: string, resolver: Resolver): Promise<NameResolution> {
  try {
    // Found by DNS and not by programs: something between them took it away.
    return { status: 'withheld', addresses: await resolver.dns(host) };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENODATA') return { status: 'withheld', addresses: [] };
    return code === 'ENOTFOUND' ? { status: 'unknown' } : { status: 'unanswered' };
  }
}

function judge(addresses: readonly string[]): NameResolution {
  if (addresses.every((address) => address === '0.0.0.0' || address === '::')) return { status: 'withheld', addresses };
  return { status: addresses.every(isLoopback) ? 'here' : 'elsewhere', addresses };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
