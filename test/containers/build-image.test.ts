import { describe, expect, it } from 'vitest';
import { commandEngine } from '../../src/containers/command-engine.js';
import type { BuildSpec, EngineName } from '../../src/containers/engine.js';
import { answering, failureOf, recorded } from './recorded.js';

const spec: BuildSpec = {
  context: '/src/web',
  dockerfile: '/src/web/Dockerfile',
  tag: 'localhost:5001/web:1',
  args: { A: 'x y' },
  labels: { l: 'm' },
};
const noBuildx = { stderr: 'docker: unknown command: docker buildx\n', exitCode: 1 };

function given(answers: Parameters<typeof answering>[0] = {}, name: EngineName = 'docker') {
  const { processes, calls, lines } = answering(answers);
  return { engine: commandEngine(name, processes), calls, lines };
}

describe('building an image', () => {
  it('takes BuildKit where it is, and looks for it once', async () => {
    const { engine, lines } = given();
    await engine.build(spec);
    await engine.build({ ...spec, target: 'run', platform: 'linux/arm64' });
    expect(lines()).toEqual([
      'docker buildx version',
      'docker buildx build --load --progress plain --file /src/web/Dockerfile --tag localhost:5001/web:1 ' +
        '--build-arg A=x y --label l=m /src/web',
      'docker buildx build --load --progress plain --file /src/web/Dockerfile --tag localhost:5001/web:1 ' +
        '--target run --platform linux/arm64 --build-arg A=x y --label l=m /src/web',
    ]);
  });

  it('takes the classic builder otherwise, whatever the user set', async () => {
    const { engine, calls, lines } = given({ 'docker buildx version': noBuildx });
    await engine.build(spec);
    expect(lines()[1]).toMatch(/^docker build --force-rm --file/);
    expect(calls[1]?.options.env).toEqual({ DOCKER_BUILDKIT: undefined });
  });

  it("takes Podman's own", async () => {
    const { engine, lines } = given({}, 'podman');
    await engine.build(spec);
    expect(lines()[0]).toMatch(/^podman build --file/);
  });

  it('tells each line as it comes', async () => {
    const { engine } = given({ 'docker buildx build': { stdout: 'Step 1/2 : FROM redis:7\n\u001b[91moops\n' } });
    const said: string[] = [];
    await engine.build(spec, { onLine: (line) => said.push(line) });
    expect(said).toEqual(['Step 1/2 : FROM redis:7', 'oops']);
  });

  it('fails with its last lines, whatever its steps said', async () => {
    const stdout = 'Step 2/2 : RUN make\nlisten tcp 127.0.0.1:80: bind: address already in use\n';
    const { engine } = given({
      'docker buildx version': noBuildx,
      'docker build': async () => ({ stdout, stderr: await recorded('build-run.txt'), exitCode: 3 }),
    });
    const error = await failureOf(engine.build(spec));
    expect(error.code).toBe('tool');
    expect(error.message).toMatch(
      /^docker could not build localhost:5001\/web:1: The command '.*' returned .* code: 3$/,
    );
    expect(error.output).toContain('bind: address already in use');
    expect(error.command).toMatch(/^docker build --force-rm --file/);
  });

  it('names the base image that cannot be had', async () => {
    const stdout = 'Sending build context to Docker daemon  2.048kB\nStep 1/2 : FROM localhost:15002/nope:3\n';
    const { engine } = given({
      'docker buildx version': noBuildx,
      'docker build': async () => ({ stdout, stderr: await recorded('build-base.txt'), exitCode: 1 }),
    });
    expect((await failureOf(engine.build(spec))).message).toBe(
      'there is no image localhost:15002/nope:3 in its registry',
    );
  });

  // Written from BuildKit's own words.
  it('names the base image in the words of BuildKit too', async () => {
    const stderr =
      '#2 ERROR: docker.io/library/nope:3: not found\n' +
      'ERROR: failed to solve: nope:3: failed to resolve source metadata for docker.io/library/nope:3: docker.io/library/nope:3: not found\n';
    const { engine } = given({ 'docker buildx build': { stderr, exitCode: 1 } });
    expect((await failureOf(engine.build(spec))).message).toBe(
      'there is no image docker.io/library/nope:3 in its registry',
    );
  });

  it('says that the disk is full when a step found it so', async () => {
    const stdout = 'Step 2/2 : RUN make\ncc: write: no space left on device\n';
    const { engine } = given({
      'docker buildx build': async () => ({ stdout, stderr: await recorded('build-run.txt'), exitCode: 3 }),
    });
    const error = await failureOf(engine.build(spec));
    expect(error.message).toBe('docker has no disk space left: could not build localhost:5001/web:1');
  });
});
