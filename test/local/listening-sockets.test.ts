import { describe, expect, it } from 'vitest';
import { parseListeningSockets } from '../../src/local/listening-sockets.js';

// Recorded from Linux 6.1: servers on 127.0.0.1:45123, [::]:45124, [::1]:45125 and 0.0.0.0:45126.
const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n';
const tcp = `${header}   2: 00000000:B046 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 138866 1 00000000af4cc5b3 100 0 0 10 0                    
   3: 0100007F:B043 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 138863 1 00000000685b232b 100 0 0 10 0                    
 402: 0100007F:8735 0100007F:B046 06 00000000:00000000 03:00001600 00000000     0        0 0 3 00000000d62f5358                                      
`;
const tcp6 = `${header}   0: 00000000000000000000000000000000:B044 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 138864 1 00000000c368d40b 100 0 0 10 0
   1: 00000000000000000000000001000000:B045 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 138865 1 000000007d0b8a3c 100 0 0 10 0
`;
const line = (address: string, state = '0A') =>
  `   0: ${address}:0050 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0\n`;

describe('the sockets that the Linux kernel lists', () => {
  it('are those that listen, on loopback or on all addresses', () => {
    expect(parseListeningSockets(tcp)).toEqual([
      { port: 45126, inode: '138866' },
      { port: 45123, inode: '138863' },
    ]);
  });

  it('are read in the IPv6 table too', () => {
    expect(parseListeningSockets(tcp6)).toEqual([
      { port: 45124, inode: '138864' },
      { port: 45125, inode: '138865' },
    ]);
  });

  it.each([
    ['127.0.0.53', '3500007F'],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F'],
  ])('are of this machine on %s', (_, address) => {
    expect(parseListeningSockets(line(address))).toHaveLength(1);
  });

  it.each([
    ['192.168.1.5', '0501A8C0'],
    ['fe80::1', '000080FE000000000000000001000000'],
  ])('do not count on %s, where loopback does not lead', (_, address) => {
    expect(parseListeningSockets(line(address))).toEqual([]);
  });

  it('do not count when they are connections', () => {
    expect(parseListeningSockets(line('0100007F', '01'))).toEqual([]);
  });
});
