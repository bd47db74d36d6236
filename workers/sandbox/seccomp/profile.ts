import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from '@hono/zod-openapi';
import { compileProfile, encodeProgram, type Machine } from './compile-profile.ts';

/** A comparison of one argument; for MASKED_EQ `value` is the mask, `valueTwo` what must remain. */
const SeccompCondition = z.strictObject({
  index: z.int().min(0).max(5),
  value: z.int().nonnegative(),
  valueTwo: z.int().nonnegative().optional(),
  op: z.enum(['SCMP_CMP_EQ', 'SCMP_CMP_MASKED_EQ']),
});

const SeccompRule = z.strictObject({
  comment: z.string(),
  names: z.array(z.string()).min(1),
  action: z.enum(['SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO']),
  errnoRet: z.int().min(1).max(4095).optional(),
  args: z.array(SeccompCondition).min(1).optional(),
});
export type SeccompRule = z.infer<typeof SeccompRule>;

/** The part of Docker's profile format that we use. https://docs.docker.com/engine/security/seccomp/ */
const SeccompProfile = z.strictObject({
  defaultAction: z.literal('SCMP_ACT_ERRNO'),
  defaultErrnoRet: z.int().min(1).max(4095),
  archMap: z.array(z.strictObject({ architecture: z.string(), subArchitectures: z.array(z.string()) })),
  syscalls: z.array(SeccompRule),
});
export type SeccompProfile = z.infer<typeof SeccompProfile>;

const SyscallNumbers = z.strictObject({
  x86_64: z.record(z.string(), z.int()),
  aarch64: z.record(z.string(), z.int()),
});

/** The one profile of both sandboxes. `text` is what Docker Engine takes, `sha256` its digest, a fact of each attempt. */
export interface PinnedProfile {
  readonly profile: SeccompProfile;
  readonly text: string;
  readonly sha256: string;
}

export function readPinnedProfile(): PinnedProfile {
  const text = readFileSync(new URL('profile.json', import.meta.url), 'utf8');
  const profile = SeccompProfile.parse(JSON.parse(text));
  return { profile, text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** Numbers of the system calls, from Linux's own headers. */
export function readSyscallNumbers(): z.infer<typeof SyscallNumbers> {
  return SyscallNumbers.parse(
    JSON.parse(readFileSync(new URL('syscalls.json', import.meta.url), 'utf8')) as unknown,
  );
}

/** The pinned profile as `bwrap --seccomp` takes it. */
export function compilePinnedProfile(machine: Machine): Buffer {
  return encodeProgram(compileProfile(readPinnedProfile().profile, machine, readSyscallNumbers()[machine]));
}
