import { z } from 'zod';
import type { MinikubeProgram } from './minikube-program.js';

const named = z.array(z.looseObject({ Name: z.string() })).nullish();
const listing = z.object({ valid: named, invalid: named });

/** Whether minikube knows a profile, a half-made one included. */
export async function hasProfile(minikube: MinikubeProgram, profile: string): Promise<boolean> {
  const { stdout } = await minikube.ask(['profile', 'list', '--output=json']);
  const { valid, invalid } = listing.parse(JSON.parse(stdout));
  return [...(valid ?? []), ...(invalid ?? [])].some(({ Name }) => Name === profile);
}
