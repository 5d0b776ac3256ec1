import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { everythingUp, startFakeApi, type FakeAnswers } from './fake-api.js';
import { openPortal, sessionCookie } from './open-portal.js';

const profile = { status: 200, body: { name: 'ada', createdAt: '2026-11-21T10:00:00.000Z', picture: null } };
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), deflateSync(Buffer.alloc(64))]);

async function portalWith(answers: FakeAnswers, environment: Readonly<Record<string, string>> = {}) {
  const api = await startFakeApi({ ...everythingUp, 'GET /api/profile': profile, ...answers });
  const { app } = await openPortal(api.url, environment);
  const upload = async (file: Buffer, { field = 'picture', fileName = 'me.png' } = {}) => {
    const form = new FormData();
    form.append(field, new Blob([new Uint8Array(file)], { type: 'image/png' }), fileName);
    const request = new Request('http://portal/picture', { method: 'POST', body: form });
    return app.inject({
      method: 'POST',
      url: '/picture',
      headers: { cookie: sessionCookie, 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    });
  };
  return { api, app, upload };
}

const besideField = (page: string): string | undefined =>
  /<p class="problem" id="picture-problem">\s*(.*?)\s*<\/p>/.exec(page)?.[1];

describe('uploading a picture', () => {
  it('hands the file on byte for byte and goes back to the profile', async () => {
    const { api, upload } = await portalWith({
      'PUT /api/picture': { status: 201, body: { picture: '/uploads/x.png' } },
    });

    const answer = await upload(png);

    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/profile?notice=picture-saved');
    const [put] = api.requests;
    expect(put?.what).toBe('PUT /api/picture');
    expect(put?.headers['content-type']).toBe('image/png');
    expect(put?.headers.authorization).toBe('Bearer a-token');
    expect(put?.body.equals(png)).toBe(true);
  });

  it.each([
    ['no file is chosen', Buffer.alloc(0), { fileName: '' }, 400, 'Choose a PNG file'],
    ['the file is empty', Buffer.alloc(0), {}, 400, 'Choose a PNG file'],
    ['it comes in another field', png, { field: 'other' }, 400, 'Choose a PNG file'],
    ['it only has the name of a PNG', Buffer.from('GIF89a, really'), {}, 400, 'This file is not a PNG picture'],
    ['it is too large', Buffer.concat([png, Buffer.alloc(1_000)]), {}, 413, 'This file is larger than 1000 bytes'],
  ])('says beside the field what is wrong when %s', async (_case, file, options, status, sentence) => {
    const { api, upload } = await portalWith({}, { MAX_BYTES: '1000' });

    const page = await upload(file, options);

    expect(page.statusCode).toBe(status);
    expect(besideField(page.body)).toBe(sentence);
    expect(page.body).toContain(`<a href="#picture">${sentence}</a>`);
    expect(page.body).toMatch(/aria-describedby="picture-hint picture-problem"/);
    expect(api.requests.map(({ what }) => what)).toEqual(['GET /api/profile']);
  });

  it('takes a file of exactly the size that is said', async () => {
    const { upload } = await portalWith(
      { 'PUT /api/picture': { status: 201, body: { picture: '/uploads/x.png' } } },
      { MAX_BYTES: '1000' },
    );

    const answer = await upload(Buffer.concat([png, Buffer.alloc(1_000 - png.length)]));

    expect(answer.statusCode).toBe(303);
  });

  it.each([
    [400, 'The picture is larger than 8192 x 8192'],
    [503, 'Failed to communicate with Images service'],
  ])('passes on what the services behind say with status %i', async (status, error) => {
    const { upload } = await portalWith({ 'PUT /api/picture': { status, body: { error } } });

    const page = await upload(png);

    expect(page.statusCode).toBe(status);
    expect(besideField(page.body)).toBe(error);
  });

  it('leads to the log-in when the session has ended meanwhile', async () => {
    const { upload } = await portalWith({ 'PUT /api/picture': { status: 401, body: { error: 'expired' } } });

    const answer = await upload(png);

    expect(answer.headers.location).toBe('/login?notice=session-ended');
    expect(answer.headers['set-cookie']).toMatch(/^__Host-session=; /);
  });

  it('leads to the log-in without a session', async () => {
    const { api, app } = await portalWith({});

    const answer = await app.inject({ method: 'POST', url: '/picture' });

    expect(answer.headers.location).toBe('/login');
    expect(api.requests).toEqual([]);
  });
});
