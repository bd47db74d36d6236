import { jwtVerify, SignJWT } from 'jose';
import { AppError } from '#core/errors/app-error.ts';
import { GatewayGrant } from '#schemas/gateway.ts';

const audience = 'assay-gateway';
const algorithm = 'HS256';

/** Signs what one attempt may ask the gateway for, until `expiresAtSeconds` (Unix time). `key` is ASSAY_GATEWAY_KEY. */
export async function signGrant(
  grant: GatewayGrant,
  key: Uint8Array,
  expiresAtSeconds: number,
): Promise<string> {
  return new SignJWT({ grant: GatewayGrant.parse(grant) })
    .setProtectedHeader({ alg: algorithm })
    .setAudience(audience)
    .setExpirationTime(expiresAtSeconds)
    .sign(key);
}

/** The grant of a request, from its `Authorization` header. @throws AppError `unauthenticated` */
export async function verifyGrant(
  authorization: string | undefined,
  key: Uint8Array,
  now: Date,
): Promise<GatewayGrant> {
  const token = /^Bearer ([A-Za-z0-9._-]{1,60000})$/.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new AppError('unauthenticated', 'A grant is needed.');
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      audience,
      requiredClaims: ['exp'],
      currentDate: now,
    });
    return GatewayGrant.parse(payload['grant']);
  } catch (cause) {
    throw new AppError('unauthenticated', 'The grant is not valid, or it has expired.', { cause });
  }
}
