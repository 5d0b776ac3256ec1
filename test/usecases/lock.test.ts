import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isAbort } from '../../src/errors.js';
import { createInterruption } from '../../src/plan/interruption.js';
import type { Lock } from '../../src/releases/lock/lock-file.js';
import { errorOf, folderWith } from '../environment/fixture.js';
import { startRegistry, type RegistryServer } from '../registry/registry-server.js';
import { definition, deployment, startPublisher, writeChart, type Publisher } from '../releases/publisher.js';
import { skipWithoutHelm, workplace, type Workplace } from './lock-given.js';

beforeEach(skipWithoutHelm);

let publisher: Publisher;
let registry: RegistryServer;
beforeEach(async () => {
  publisher = await startPublisher();
  registry = await startRegistry();
});
afterEach(async () => {
  await publisher.stop();
  await registry.stop();
});

const image = (tag: string) => `${registry.host}/shop/web:${tag}`;
const values = (tag: string) => `values: { image: "${image(tag)}" }`;
const web = (version: string, more = values('1.0')) =>
  `  web: { chart: { repository: "${publisher.url}", name: web, version: "${version}" }, namespace: apps, ${more} }\n`;
const webChart = {
  name: 'web',
  version: '1.0.0',
  appVersion: '1.10',
  kubeVersion: '>= 1.22.0-0',
  files: { 'templates/web.yaml': deployment, 'crds/thing.yaml': definition(), 'values.yaml': 'image: none\n' },
};
const account = 'aws: { account: "123456789012", region: eu-north-1 }\n';

/** One release of a public chart, locked. */
async function given(more = ''): Promise<Workplace & { readonly digest: string }> {
  const digest = await publisher.publish(webChart);
  registry.push('shop/web', '1.0');
  const place = await workplace();
  await place.write(`releases:\n${web('1.0.0')}${more}`);
  await place.lock();
  return { ...place, digest };
}

const lockIn = async (place: Workplace) => parse(await place.text()) as Lock;

