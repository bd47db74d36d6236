import type { SeccompProfile, SeccompRule } from './profile.ts';

/** The machine's word for an architecture, as `uname -m` says it. */
export type Machine = 'x86_64' | 'aarch64';

/** AUDIT_ARCH_* of linux/audit.h: what seccomp_data.arch holds. */
const auditArch: Readonly<Record<Machine, number>> = { x86_64: 0xc000_003e, aarch64: 0xc000_00b7 };

/** One instruction of classic BPF, struct sock_filter of linux/filter.h. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const loadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
const and = 0x54; // BPF_ALU | BPF_AND | BPF_K
const jumpEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const answer = 0x06; // BPF_RET | BPF_K

const retKillProcess = 0x8000_0000;
const retErrno = 0x0005_0000;
const retAllow = 0x7fff_0000;

const offsetNumber = 0; // struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]
const offsetArch = 4;
const offsetArguments = 16;
const instructionsMax = 4096; // BPF_MAXINSNS
const jumpMax = 255;

function instruction(code: number, k: number, jt = 0, jf = 0): Instruction {
  return { code, jt, jf, k };
}

function actionOf(rule: Pick<SeccompRule, 'action' | 'errnoRet'>, errnoDefault: number): number {
  return rule.action === 'SCMP_ACT_ALLOW' ? retAllow : retErrno | (rule.errnoRet ?? errnoDefault);
}

/** Both 32-bit halves of a number below 2^53. */
function halves(value: number): { low: number; high: number } {
  return { low: value >>> 0, high: Math.floor(value / 2 ** 32) >>> 0 };
}

/** `rule` as instructions that answer when its conditions hold, and else run on past their own end. */
function compileRule(rule: SeccompRule, errnoDefault: number): Instruction[] {
  const program = [instruction(answer, actionOf(rule, errnoDefault))];
  for (const condition of (rule.args ?? []).toReversed()) {
    const masked = condition.op === 'SCMP_CMP_MASKED_EQ';
    const wanted = halves(masked ? (condition.valueTwo ?? 0) : condition.value);
    const mask = halves(masked ? condition.value : Number.MAX_SAFE_INTEGER);
    // Every processor that we know is little-endian: the low half lies first.
    for (const half of ['high', 'low'] as const) {
      const offset = offsetArguments + 8 * condition.index + (half === 'high' ? 4 : 0);
      program.unshift(instruction(jumpEqual, wanted[half], 0, program.length));
      if (masked) program.unshift(instruction(and, mask[half]));
      program.unshift(instruction(loadWord, offset));
    }
  }
  return program;
}

/**
 * Compiles a profile of Docker's format to classic BPF for one architecture, as seccomp(2) takes it. Rules for one
 * system call are tried in their order, the first that holds answers; a call under another architecture's numbers
 * ends the process. Kernels since 5.11 remember the calls whose answer needs no arguments: the length costs nothing.
 */
export function compileProfile(
  profile: SeccompProfile,
  machine: Machine,
  numbers: Readonly<Record<string, number>>,
): Instruction[] {
  const errnoDefault = profile.defaultErrnoRet;
  const refusal = instruction(answer, retErrno | errnoDefault);
  const rulesByNumber = new Map<number, SeccompRule[]>();
  for (const rule of profile.syscalls) {
    for (const name of rule.names) {
      const number = numbers[name];
      if (number !== undefined) rulesByNumber.set(number, [...(rulesByNumber.get(number) ?? []), rule]);
    }
  }
  const program = [
    instruction(loadWord, offsetArch),
    instruction(jumpEqual, auditArch[machine], 1, 0),
    instruction(answer, retKillProcess),
    instruction(loadWord, offsetNumber),
  ];
  for (const [number, rules] of rulesByNumber) {
    const body = [...rules.flatMap((rule) => compileRule(rule, errnoDefault)), refusal];
    // What follows an answer without conditions is never reached.
    const reached = rules[0]?.args === undefined ? body.slice(0, 1) : body;
    if (reached.length > jumpMax) throw new RangeError(`too many rules for system call ${number}`);
    program.push(instruction(jumpEqual, number, 0, reached.length), ...reached);
  }
  program.push(refusal);
  if (program.length > instructionsMax) throw new RangeError('the seccomp profile is too long');
  return program;
}

/** The bytes that the kernel and `bwrap --seccomp` take. */
export function encodeProgram(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, jt, jf, k }, index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  });
  return bytes;
}
