import { defineService } from '../kit/service.js';
import { oneOf, port, text, wholeNumber } from '../kit/settings.js';
import { openDatabase } from './database.js';
import { countFailedAttempts } from './failed-attempts.js';
import { newLogIn } from './log-in.js';
import { newPasswords } from './passwords.js';
import { sessionRoutes, userRoutes } from './routes.js';
import { removeExpiredSessions } from './sessions.js';
import { newTurns } from './turns.js';

// Leaves a fifth of the second in which an absent database must be reported.
const databaseLimitMs = 800;
const cleaningIntervalMs = 10 * 60_000;

/** Users and their sessions, in Postgres; the only service that talks to it. */
export const auth = defineService({
  name: 'auth',
  settings: {
    DATABASE_HOST: text(),
    DATABASE_PORT: port(5432),
    DATABASE_NAME: text(),
    DATABASE_USER: text(),
    DATABASE_PASSWORD: text(),
    DATABASE_TLS: oneOf(['off', 'require', 'verify'], 'off'),
    PASSWORD_COST: wholeNumber({ min: 1, max: 10, standard: 5 }),
    SESSION_HOURS: wholeNumber({ min: 1, max: 24 * 90, standard: 12 }),
    LOGIN_FAILURES: wholeNumber({ min: 1, max: 1_000, standard: 10 }),
    LOGIN_WINDOW_SECONDS: wholeNumber({ min: 1, max: 3_600, standard: 60 }),
  },
  open(settings, { log }) {
    const database = openDatabase({
      host: settings.DATABASE_HOST,
      port: settings.DATABASE_PORT,
      database: settings.DATABASE_NAME,
      user: settings.DATABASE_USER,
      password: settings.DATABASE_PASSWORD,
      tls: settings.DATABASE_TLS,
      limitMs: databaseLimitMs,
      onTrouble: (message, error) => {
        log.warn({ err: error }, message);
      },
    });
    const attempts = countFailedAttempts({
      limit: settings.LOGIN_FAILURES,
      windowMs: settings.LOGIN_WINDOW_SECONDS * 1_000,
      now: () => performance.now(),
    });
    // Two of Node's four threads.
    const passwords = newPasswords(settings.PASSWORD_COST, newTurns({ atOnce: 2, waiting: 50 }));
    const parts = { database, passwords, logIn: newLogIn(attempts, passwords), sessionHours: settings.SESSION_HOURS };
    const cleaning = setInterval(() => {
      removeExpiredSessions(database.forOneRequest()).catch((error: unknown) => {
        log.debug({ err: error }, 'expired sessions stay until next time');
      });
    }, cleaningIntervalMs);
    return {
      routes(app) {
        userRoutes(app, parts);
        sessionRoutes(app, parts);
      },
      async ready() {
        await database.forOneRequest()('select from users limit 0');
      },
      async close() {
        clearInterval(cleaning);
        await database.close();
      },
    };
  },
});
