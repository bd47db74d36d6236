import { expect, test } from 'vitest';
import { flatValue } from '#workers/sandbox/cgroup/cgroup.ts';
import {
  cgroupMounts,
  formatCgroupParents,
  ownCgroups,
  parseCgroupParents,
} from '#workers/sandbox/cgroup/parents.ts';

const hybrid = [
  '31 23 0:27 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755',
  '32 31 0:28 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw',
  '33 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct',
  '34 31 0:30 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory',
].join('\n');

test('the hierarchies of a hybrid host are found by their controllers, not by the names of folders', () => {
  expect(cgroupMounts(hybrid)).toEqual({
    unified: '/sys/fs/cgroup/unified',
    cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
    memory: '/sys/fs/cgroup/memory',
  });
});

test("a process's own cgroups are read for both versions", () => {
  expect(ownCgroups('4:memory:/user/x:y\n3:cpu,cpuacct:/a\n0::/user.slice/s.scope\n')).toEqual({
    memory: '/user/x:y',
    cpuacct: '/a',
    unified: '/user.slice/s.scope',
  });
});

test('what the launcher delegates is written and read as one setting', () => {
  const parents = { memory: '/sys/fs/cgroup/memory/a', unified: '/sys/fs/cgroup/unified/a' };
  expect(parseCgroupParents(formatCgroupParents(parents))).toEqual(parents);
  expect(parseCgroupParents('')).toEqual({});
});

test.each(['memory', 'memory=relative', 'network=/x'])('the setting %j is refused with its form', (text) => {
  expect(() => parseCgroupParents(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('a key of a flat-keyed file is found whole, and one that is absent is not 0', () => {
  expect(flatValue('low 0\noom 3\noom_kill 2\n', 'oom_kill')).toBe(2);
  expect(flatValue('oom_kill 2\n', 'oom')).toBeUndefined();
});
