import { describe, expect, it } from 'vitest';
import nodeImages from '../../../src/clusters/kind/node-images.json' with { type: 'json' };
import { knownMinors, pinnedImage, versionInTag } from '../../../src/clusters/kind/node-image.js';
import { defaultLocalSettings } from '../../../src/environment/settings.js';
import { bundledPins, pinOf } from '../../../src/toolchain/pins.js';

describe('the node images', () => {
  it('are those of the pinned kind, by digest, each of its own version', () => {
    expect(nodeImages.kind).toBe(pinOf(bundledPins(), 'kind').version);
    for (const minor of knownMinors) {
      expect(pinnedImage(minor)).toMatch(/^kindest\/node:v[\d.]+@sha256:[0-9a-f]{64}$/);
      expect(versionInTag(pinnedImage(minor) ?? '')).toMatch(new RegExp(`^${minor}\\.\\d+$`));
    }
  });

  it('have one of the Kubernetes that environments get where they say nothing', () => {
    expect(knownMinors).toContain(defaultLocalSettings.kubernetes);
  });

  it.each([
    ['kindest/node:v1.36.3', '1.36.3'],
    ['localhost:5001/kindest/node:v1.36.3@sha256:00', '1.36.3'],
    ['registry.example.org:5000/node', undefined],
    ['node@sha256:00', undefined],
    ['node:latest', undefined],
  ])('say in the tag which version they are: %s', (image, version) => {
    expect(versionInTag(image)).toBe(version);
  });
});
