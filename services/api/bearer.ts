import { AppError } from '#core/errors/app-error.ts';

/** The token of an `Authorization: Bearer` header, RFC 6750 section 2.1. @throws AppError `unauthenticated` */
export function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined) return token;
  throw new AppError('unauthenticated', 'There is no bearer token', {
    hint: 'Send `Authorization: Bearer …`.',
  });
}