describe('locking an environment for the first time', () => {
  it('writes down the chart, its definitions and its images on both targets', async () => {
    const digest = await publisher.publish(webChart);
    const [local, aws] = [registry.push('shop/web', '1.0'), registry.push('shop/web', '1.0-aws')];
    const place = await workplace();
    await place.write(`${account}releases:\n${web('1.0.0', `${values('1.0')}, aws: { ${values('1.0-aws')} }`)}`);

    const result = await place.lock();

    expect((await lockIn(place)).releases).toEqual({
      web: {
        chart: `${publisher.url}/web 1.0.0`,
        ...{ name: 'web', version: '1.0.0', appVersion: '1.10' },
        digest,
        ...{ kubernetes: '>= 1.22.0-0', helm: '>=4.3.0 <5' },
        crds: { digest: expect.stringMatching(/^sha256:/) as string, names: ['things.example.org'] },
        uses: [],
        images: [
          { image: image('1.0'), digest: local },
          { image: image('1.0-aws'), digest: aws },
        ],
      },
    });
    expect(result).toMatchObject({
      file: place.lockFile,
      ...{ targets: ['local', 'aws'], leftOut: [], releases: 1, upToDate: false },
      changes: [{ release: 'web', change: 'added', reason: 'it is not locked yet' }],
      ...{ unchecked: [], mutable: [], unresolved: [] },
    });
  });

  it('covers releases of one target only, and what custom resources they create', async () => {
    const issuer = 'apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: { name: x }\nspec: {}\n';
    const place = await workplace();
    await writeChart(join(place.folder, 'charts/cloud'), {
      ...{ name: 'cloud', version: '0.1.0' },
      files: { 'templates/issuer.yaml': issuer },
    });
    await place.write(`${account}releases:\n  cloud: { chart: ./charts/cloud, namespace: apps, only: aws }\n`);
    await place.lock();
    const { cloud } = (await lockIn(place)).releases;
    expect(cloud).toMatchObject({ chart: './charts/cloud', uses: ['cert-manager.io/Issuer'], images: [] });
    expect(cloud).not.toHaveProperty('crds');
  });

  it('writes down the chart that its definitions come from, and holds to that, too', async () => {
    const crds = { name: 'web-crds', version: '1.0.0' };
    const archive = await publisher.publish({ ...crds, files: { 'templates/thing.yaml': definition() } });
    await publisher.publish({ name: 'web', version: '1.0.0' });
    const entry = {
      ...{ apiVersion: 'platform/v1alpha1', kind: 'CatalogueEntry', namespace: 'apps' },
      chart: { repository: publisher.url, name: 'web', version: '1.0.0' },
      crds: {
        from: 'switch',
        chart: { repository: publisher.url, ...crds },
        resources: [{ group: 'example.org', kind: 'Thing', plural: 'things', scope: 'Namespaced', versions: ['v1'] }],
      },
    };
    const folder = await folderWith({ 'catalogue/web/release.yaml': JSON.stringify(entry) });
    const place = await workplace({ folder });
    await place.write('releases:\n  web: {}\n');

    await place.lock();

    expect((await lockIn(place)).releases['web']?.crds).toMatchObject({
      ...{ chart: `${publisher.url}/web-crds 1.0.0`, archive, names: ['things.example.org'] },
    });
    expect(await place.check()).toMatchObject({ upToDate: true, unchecked: [] });

    const other = await publisher.publish({ ...crds, files: { 'templates/thing.yaml': definition('other') } });
    const elsewhere = await workplace({ folder, cache: 'other' });
    expect(await elsewhere.check()).toMatchObject({ upToDate: true, unchecked: [{ release: 'web' }] });
    const { changes } = await elsewhere.lock('all');
    expect(changes).toMatchObject([{ release: 'web', crds: { changed: true, archive: { from: archive, to: other } } }]);
    expect(changes[0]).not.toHaveProperty('digest');
  });

  it('leaves out a target that the file says too little of, and says so', async () => {
    const place = await workplace();
    await writeChart(join(place.folder, 'portal'), { name: 'portal', version: '0.1.0' });
    await place.write('releases:\n  portal: { chart: ./portal, namespace: apps }\n');
    const { targets, leftOut } = await place.lock();
    expect(targets).toEqual(['local']);
    expect(leftOut).toEqual([
      { target: 'aws', reason: 'aws.account is missing; --aws needs it; aws.region is missing; --aws needs it' },
    ]);
  });

  it('notes images whose tag can move, and those without a digest', async () => {
    const latest = registry.push('shop/web', 'latest');
    await publisher.publish(webChart);
    const place = await workplace();
    const one = web('1.0.0', values('latest'));
    const two = web('1.0.0', values('none')).replace('  web:', '  other:');
    await place.write(`releases:\n${one}${two}`);

    const result = await place.lock();

    expect(result.mutable).toEqual([{ release: 'web', image: image('latest'), why: 'tag latest' }]);
    expect(result.unresolved).toEqual([{ image: image('none'), reason: `${registry.host} does not have it` }]);
    const { releases } = await lockIn(place);
    expect(releases['web']?.images).toEqual([{ image: image('latest'), digest: latest, mutable: 'tag latest' }]);
    expect(releases['other']?.images).toEqual([{ image: image('none'), digest: null }]);
    expect(publisher.pulls).toEqual(['web-1.0.0.tgz']);
  });

  it('does not ask for an image that is built here', async () => {
    await publisher.publish(webChart);
    const place = await workplace();
    await place.write(
      `images: { web: { context: ./web } }\nreleases:\n${web('1.0.0', `image: web, ${values('1.0')}`)}`,
    );
    await place.lock();
    expect(registry.requests).toEqual([]);
  });

  it('is a usage error with an environment file that is wrong on every target', async () => {
    const place = await workplace();
    await place.write('releases:\n  web: { nonsense: 1 }\n');
    const error = await errorOf(place.lock());
    expect(error).toMatchObject({ code: 'usage' });
    expect(error.output).toContain('releases.web.nonsense');
    expect(existsSync(place.lockFile)).toBe(false);
  });

  it('is a usage error without an environment file', async () => {
    const place = await workplace();
    expect(await errorOf(place.lock())).toMatchObject({
      code: 'usage',
      message: 'there is no platform.yaml here, and a lock stands beside one',
      suggestions: ['`platform init` writes one', 'or name another: --file FILE'],
    });
  });
});

