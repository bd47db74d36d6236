import { createHash } from 'node:crypto';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

interface ImageToPush {
  readonly headers?: Readonly<Record<string, string>>;
  readonly tag?: string;
  readonly layer?: { readonly content: string; readonly type: string; readonly annotations: object };
}

/** Pushes a tiny image with nothing but the registry's own protocol, and says its digest (hex). */
export async function pushTestImage(
  host: string,
  repository: string,
  { headers = {}, tag = 'latest', layer }: ImageToPush = {},
): Promise<string> {
  const config = await pushBlob(host, repository, Buffer.from(JSON.stringify({ config: {} })), headers);
  const content = await pushBlob(host, repository, Buffer.from(layer?.content ?? 'an image'), headers);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [
        {
          mediaType: layer?.type ?? 'application/vnd.oci.image.layer.v1.tar',
          ...content,
          ...(layer && { annotations: layer.annotations }),
        },
      ],
    }),
  );
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  await expectStatus(201, `http://${host}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': manifestType },
    body: manifest,
  });
  return sha256;
}

async function pushBlob(
  host: string,
  repository: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<{ digest: string; size: number }> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const begun = await expectStatus(202, `http://${host}/v2/${repository}/blobs/uploads/`, {
    method: 'POST',
    headers,
  });
  const location = new URL(begun.headers.get('location') ?? '', `http://${host}/`);
  location.searchParams.set('digest', digest);
  await expectStatus(201, location.href, { method: 'PUT', headers, body: bytes });
  return { digest, size: bytes.length };
}

async function expectStatus(status: number, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status !== status)
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response;
}
