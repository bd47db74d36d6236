import { pino, type Logger } from 'pino';
import { redact } from '#core/errors/app-error.ts';

export type { Logger };

/** JSON lines on stderr; credentials are taken out of every message. */
export function createLogger(process: string, level: string): Logger {
  return pino(
    {
      name: process,
      level,
      base: { process },
      redact: [
        'token',
        '*.token',
        'password',
        '*.password',
        'authorization',
        '*.authorization',
        'headers.authorization',
      ],
      hooks: {
        streamWrite: (line) => redact(line),
      },
    },
    pino.destination(2),
  );
}
