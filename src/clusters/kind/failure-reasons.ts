import type { ErrorCode } from '../../errors.js';

/** A cause of failure that can be told by its words. */
export interface Reason {
  readonly words: RegExp;
  readonly code: ErrorCode;
  readonly message: (match: RegExpExecArray) => string;
  readonly suggestions: readonly string[];
}

/** What keeps a node from coming up, the deepest cause first: others are often its consequences. */
export const nodeReasons: readonly Reason[] = [
  {
    words: /kubelet is configured to not run on a host using cgroup v1/,
    code: 'prerequisite',
    message: () => "the kubelet does not run on the container engine's cgroup v1",
    suggestions: [
      'give the machine cgroup v2 (kernel parameter systemd.unified_cgroup_hierarchy=1)',
      'or set local.kubernetes to 1.34, the last version before that',
    ],
  },
  {
    words: /no space left on device|disk quota exceeded/i,
    code: 'prerequisite',
    message: () => 'the container engine has no disk space left',
    suggestions: ['see what takes it: docker system df', 'remove what no container uses: docker system prune'],
  },
  {
    words: /too many open files|inotify_init\S* failed|failed to (?:create|initialize) inotify|inotify instances/i,
    code: 'prerequisite',
    message: () => 'the nodes have no inotify instances left: too many open files',
    suggestions: [
      'raise the limits: sudo sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288',
      'or stop other clusters on this machine',
    ],
  },
  {
    words: /(?:Out of memory: Killed process \d+ \(([\w-]+)\)|oom-kill:.*task=([\w-]+))/,
    code: 'prerequisite',
    message: (match) => `the nodes have too little memory: ${match[1] ?? match[2] ?? 'a program'} was killed`,
    suggestions: ['give the container engine more memory (4 GiB at least), or set local.workers: 0'],
  },
  {
    words: /could not find a log line that matches/,
    code: 'tool',
    message: () => 'systemd did not come up in a node',
    suggestions: ['see what it said: serial.log in the folder of the logs'],
  },
];

/** What kind says about itself and its configuration. */
export const kindReasons: readonly Reason[] = [
  {
    words: /node\(s\) already exist for a cluster with the name "([^"]+)"/,
    code: 'conflict',
    message: (match) => `there are nodes of a cluster ${match[1] ?? ''} already`,
    suggestions: ['if nobody needs it: `platform destroy`'],
  },
  {
    words: /running kind with rootless provider requires ([^\n]+)/,
    code: 'prerequisite',
    message: (match) => `a container engine without root needs ${(match[1] ?? '').replace(/, see .*/, '')}`,
    suggestions: ['see https://kind.sigs.k8s.io/docs/user/rootless'],
  },
  {
    words: /all predefined address pools have been fully subnetted|non-overlapping IPv4 address pool/,
    code: 'prerequisite',
    message: () => 'the container engine has no subnet left for the network of the nodes',
    suggestions: ['remove networks that nobody uses: docker network prune'],
  },
  {
    words:
      /(?:unable to decode config|error (?:un)?marshal\w*|strict decoding error|invalid pod subnet|invalid service subnet|unknown field)[^\n]*/,
    code: 'usage',
    message: (match) => `kind does not take the configuration: ${match[0]}`,
    suggestions: ['see https://kind.sigs.k8s.io/docs/user/configuration, and local.kindConfig'],
  },
];

/** Symptoms: the last resort, where no cause is in sight. */
export const symptoms: readonly Reason[] = [
  {
    words: /kubelet is not healthy after ([\w.]+)|The HTTP call equal to 'curl[^']*10248\/healthz' returned error/,
    code: 'tool',
    message: () => 'the kubelet of a node did not become healthy',
    suggestions: ['see kubelet.log in the folder of the logs'],
  },
  {
    words:
      /kube-apiserver is not healthy after ([\d.\w]+)|unable to create ClusterRoleBinding|(?:timed out waiting for the condition|context deadline exceeded)/,
    code: 'tool',
    message: (match) =>
      `the API server did not become healthy${match[1] === undefined ? '' : ` within ${match[1].replace(/\.$/, '')}`}`,
    suggestions: [
      'see kubelet.log in the folder of the logs, and pods/ for what its containers said',
      'a slow disk or too few processors can be the reason too: try again with local.workers: 0',
    ],
  },
];
