/** An image reference in its parts. */
export interface ImageReference {
  /** Host, with its port: `docker.io`, `localhost:5001`. */
  readonly registry: string;
  /** `library/postgres`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

const hostForm = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const form = /^(?<path>[^@\s]+?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
const repositoryForm = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

/** Reads an image as container engines do: `postgres` is `docker.io/library/postgres`. `undefined` for what is none. */
export function imageReference(text: string): ImageReference | undefined {
  const { path = '', tag, digest } = form.exec(text)?.groups ?? {};
  const [host = '', ...rest] = path.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(host) || host === 'localhost');
  const registry = isHost ? host.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const name = isHost ? rest.join('/') : path;
  const repository = registry === 'docker.io' && !name.includes('/') ? `library/${name}` : name;
  if (!hostForm.test(registry) || !repositoryForm.test(repository)) return undefined;
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** An image without tag and digest, with the registry that others leave out: `docker.io/library/postgres`. */
export function repositoryName({ registry, repository }: ImageReference): string {
  return `${registry}/${repository}`;
}

/** Tags whose publishers move them by habit. */
const movingTags: ReadonlySet<string> = new Set(['latest', 'stable', 'edge', 'nightly', 'main', 'master']);

/** Why a reference can be another image tomorrow: `tag latest`, `no tag`; `undefined` where that is not expected. */
export function mutability(text: string): string | undefined {
  const reference = imageReference(text);
  if (!reference || reference.digest !== undefined) return undefined;
  if (reference.tag === undefined) return 'no tag';
  return movingTags.has(reference.tag) ? `tag ${reference.tag}` : undefined;
}
