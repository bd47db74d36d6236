import { expect, it } from 'vitest';
import { openQueue } from '#services/queue/open-queue.ts';

it.each(['amqp://somewhere', 'file:///queue', 'not a url', ''])(
  'refuses %j as the URL of a queue',
  async (url) => {
    await expect(openQueue(url)).rejects.toMatchObject({ code: 'usage' });
  },
);

it('keeps the password out of what it says of a queue that cannot be reached', async () => {
  const error = await openQueue('ftp://user:secret@host/').catch((caught: unknown) => caught);
  expect(String(error)).not.toContain('secret');
});
