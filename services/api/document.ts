import type { Api } from './dependencies.ts';

/** The OpenAPI 3.1 document of the public routes, from the same zod schemas that check requests. */
export function openApiDocument(app: Api): object {
  return app.getOpenAPI31Document(
    {
      openapi: '3.1.0',
      info: {
        title: 'Assay',
        version: '1.0.0',
        description:
          'Rebuilds published artifacts from source, compares every byte, and signs what it found. Reads are anonymous. Errors are RFC 9457 problem details whose `type` is `urn:assay:error:<code>` (docs/errors.md).',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/', description: 'this service' }],
      tags: [
        { name: 'rebuilds', description: 'Ask for rebuilds and follow them' },
        { name: 'verdicts', description: 'What is known of a package or a file' },
        { name: 'artifacts', description: 'Signed statements about files' },
        { name: 'keys', description: 'What those statements are verified with' },
        { name: 'consumers', description: 'What is public, in the shapes that clients of other tools read' },
        { name: 'objects', description: 'Bytes by digest' },
        { name: 'uploads', description: 'What a release manager brings' },
        { name: 'tokens', description: 'Who may submit' },
        { name: 'service', description: 'The process itself' },
      ],
    },
    { sortComponents: 'alphabetically' },
  );
}
