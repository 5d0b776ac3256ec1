import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { createNetwork } from '../../src/network.js';
import { systemProcesses } from '../../src/process.js';
import { programsOnPath } from '../../src/toolchain/path-search.js';
import { currentPlatform, type BuildPin, type Pins } from '../../src/toolchain/pins.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';
import { afterwards, contextFor, portsIn, refusedUrl, serveSilence, temporaryFolder } from './fixture.js';
import { zipOf } from './zip.js';

const [go] = await programsOnPath('go', process.env['PATH']);

const recipe: BuildPin = {
  module: 'example.org/tools',
  version: 'v1.2.3',
  package: 'example.org/tools/cmd/first',
  staging: 'v0.2.3',
  variables: { 'example.org/tools/version.version': 'v1.2.3' },
  packages: 4,
  seconds: 1,
};

/** Two programs in a module that, like Kubernetes, replaces a part of itself by a folder. */
const sources = {
  'example.org/tools@v1.2.3': {
    'go.mod':
      'module example.org/tools\n\ngo 1.22.0\n\nrequire example.org/part v0.0.0\n\nreplace example.org/part => ./staging/part\n',
    // Different each time, so that Go's cache does not hold it already.
    'version/version.go': `package version\n\n// ${randomUUID()}\n\nvar version = "unknown"\n\nfunc Get() string { return version }\n`,
    'cmd/first/main.go': program('first'),
    'cmd/second/main.go': program('second'),
    'cmd/tagged/main.go': 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(size) }\n',
    'cmd/tagged/whole.go': '//go:build !small || !quick\n\npackage main\n\nconst size = "whole"\n',
    'cmd/tagged/small.go': '//go:build small && quick\n\npackage main\n\nconst size = "small"\n',
    'cmd/pages/main.go': [
      'package main',
      'import (_ "embed"; "fmt")',
      '//go:embed built/index.html',
      'var page string',
      'func main() { fmt.Println("pages", page) }',
      '',
    ].join('\n'),
  },
  'example.org/part@v0.2.3': {
    'go.mod': 'module example.org/part\n\ngo 1.22.0\n',
    'part.go': 'package part\n\nconst Name = "part"\n',
  },
};

function program(name: string): string {
  return [
    'package main',
    'import ("fmt"; "example.org/part"; "example.org/tools/version")',
    `func main() { fmt.Println("${name}", version.Get(), part.Name) }`,
    '',
  ].join('\n');
}

// A module proxy is a folder of files of agreed names.
async function moduleProxy(folder: string): Promise<string> {
  const proxy = join(folder, 'proxy');
  for (const [module, files] of Object.entries(sources)) {
    const [path = '', version = ''] = module.split('@');
    const versions = join(proxy, path, '@v');
    await mkdir(versions, { recursive: true });
    await writeFile(
      join(versions, `${version}.info`),
      JSON.stringify({ Version: version, Time: '2026-01-01T00:00:00Z' }),
    );
    await writeFile(join(versions, `${version}.mod`), files['go.mod']);
    const named = Object.fromEntries(Object.entries(files).map(([file, text]) => [`${module}/${file}`, text]));
    await writeFile(join(versions, `${version}.zip`), zipOf(named));
  }
  return `file://${proxy}`;
}

function pinsFrom(site: string, second: Partial<BuildPin> = {}): Pins {
  const download = (name: string) => ({
    [currentPlatform()]: {
      url: `${site}/${name}`,
      checksum: { format: 'single' as const, url: `${site}/${name}.sha256` },
    },
  });
  const common = { version: '1.2.3', accepts: '1.2.3', ask: { arguments: 'version', answer: '(x)' } };
  return {
    go: '1.22.0',
    tools: {
      kwok: { ...common, downloads: download('kwok'), build: { ...recipe, output: 'first' } },
      kwokctl: {
        ...common,
        downloads: download('kwokctl'),
        build: { ...recipe, package: 'example.org/tools/cmd/second', output: 'second', ...second },
      },
    },
  };
}

