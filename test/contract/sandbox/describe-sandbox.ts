import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '#workers/sandbox/sandbox.ts';
import { type Attempts, makeAttempts, shellStep } from './attempt.ts';
import { describeLimits } from './describe-limits.ts';
import { describeLog } from './describe-log.ts';
import { describePrivileges } from './describe-privileges.ts';
import { describeReach } from './describe-reach.ts';
import { describeRuns } from './describe-runs.ts';
import { testRootfs } from './test-rootfs.ts';

/** A sandbox under test with what the suite must know of it. */
export interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  /** Whatever of this sandbox is on the host now: processes, mounts, cgroups, containers, volumes, folders. One line each. */
  leftovers(): Promise<string[]>;
  /** Host paths and sockets that no build may reach, such as the engine's socket. */
  readonly forbiddenPaths: readonly string[];
  /** Addresses of the host beside those of its interfaces, such as a bridge's gateway. */
  readonly forbiddenAddresses: readonly string[];
  close(): Promise<void>;
}

/** What every part of the contract is about; the two are there once the tests run. */
export interface SandboxWorld {
  readonly underTest: SandboxUnderTest;
  readonly attempts: Attempts;
  readonly attempt: Attempts['attempt'];
}

/** The contract of workers/sandbox/sandbox.ts, the same for every implementation. */
export function describeSandbox(name: string, makeSandbox: () => Promise<SandboxUnderTest>): void {
  describe(name, () => {
    let underTest: SandboxUnderTest;
    let attempts: Attempts;
    let before: string[];
    const attempt: Attempts['attempt'] = (script, options) => attempts.attempt(script, options);
    const world: SandboxWorld = {
      attempt,
      get underTest() {
        return underTest;
      },
      get attempts() {
        return attempts;
      },
    };

    beforeAll(async () => {
      const rootfs = await testRootfs();
      underTest = await makeSandbox();
      attempts = await makeAttempts(underTest.sandbox, rootfs);
      before = await underTest.leftovers();
    }, 300_000);

    afterAll(async () => {
      await attempts.close();
      await underTest.close();
    });

    describeRuns(world);
    describeReach(world);
    describePrivileges(world);
    describeLimits(world);
    describeLog(world);

    test('the log of a step is whole before the step has ended, also a last line that was not ended', async () => {
      const order: string[] = [];
      const steps = ['one', 'two', 'three'].map((step) => shellStep(`printf 'by ${step}'`, step));
      const outcome = await attempt('', {
        steps,
        onLine: (text) => order.push(text),
        onEnded: (step) => order.push(`${step} ended`),
      });
      expect(outcome.end).toEqual({ kind: 'done' });
      expect(order).toEqual(['by one', 'one ended', 'by two', 'two ended', 'by three', 'three ended']);
    });

    test('an attempt that is stopped ends at once and is refused a result', async () => {
      const stop = new AbortController();
      const running = attempt('echo begun; sleep 600', { signal: stop.signal, onLine: () => stop.abort() });
      await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    });

    test('after all of that nothing is left: no process, mount, cgroup, container or folder', async () => {
      await underTest.sandbox.sweep();
      expect(await underTest.leftovers()).toEqual(before);
    });
  });
}
