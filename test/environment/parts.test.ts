import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environment/environment.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { switchOn, withFlag } from '../../src/environment/parts.js';
import { mergeValues, originsOf } from '../../src/releases/values/values.js';
import { complaintsOf, errorOf, folderWith, library, load, problemsOf } from './fixture.js';

const service = 'chart: service, namespace: apps';

/** An application that logs and traces where it may, and what it would log and trace to. */
const app = `
releases:
  web:
    ${service.replace(', ', '\n    ')}
    needs: [db:ready]
    values: { level: info, sink: none, from: file }
    local: { values: { sink: local, from: target } }
    parts:
      logging: { values: { sink: loki, from: logging }, needs: ["loki:ready"] }
      tracing: { values: { sink: tempo, from: tracing }, needs: ["tempo:ready"] }
  db: { ${service} }
  loki: { ${service}, part: logging }
  tempo: { ${service}, part: tracing, needs: ["loki:ready"], aws: { values: { a: 1 } } }
`;
const untangled = app.replace(', needs: ["loki:ready"], aws', ', aws');

const namesOf = ({ releases }: Environment) => releases.map(({ name }) => name);
const web = ({ releases }: Environment) => {
  const found = releases.find(({ name }) => name === 'web');
  if (!found) throw new Error('no release web');
  const needs = found.needs.map(({ release, facet }) => `${release}:${facet}`);
  return { ...found, needs, merged: mergeValues(found.values) };
};

describe('an optional part', () => {
  it('that is off leaves out its releases and its overlays, and the needs in them', async () => {
    const environment = await load(untangled);

    expect(environment.parts).toEqual([]);
    expect(namesOf(environment)).toEqual(['web', 'db']);
    expect(web(environment)).toMatchObject({
      needs: ['db:ready'],
      merged: { level: 'info', sink: 'local', from: 'target' },
    });
    expect(environment.offReleases).toEqual(
      new Map([
        ['loki', 'logging'],
        ['tempo', 'tracing'],
      ]),
    );
  });

  it('that is on brings its releases, and overlays that win over those of the target', async () => {
    const environment = await load(`${untangled}parts: [logging]\n`);

    expect(namesOf(environment)).toEqual(['web', 'db', 'loki']);
    expect(web(environment)).toMatchObject({
      needs: ['db:ready', 'loki:ready'],
      merged: { level: 'info', sink: 'loki', from: 'logging' },
    });
    expect(originsOf(web(environment).values).get('sink')).toMatch(/platform\.yaml \(logging\)$/);
  });

  it('listed later wins over one listed before, wherever the overlays are written', async () => {
    expect(web(await load(`${untangled}parts: [logging, tracing]\n`)).merged).toMatchObject({ from: 'tracing' });
    expect(web(await load(`${untangled}parts: [tracing, logging]\n`)).merged).toMatchObject({ from: 'logging' });
  });

  it('gives way to what a stronger layer says without it, and to --set', async () => {
    const content = 'blueprint: shop\nreleases: { store: { values: { log: { format: text } } } }\n';
    const store = ({ releases }: Environment) =>
      mergeValues(releases.find(({ name }) => name === 'store')?.values ?? []);

    expect(store(await load('blueprint: shop\n'))).toMatchObject({ log: { format: 'json' } });
    expect(store(await load(content))).toMatchObject({ log: { format: 'text' } });
    expect(web(await load(`${untangled}parts: [logging]\n`, { set: ['web.from=flag'] })).merged).toMatchObject({
      from: 'flag',
      sink: 'loki',
    });
  });

  it('of the blueprint is off where the file lists others, or none', async () => {
    expect((await load('blueprint: shop\n')).parts).toEqual(['logging']);
    expect((await load('blueprint: shop\nparts: [tracing]\n')).parts).toEqual(['tracing']);
    expect((await load('blueprint: shop\nparts: []\n')).parts).toEqual([]);
    expect((await load('blueprint: shop\nparts:\n')).parts).toEqual(['logging']);
  });

  it('does not bring what is switched off or belongs to the other target', async () => {
    const content = `releases: { a: { ${service}, part: x, enabled: false }, b: { ${service}, part: x, only: aws } }\n`;
    const environment = await load(`${content}parts: [x]\n`);
    expect(environment.releases).toEqual([]);
    expect(environment.offReleases).toBeUndefined();
  });
});

describe('parts that the command line asks for', () => {
  it('are added to those of the file, each once, and known as asked for', async () => {
    const environment = await load(`${untangled}parts: [tracing]\n`, { parts: ['logging', 'tracing', 'logging'] });
    expect(environment.parts).toEqual(['tracing', 'logging']);
    expect(environment.askedParts).toEqual(['logging', 'tracing']);
    expect((await load(`${untangled}parts: [tracing]\n`)).askedParts).toBeUndefined();
  });

  it('are remembered by the name of the environment, and forgotten where they are gone', async () => {
    const asked: string[] = [];
    const rememberedParts = (name: string) => {
      asked.push(name);
      return Promise.resolve(['logging', 'metrics']);
    };
    const environment = await load(untangled, { name: 'other', rememberedParts });
    expect(asked).toEqual(['other']);
    expect(environment).toMatchObject({ parts: ['logging'], askedParts: ['logging'] });
  });
});

