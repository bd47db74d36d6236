import { createApp } from './app.ts';
import { defaultLimits, type ApiDependencies } from './dependencies.ts';
import { openApiDocument } from './document.ts';

/** The OpenAPI document without a running service: routes are registered, nothing is called. */
export function describeApi(): object {
  const unused = new Proxy(
    {},
    {
      get: (_target, name) => {
        throw new TypeError(`Describing the api must not use ${String(name)}`);
      },
    },
  );
  const deps = { plane: unused, tokens: unused, idempotency: unused, logger: unused } as ApiDependencies;
  const call = (): never => {
    throw new TypeError('Describing the api calls nothing');
  };
  return openApiDocument(
    createApp({
      ...deps,
      authenticate: call,
      limits: defaultLimits,
      now: call,
      randomBytes: call,
      randomUuid: call,
      stopping: new AbortController().signal,
    }),
  );
}
