import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { parseChallenge } from '#services/upstream/oci/challenge.ts';
import { parseImageReference } from '#services/upstream/oci/reference.ts';

const sha256 = 'ab'.repeat(32);

describe('an image by its digest', () => {
  test.each([
    [`registry.example/team/app@sha256:${sha256}`, 'https://registry.example/', 'team/app'],
    [`registry.example:5000/app:v1@sha256:${sha256}`, 'https://registry.example:5000/', 'app'],
    [`localhost/app@sha256:${sha256}`, 'http://localhost/', 'app'],
    [`127.0.0.1:5000/app@sha256:${sha256}`, 'http://127.0.0.1:5000/', 'app'],
    [`debian@sha256:${sha256}`, 'https://registry-1.docker.io/', 'library/debian'],
    [`team/app@sha256:${sha256}`, 'https://registry-1.docker.io/', 'team/app'],
  ])('%s', (text, base, repository) => {
    const image = parseImageReference(text);
    expect(image).toMatchObject({ repository, sha256 });
    expect(image.base.href).toBe(base);
  });

  test.each([
    ['registry.example/app:latest', 'no digest'],
    [`registry.example/app@sha256:${sha256.toUpperCase()}`, 'upper case'],
    [`registry.example/../app@sha256:${sha256}`, 'a path'],
    [`registry.example/App@sha256:${sha256}`, 'upper case in the repository'],
    [`user@registry.example/app@sha256:${sha256}`, 'a user'],
    [`127.0.0.1.evil.example/app/@sha256:${sha256}`, 'a slash at the end'],
    [`@sha256:${sha256}`, 'nothing'],
  ])('%s is refused: %s', (text) => expect(() => parseImageReference(text)).toThrow(AppError));

  test('plain http is for loopback alone, and the path is the repository’s, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        try {
          const image = parseImageReference(`${text}@sha256:${sha256}`);
          if (image.base.protocol === 'http:')
            expect(image.base.hostname).toMatch(/^(localhost|127\.|\[::1\])/);
          expect(image.base.username + image.base.search + image.base.hash).toBe('');
          expect(new URL(`v2/${image.repository}/blobs/x`, image.base).pathname).toBe(
            `/v2/${image.repository}/blobs/x`,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what a registry asks for', () => {
  test('a token, with service and scope', () => {
    const header =
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"';
    expect(parseChallenge(header)).toMatchObject({
      service: 'registry.example',
      scope: 'repository:a/b:pull,push',
    });
  });

  test('a password', () => expect(parseChallenge('Basic realm="x"')).toEqual({ scheme: 'basic' }));

  test.each(['', 'Negotiate', 'Bearer', 'Bearer realm="not a url"', `Bearer realm="${'x'.repeat(5000)}"`])(
    '%j is not understood',
    (header) => expect(parseChallenge(header)).toBeUndefined(),
  );
});