describe('a part that nothing belongs to', () => {
  it('is told with its place in the file', async () => {
    const found = await problemsOf(load(`${untangled}parts: [tracing, loging]\n`));
    expect(found).toMatchObject([
      {
        ...{ path: 'parts[1]', line: 18, column: 18, value: 'loging' },
        message: 'there is no optional part "loging" in this environment',
        allowed: 'logging, tracing',
        suggestion: 'did you mean logging?',
      },
    ]);
  });

  it('is no second problem beside a name that cannot be one, nor moved by it', async () => {
    const found = await problemsOf(load(`${untangled}parts: [No Part, 7, loging]\n`));
    expect(found.map(({ path, value }) => [path, value])).toEqual([
      ['parts[0]', 'No Part'],
      ['parts[1]', 7],
      ['parts[2]', 'loging'],
    ]);
  });

  it('is told with the flag', async () => {
    const error = await errorOf(load(untangled, { parts: ['tracing', 'nope'] }));
    expect(error.code).toBe('usage');
    expect(error.output).toBe(
      '--with  there is no optional part "nope" in this environment\n    allowed: logging, tracing',
    );
  });

  it('is told where there are none at all', async () => {
    expect(await problemsOf(load('', { parts: ['logging'] }))).toMatchObject([
      { file: '--with', allowed: 'none, as none of its releases belongs to a part' },
    ]);
  });

  it('is found by what is written for it alone, too', async () => {
    const content = `releases: { web: { ${service}, parts: { tracing: { values: { a: 1 } } } } }\n`;
    expect((await load(content, { parts: ['tracing'] })).parts).toEqual(['tracing']);
  });

  it('is no second problem beside a part that is not written as one', async () => {
    const content = `releases: { loki: { ${service}, part: Logging } }\nparts: [logging]\n`;
    expect((await problemsOf(load(content))).map(({ path }) => path)).toEqual(['releases.loki.part']);
  });

  it('is told for a bundled blueprint as for any other', async () => {
    const attempt = loadEnvironment({ cwd: await folderWith({}), target: 'local', parts: ['nope'] });
    expect(await problemsOf(attempt)).toMatchObject([
      { file: '--with', message: 'there is no optional part "nope" in this environment', value: 'nope' },
    ]);
  });
});

describe('a need of a release whose part is off', () => {
  it('is told, with the part, unless it is written for the same part', async () => {
    const problems = await problemsOf(load(`${app}parts: [tracing]\n`));
    expect(problems).toMatchObject([
      {
        path: 'releases.tempo.needs[0]',
        value: 'loki:ready',
        message: 'loki:ready is never met: loki belongs to the part logging, which is off',
        suggestion: 'or switch it on: parts: [logging] in the file, or --with logging',
      },
    ]);
    expect(namesOf(await load(`${app}parts: [tracing, logging]\n`))).toContain('tempo');
  });

  it('is told of an overlay for another part', async () => {
    const content = app
      .replace('needs: ["tempo:ready"]', 'needs: ["loki:ready"]')
      .replace('needs: ["loki:ready"], aws', 'aws');
    const problems = await problemsOf(load(content, { parts: ['tracing'] }));
    expect(problems.map(({ path }) => path)).toEqual(['releases.web.parts.tracing.needs[0]']);
  });

  it('closes no cycle, and does so where it is on', async () => {
    const content = app.replace(
      `db: { ${service} }`,
      `db: { ${service}, parts: { logging: { needs: ["web:ready"] } } }`,
    );
    await load(content);
    expect(await complaintsOf(load(content, { parts: ['logging'] }))).toEqual([
      expect.stringContaining('releases need each other in a circle: web → db → web'),
    ]);
  });
});

describe('a release whose part is off', () => {
  it('has no values to set, and the way to it is told', async () => {
    expect(await problemsOf(load(untangled, { set: ['loki.replicas=1'] }))).toMatchObject([
      { file: '--set', suggestion: 'loki belongs to the part logging, which is off: --with logging' },
    ]);
    await load(untangled, { set: ['loki.replicas=1'], parts: ['logging'] });
  });

  it('is told apart from one that does not exist', () => {
    expect(switchOn('loki', new Map([['loki', 'logging']]))).toHaveLength(1);
    expect(switchOn('constructor', new Map([['loki', 'logging']]))).toEqual([]);
    expect(switchOn('loki', undefined)).toEqual([]);
  });
});

describe('what is written for a part', () => {
  it('is read as Helm reads values', async () => {
    const content = `releases: { web: { ${service}, parts: { logging: { values: { mode: 0644 } } } } }\n`;
    expect((await problemsOf(load(content))).map(({ path }) => path)).toEqual([
      'releases.web.parts.logging.values.mode',
    ]);
  });

  it('knows values and needs', async () => {
    const content = `releases: { web: { ${service}, parts: { logging: { value: {} } } } }\n`;
    expect(await problemsOf(load(content))).toMatchObject([
      { path: 'releases.web.parts.logging.value', allowed: 'values, needs', suggestion: 'did you mean values?' },
    ]);
  });
});

describe('the flag that gives the same parts again', () => {
  it('names those that were asked for, and is none for those of the file', async () => {
    expect(withFlag(await load(`${untangled}parts: [tracing]\n`))).toBe('');
    expect(withFlag(await load(untangled, { parts: ['tracing', 'logging'], library }))).toBe(' --with tracing,logging');
  });
});
