import { mkdir, readFile, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { samplePng } from '../../../assets/apps/src/images/sample.js';
import { images } from '../../../assets/apps/src/images/service.js';
import { folder } from '../folder.js';
import { opened, running } from '../running.js';

const png = samplePng();

async function given(settings: Readonly<Record<string, string>> = {}) {
  const path = await folder();
  return { path, app: (await opened(images, { UPLOADS_FOLDER: path, ...settings })).app };
}

const put = (name: string, payload: Buffer | string, headers: Readonly<Record<string, string>> = {}) =>
  ({ method: 'PUT', url: `/uploads/${name}`, payload, headers: { 'content-type': 'image/png', ...headers } }) as const;

/** The sample with another header; the checksum fits. */
function withHeader(change: (header: Buffer) => void): Buffer {
  const bytes = Buffer.from(png);
  change(bytes.subarray(16, 29));
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

describe('uploading a picture', () => {
  it('keeps it under its name, also for the next start', async () => {
    const { app, path } = await given();

    const stored = await app.inject(put('cat-1.png', png));

    expect(stored.statusCode).toBe(201);
    expect(stored.json()).toEqual({ name: 'cat-1', url: '/uploads/cat-1.png' });
    const again = await opened(images, { UPLOADS_FOLDER: path });
    const read = await again.app.inject('/uploads/cat-1.png');
    expect(read.headers['content-type']).toBe('image/png');
    expect(read.rawPayload.equals(png)).toBe(true);
  });

  it('leaves nothing half written beside it', async () => {
    const { app, path } = await given();
    await Promise.all([1, 2, 3].map(() => app.inject(put('cat.png', png))));
    expect((await readdir(path)).sort()).toEqual(['cat.png', 'sample.png']);
  });

  it.each(['UPPER.png', 'a_b.png', `${'x'.repeat(65)}.png`, '.png', 'cat.jpg', '..%2Fcat.png', 'cat.png.png'])(
    'refuses the name %s',
    async (name) => {
      const { app } = await given();
      expect((await app.inject(put(name, png))).statusCode).toBe(400);
    },
  );

  it.each([
    ['text', Buffer.from('not a picture at all, whatever its name may say'), 'This is not a PNG'],
    ['a cut header', png.subarray(0, 20), 'This is not a PNG'],
    [
      'a wrong checksum',
      Buffer.concat([png.subarray(0, 20), Buffer.from([9]), png.subarray(21)]),
      'The header of this PNG is broken',
    ],
    [
      'a depth its colours do not have',
      withHeader((header) => header.writeUInt8(3, 8)),
      'The header of this PNG is broken',
    ],
    ['no width', withHeader((header) => header.writeUInt32BE(0, 0)), 'The header of this PNG is broken'],
    [
      'too much height',
      withHeader((header) => header.writeUInt32BE(8_193, 4)),
      'The picture has 128 x 8193 pixels, more than 8192 a side',
    ],
  ])('refuses %s', async (_, bytes, error) => {
    const { app, path } = await given();
    const reply = await app.inject(put('cat.png', bytes));
    expect({ status: reply.statusCode, body: reply.json<unknown>() }).toEqual({ status: 400, body: { error } });
    expect(await readdir(path)).toEqual(['sample.png']);
  });

  it('takes the largest size there may be', async () => {
    const { app } = await given();
    const largest = withHeader((header) => {
      header.writeUInt32BE(8_192, 0);
      header.writeUInt32BE(8_192, 4);
    });
    expect((await app.inject(put('cat.png', largest))).statusCode).toBe(201);
  });

  it('refuses what is too large, and what is of another type', async () => {
    const { app } = await given({ MAX_BYTES: '2048' });
    expect((await app.inject(put('cat.png', png))).statusCode).toBe(413);
    expect((await app.inject(put('cat.png', 'x', { 'content-type': 'text/plain' }))).statusCode).toBe(415);
    expect((await app.inject(put('cat.png', 'x', { 'content-type': 'image/gif' }))).statusCode).toBe(415);
  });

  it('wants the token where there is one', async () => {
    const { app } = await given({ UPLOAD_TOKEN: 'secret' });
    expect((await app.inject(put('cat.png', png))).statusCode).toBe(401);
    expect((await app.inject(put('cat.png', png, { authorization: 'Bearer wrong' }))).statusCode).toBe(401);
    expect((await app.inject(put('cat.png', png, { authorization: 'Bearer secret' }))).statusCode).toBe(201);
  });

  it('keeps the sample as it is', async () => {
    const { app } = await given();
    expect((await app.inject(put('sample.png', png))).statusCode).toBe(409);
  });
});

describe('serving pictures', () => {
  it('has a sample from the start, and does not replace the one there is', async () => {
    const path = await folder();
    await writeFile(join(path, 'sample.png'), 'mine');
    const fresh = await given();

    const other = await opened(images, { UPLOADS_FOLDER: path });

    expect((await fresh.app.inject('/uploads/sample.png')).rawPayload.equals(png)).toBe(true);
    expect((await other.app.inject('/uploads/sample.png')).body).toBe('mine');
  });

  it('answers that nothing has changed', async () => {
    const { app } = await given();
    const first = await app.inject('/uploads/sample.png');
    const { etag } = first.headers;

    const second = await app.inject({
      url: '/uploads/sample.png',
      headers: { 'if-none-match': `"old", ${String(etag)}` },
    });
    await app.inject(
      put(
        'cat.png',
        withHeader((header) => header.writeUInt32BE(64, 0)),
      ),
    );
    const other = await app.inject({ url: '/uploads/cat.png', headers: { 'if-none-match': String(etag) } });

    expect(first.headers['cache-control']).toBe('public, max-age=300');
    expect({ status: second.statusCode, body: second.body }).toEqual({ status: 304, body: '' });
    expect(other.statusCode).toBe(200);
  });

  it.each(['/uploads/none.png', '/uploads/sample', '/uploads/..%2F..%2Fetc%2Fpasswd', '/uploads/.sample.png'])(
    'has nothing at %s',
    async (url) => {
      const { app } = await given();
      expect((await app.inject(url)).statusCode).toBe(404);
    },
  );

  it('burns as much processor time as it is told', async () => {
    const { app } = await given({ WORK_MS: '40' });
    const before = process.cpuUsage();
    for (let request = 0; request < 5; request++) await app.inject('/uploads/sample.png');
    const used = process.cpuUsage(before);
    // Not less than 5 x 40 ms by its own clock; a busy machine gives it less of a processor than the clock says.
    expect((used.user + used.system) / 1_000).toBeGreaterThan(40);
  });

  it.each(['201', '-1', 'much', '1.5'])('does not burn ?work=%s', async (work) => {
    const { app } = await given({ WORK_MAX_MS: '200' });
    const reply = await app.inject(`/uploads/sample.png?work=${work}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toEqual({ error: 'work: expected a whole number of milliseconds up to 200' });
  });

  it('answers probes while it works', async () => {
    const path = await folder();
    const { url } = await running(images, { UPLOADS_FOLDER: path, WORK_MAX_MS: '60000' });
    const hangingUp = new AbortController();
    const busy = fetch(`${url}/uploads/sample.png?work=60000`, { signal: hangingUp.signal }).catch(() => 'hung up');

    for (let probe = 0; probe < 20; probe++) {
      expect((await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(5_000) })).status).toBe(200);
    }
    hangingUp.abort();

    expect(await busy).toBe('hung up');
    // Nobody waits for the first one any more, so the second is not kept waiting for a minute.
    const next = await fetch(`${url}/uploads/sample.png?work=1`, { signal: AbortSignal.timeout(5_000) });
    expect(next.status).toBe(200);
  });
});

describe('the folder of uploads', () => {
  it('is rid of what a crash left long ago, and of nothing else', async () => {
    const path = await folder();
    for (const name of ['.old.partial', '.new.partial']) await writeFile(join(path, name), 'half');
    await utimes(join(path, '.old.partial'), 0, 0);
    await opened(images, { UPLOADS_FOLDER: path });
    expect((await readdir(path)).sort()).toEqual(['.new.partial', 'sample.png']);
  });

  it('makes the service unready while it is away', async () => {
    const path = join(await folder(), 'volume');
    const { app } = await opened(images, { UPLOADS_FOLDER: path });
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
    await rename(path, `${path}.away`);
    const reply = await app.inject('/health/ready');
    expect(reply.json()).toEqual({ error: 'The folder of uploads cannot be written to' });
    expect(reply.statusCode).toBe(503);
    await mkdir(path);
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });
});

describe('the sample', () => {
  it('is a picture with all its pixels', () => {
    const length = png.readUInt32BE(33);
    const pixels = inflateSync(png.subarray(41, 41 + length));
    expect(pixels).toHaveLength(128 * (1 + 128 * 3));
    expect(png.subarray(-8, -4).toString('latin1')).toBe('IEND');
  });

  it('is the same each time', async () => {
    const path = await folder();
    await opened(images, { UPLOADS_FOLDER: path });
    expect((await readFile(join(path, 'sample.png'))).equals(samplePng())).toBe(true);
  });
});
