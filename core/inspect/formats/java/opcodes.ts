import { MalformedBinary } from '../../binary/binary-reader.ts';
import type { ForwardReader } from '../../binary/forward-reader.ts';

/** Mnemonics in the order of their opcodes. JVMS 6.5. */
const names =
  `nop aconst_null iconst_m1 iconst_0 iconst_1 iconst_2 iconst_3 iconst_4 iconst_5 lconst_0 lconst_1 fconst_0 fconst_1
fconst_2 dconst_0 dconst_1 bipush sipush ldc ldc_w ldc2_w iload lload fload dload aload iload_0 iload_1 iload_2 iload_3
lload_0 lload_1 lload_2 lload_3 fload_0 fload_1 fload_2 fload_3 dload_0 dload_1 dload_2 dload_3 aload_0 aload_1 aload_2
aload_3 iaload laload faload daload aaload baload caload saload istore lstore fstore dstore astore istore_0 istore_1
istore_2 istore_3 lstore_0 lstore_1 lstore_2 lstore_3 fstore_0 fstore_1 fstore_2 fstore_3 dstore_0 dstore_1 dstore_2
dstore_3 astore_0 astore_1 astore_2 astore_3 iastore lastore fastore dastore aastore bastore castore sastore pop pop2
dup dup_x1 dup_x2 dup2 dup2_x1 dup2_x2 swap iadd ladd fadd dadd isub lsub fsub dsub imul lmul fmul dmul idiv ldiv fdiv
ddiv irem lrem frem drem ineg lneg fneg dneg ishl lshl ishr lshr iushr lushr iand land ior lor ixor lxor iinc i2l i2f
i2d l2i l2f l2d f2i f2l f2d d2i d2l d2f i2b i2c i2s lcmp fcmpl fcmpg dcmpl dcmpg ifeq ifne iflt ifge ifgt ifle
if_icmpeq if_icmpne if_icmplt if_icmpge if_icmpgt if_icmple if_acmpeq if_acmpne goto jsr ret tableswitch lookupswitch
ireturn lreturn freturn dreturn areturn return getstatic putstatic getfield putfield invokevirtual invokespecial
invokestatic invokeinterface invokedynamic new newarray anewarray arraylength athrow checkcast instanceof monitorenter
monitorexit wide multianewarray ifnull ifnonnull goto_w jsr_w`.split(/\s+/);

/** What follows an opcode: `C` an index into the pool, `c` one of a single byte, digits so many other bytes. */
function operandsOf(opcode: number): string {
  if (opcode === 18) return 'c';
  if (opcode === 19 || opcode === 20) return 'C';
  if (opcode === 16 || (opcode >= 21 && opcode <= 25) || (opcode >= 54 && opcode <= 58)) return '1';
  if (opcode === 169 || opcode === 188) return '1';
  if (opcode === 17 || opcode === 132 || (opcode >= 153 && opcode <= 168)) return '2';
  if (opcode === 198 || opcode === 199) return '2';
  if (opcode >= 178 && opcode <= 184) return 'C';
  if (opcode === 185 || opcode === 186) return 'C2';
  if (opcode === 187 || opcode === 189 || opcode === 192 || opcode === 193) return 'C';
  if (opcode === 197) return 'C1';
  return opcode === 200 || opcode === 201 ? '4' : '';
}

export interface Instruction {
  readonly name: string;
  readonly at: number;
  /** What follows the opcode and is no index. */
  readonly operands: Uint8Array;
  /** The constant that it names. */
  readonly constant: number | undefined;
}

/** Reads the next instruction of code that begins at `start`. @throws MalformedBinary */
export function readInstruction(input: ForwardReader, start: number): Instruction {
  const at = input.at;
  const opcode = input.u8();
  const name = names[opcode];
  if (name === undefined) throw new MalformedBinary('no such instruction');
  const from = input.at;
  let constant: number | undefined;
  if (name === 'wide') input.take(input.u8() === 132 ? 4 : 2);
  else if (name === 'tableswitch' || name === 'lookupswitch') {
    input.take((4 - ((input.at - start) % 4)) % 4);
    input.i32();
    const low = input.i32();
    input.take((name === 'tableswitch' ? input.i32() - low + 1 : low * 2) * 4);
  } else {
    const operands = operandsOf(opcode);
    for (const operand of operands) {
      if (operand === 'C') constant = input.u16();
      else if (operand === 'c') constant = input.u8();
      else input.take(Number(operand));
    }
    const indexSize = operands.startsWith('C') ? 2 : operands === 'c' ? 1 : 0;
    return {
      name,
      at,
      constant,
      operands: input.reader.slice(from + indexSize, input.at - from - indexSize),
    };
  }
  return { name, at, constant, operands: input.reader.slice(from, input.at - from) };
}