describe.skipIf(!go)('building from a Go module (skipped where there is no go on PATH)', () => {
  let goCache = '';
  let site = '';
  beforeAll(async () => {
    site = await refusedUrl();
    goCache = execFileSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' }).trim();
  });

  async function given(more: Record<string, string> = {}) {
    const folder = await temporaryFolder();
    const variables = {
      PATH: process.env['PATH'] ?? '',
      // Go writes its own notes there, also after it has ended.
      HOME: process.env['HOME'] ?? '',
      GOPROXY: await moduleProxy(folder),
      // The modules of this test are in no public list.
      GONOSUMDB: 'example.org',
      GOMODCACHE: join(folder, 'modules'),
      GOCACHE: goCache,
      ...more,
    };
    // Go's module cache is read-only; only Go removes it without being root.
    afterwards(async () => {
      await systemProcesses().run('go', ['clean', '-modcache'], { env: { GOMODCACHE: variables.GOMODCACHE } });
    });
    const builds: string[] = [];
    const processes = systemProcesses({
      started: ({ command }) => {
        if (command.includes(' build ')) builds.push(command);
      },
    });
    return { folder, builds, ports: { ...portsIn(folder, variables), processes } };
  }

  it('makes programs that know their version, two of one module by one build', async () => {
    const { folder, ports, builds } = await given();
    const toolchain = createToolchain(ports, { pins: pinsFrom(site) });
    const context = contextFor();

    const tools = await Promise.all([toolchain.install('kwok', context), toolchain.install('kwokctl', context)]);

    expect(tools.map(({ source }) => source)).toEqual(['go', 'go']);
    expect(tools.map(({ path }) => execFileSync(path, { encoding: 'utf8' }))).toEqual([
      'first v1.2.3 part\n',
      'second v1.2.3 part\n',
    ]);
    expect(builds).toHaveLength(1);
    expect(context.said.some(({ unit, total }) => unit === 'packages' && total === 4)).toBe(true);
    expect(await toolchain.find('kwok')).toEqual(tools[0]);
    expect(await readdir(join(folder, 'platform', 'tools', '.work'))).toEqual([]);
  });

  it('puts placeholders where the module embeds what only a release has', async () => {
    const { ports } = await given();
    const embedding = { package: 'example.org/tools/cmd/pages', output: 'pages' };
    const placeholders = { 'cmd/pages/built/index.html': 'none' };
    const without = createToolchain(ports, { pins: pinsFrom(site, embedding) });
    expect((await refused(without.install('kwokctl', contextFor()))).output).toContain('no matching files found');

    const toolchain = createToolchain(ports, { pins: pinsFrom(site, { ...embedding, placeholders }) });
    const { path } = await toolchain.install('kwokctl', contextFor());
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('pages none\n');
  });

  it('leaves out what its tags leave out', async () => {
    const { ports } = await given();
    const tagged = { package: 'example.org/tools/cmd/tagged', output: 'tagged', tags: 'small,quick' };
    const toolchain = createToolchain(ports, { pins: pinsFrom(site, tagged) });
    const { path } = await toolchain.install('kwokctl', contextFor());
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('small\n');
  });

  it('fails with the words of go when the module has no such package', async () => {
    const { ports } = await given();
    const pins = pinsFrom(site, { package: 'example.org/tools/cmd/third' });
    const error = await refused(createToolchain(ports, { pins }).install('kwokctl', contextFor()));
    expect(error.output).toMatch(/^download: .* refused the connection$/m);
    expect(error.output).toMatch(/^go: go failed with exit code 1$/m);
    expect(error.output).toContain('cmd/third');
  });

  it('fails with the words of go when the version is not served', async () => {
    const { ports } = await given();
    const pins = pinsFrom(site, { version: 'v9.9.9' });
    const error = await refused(createToolchain(ports, { pins }).install('kwokctl', contextFor()));
    expect(error.output).toMatch(/go: go could not get example.org\/tools@v9.9.9: .*v9.9.9/);
  });

  it('does not wait for a module proxy that is silent', async () => {
    const silent = await serveSilence();
    const { ports } = await given({ GOPROXY: silent.url });
    const network = createNetwork(ports, { answerWithinMs: 200 });
    const error = await refused(
      createToolchain(ports, { pins: pinsFrom(site), network }).install('kwok', contextFor()),
    );
    expect(error.output).toContain(`the module proxy ${new URL(silent.url).host} cannot be reached`);
    expect(error.output).toContain('not all modules are on this machine');
  });

  it('is refused with a go that is too old', async () => {
    const { ports } = await given();
    const pins = { ...pinsFrom(site), go: '99.0.0' };
    const error = await refused(createToolchain(ports, { pins }).install('kwok', contextFor()));
    expect(error.output).toMatch(/go: .*\/go is go1\.\d+.*; 99.0.0 or newer is needed/);
  });

  it('ends go and leaves nothing when it is interrupted', async () => {
    const { folder, ports } = await given();
    const interruption = new AbortController();
    const context = {
      signal: interruption.signal,
      progress: ({ message }: { message: string }) => {
        if (message.includes('modules downloaded')) interruption.abort(new DOMException('interrupted', 'AbortError'));
      },
    };
    const toolchain = createToolchain(ports, { pins: pinsFrom(site) });
    await expect(toolchain.install('kwok', context)).rejects.toThrow('interrupted');
    expect(await readdir(join(folder, 'platform', 'tools', '.work'))).toEqual([]);
    expect(await toolchain.find('kwok')).toBeUndefined();
  });
});

it('says that there is no go', async () => {
  const toolchain = createToolchain(portsIn(await temporaryFolder()), { pins: pinsFrom(await refusedUrl()) });
  const error = await refused(toolchain.install('kwok', contextFor()));
  expect(error.output).toContain('go: there is no go on PATH (1.22.0 or newer is needed)');
});

async function refused(work: Promise<unknown>): Promise<PlatformError> {
  const error = await work.catch((reason: unknown) => reason);
  if (error instanceof PlatformError && error.code === 'prerequisite') return error;
  throw new Error(`expected a refusal, not ${String(error)}`);
}
