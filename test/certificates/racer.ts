// Asks for the authority in a folder when told its path, and says what it got.
import { ensureAuthority } from '../../src/certificates/authority.js';
import { systemClock } from '../../src/clock.js';

process.on('message', (data: string) => {
  void ensureAuthority({ data }, systemClock).then(({ fingerprint, changes }) =>
    process.send?.({ fingerprint, changes }),
  );
});
process.send?.('ready');
