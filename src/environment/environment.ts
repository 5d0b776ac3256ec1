import type { CatalogueEntry } from '../releases/catalogue.js';

export type Target = 'local' | 'aws';
export type LocalProvider = 'kind' | 'minikube' | 'embedded';
export type ProviderName = LocalProvider | 'eks';

/** Helm values, or any other JSON-like tree. */
export type Values = Readonly<Record<string, unknown>>;

/** One layer of a release's values with where it came from; later layers win, arrays are replaced as a whole. */
export interface ValuesLayer {
  /** `helm-values/traefik/values.yaml`, `blueprint microservices`, `platform.yaml`, `--set`. */
  readonly origin: string;
  readonly values: Values;
}

export type ChartReference =
  /** Shipped with the product under assets/charts. */
  | { readonly from: 'bundled'; readonly name: string; readonly path: string }
  /** A folder of the user's, relative to the environment file. */
  | { readonly from: 'folder'; readonly path: string }
  | { readonly from: 'repository'; readonly repository: string; readonly name: string; readonly version: string }
  | { readonly from: 'oci'; readonly reference: string; readonly version: string };

export const facets = ['crds', 'api', 'webhook', 'ready', 'address'] as const;
/** What another step can wait for. */
export type Facet = (typeof facets)[number];

/** `postgres:ready`. */
export interface Need {
  readonly release: string;
  readonly facet: Facet;
}

/** One Helm release as this environment on this target wants it. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: ChartReference;
  readonly needs: readonly Need[];
  /** From the weakest to the strongest layer. */
  readonly values: readonly ValuesLayer[];
  /** Key of {@link Environment.images}, where the release runs an image of ours. */
  readonly image?: string;
  readonly catalogue?: CatalogueEntry;
}

export interface LocalSettings {
  readonly provider: LocalProvider | 'auto';
  /** Kubernetes minor version, such as `1.36`. */
  readonly kubernetes: string;
  readonly workers: number;
  readonly ports: { readonly http: number; readonly https: number };
  readonly registry: { readonly port: number };
  /** `calico`, `default`, `none`, or a manifest's path or URL. */
  readonly cni: string;
  readonly mirrors: readonly string[];
}

export interface AwsSettings {
  readonly account: string;
  readonly region: string;
  readonly kubernetes?: string;
  readonly database?: { readonly engine: 'postgres' | 'mysql'; readonly class: string };
}

/** An image built from a folder (relative to the environment file) with a Dockerfile. */
export interface ImageSource {
  readonly context: string;
  readonly dockerfile?: string;
}

/** Everything one environment file describes, resolved for one target: all layers merged, nothing left to look up. */
export interface Environment {
  /** A DNS label of at most 20 characters. */
  readonly name: string;
  readonly target: Target;
  readonly blueprint: string | undefined;
  readonly domain: string;
  /** A protected environment is destroyed only after `protect` was taken out of its file. */
  readonly protect: boolean;
  readonly local: LocalSettings;
  readonly aws: AwsSettings | undefined;
  readonly images: Readonly<Record<string, ImageSource>>;
  /** In the order of the file; the order says nothing about when they are installed. */
  readonly releases: readonly Release[];
  /** Drills as the file has them; their schema is checked, their meaning belongs to the drills. */
  readonly drills: Readonly<Record<string, unknown>>;
  readonly parts: readonly string[];
  /** The file it came from; `undefined` when only a blueprint was used. */
  readonly file: string | undefined;
}
