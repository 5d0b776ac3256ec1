import { shortPatienceMs, type Obstacle } from './obstacle.js';

/** The kubelet tries again after 10, 20 and 40 seconds: what a network has lost has come back by then, or will not. */
const networkPatienceMs = 45_000;

interface Cause {
  readonly words: RegExp;
  readonly suggestion: string;
  readonly patienceMs?: number;
  readonly fatal?: false;
}

// The words of containerd, CRI-O and of the registries behind them; the first that fits counts.
const causes: readonly Cause[] = [
  { words: /pull QPS exceeded/i, suggestion: 'wait: the node pulls many images at the moment', fatal: false },
  {
    words: /\b429\b|too ?many ?requests|rate limit/i,
    suggestion:
      'the registry limits how often it is pulled from: log in to it, use a mirror (`local.mirrors`), or wait until the limit is over',
  },
  {
    words: /denied|unauthorized|authentication required|insufficient_scope|\b40[13]\b|forbidden/i,
    suggestion: 'check the image name, and give the pods an image pull secret if the registry wants to know who asks',
  },
  {
    words: /x509|certificate/i,
    suggestion: "let the nodes trust the registry's certificate, or use a registry they trust",
  },
  {
    words: /no match(?:ing manifest)? for (?:platform|\w+\/\w+)/i,
    suggestion: "use an image that is built for the nodes' processors",
  },
  {
    words:
      /no such host|server misbehaving|time(?:d )?out|deadline exceeded|connection re(?:fused|set)|unreachable|\bEOF\b|no route to host|\b50[0234]\b/i,
    suggestion: 'check that the nodes reach the registry: names, proxy, network; or use a mirror (`local.mirrors`)',
    patienceMs: networkPatienceMs,
  },
  {
    words: /not found|manifest unknown|name unknown|notfound/i,
    suggestion: 'correct the image name or tag: the registry has no such image',
  },
];

/** What can be told from the words of an image pull that failed. */
export function judgeImagePull(words: string): Pick<Obstacle, 'fatal' | 'patienceMs' | 'suggestion'> {
  const cause = causes.find((candidate) => candidate.words.test(words));
  return {
    fatal: cause?.fatal ?? true,
    patienceMs: cause?.patienceMs ?? shortPatienceMs,
    suggestion: cause?.suggestion ?? 'check the image name and tag, and that the registry can be reached and allows it',
  };
}