describe('a lock that cannot be made whole', () => {
  it('is not written at all, and every release in the way is named', async () => {
    await publisher.publish(webChart);
    const place = await workplace();
    const gone = web('1.0.0').replace(publisher.url, 'http://127.0.0.1:9').replace('  web:', '  gone:');
    await place.write(`releases:\n${web('1.0.0')}${gone}${web('7.0.0').replace('  web:', '  newer:')}`);

    const error = await errorOf(place.lock());

    expect(error).toMatchObject({
      message: 'platform.lock was not written: 2 releases could not be resolved',
      facts: {
        releases: [
          { release: 'gone', code: 'prerequisite' },
          { release: 'newer', code: 'tool' },
        ],
      },
    });
    expect(error.output).toMatch(/^gone: the chart of gone cannot be downloaded: it refused the connection$/m);
    expect(error.output).toMatch(/^newer: helm failed/m);
    expect(existsSync(place.lockFile)).toBe(false);
    expect(publisher.pulls).toEqual(['web-1.0.0.tgz']);
  });

  it('leaves the one that was there as it is', async () => {
    const place = await given();
    const before = await place.text();
    await place.write(`releases:\n${web('7.0.0')}`);
    expect(await errorOf(place.lock())).toMatchObject({
      code: 'tool',
      message: 'platform.lock was not written: web could not be resolved',
    });
    expect(await place.text()).toBe(before);
    expect(await readdir(place.folder)).not.toContainEqual(expect.stringContaining('partial'));
  });

  it('is a file that was cut short: a usage error with its line', async () => {
    const place = await given();
    await writeFile(place.lockFile, (await place.text()).slice(0, -60));
    const error = await errorOf(place.lock());
    expect(error.code).toBe('usage');
    expect(error.output).toMatch(/^platform\.lock:\d+:\d+ {2}/);
  });

  it('is one that is interrupted', async () => {
    await publisher.publish(webChart);
    const interruption = createInterruption();
    const place = await workplace({ interruption });
    await place.write(`releases:\n${web('1.0.0')}`);
    interruption.request();
    expect(isAbort(await place.lock().catch((error: unknown) => error))).toBe(true);
    expect(existsSync(place.lockFile)).toBe(false);
  });
});

describe('locking again', () => {
  it('changes nothing and asks nobody when nothing changed', async () => {
    const place = await given();
    const before = await place.text();
    const asked = registry.requests.length;

    const result = await place.lock();

    expect(result).toMatchObject({ upToDate: true, changes: [] });
    expect(await place.text()).toBe(before);
    expect(publisher.pulls).toHaveLength(1);
    expect(registry.requests).toHaveLength(asked);
  });

  it('gives the same bytes on another machine', async () => {
    const place = await given();
    const before = await place.text();
    await writeFile(place.lockFile, '');
    const other = await workplace({ folder: place.folder, cache: 'other' });
    await writeFile(place.lockFile, before);
    await other.lock('all');
    expect(await place.text()).toBe(before);
  });

  it('resolves what is new and keeps what is locked, whatever its publisher has now', async () => {
    const place = await given();
    const { web: kept } = (await lockIn(place)).releases;
    await publisher.publish({ ...webChart, files: {} });
    await publisher.publish({ name: 'api', version: '2.0.0' });
    registry.push('shop/web', '1.0', 'another image');
    const api = web('2.0.0').replace('  web:', '  api:').replace('name: web', 'name: api');
    await place.write(`releases:\n${web('1.0.0')}${api}`);

    const { changes } = await place.lock();

    expect(changes).toMatchObject([{ release: 'api', change: 'added', version: { from: null, to: '2.0.0' } }]);
    expect((await lockIn(place)).releases['web']).toEqual(kept);
  });

  it('takes a new version, and says which keys the chart no longer knows', async () => {
    const place = await given();
    await publisher.publish({
      ...{ name: 'web', version: '2.0.0' },
      files: {
        'templates/web.yaml': deployment.replace('.Values.image', '.Values.container'),
        'values.yaml': 'container: "x/y:1"\n',
      },
    });
    await place.write(`releases:\n${web('2.0.0')}`);

    const { changes } = await place.lock();

    expect(changes).toEqual([
      {
        ...{ release: 'web', change: 'changed' },
        reason: `its chart is ${publisher.url}/web 2.0.0, locked is ${publisher.url}/web 1.0.0`,
        chart: { from: `${publisher.url}/web 1.0.0`, to: `${publisher.url}/web 2.0.0` },
        version: { from: '1.0.0', to: '2.0.0' },
        appVersion: { from: '1.10', to: null },
        digest: { from: place.digest, to: expect.stringMatching(/^sha256:/) as string },
        kubernetes: { from: '>= 1.22.0-0', to: null },
        crds: { added: [], removed: ['things.example.org'], changed: false },
        images: { added: ['x/y:1'], removed: [image('1.0')], moved: [] },
        goneKeys: ['image'],
      },
    ]);
  });

  it('sees values that name another image, and asks for that alone', async () => {
    const place = await given();
    const digest = registry.push('shop/web', '1.1');
    await place.write(`releases:\n${web('1.0.0', values('1.1'))}`);
    const { changes } = await place.lock();
    const images = { added: [image('1.1')], removed: [image('1.0')], moved: [] };
    expect(changes).toEqual([{ release: 'web', change: 'changed', images }]);
    expect((await lockIn(place)).releases['web']?.images).toEqual([{ image: image('1.1'), digest }]);
    expect(publisher.pulls).toHaveLength(1);
  });

  it('asks again for a digest that no registry told', async () => {
    await publisher.publish(webChart);
    const place = await workplace();
    await place.write(`releases:\n${web('1.0.0')}`);
    await place.lock();
    const digest = registry.push('shop/web', '1.0');
    const { changes } = await place.lock();
    expect(changes[0]?.images?.moved).toEqual([{ image: image('1.0'), from: null, to: digest }]);
  });

  it('drops what the environment no longer has', async () => {
    const place = await given(web('1.0.0').replace('  web:', '  api:'));
    await place.write(`releases:\n${web('1.0.0')}`);
    const { changes } = await place.lock();
    expect(changes).toEqual([{ release: 'api', change: 'removed', reason: 'the environment no longer has it' }]);
    expect(Object.keys((await lockIn(place)).releases)).toEqual(['web']);
  });
});

