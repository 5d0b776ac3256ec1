/**
 * Commands that run in a node, inside the network of one of its pods, with the programs that every Debian node image
 * has: no image of ours has to be in the cluster. A pod's processes are known by its uid in their cgroup, whatever the
 * container runtime; systemd writes it with underscores.
 */

const enter = `
file=$(grep -lE "pod($0|\${0//-/_})" /proc/[0-9]*/cgroup 2>/dev/null | head -n 1)
if [ -z "$file" ]; then echo "no process of pod $0 runs here" >&2; exit 1; fi
pid=\${file#/proc/}
exec nsenter --net="/proc/\${pid%/cgroup}/ns/net" "$@"`;

const greeting = 'platform';
/** How long a connection may take that is not to come about: a packet that is dropped gets no answer. */
const connectSeconds = 2;

// Perl is in every Debian (perl-base is essential), netcat and socat are not. It ends by itself should nobody end it.
const listener = `
use Socket;
my ($port, $seconds) = @ARGV;
$SIG{ALRM} = sub { exit 0 };
alarm $seconds;
socket(my $server, PF_INET, SOCK_STREAM, 0) or die "socket: $!\\n";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, INADDR_ANY)) or die "bind: $!\\n";
listen($server, 16) or die "listen: $!\\n";
$| = 1;
while (my $peer = accept(my $client, $server)) {
  my ($from, $address) = sockaddr_in($peer);
  send($client, '${greeting}', 0);
  close $client;
  exit 0 if inet_ntoa($address) eq '127.0.0.1';
}`;

const question = `
answer=$(timeout ${String(connectSeconds)} bash -c 'exec 3<>"/dev/tcp/$0/$1" && head -c ${String(greeting.length)} <&3' "$0" "$1" 2>/dev/null)
if [ "$answer" = ${greeting} ]; then echo passed; else echo blocked; fi`;

/** Runs a program in the network of the pod with this uid. */
export function inPod(uid: string, program: readonly string[]): string[] {
  return ['bash', '-c', enter, uid, ...program];
}

/** Greets everybody who connects, until somebody does from the pod itself or the time is over. */
export function listenOn(port: number, seconds: number): string[] {
  return ['perl', '-e', listener, String(port), String(seconds)];
}

/** Prints `passed` when the listener at an address greets, `blocked` when nobody does. */
export function connectTo(address: string, port: number): string[] {
  return ['bash', '-c', question, address, String(port)];
}
