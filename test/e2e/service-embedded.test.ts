import { describeService } from '#test/harness/e2e/describe-service.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';
import { chooseBubblewrap, chooseDocker } from '#test/harness/e2e/sandboxes.ts';
import type { ChosenSandbox } from '#test/harness/e2e/service.ts';

const embedded = (sandbox: ChosenSandbox, rootfs: string): Promise<RunningService> =>
  RunningService.start(sandbox.environment, rootfs);

describeService('the embedded service with bubblewrap', chooseBubblewrap, embedded);
describeService('the embedded service with Docker Engine', chooseDocker, embedded);
