import { describeRedis } from '#test/harness/e2e/describe-redis.ts';
import { describeService } from '#test/harness/e2e/describe-service.ts';
import { chooseBubblewrap, chooseDocker } from '#test/harness/e2e/sandboxes.ts';
import { ScaledOutService } from '#test/harness/e2e/scaled-out.ts';
import type { ChosenSandbox } from '#test/harness/e2e/service.ts';

const scaledOut = (sandbox: ChosenSandbox, rootfs: string): Promise<ScaledOutService> =>
  ScaledOutService.start(sandbox, rootfs);

describeService(
  'the service over PostgreSQL, Redis and S3 with bubblewrap',
  chooseBubblewrap,
  scaledOut,
  describeRedis,
);
describeService(
  'the service over PostgreSQL, Redis and S3 with Docker Engine',
  chooseDocker,
  scaledOut,
  describeRedis,
);
