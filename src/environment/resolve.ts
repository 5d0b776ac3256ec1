import type { Environment, LocalSettings, Release } from './environment.js';
import type { ReleaseContext } from './candidate.js';
import { drillsOf } from './drills.js';
import { said } from './layer.js';
import { namespaceSettings } from './namespaces.js';
import { resolveReleases } from './releases.js';
import { partsOn } from './parts.js';
import { secretSettings } from './secrets.js';
import { withSettings } from './set.js';
import { withPodNetwork } from './pod-network.js';
import { awsSettings, imageSources, localSettings } from './settings.js';
import { substitute } from './substitute.js';

interface ResolveOptions extends Omit<ReleaseContext, 'parts'> {
  readonly blueprint: string | undefined;
  readonly file: string | undefined;
  readonly flags: {
    readonly name?: string | undefined;
    readonly domain?: string | undefined;
    readonly provider?: LocalSettings['provider'] | undefined;
    readonly charts?: string | undefined;
    readonly parts: readonly string[];
  };
  /** The parts that the command line asked for when the environment of this name was begun. */
  readonly rememberedParts: (name: string) => Promise<readonly string[]>;
  /** `release.path.to.key=value`. */
  readonly set: readonly string[];
}

/** Merges all layers into the environment of one target; what does not fit together is reported. */
export async function resolveEnvironment(options: ResolveOptions): Promise<Environment> {
  const { layers, target, blueprint, file, flags, set, report } = options;
  const name = flags.name ?? said(layers, 'name').at(-1) ?? blueprint ?? '';
  const domainAsWritten = flags.domain ?? publicDomain(options) ?? said(layers, 'domain').at(-1);
  const domain = (domainAsWritten ?? '{environment}.localhost').replaceAll('{environment}', name);
  const words = { domain, environment: name };
  const aws = awsSettings(layers);
  if (target === 'aws' && !aws) reportMissingAccount(options);
  const { parts, askedParts } = partsOn(options, {
    asked: flags.parts,
    remembered: await options.rememberedParts(name),
  });
  const present = await resolveReleases({ ...options, parts });
  const resolved = withSettings(present, set, report);
  const { releases, local } = withPodNetwork(resolved, localSettings(layers, flags), options);
  return {
    ...{ name, target, blueprint, domain, aws, file },
    protect: said(layers, 'protect').at(-1) ?? false,
    local,
    images: imageSources(layers),
    releases: releases.map((release) => substituted(release, words)),
    drills: await drillsOf(options, words),
    parts,
    ...(askedParts.length > 0 && { askedParts }),
    ...(present.off.size > 0 && { offReleases: present.off }),
    namespaces: namespaceSettings(options, present.namespaces),
    secrets: secretSettings(options, present.namespaces, words),
  };
}

function publicDomain({ layers, target }: ResolveOptions): string | undefined {
  if (target !== 'aws') return undefined;
  return said(layers, 'aws').findLast(({ domain }) => domain !== undefined)?.domain;
}

function substituted(release: Release, words: Readonly<Record<'domain' | 'environment', string>>): Release {
  return {
    ...release,
    values: release.values.map(({ origin, values }) => ({ origin, values: substitute(values, words) })),
  };
}

function reportMissingAccount({ layers, report }: ResolveOptions): void {
  const layer = layers.at(-1);
  for (const key of ['account', 'region'] as const) {
    if (!layer || said(layers, 'aws').some((section) => section[key] !== undefined)) continue;
    const path = ['aws', key];
    if (layer.draft.isReported(path)) continue;
    const allowed = key === 'account' ? '12 digits in quotes, such as "123456789012"' : 'a region, such as eu-north-1';
    report(layer.draft.source.problem(path, 'key', { message: `aws.${key} is missing; --aws needs it`, allowed }));
  }
}
