import { systemResolver, type Resolver } from '../local/names/resolution.js';
import type { Examination } from './check.js';

/** Whether `localhost` leads to 127.0.0.1, the only address that the ingress and the registry listen on. */
export function localhost(resolver: Pick<Resolver, 'lookup'> = systemResolver): Examination {
  return {
    name: 'localhost',
    async examine() {
      const addresses = await resolver.lookup('localhost').catch((): readonly string[] => []);
      const [first] = addresses;
      if (first === '127.0.0.1') return { status: 'ok', detail: 'leads to 127.0.0.1' };
      if (addresses.includes('127.0.0.1')) {
        return {
          status: 'ok',
          detail: `leads to ${addresses.join(', then ')}; a program that tries only the first needs 127.0.0.1 by number`,
        };
      }
      const found = addresses.length === 0 ? 'leads nowhere' : `leads to ${addresses.join(', ')} only`;
      return {
        status: 'warning',
        detail: `${found}; the ingress and the image registry listen on 127.0.0.1`,
        fix: ["echo '127.0.0.1 localhost' | sudo tee -a /etc/hosts"],
      };
    },
  };
}
