import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileProfile,
  encodeProgram,
  type Instruction,
  type Machine,
} from '#workers/sandbox/seccomp/compile-profile.ts';
import {
  readPinnedProfile,
  readSyscallNumbers,
  type SeccompProfile,
} from '#workers/sandbox/seccomp/profile.ts';

const allow = 0x7fff_0000;
const errno = (number: number) => 0x0005_0000 | number;
const auditArch = { x86_64: 0xc000_003e, aarch64: 0xc000_00b7 };
const { profile } = readPinnedProfile();
const numbers = readSyscallNumbers();

/** What the kernel does with a filter: classic BPF over struct seccomp_data. */
function runFilter(
  program: readonly Instruction[],
  arch: number,
  number: number,
  args: readonly bigint[],
): number {
  const data = Buffer.alloc(64);
  data.writeInt32LE(number, 0);
  data.writeUInt32LE(arch, 4);
  args.forEach((arg, index) => data.writeBigUInt64LE(BigInt.asUintN(64, arg), 16 + 8 * index));
  let accumulator = 0;
  for (let at = 0; ; at += 1) {
    const step = program[at];
    if (step === undefined) throw new Error('ran past the end of the filter');
    if (step.code === 0x20) accumulator = data.readUInt32LE(step.k);
    else if (step.code === 0x54) accumulator = (accumulator & step.k) >>> 0;
    else if (step.code === 0x15) at += accumulator === step.k ? step.jt : step.jf;
    else if (step.code === 0x06) return step.k >>> 0;
    else throw new Error(`unknown instruction ${step.code}`);
  }
}

/** What the profile says, read directly. */
function decide(rules: SeccompProfile, name: string, args: readonly bigint[]): number {
  const rule = rules.syscalls.find(
    (candidate) =>
      candidate.names.includes(name) &&
      (candidate.args ?? []).every(({ index, op, value, valueTwo }) => {
        const arg = BigInt.asUintN(64, args[index] ?? 0n);
        return op === 'SCMP_CMP_EQ' ? arg === BigInt(value) : (arg & BigInt(value)) === BigInt(valueTwo ?? 0);
      }),
  );
  if (rule === undefined) return errno(rules.defaultErrnoRet);
  return rule.action === 'SCMP_ACT_ALLOW' ? allow : errno(rule.errnoRet ?? rules.defaultErrnoRet);
}

const machine = fc.constantFrom<Machine>('x86_64', 'aarch64');
const argument = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    2n,
    3n,
    8n,
    10n,
    16n,
    17n,
    38n,
    40n,
    0x80002n,
    0o10644n,
    0o20644n,
    0x10000000n,
    0x1_0000_0002n,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const six = fc.array(argument, { minLength: 6, maxLength: 6 });

test('the compiled filter decides each call as the profile reads', () => {
  const programs = {
    x86_64: compileProfile(profile, 'x86_64', numbers.x86_64),
    aarch64: compileProfile(profile, 'aarch64', numbers.aarch64),
  };
  const interesting = ['socket', 'clone', 'clone3', 'mknodat', 'personality', 'read', 'mount', 'socketpair'];
  fc.assert(
    fc.property(
      machine.chain((name) =>
        fc.tuple(
          fc.constant(name),
          fc.oneof(fc.constantFrom(...interesting), fc.constantFrom(...Object.keys(numbers[name]))),
          six,
        ),
      ),
      ([name, call, args]) => {
        const number = numbers[name][call];
        fc.pre(number !== undefined);
        expect(runFilter(programs[name], auditArch[name], number ?? -1, args)).toBe(
          decide(profile, call, args),
        );
      },
    ),
    { numRuns: 3000 },
  );
});

test('a number that is no system call of ours is refused, and another architecture ends the process', () => {
  const program = compileProfile(profile, 'x86_64', numbers.x86_64);
  expect(runFilter(program, auditArch.x86_64, 0x4000_0000, [])).toBe(errno(1)); // x32's read
  expect(runFilter(program, 0x4000_0003, 4, [])).toBe(0x8000_0000); // i386's write
});

test.each([
  'unshare',
  'setns',
  'mount',
  'umount2',
  'pivot_root',
  'move_mount',
  'open_tree',
  'fsopen',
  'ptrace',
  'bpf',
  'keyctl',
  'add_key',
  'request_key',
  'userfaultfd',
  'perf_event_open',
  'io_uring_setup',
  'kexec_load',
  'init_module',
  'finit_module',
  'delete_module',
  'reboot',
  'swapon',
  'open_by_handle_at',
  'process_vm_writev',
  'chroot',
  'pidfd_getfd',
])('%s is refused whatever its arguments', (call) => {
  expect(profile.syscalls.some(({ names }) => names.includes(call))).toBe(false);
});

test('each name of the profile is a system call of some architecture', () => {
  const known = new Set([...Object.keys(numbers.x86_64), ...Object.keys(numbers.aarch64)]);
  expect(profile.syscalls.flatMap(({ names }) => names).filter((name) => !known.has(name))).toEqual([]);
});

test('clone is refused a new namespace and clone3 is answered as if the kernel were older', () => {
  const program = compileProfile(profile, 'x86_64', numbers.x86_64);
  const clone = numbers.x86_64['clone'] ?? -1;
  for (const flag of [
    0x0002_0000n,
    0x0200_0000n,
    0x0400_0000n,
    0x0800_0000n,
    0x1000_0000n,
    0x2000_0000n,
    0x4000_0000n,
  ])
    expect(runFilter(program, auditArch.x86_64, clone, [flag | 17n])).toBe(errno(1));
  expect(runFilter(program, auditArch.x86_64, clone, [17n])).toBe(allow);
  expect(runFilter(program, auditArch.x86_64, numbers.x86_64['clone3'] ?? -1, [])).toBe(errno(38));
});

test('the program is encoded as the kernel reads it: eight bytes an instruction, little-endian', () => {
  expect(encodeProgram([{ code: 0x15, jt: 1, jf: 2, k: 0xc000_003e }]).toString('hex')).toBe(
    '150001023e0000c0',
  );
});
