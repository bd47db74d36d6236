/** e_machine of ELF (gabi, chapter 4), Machine of COFF and cputype of Mach-O, those that packages are made for. */
const elfMachines: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 's390',
  40: 'ARM',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
};
const coffMachines: Readonly<Record<number, string>> = {
  0x14c: 'x86',
  0x1c0: 'ARM',
  0x1c4: 'ARM',
  0x8664: 'x86-64',
  0xaa64: 'AArch64',
};
const machMachines: Readonly<Record<number, string>> = {
  7: 'x86',
  12: 'ARM',
  0x1000007: 'x86-64',
  0x100000c: 'AArch64',
};

/** The machine for which a program or library was made, as its header says; undefined for what is none. */
export function machineOf(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength < 64) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) === 0x7f454c46) return elfMachine(view);
  if (view.getUint16(0) === 0x4d5a) return peMachine(view);
  const magic = view.getUint32(0, true);
  if (magic !== 0xfeedface && magic !== 0xfeedfacf) return undefined;
  const type = view.getUint32(4, true);
  return `Mach-O for ${machMachines[type] ?? `machine ${type}`}`;
}

function elfMachine(view: DataView): string {
  const little = view.getUint8(5) === 1;
  const machine = view.getUint16(18, little);
  const bits = view.getUint8(4) === 2 ? 64 : 32;
  return `ELF for ${elfMachines[machine] ?? `machine ${machine}`}, ${bits} bits, ${little ? 'little' : 'big'} endian`;
}

function peMachine(view: DataView): string | undefined {
  const at = view.getUint32(60, true);
  if (at + 6 > view.byteLength || view.getUint32(at) !== 0x50450000) return undefined;
  const machine = view.getUint16(at + 4, true);
  return `PE for ${coffMachines[machine] ?? `machine 0x${machine.toString(16)}`}`;
}
