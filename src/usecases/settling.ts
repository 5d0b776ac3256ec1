import { podNetworkRelease } from '../environment/pod-network.js';
import type { Environment, Release } from '../environment/environment.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import { calicoValues } from '../local/network/calico-values.js';
import { hasVxlan } from '../local/network/vxlan.js';
import { withLayer, type Settle } from '../releases/settle.js';
import { contentTag } from '../images/content-hash.js';
import type { ImageParts } from './images-parts.js';

/**
 * What only the world knows of the values of a release: the digest of the image it runs, the address pool and the
 * kernel of the cluster it makes the network of.
 */
export function settling(
  { local }: Pick<Environment, 'local'>,
  { machines }: Pick<ClusterProvider, 'machines'>,
  imageParts: Pick<ImageParts, 'images'> | undefined,
): Settle | undefined {
  if (!machines || !imageParts) return undefined;
  const { images } = imageParts;
  let vxlan: Promise<boolean> | undefined;
  return async (release, signal) => {
    const { name, image } = release;
    if (name === podNetworkRelease && release.catalogue) {
      vxlan ??= hasVxlan(machines, signal);
      return withLayer(release, 'this cluster', calicoValues({ pods: local.subnets.pods, vxlan: await vxlan }));
    }
    if (image === undefined || setsImage(release)) return release;
    const digest = await images.digest(image, signal);
    if (digest === undefined) return { unsettled: `its image ${image} is built anew` };
    return withLayer(release, `image ${image}`, { image: { ...(await images.reference(image)), digest } });
  };
}

// Whoever names another image on the command line means that one, and not its tag with the digest of ours.
function setsImage({ values }: Release): boolean {
  return values.some((layer) => layer.origin === '--set' && 'image' in layer.values);
}

/** The registry of images that are never built, because no container runs. */
const simulatedRegistry = 'registry.localhost';

/** The releases with the names of the images they run, which are known before the images are. */
export async function withImages(
  { releases, images: sources }: Pick<Environment, 'releases' | 'images'>,
  imageParts: Pick<ImageParts, 'images'> | undefined,
): Promise<Release[]> {
  const simulated = async (name: string) => {
    const source = sources[name];
    return source && { repository: `${simulatedRegistry}/${name}`, tag: await contentTag(name, source) };
  };
  return Promise.all(
    releases.map(async (release) => {
      const { image: name } = release;
      if (name === undefined || setsImage(release)) return release;
      const image = await (imageParts?.images.reference(name) ?? simulated(name));
      return image ? withLayer(release, `image ${name}`, { image }) : release;
    }),
  );
}
