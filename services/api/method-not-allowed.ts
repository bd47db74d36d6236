import { AppError } from '#core/errors/app-error.ts';
import type { Api } from './dependencies.ts';
import { replyEmpty } from './reply.ts';

const readableHeaders = 'accept, content-type, if-none-match, last-event-id, prefer, range';

/**
 * Answers OPTIONS, and refuses other methods with 405 and `Allow`, on every route registered so far. Cross-origin
 * callers may only read without a login: no `Authorization`, and no POST but the batch of look-ups.
 */
export function answerOtherMethods(app: Api): void {
  const methodsOf = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    methodsOf.set(path, (methodsOf.get(path) ?? new Set()).add(method));
  }
  for (const [path, methods] of methodsOf) {
    const allow = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
    const crossOrigin = methods.has('GET') ? 'GET, HEAD' : path === '/v1/verdicts:batch' ? 'POST' : '';
    app.all(path, (c) => {
      const { headers } = c.get('call');
      headers['allow'] = allow;
      if (c.req.method !== 'OPTIONS')
        throw new AppError('method-not-allowed', `${c.req.method.slice(0, 20)} is not supported here`, {
          hint: `Supported: ${allow}.`,
        });
      if (crossOrigin === '' || path.startsWith('/internal/')) return replyEmpty(c, 204);
      return replyEmpty(c, 204, {
        'access-control-allow-methods': crossOrigin,
        'access-control-allow-headers': readableHeaders,
        'access-control-max-age': '86400',
      });
    });
  }
}
