import type { Drill } from '../chaos/drill.js';
import type { PlatformError } from '../errors.js';
import type { CatalogueEntry } from '../releases/catalogue.js';
import type { Contents } from '../releases/contents/contents.js';

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
  | {
      readonly from: 'repository';
      readonly repository: string;
      readonly name: string;
      readonly version: string;
      /** `sha256:…` of its archive, where the catalogue knows it. */
      readonly digest?: string;
    }
  | { readonly from: 'oci'; readonly reference: string; readonly version: string; readonly digest?: string };

export const facets = ['crds', 'api', 'webhook', 'ready', 'address'] as const;
/** What another step can wait for. */
export type Facet = (typeof facets)[number];

/**
 * A named condition of a custom resource, as the catalogue entry declares it, and the object that must have it:
 * `issuer/platform-ca`, or `cluster/app-services/main` for one in a namespace.
 */
export type ConditionFacet = `${string}/${string}`;
export type FacetName = Facet | ConditionFacet;

/** `postgres:ready`, `cert-manager:issuer/platform-ca`. */
export interface Need {
  readonly release: string;
  readonly facet: FacetName;
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
  /** Pod Security level that its namespace needs, where the environment says so; the catalogue's counts without it. */
  readonly podSecurity?: CatalogueEntry['podSecurity'];
  /** What its rendered chart shows; absent until the chart is here and was rendered. */
  readonly contents?: Contents;
  /** Why its values do not fit its chart, where rendering has shown that they do not. */
  readonly fault?: PlatformError;
}

export interface LocalSettings {
  readonly provider: LocalProvider | 'auto';
  /** Kubernetes minor version, such as `1.36`. */
  readonly kubernetes: string;
  readonly workers: number;
  /** On 127.0.0.1; a port that nobody asked for by number is moved to a free one where it is taken. */
  readonly ports: { readonly http: PortSetting; readonly https: PortSetting };
  readonly registry: {
    readonly port: PortSetting;
    /** Registries that get a pull-through cache on this machine, by host: `docker.io`. */
    readonly caches: readonly string[];
  };
  /** `calico`, `default`, `none`, or a manifest's absolute path or URL. */
  readonly cni: string;
  /** In CIDR notation. */
  readonly subnets: { readonly pods: string; readonly services: string };
  /** Where the nodes pull the images of a registry instead: its host to the URL of another, `local` for ours. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** Where public charts come from instead: an absolute path of a folder, or an `oci://` URL. */
  readonly charts?: string;
  /** The image of kind's nodes, or minikube's base image, instead of the pinned one. */
  readonly nodeImage?: string;
  /** Absolute path of a kind configuration that ours is merged into. */
  readonly kindConfig?: string;
  /** Absolute paths of PEM files: authorities that the nodes trust beside the machine's own, such as a corporate proxy's. */
  readonly authorities: readonly string[];
  /** Of the one machine that minikube makes for each node: number of processors, and memory such as `4g`. */
  readonly size: { readonly cpus?: number; readonly memory?: string };
}

/** A port, and whether the file asked for it by number: then it is not exchanged for another. */
export interface PortSetting {
  readonly number: number;
  readonly isFixed: boolean;
}

export interface AwsSettings {
  readonly account: string;
  readonly region: string;
  readonly kubernetes?: string;
  readonly database?: { readonly engine: 'postgres' | 'mysql'; readonly class: string };
}

/** An image built from a folder with a Dockerfile. */
export interface ImageSource {
  /** Absolute path. */
  readonly context: string;
  /** Relative to the context; `Dockerfile` without it. */
  readonly dockerfile?: string;
  /** Stage of the Dockerfile; the last one without it. */
  readonly target?: string;
  /** Build arguments. */
  readonly args: Readonly<Record<string, string>>;
  /** Such as `linux/arm64`; the engine's own without any. */
  readonly platforms: readonly string[];
}

/** Amounts by resource, as Kubernetes writes them: `{ cpu: '500m', memory: '1Gi' }`. */
export type Quantities = Readonly<Record<string, string>>;

/** What a namespace is given beside its labels. */
export interface NamespaceSettings {
  /** Nothing goes in or out of its pods but what other NetworkPolicies allow. */
  readonly isolated: boolean;
  /** `hard` of its ResourceQuota; empty without one. */
  readonly quota: Quantities;
  /** Of containers that name none. */
  readonly defaults: { readonly requests: Quantities; readonly limits: Quantities };
}

/** Where the value of a key of a Secret comes from. */
export type SecretKey =
  | { readonly value: string }
  /** Number of letters and digits. */
  | { readonly generate: number }
  /** Name of an environment variable. */
  | { readonly env: string }
  /** Absolute path. */
  | { readonly file: string };

/** A Secret that is made before the releases of its namespace. */
export interface SecretSettings {
  readonly namespace: string;
  readonly keys: Readonly<Record<string, SecretKey>>;
  /** It is made only while this one of {@link Environment.parts} is on. */
  readonly part?: string;
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
  /** Failure simulations by name. */
  readonly drills: Readonly<Record<string, Drill>>;
  /** Optional parts that are on, in the order in which their overlays apply. */
  readonly parts: readonly string[];
  /** Those of them that the command line asked for, now or when it was begun. */
  readonly askedParts?: readonly string[];
  /** Releases that are left out because their part is off: the name of each to that of its part. */
  readonly offReleases?: ReadonlyMap<string, string>;
  /** By name; of namespaces that releases are installed in. */
  readonly namespaces: Readonly<Record<string, NamespaceSettings>>;
  /** By name, those of parts that are off included. */
  readonly secrets: Readonly<Record<string, SecretSettings>>;
  /** The file it came from; `undefined` when only a blueprint was used. */
  readonly file: string | undefined;
}