describe('locking an environment with optional parts', () => {
  const optional = '  extra: { chart: service, namespace: apps, part: extras }\n';
  const locked = async (place: Workplace) => Object.keys((await lockIn(place)).releases);

  it('covers the parts that are on, by the file or by the command line, and no others', async () => {
    const place = await given(optional);
    expect(await locked(place)).toEqual(['web']);

    expect(await place.check(['extras'])).toMatchObject({ upToDate: false, askedParts: ['extras'] });
    await place.lock([], ['extras']);
    expect(await locked(place)).toEqual(['extra', 'web']);
    expect(await place.check(['extras'])).toMatchObject({ upToDate: true });

    expect(await place.lock()).toMatchObject({ changes: [{ release: 'extra', change: 'removed' }] });
    await place.write(`parts: [extras]\nreleases:\n${web('1.0.0')}${optional}`);
    await place.lock();
    expect(await locked(place)).toEqual(['extra', 'web']);
  });

  it('refuses a part that nothing belongs to', async () => {
    const place = await given();
    await expect(place.lock([], ['extras'])).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('updating a lock', () => {
  it('takes what publishers and registries have now, and says what became different', async () => {
    const place = await given();
    const files = { ...webChart.files, 'crds/thing.yaml': definition('another thing') };
    const digest = await publisher.publish({ ...webChart, files });
    const before = (await lockIn(place)).releases['web']?.images[0]?.digest;
    const moved = registry.push('shop/web', '1.0', 'another image');

    const { changes } = await place.lock('all');

    expect(changes).toEqual([
      {
        ...{ release: 'web', change: 'changed', reason: 'asked for' },
        digest: { from: place.digest, to: digest },
        crds: { added: [], removed: [], changed: true },
        images: { added: [], removed: [], moved: [{ image: image('1.0'), from: before, to: moved }] },
      },
    ]);
    expect(await place.lock()).toMatchObject({ upToDate: true });
  });

  it('updates those that are named, and those of the same chart', async () => {
    const api = web('2.0.0').replace('  web:', '  api:').replace('name: web', 'name: api');
    await publisher.publish({ name: 'api', version: '2.0.0' });
    const place = await given(`${web('1.0.0').replace('  web:', '  twin:')}${api}`);
    await publisher.publish({ ...webChart, files: { ...webChart.files, 'README.md': 'new' } });
    await publisher.publish({ name: 'api', version: '2.0.0', files: { 'README.md': 'new' } });

    const { changes } = await place.lock(['web']);

    expect(changes.map(({ release }) => release)).toEqual(['twin', 'web']);
    const { twin, web: locked } = (await lockIn(place)).releases;
    expect(twin?.digest).toBe(locked?.digest);
  });

  it('cannot look for lost keys without the chart that was locked', async () => {
    const place = await given();
    await publisher.publish({ ...webChart, files: { ...webChart.files, 'README.md': 'new' } });
    const other = await workplace({ folder: place.folder, cache: 'other' });
    const { changes } = await other.lock('all');
    expect(changes[0]?.goneKeysUnknown).toBe('the chart that was locked is not in the cache');
  });

  it('is a usage error for a release that is not there', async () => {
    const place = await given();
    expect(await errorOf(place.lock(['wbe']))).toMatchObject({
      code: 'usage',
      message: 'the environment has no release wbe',
      suggestions: ['did you mean web?', 'its releases are web'],
    });
  });
});

describe('checking a lock', () => {
  it('finds one that was just written up to date, and asks nobody', async () => {
    const place = await given();
    const asked = [publisher.pulls.length, registry.requests.length];
    expect(await place.check()).toMatchObject({ upToDate: true, changes: [], unchecked: [] });
    expect([publisher.pulls.length, registry.requests.length]).toEqual(asked);
  });

  it('sees an edited chart folder, and what it changes', async () => {
    const place = await workplace();
    const chart = { name: 'portal', version: '0.1.0' };
    await writeChart(join(place.folder, 'portal'), { ...chart, files: { 'templates/a.yaml': deployment } });
    await place.write(`releases:\n  portal: { chart: ./portal, namespace: apps, values: { image: "x/y:1" } }\n`);
    await place.lock();
    const before = await place.text();
    await writeChart(join(place.folder, 'portal'), { ...chart, files: { 'templates/a.yaml': '' } });

    const { upToDate, changes } = await place.check();

    expect(upToDate).toBe(false);
    expect(changes).toMatchObject([{ release: 'portal', change: 'changed', images: { removed: ['x/y:1'] } }]);
    expect(changes[0]).not.toHaveProperty('goneKeysUnknown');
    expect(changes[0]?.reason).toMatch(/^the files of its chart .* are not the locked ones$/);
    expect(await place.text()).toBe(before);

    await place.lock();
    expect(await place.check()).toMatchObject({ upToDate: true });
  });

  it('sees a new version and a new release without having their charts', async () => {
    const place = await given();
    await place.write(`releases:\n${web('2.0.0')}${web('1.0.0').replace('  web:', '  api:')}`);
    const { changes, upToDate } = await place.check();
    expect(upToDate).toBe(false);
    expect(changes.map(({ release, change, chart }) => ({ release, change, chart: chart?.to }))).toEqual([
      { release: 'api', change: 'added', chart: `${publisher.url}/web 1.0.0` },
      { release: 'web', change: 'changed', chart: `${publisher.url}/web 2.0.0` },
    ]);
  });

  it('sees values that name another image where the chart is in the cache', async () => {
    const place = await given();
    await place.write(`releases:\n${web('1.0.0', values('1.1'))}`);
    const { changes } = await place.check();
    expect(changes).toMatchObject([{ release: 'web', images: { added: [image('1.1')] } }]);
  });

  it('says what it could not look at on a machine without the chart', async () => {
    const place = await given();
    const other = await workplace({ folder: place.folder, cache: 'other' });
    expect(await other.check()).toMatchObject({
      upToDate: true,
      unchecked: [{ release: 'web', reason: 'its chart is not in the cache' }],
    });
  });

  it('says what it could not look at on a machine without Helm', async () => {
    const place = await given();
    await place.write(`releases:\n${web('1.0.0', values('1.1'))}`);
    const bare = await workplace({ folder: place.folder, hasHelm: false });
    expect(await bare.check()).toMatchObject({
      upToDate: true,
      unchecked: [{ release: 'web', reason: 'Helm, which renders its chart, is not here' }],
    });
  });

  it('takes no notice of other line breaks', async () => {
    const place = await given();
    await writeFile(place.lockFile, (await place.text()).replaceAll('\n', '\r\n'));
    expect(await place.check()).toMatchObject({ upToDate: true });
  });

  it('sees what was edited by hand', async () => {
    const place = await given();
    await writeFile(place.lockFile, `${await place.text()}# mine\n`);
    expect(await place.check()).toMatchObject({ upToDate: false, changes: [] });
  });

  it('finds everything to be done where there is no lock', async () => {
    await publisher.publish(webChart);
    const place = await workplace();
    await place.write(`releases:\n${web('1.0.0')}`);
    expect(await place.check()).toMatchObject({
      upToDate: false,
      changes: [{ release: 'web', change: 'added', reason: 'it is not locked yet' }],
    });
    expect(existsSync(place.lockFile)).toBe(false);
  });
});

describe('an archive that was locked', () => {
  it('is refused once its publisher has another one', async () => {
    const place = await given();
    await publisher.publish({ ...webChart, files: {} });
    const other = await workplace({ folder: place.folder, cache: 'other' });
    const twin = web('1.0.0').replace('  web:', '  twin:');
    await other.write(`releases:\n${web('1.0.0')}${twin}`);
    expect(await errorOf(other.lock())).toMatchObject({
      code: 'conflict',
      message: 'platform.lock was not written: twin could not be resolved',
    });
  });
});
