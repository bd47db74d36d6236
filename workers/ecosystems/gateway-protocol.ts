import type { GatewayGrant } from '#schemas/gateway.ts';
import type { Sha256 } from '#schemas/digest.ts';

/** What a build asked for, below its session. `path` starts with a slash, is decoded, and is hostile. */
export interface BuildRequest {
  readonly path: string;
  readonly accept: string | undefined;
}

/** What the registry's protocol answers, before anything was fetched. URLs carry no credentials. */
export type ProtocolAnswer =
  | {
      readonly kind: 'index';
      readonly project: string;
      readonly contentType: string;
      readonly body: Buffer;
      readonly upstreamUrl: string;
    }
  | {
      readonly kind: 'file';
      readonly project: string;
      readonly version: string;
      readonly contentType: string;
      readonly sha256: Sha256;
      /** Where it is fetched from. Never shown: its query could be a credential. */
      readonly fetchUrl: string;
      readonly upstreamUrl: string;
    }
  | { readonly kind: 'refused'; readonly project: string; readonly version: string; readonly detail: string }
  | { readonly kind: 'missing'; readonly project?: string; readonly detail: string };

/** How one registry speaks to a build, as of a date and without the artifact under test. The gateway does the rest. */
export interface GatewayProtocol {
  readonly name: string;
  /** @throws AppError `upstream`, `too-large`, `interrupted` */
  answer(request: BuildRequest, grant: GatewayGrant, signal: AbortSignal): Promise<ProtocolAnswer>;
}
