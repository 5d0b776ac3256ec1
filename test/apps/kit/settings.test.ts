import { describe, expect, it } from 'vitest';
import { httpUrl, oneOf, port, readSettings, text, wholeNumber } from '../../../assets/apps/src/kit/settings.js';

const shape = {
  NAME: text(),
  PORT: port(8080),
  HOURS: wholeNumber({ min: 1, max: 24 }),
  URL: httpUrl().optional(),
  LEVEL: oneOf(['info', 'debug'], 'info'),
};

describe('settings from the environment', () => {
  it('are read with their types, and with their defaults where nothing is set', () => {
    const settings = readSettings(shape, { NAME: 'x', HOURS: '12', URL: 'https://a.example/b/', PORT: '', OTHER: 'y' });
    expect(settings).toEqual({ NAME: 'x', PORT: 8080, HOURS: 12, URL: 'https://a.example/b', LEVEL: 'info' });
  });

  it('name everything that is missing or wrong at once', () => {
    expect(() => readSettings(shape, { NAME: '', PORT: '65536', HOURS: '0x1', URL: 'ftp://a', LEVEL: 'loud' })).toThrow(
      'NAME is not set; ' +
        'PORT is "65536": expected a whole number from 0 to 65535; ' +
        'HOURS is "0x1": expected a whole number from 1 to 24; ' +
        'URL is "ftp://a": expected a URL that starts with http:// or https://; ' +
        'LEVEL is "loud": expected one of info, debug',
    );
  });
});
