import { onTestFinished } from 'vitest';
import { startLocalServer, type LocalServer } from '#test/workers/ecosystems/local-server.ts';

/** What a path answers with; a string or an object is JSON. */
export type Answers = Readonly<
  Record<string, { readonly body: Uint8Array; readonly type: string } | Uint8Array | object | undefined>
>;

/** A server on loopback that answers these paths (without query), and 404 for everything else; gone after the test. */
export async function serve(answers: Answers | ((url: string) => Answers)): Promise<LocalServer> {
  const server: LocalServer = await startLocalServer((request, response) => {
    const known = typeof answers === 'function' ? answers(server.url) : answers;
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = Object.hasOwn(known, path) ? known[path] : undefined;
    if (answer === undefined) response.writeHead(404).end();
    else if (answer instanceof Uint8Array)
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    else if ('body' in answer && 'type' in answer && answer.body instanceof Uint8Array)
      response.writeHead(200, { 'content-type': String(answer.type) }).end(answer.body);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  onTestFinished(() => server.close());
  return server;
}
